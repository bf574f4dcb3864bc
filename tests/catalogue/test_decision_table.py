"""A table is total or it is refused, and every fault names the row and what to do."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foramen.catalogue.decision_table import ABSENT, DecisionTable, table_faults

COLOURS = {"name": "light", "about": "Which light?", "values": ["red", "green"]}
SPEED = {
    "name": "speed", "about": "How fast?", "unit": "km/h",
    "bands": [{"name": "slow", "at_least": 0, "at_most": 30}, {"name": "fast", "above": 30}],
}  # fmt: skip


def row(name: str, when: dict[str, list[str]], outcome: str = "OK", **more: Any) -> dict[str, Any]:
    override = {} if outcome in ("OK", "NA") else {"override": "O1"}
    return {"id": name, "when": when, "outcome": outcome, "reason": "why", "resolved": "so", **override, **more}


def table(*rows: dict[str, Any], inputs: tuple[dict[str, Any], ...] = (COLOURS,)) -> DecisionTable:
    return DecisionTable.model_validate(
        {"id": "T", "about": "Go?", "source": "s", "tag": "RESOLVED", "inputs": list(inputs), "rows": list(rows)}
    )


GO, STAY = row("GO", {"light": ["green"]}), row("STAY", {"light": ["red", "missing", "unreadable"]}, "STOP")


def faults(*rows: dict[str, Any], inputs: tuple[dict[str, Any], ...] = (COLOURS,)) -> list[str]:
    return [str(fault) for fault in table_faults("file: T", table(*rows, inputs=inputs))]


def test_a_total_table_has_no_fault_and_one_row_for_each_combination() -> None:
    lights = table(GO, STAY)
    assert faults(GO, STAY) == []
    assert [lights.row_for({"light": light}).id for light in ("green", "red", None, "blue")] == [
        "GO",
        "STAY",
        "STAY",
        "STAY",
    ]
    assert lights.row_for({}).id == "STAY"


def test_a_gap_names_the_combination() -> None:
    assert faults(GO, row("STAY", {"light": ["red", "missing"]}, "STOP")) == [
        "file: T: rows: no row answers to this\n  received: light unreadable\n  try: add a row or widen one"
    ]


def test_an_overlap_names_both_rows_and_the_combination() -> None:
    assert faults(GO, STAY, row("ALSO", {"light": ["red", "green"]}, "STOP")) == [
        "file: T: rows GO and ALSO: these rows overlap\n  received: light green\n"
        "  try: narrow the `when` of all but one of them",
        "file: T: rows STAY and ALSO: these rows overlap\n  received: light red\n"
        "  try: narrow the `when` of all but one of them",
    ]


def test_gap_and_overlap_come_together() -> None:
    found = faults(GO, row("ALSO", {"light": ["green"]}))
    assert ["these rows overlap" in found[0], "no row answers to this" in found[1]] == [True, True]


def test_what_passes_because_nobody_answered_is_refused() -> None:
    found = faults(row("GO", {"light": ["green", "missing"]}), row("STAY", {"light": ["red", "unreadable"]}, "STOP"))
    assert found == [
        "file: T: row GO: something passes because nobody answered\n  received: light missing\n"
        "  try: name the answers of light for which it is OK"
    ]


def test_an_input_that_does_not_matter_may_be_missing() -> None:
    both = (COLOURS, SPEED)
    assert faults(GO, STAY, inputs=both) == []


@pytest.mark.parametrize(
    ("bands", "what"),
    [
        ([{"name": "low", "at_most": 1}, {"name": "high", "above": 2}], "there is a gap between these bands"),
        ([{"name": "low", "below": 1}, {"name": "high", "above": 1}], "there is a gap between these bands"),
        ([{"name": "low", "at_most": 1}, {"name": "high", "at_least": 1}], "these bands overlap"),
        ([{"name": "low", "at_most": 2}, {"name": "high", "above": 1}], "these bands overlap"),
        ([{"name": "low"}, {"name": "high", "above": 1}], "these bands overlap"),
        ([{"name": "low", "at_least": 3, "at_most": 2}], "no number is in this band"),
        ([{"name": "low", "above": 2, "at_most": 2}], "no number is in this band"),
        ([{"name": "low", "at_most": 2}, {"name": "low", "above": 2}], "this answer stands 2 times"),
    ],
)
def test_bands_that_leave_a_number_out_or_hold_it_twice_are_refused(bands: list[dict[str, Any]], what: str) -> None:
    asked = {"name": "dose", "about": "How much?", "bands": bands}
    found = list(table_faults("file: T", table(row("ANY", {}, "STOP"), inputs=(asked,))))
    assert [(fault.what, fault.where) for fault in found] == [(what, "file: T: input dose")]


@pytest.mark.parametrize(
    ("rows", "what", "remedy"),
    [
        ([GO, GO, STAY], "this row stands 2 times", "give each a name of its own"),
        ([row("GO", {"light": ["gren"]}), STAY], "the input has no such answer", "did you mean “green”?"),
        ([row("GO", {"ligth": ["green"]}), STAY], "the table has no such input", "did you mean “light”?"),
        ([row("GO", {"light": []}), STAY], "no answer is named", "leave it out to mean any"),
        (
            [row("GO", {"light": ["green"]}, override="O1"), STAY],
            "OK has nothing to override or to wait for",
            "leave both out",
        ),
        ([GO, STAY | {"override": None}], "STOP says who may override it", "O0, O1 or O2"),
        ([GO, STAY | {"in_plan": "HOLD"}], "what planning waits for is a task", "say what has to happen"),
        ([GO, STAY | {"printed": "one " * 15}], "the quotation is too long", "at most 14 words"),
        ([GO, STAY | {"tag": "PRINTED"}], "tag and printed text contradict each other", "PRINTED quotes the source"),
        ([GO, STAY | {"tag": "NOT PRINTED", "printed": "stop"}], "tag and printed text contradict each other", ""),
    ],
)
def test_a_row_that_cannot_be_right_is_refused(rows: list[dict[str, Any]], what: str, remedy: str) -> None:
    found = {fault.what: fault for fault in table_faults("file: T", table(*rows))}
    assert what in found
    assert remedy in found[what].remedy
    assert "T" in found[what].where


def test_an_input_with_both_values_and_bands_or_neither_is_refused() -> None:
    neither = {"name": "light", "about": "?"}
    both = SPEED | {"values": ["red"]}
    for asked in (neither, both):
        assert "an input has values or bands" in faults(row("ANY", {}, "STOP"), inputs=(asked,))[0]


def test_a_table_that_nobody_could_read_is_refused() -> None:
    many = tuple({"name": f"q{i}", "about": "?", "values": ["a", "b", "c", "d"]} for i in range(6))
    assert "too many combinations" in faults(row("ANY", {}, "STOP"), inputs=many)[0]


@pytest.mark.parametrize(
    ("number", "found"),
    [
        (0, "slow"),
        (30, "slow"),
        (31, "fast"),
        (-1, "unreadable"),
        (True, "unreadable"),
        ("30", "unreadable"),
        (None, "missing"),
    ],
)
def test_a_number_falls_into_one_band_or_is_unreadable(number: Any, found: str) -> None:
    speed = table(row("ANY", {}, "STOP"), inputs=(SPEED,)).inputs[0]
    assert speed.cell(number) == found


NAMES, ANSWERS = ("a", "b", "c"), ("x", "y")


@st.composite
def drawn_tables(draw: st.DrawFn) -> tuple[DecisionTable, dict[tuple[str, ...], list[str]]]:
    """A table of any rows, and which rows answer to each combination, found by plain trying."""
    inputs = tuple({"name": name, "about": "?", "values": list(ANSWERS)} for name in NAMES[: draw(st.integers(1, 3))])
    cells = (*ANSWERS, *ABSENT)
    rows = [
        row(
            f"R{i}",
            draw(
                st.dictionaries(
                    st.sampled_from([one["name"] for one in inputs]),
                    st.lists(st.sampled_from(cells), min_size=1, unique=True),
                )
            ),
            draw(st.sampled_from(["OK", "STOP"])),
        )
        for i in range(draw(st.integers(1, 4)))
    ]
    named = [one["name"] for one in inputs]
    tried = {
        found: [
            one["id"] for one in rows
            if all(cell in one["when"].get(name, cells) for name, cell in zip(named, found, strict=True))
        ]
        for found in product(cells, repeat=len(named))
    }  # fmt: skip
    return table(*rows, inputs=inputs), tried


@given(drawn_tables())
def test_the_loader_finds_gaps_overlaps_and_passing_by_absence_as_plain_trying_does(
    drawn: tuple[DecisionTable, dict[tuple[str, ...], list[str]]],
) -> None:
    made, tried = drawn
    outcomes = {one.id: one.outcome for one in made.rows}
    gaps = any(not rows for rows in tried.values())
    overlaps = any(len(rows) > 1 for rows in tried.values())
    found = {fault.what for fault in table_faults("file: T", made)}
    assert ("no row answers to this" in found) == gaps
    assert ("these rows overlap" in found) == overlaps
    if not gaps and not overlaps:
        result = {cells: outcomes[rows[0]] for cells, rows in tried.items()}
        by_absence = any(
            answer == "OK" and cells[i] in ABSENT and result[(*cells[:i], given, *cells[i + 1 :])] != "OK"
            for cells, answer in result.items() for i in range(len(cells)) for given in ANSWERS
        )  # fmt: skip
        assert ("something passes because nobody answered" in found) == by_absence
        names = [one.name for one in made.inputs]
        for cells, rows in tried.items():
            asked = {name: None if cell == "missing" else cell for name, cell in zip(names, cells, strict=True)}
            assert made.row_for(asked).id == rows[0]
