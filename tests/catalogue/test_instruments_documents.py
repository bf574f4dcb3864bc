"""Instrument documents: those that ship are whole and their examples run; a wrong one is refused with every fault."""

from pathlib import Path

import pytest

import foramen.library
from foramen.catalogue.instruments.definition import Instrument
from foramen.catalogue.instruments.library import load_instrument, load_instrument_file, load_instruments
from foramen.catalogue.instruments.wording import load_wording
from foramen.catalogue.shelf import identifiers
from foramen.kernel.errors import DefinitionError

LIBRARY = Path(foramen.library.__file__).parent / "instruments"
SITE_WORDED = ("odi", "rmdq", "qbpds")

LOINC = {"nrs-pain": ["72514-3"], "vas-pain": ["38214-3"], "odi": ["97908-8", "97909-6"]}
"""The codes that were verified in stored documents; for the others none was found."""


def text_of(name: str) -> str:
    return next(LIBRARY.joinpath(name).glob("*.toml")).read_text(encoding="utf-8")


def said(folder: Path, text: str) -> str:
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as refused:
        load_instrument_file(path)
    return str(refused.value).replace(f"{folder}/", "")


def test_everything_the_service_and_the_studies_ask_is_there() -> None:
    assert identifiers("instruments") == [
        "analgesic-use", "discomfort", "expectation", "infiltration-outcome", "nrs-pain", "odi", "pgic", "qbpds",
        "rmdq", "satisfaction-4", "satisfaction-5", "vas-pain",
    ]  # fmt: skip


@pytest.mark.parametrize("name", identifiers("instruments"))
def test_worked_examples_of_what_ships_are_run(name: str, tmp_path: Path) -> None:
    """The file loads; the same file with a wrong expectation does not."""
    content = load_instrument(name).content
    assert any(one.none for example in content.examples for one in example.expect)
    expected = next(one.value for example in content.examples for one in example.expect if one.value is not None)
    spoiled = text_of(name).replace(f'value = "{expected}"', 'value = "999"', 1)
    assert "this is not what the answers give" in said(tmp_path, spoiled)


def test_codes_are_the_verified_ones_and_no_others() -> None:
    for document in load_instruments():
        codes = [code.code for code in document.content.codes if code.system == "http://loinc.org"]
        assert codes == LOINC.get(document.content.id, [])
        assert len(codes) == len(document.content.codes)


@pytest.mark.parametrize("name", SITE_WORDED)
def test_licensed_wording_is_not_shipped(name: str) -> None:
    content = load_instrument(name).content
    assert content.wording == "site"
    assert {item.text for item in content.items} == {""}
    assert [values.texts() for values in content.value_sets] == [{}] * len(content.value_sets)
    assert [item.id for item in content.items] == [f"q{i}" for i in range(1, len(content.items) + 1)]


def test_ranges_and_thresholds_are_the_published_ones() -> None:
    """Ostelo 2008: 15 mm, 2, 5, 10 and 20 points, and 30 % of each; success at half relieved."""
    minimal = {"vas-pain": 15, "nrs-pain": 2, "rmdq": 5, "odi": 10, "qbpds": 20}
    highest = {"vas-pain": 100, "nrs-pain": 10, "rmdq": 24, "odi": 100, "qbpds": 100}
    for name, points in minimal.items():
        (score,) = load_instrument(name).content.scores
        thresholds = {threshold.id: threshold.amount for threshold in score.thresholds}
        assert (score.lowest, score.highest) == (0, highest[name])
        assert thresholds["minimal_important"] == points
        assert thresholds["minimal_important_percent"] == 30
        assert thresholds.get("half_relieved", 50) == 50


