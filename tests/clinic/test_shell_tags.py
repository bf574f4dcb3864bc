"""Tags of signs, forms, times and places."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone

import foramen.clinic
from foramen.catalogue.instants import zone
from foramen.clinic.facts.content import Spot

CLINIC = Path(foramen.clinic.__file__).parent


def drawn(text: str, **context: object) -> str:
    with timezone.override(zone("Europe/Zurich")):
        return Template(text).render(Context(context)).strip()


def test_every_mark_is_in_the_sprite() -> None:
    sprite = (CLINIC / "templates/clinic/parts/sprite.html").read_text()
    for name in ("ok", "hold", "decide", "stop", "na", "later", "flag", "late", "link", "phone", "tablet", "clinic",
                 "left", "right", "both", "mid", "lock", "doc", "print", "info"):  # fmt: skip
        assert f'id="mk-{name}"' in sprite
        assert f'<use href="#mk-{name}">' in drawn(f"{{% mark '{name}' %}}")


@pytest.mark.parametrize(("tag", "look", "word"), [
    ("{% outcome 'HOLD' 'HOLD until 10:00' %}", "hold", "HOLD until 10:00"), ("{% outcome 'ok' %}", "ok", "OK"),
    ("{% outcome 'later' %}", "later", "later"), ("{% outcome 'NA' %}", "na", "NA"),
])  # fmt: skip
def test_an_outcome_is_a_mark_and_a_word(tag: str, look: str, word: str) -> None:
    text = drawn(tag)
    assert f'class="outcome outcome--{look}"' in text and f"#mk-{look}" in text and text.endswith(f"{word}</span>")


def test_a_text_in_a_tag_stays_text() -> None:
    for tag in ("{% outcome 'STOP' x %}", "{% why 'STOP' x x %}", "{% strip cells x %}"):
        assert "<script>" not in drawn(tag, x="<script>", cells=[{"name": "<script>", "outcome": "OK"}])


@pytest.mark.parametrize(("name", "sign", "word"), [
    ("left", "left", "left"), ("right", "right", "right"), ("both", "both", "both sides"),
    ("midline", "mid", "midline"),
])  # fmt: skip
def test_a_side_is_a_square_and_a_word(name: str, sign: str, word: str) -> None:
    text = drawn("{% side name %}", name=name)
    assert f"#mk-{sign}" in text and text.endswith(f"</svg>{word}</span>")


def test_a_strip_keeps_its_order_and_says_each_word() -> None:
    cells = [{"name": f"gate {n}", "outcome": one} for n, one in enumerate(["OK", "NA", "HOLD", "STOP", "later"])]
    text = drawn("{% strip cells 'Readiness of Ash, Tomas' %}", cells=cells)
    assert 'class="strip strip--5" aria-label="Readiness of Ash, Tomas"' in text
    assert re.findall(r"<b>(\w+)</b><span>(gate \d)", text) == [
        ("OK", "gate 0"), ("NA", "gate 1"), ("HOLD", "gate 2"), ("STOP", "gate 3"), ("later", "gate 4"),
    ]  # fmt: skip
    assert 'class="strip"' in drawn("{% strip cells 'x' %}", cells=cells * 2)


@pytest.mark.parametrize(("state", "on", "word"), [
    ("booked", 0, "booked"), ("room", 3, "in room 09:04"), ("home", 5, "home"), ("cancelled", 0, "cancelled"),
])  # fmt: skip
def test_pips_count_the_steps(state: str, on: int, word: str) -> None:
    at = datetime(2026, 11, 26, 8, 4, tzinfo=UTC) if state == "room" else None
    text = drawn("{% pips state at %}", state=state, at=at)
    assert text.count('class="on"') == on and text.count("<rect") == 6
    assert text.count('height="11" class="now"') == (0 if state == "cancelled" else 1)
    assert text.endswith(f"</svg>{word}</span>") and f"state--{state}" in text


def test_times_are_told_in_the_zone_of_the_site() -> None:
    at = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
    told = "{{ x|local }} / {{ x|clock }} / {{ x|day }} / {{ x|date_alone }}"
    assert drawn(told, x=at) == "Thu 26 Nov 00:30 / 00:30 / Thu 26 Nov 2026 / 26 Nov 2026"
    assert drawn("{{ x|day }} / {{ x|date_alone }}", x=date(1957, 3, 2)) == "Sat 2 Mar 1957 / 2 Mar 1957"
    assert drawn("{{ x|local }}{{ x|clock }}{{ x|day }}", x=None) == ""


@pytest.mark.parametrize("place", [
    {"root": "L5", "side": "left", "route": "transforaminal"},
    {"root": "L5", "side": "left", "route": "transforaminal", "drugs": [], "level": None},
    Spot(root="L5", side="left", route="transforaminal"),
])  # fmt: skip
def test_a_place_is_told_in_words(place: object) -> None:
    assert drawn("{{ x|spot }}", x=place) == "L5 root left, transforaminal"


class Example(forms.Form):
    """A form with one field of each look."""

    inr = forms.DecimalField(label="INR of today", help_text="0.5 to 20", min_value=0)
    side = forms.ChoiceField(label="Side", choices=[("left", "left"), ("right", "right")], widget=forms.RadioSelect)
    ticks = forms.MultipleChoiceField(
        label="Said", choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple
    )
    asked = forms.BooleanField(label="Asked")
    words = forms.CharField(label="Words", widget=forms.Textarea)
    room = forms.ChoiceField(label="Room", choices=[("1", "one")])
    hidden = forms.CharField(widget=forms.HiddenInput)


def test_a_refused_form_comes_back_with_links_to_its_fields() -> None:
    form = Example({"inr": "1,1%", "words": "typed <b>"})
    form.add_error(None, "Look at the whole")
    page = drawn("{% errors form %}{% for one in form.visible_fields %}{% field one %}{% endfor %}", form=form)
    ids = set(re.findall(r' id="([^"]+)"', page))
    links = re.findall(r'href="#([^"]+)"', page)
    assert links == ["id_inr", "id_side_0", "id_ticks_0", "id_asked", "id_room"]
    assert set(links) <= ids, "each leads somewhere"
    assert "Look at the whole" in page and "This field is required." in page
    assert 'value="1,1%"' in page and "typed &lt;b&gt;" in page
    inr = re.search(r"<input[^>]*id=\"id_inr\"[^>]*>", page)[0]
    assert 'aria-invalid="true"' in inr and 'aria-describedby="id_inr_helptext id_inr_error"' in inr
    assert {"id_inr_helptext", "id_inr_error"} <= ids
    assert 'class="nhsuk-input nhsuk-input--error"' in inr
    assert page.count("<fieldset") == page.count("<legend") == 2
    assert set(re.findall(r'for="([^"]+)"', page)) <= ids
    assert re.search(r"<h2[^>]*id=\"(errors-\d+)\"", page)[1] in page.split("aria-labelledby")[1]


def test_a_form_that_is_fine_has_no_summary() -> None:
    assert drawn("{% errors form %}", form=Example()) == ""
    page = drawn("{% field form.side 'choice' %}{% field form.inr 'width-5' %}", form=Example())
    assert '<div class="choice">' in page and "nhsuk-input--width-5" in page and "error" not in page


def test_each_form_has_a_key_of_its_own() -> None:
    keys = re.findall(r'name="key" value="([0-9a-f-]{36})"', drawn("{% key %}{% key %}"))
    assert len(set(keys)) == 2
