"""Tags of the small signs, of forms and of times. They are built in: a template need not load them.

Signs: mark, outcome, side, strip, pips, why. Forms: field, errors, key, of_patient. Times, in the zone of the site:
local, clock, day, date_alone. Places: spot.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.forms import BoundField, Form
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from foramen.catalogue.gates.inputs import Place
from foramen.catalogue.gates.places import COMPARED, place_text
from foramen.catalogue.instants import MONTHS, WEEKDAYS
from foramen.clinic.domain.places import BY_ROUTE, words
from foramen.clinic.facts.content import Spot
from foramen.clinic.models import Patient, Visit
from foramen.clinic.pages.acting import KEY, PATIENT, new_key

register = template.Library()

SIDES = {
    "left": ("left", "left"),
    "right": ("right", "right"),
    "both": ("both", "both sides"),
    "midline": ("mid", "midline"),
}
"""A side, its mark and its word."""

STEPS = (
    Visit.State.BOOKED, Visit.State.ARRIVED, Visit.State.READY, Visit.State.ROOM, Visit.State.RECOVERY,
    Visit.State.HOME,
)  # fmt: skip
"""The six pips, in order."""

PIP_WIDTH = 8
OUTCOMES = ("ok", "hold", "decide", "stop", "na", "later")
PLAIN = "plain"


# Signs


@register.simple_tag
def mark(name: str) -> SafeString:
    """A sign of the sprite, such as ok, hold, flag, late, phone or lock. It never stands without its word."""
    return format_html(
        '<svg class="mk" aria-hidden="true" focusable="false"><use href="#mk-{}"></use></svg>', name.lower()
    )


@register.simple_tag
def outcome(kind: str, word: str = "", *, box: bool = False, large: bool = False) -> SafeString:
    """An outcome as mark and word; without a word, its own name."""
    look = _look(kind)
    more = (" outcome--box" if box else "") + (" outcome--l" if large else "")
    return format_html('<span class="outcome outcome--{}{}">{}{}</span>', look, more, mark(look), word or _word(kind))


@register.simple_tag
def side(name: str) -> SafeString:
    """A side as a square with the inked half, and the word."""
    sign, word = SIDES[name]
    return format_html('<span class="side">{}{}</span>', mark(sign), word)


@register.inclusion_tag("clinic/parts/strip.html")
def strip(cells: Iterable[Any], label: str) -> dict[str, Any]:
    """The gates of a visit side by side. A cell has `name` and `outcome`, as attributes or as keys."""
    shown = [{"name": _of(one, "name"), "look": _look(_of(one, "outcome")), "word": _said(one)} for one in cells]
    return {"cells": shown, "label": label, "short": len(shown) == 5}


@register.inclusion_tag("clinic/parts/pips.html")
def pips(state: str, at: datetime | None = None) -> dict[str, Any]:
    """How far a visit has come, as six steps and the word, with the time at which it came there."""
    now = STEPS.index(Visit.State(state)) if state in STEPS else -1
    looks = ("on" if place < now else "now" if place == now else "" for place in range(len(STEPS)))
    steps = [{"x": PIP_WIDTH * place + 0.5, "look": look} for place, look in enumerate(looks)]
    return {"steps": steps, "state": state, "word": Visit.State(state).label, "at": at}


@register.inclusion_tag("clinic/parts/why.html")
def why(kind: str, word: str, text: str) -> dict[str, str]:
    """An outcome that explains itself: bold word, then what it is and what to do. Kind “plain”: a remark."""
    look = PLAIN if kind == PLAIN else _look(kind)
    return {"look": look, "sign": "info" if look == PLAIN else look, "word": word, "text": text}


def _look(kind: str) -> str:
    look = kind.lower()
    if look not in OUTCOMES:
        raise template.TemplateSyntaxError(f"{kind} is no outcome")
    return look


def _word(kind: str) -> str:
    return "later" if kind.lower() == "later" else kind.upper()


def _said(cell: Any) -> str:
    """What a cell says in place of its outcome, such as “1 of 2”; else the outcome."""
    own = cell.get("word") if isinstance(cell, Mapping) else getattr(cell, "word", "")
    return own or _word(_of(cell, "outcome"))


def _of(one: Any, name: str) -> Any:
    return one[name] if isinstance(one, Mapping) else getattr(one, name)


# Forms


@register.inclusion_tag("clinic/parts/field.html")
def field(bound: BoundField, look: str = "") -> dict[str, Any]:
    """A field with label, hint and error. Radios are a list, or with look “choice” a row of equal buttons.

    A look of “width-5” and the like narrows an input.
    """
    kind = WIDGETS.get(bound.widget_type, "input")
    attrs: dict[str, str | bool] = (
        {"class": _classes(kind, bound, look)} if kind in BASE else {"class": "nhsuk-checkboxes__input"}
    )
    described = bound.aria_describedby or ""
    several = kind in ("radios", "checkboxes")
    if several and look != "choice":
        bound.field.widget.attrs["class"] = f"nhsuk-{kind}__input"
    return {
        "field": bound, "kind": "choice" if look == "choice" else kind, "several": several, "described": described,
        "widget": "" if several else bound.as_widget(attrs=attrs), "options": list(bound) if several else [],
    }  # fmt: skip


BASE = {"input", "textarea", "select"}
WIDGETS = {
    "radioselect": "radios", "checkboxselectmultiple": "checkboxes", "checkbox": "checkbox", "textarea": "textarea",
    "select": "select", "selectmultiple": "select",
}  # fmt: skip


def _classes(kind: str, bound: BoundField, look: str) -> str:
    own = bound.field.widget.attrs.get("class", "")
    narrow = f"nhsuk-{kind}--{look}" if look else ""
    error = f"nhsuk-{kind}--error" if bound.errors else ""
    return " ".join(part for part in (f"nhsuk-{kind}", narrow, error, own) if part)


@register.inclusion_tag("clinic/parts/errors.html")
def errors(form: Form, title: str = "") -> dict[str, Any]:
    """What is wrong with a form, on top, each leading to its field."""
    bound = [one for one in form if one.errors and not one.is_hidden]
    hidden = [text for one in form.hidden_fields() for text in one.errors]
    lines = [{"at": _first(one), "says": f"{one.label}: {text}"} for one in bound for text in one.errors]
    whole = [{"at": "", "says": text} for text in (*form.non_field_errors(), *hidden)]
    return {"lines": whole + lines, "title": title or "Not saved. Look at this again:", "id": f"errors-{id(form)}"}


def _first(bound: BoundField) -> str:
    """The element that a link to a field leads to: of several options the first."""
    return f"{bound.auto_id}_0" if WIDGETS.get(bound.widget_type) in ("radios", "checkboxes") else str(bound.auto_id)


@register.simple_tag
def key() -> SafeString:
    """The idempotency key of a form: sent twice, it is done once."""
    return format_html('<input type="hidden" name="{}" value="{}">', KEY, new_key())


@register.simple_tag
def of_patient(patient: Patient) -> SafeString:
    """Whose record a form belongs to. A form of another patient is refused (H01)."""
    return format_html('<input type="hidden" name="{}" value="{}">', PATIENT, patient.pk)


# Times, in the zone of the site


@register.filter
def local(at: datetime | None) -> str:
    """Thu 26 Nov 09:30."""
    if at is None:
        return ""
    here = timezone.localtime(at)
    return f"{WEEKDAYS[here.weekday()]} {here.day} {_month(here)} {here:%H:%M}"


@register.filter
def clock(at: datetime | None) -> str:
    """09:30."""
    return "" if at is None else f"{timezone.localtime(at):%H:%M}"


@register.filter
def day(at: date | datetime | None) -> str:
    """Thu 26 Nov 2026, of an instant or a day."""
    if at is None:
        return ""
    here = _day(at)
    return f"{WEEKDAYS[here.weekday()]} {date_alone(here)}"


@register.filter
def date_alone(at: date | datetime | None) -> str:
    """2 Mar 1957."""
    if at is None:
        return ""
    here = _day(at)
    return f"{here.day} {_month(here)} {here.year}"


def _day(at: date | datetime) -> date:
    return timezone.localtime(at).date() if isinstance(at, datetime) else at


def _month(at: date) -> str:
    return MONTHS[at.month - 1][:3]


# Places


@register.filter
def spot(place: Any) -> str:
    """L5 root left, transforaminal. Takes a place of the rules, a spot of a fact, or its stored form."""
    found = {name: _told(place, name) for name in COMPARED}
    return words([Spot(**found)]) if found["route"] in BY_ROUTE else place_text(Place(**found))


def _told(place: Any, name: str) -> Any:
    return place.get(name) if isinstance(place, Mapping) else getattr(place, name)