# --- documents with faults ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("odi", 'values = "zero_to_five" },\n  { id = "q2"', 'values = "zero_to_six" },\n  { id = "q2"',
         "items[1].values: there is no such value set\n  received: zero_to_six\n  try: zero_to_five"),
        ("odi", '{ id = "q2"', '{ id = "q1"', "items: this name stands twice\n  received: q1"),
        ("odi", '{ id = "q1", values', '{ id = "q1", text = "Pain", values',
         "items[1].text: the wording is the site's, and a text stands here"),
        ("odi", "highest = 100\nplaces", "highest = 50\nplaces",
         "this is not the range that the items give\n  received: 0, 50\n  try: lowest = 0, highest = 100"),
        ("odi", "minimum_answered = 9", "minimum_answered = 11", "minimum_answered: there are 10 items"),
        ("qbpds", "minimum_answered = 20", "minimum_answered = 19", "this would be a part of a score"),
        ("rmdq", '{ code = "no" }', '{ code = "nein" }', "this item is not answered by yes or no"),
        ("rmdq", 'kind = "count_of_yes"', 'kind = "sum"', "an option of this item has no points"),
        ("rmdq", 'kind = "count_of_yes"', 'kind = "value"', "a value is of one item"),
        ("odi", 'kind = "percent_of_answered"', 'kind = "mean"', "this word is not known here"),
        ("odi", 'source = "AO"', 'source = "A0"', "missing.source: there is no source with this key"),
        ("nrs-pain", "amount = 50, meaning = \"suc", "amount = 0, meaning = \"suc", "relief is more than 0"),
        ("nrs-pain", "amount = 2, meaning", "amount = 0, meaning", "a change is more than 0 points"),
        ("nrs-pain", "direction = \"higher_is_worse\"", "direction = \"higher_is_better\"", "relief in percent needs"),
        ("pgic", "amount = 2, meaning", "amount = 8, meaning", "no score is this high"),
        ("nrs-pain", '10 = "worst pain imaginable"', '9 = "worst pain imaginable"', "this text is missing"),
        ("nrs-pain", "lowest = 0\nhighest = 10\nlabels", "lowest = 10\nhighest = 10\nlabels",
         "lowest answer of a scale"),
        ("nrs-pain", "says = \"Half steps are refused\"\nanswers = { pain = 5.5 }",
         "says = \"Half steps are refused\"\nanswers = { pain = 5 }", "these answers are taken, not refused"),
        ("infiltration-outcome", 'none = "none"\noptions', 'none = "nothing"\noptions', "is not among the options"),
        ("analgesic-use", 'tramadol = "tramadol_factor"', 'tramadol = "factor"', "there is no such parameter"),
        ("analgesic-use", 'items = ["nsaid"]', 'items = ["nsaids"]', "there is no such item"),
        ("satisfaction-4", 'code = "satisfied", label', 'code = "very_satisfied", label', "this name stands twice"),
        ("odi", 'wording = "site"', 'wording = "shipped"', "items[10].text: this text is missing"),
        ("odi", 'version = "2026-11-20"', 'version = "2026/11"', "version: "),
    ],
)  # fmt: skip
def test_each_fault_is_told_with_its_place(tmp_path: Path, name: str, old: str, new: str, expected: str) -> None:
    text = text_of(name)
    assert old in text
    assert expected in said(tmp_path, text.replace(old, new, 1))


def test_faults_of_the_parts_come_together(tmp_path: Path) -> None:
    text = text_of("odi").replace('title = "Oswestry Disability Index"\nabb', "abb").replace("places = 1", "places = 9")
    shown = said(tmp_path, text.replace("review_by = 2028-11-30", 'review_by = "soon"'))
    for fault in ("title: this key is required", "scores[1].places: ", "review_by: a date is needed here"):
        assert fault in shown


def test_faults_of_the_whole_come_together(tmp_path: Path) -> None:
    text = text_of("odi").replace('source = "AO"', 'source = "XX"').replace('{ id = "q4"', '{ id = "q3"')
    shown = said(tmp_path, text.replace('{ id = "q9", values = "zero', '{ id = "q9", text = "a", values = "one'))
    for fault in ("items: this name stands twice", "items[9].values", "items[9].text", "scores[1].missing.source"):
        assert fault in shown


# --- wording files ------------------------------------------------------------------------------------------------


def wording(instrument: Instrument, **changes: str) -> str:
    """A whole wording file, in words of nobody."""
    head = {
        "instrument": instrument.id, "instrument_version": instrument.version, "language": "de-CH",
        "version": "2.1a", "licence": "held by the site", "title": "Fragebogen",
    }  # fmt: skip
    lines = [f'{key} = "{value}"' for key, value in (head | changes).items()]
    for item in instrument.items:
        answers = ", ".join(f'{key} = "Antwort {key}"' for key in instrument.values_of(item.id).worded())
        lines += ["[[items]]", f'id = "{item.id}"', f'text = "Frage {item.id}"', f"answers = {{ {answers} }}"]
    return "\n".join(lines)


def refused_wording(folder: Path, text: str) -> str:
    path = folder / "wording.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as refused:
        load_wording(path)
    return str(refused.value).replace(f"{folder}/", "")


@pytest.mark.parametrize("name", identifiers("instruments"))
def test_a_whole_wording_is_taken(name: str, tmp_path: Path) -> None:
    content = load_instrument(name).content
    path = tmp_path / "wording.toml"
    path.write_text(wording(content), encoding="utf-8")
    assert [item.id for item in load_wording(path).content.items] == [item.id for item in content.items]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('[[items]]\nid = "q7"\ntext = "Frage q7"\nanswers = { 0 = "Antwort 0", 1 = "Antwort 1", 2 = "Antwort 2", '
         '3 = "Antwort 3", 4 = "Antwort 4", 5 = "Antwort 5" }', "",
         "this item has no wording\n  received: nothing\n  try: add q7"),
        (', 5 = "Antwort 5" }\n[[items]]\nid = "q4"', ' }\n[[items]]\nid = "q4"',
         "q3.answers: this answer has no text"),
        ('2 = "Antwort 2"', '2 = "  "', "q1.answers: this answer has no text\n  received: nothing for 2"),
        ('5 = "Antwort 5"', '6 = "Antwort 6"', "q1.answers: the item has no such answer\n  received: 6"),
        ('text = "Frage q2"', 'text = " "', "q2.text: the question is blank"),
        ('id = "q2"', 'id = "q1"', "this item stands more than once"),
        ('id = "q10"', 'id = "q11"', "the instrument has no such item\n  received: q11"),
        ('licence = "held by the site"', 'licence = ""', "licence"),
        ('instrument = "odi"', 'instrument = "ndi"', "the library has no such entry"),
        ('instrument_version = "2026-11-20"', 'instrument_version = "2019"', "there is no such version"),
    ],
)  # fmt: skip
def test_half_a_wording_is_refused(tmp_path: Path, old: str, new: str, expected: str) -> None:
    text = wording(load_instrument("odi").content)
    assert old in text
    assert expected in refused_wording(tmp_path, text.replace(old, new, 1))


def test_all_gaps_of_a_wording_come_together(tmp_path: Path) -> None:
    text = wording(load_instrument("rmdq").content)
    text = (
        text.replace('id = "q5"', 'id = "q4"')
        .replace('text = "Frage q9"', 'text = " "')
        .replace('no = "Antwort no"', 'no = " "', 1)
    )
    shown = refused_wording(tmp_path, text)
    for fault in ("add q5", "this item stands more than once", "q9.text", "q1.answers"):
        assert fault in shown


def test_items_in_another_order_are_refused(tmp_path: Path) -> None:
    text = wording(load_instrument("odi").content)
    swapped = (
        text.replace('id = "q1"\n', 'id = "x"\n').replace('id = "q2"', 'id = "q1"').replace('id = "x"', 'id = "q2"')
    )
    assert "another order" in refused_wording(tmp_path, swapped)
