"""Decision tables that are total: every combination of what may be answered has exactly one row.

An input is answered by a word, or by a number that falls into a band, and it may always be missing or unreadable. The
loader walks through every combination. It refuses a gap, an overlap, and a row that would let something pass because
nobody answered.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import prod
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from foramen.catalogue.decision import Outcome, Override
from foramen.catalogue.definition import Number, ParameterName
from foramen.catalogue.document import Part
from foramen.kernel.errors import Fault

MISSING, UNREADABLE = "missing", "unreadable"
ABSENT = (MISSING, UNREADABLE)
"""What every input may be, whatever else it declares."""

ANY_ANSWER = "any answer"
"""Stands in a row for every answer that an input declares, but not for missing and unreadable."""

PASSING = (Outcome.OK, Outcome.NA)
LARGEST = 5000
"""How many combinations one table may have: beyond that nobody can read it."""

LONGEST_QUOTE = 14
"""How many words of a source may be quoted in one row."""

Word = Annotated[str, Field(pattern=r"^[a-z0-9]+([ -][a-z0-9]+)*$")]
RowId = Annotated[str, Field(pattern=r"^[A-Za-z0-9]+([.-][A-Za-z0-9]+)*$")]
Tag = Literal["PRINTED", "RESOLVED", "NOT PRINTED"]
Cell = str | int | Decimal | Fraction | None
"""What a table is asked with: a word, a number for a band, the word `unreadable`, or None where nobody answered."""


class NumberBand(Part):
    """A range of numbers with a name. A bound belongs to it with at_least and at_most, not with above and below."""

    name: Word = Field(description="by which rows name it")
    at_least: Number | None = Field(None, description="the least number, which belongs to it")
    above: Number | None = Field(None, description="the number that it begins beyond")
    at_most: Number | None = Field(None, description="the greatest number, which belongs to it")
    below: Number | None = Field(None, description="the number that it ends before")

    @model_validator(mode="after")
    def _one_bound_each(self) -> Self:
        if (self.at_least is not None and self.above is not None) or (
            self.at_most is not None and self.below is not None
        ):
            raise ValueError("a band begins with at_least or above, and ends with at_most or below, not with both")
        return self

    @cached_property
    def lower(self) -> tuple[Fraction, bool] | None:
        """Where it begins, and whether that number belongs to it."""
        return _bound(self.at_least, self.above)

    @cached_property
    def upper(self) -> tuple[Fraction, bool] | None:
        """Where it ends, and whether that number belongs to it."""
        return _bound(self.at_most, self.below)

    def holds(self, number: Fraction) -> bool:
        lower, upper = self.lower, self.upper
        begun = lower is None or number > lower[0] or (lower[1] and number == lower[0])
        return begun and (upper is None or number < upper[0] or (upper[1] and number == upper[0]))


class TableInput(Part):
    """What a table asks: words to answer with, or bands of a number. Missing and unreadable are always added."""

    name: ParameterName = Field(description="by which rows name it")
    about: str = Field(min_length=1, description="the question in words")
    values: list[Word] = Field([], description="the words it is answered with")
    bands: list[NumberBand] = Field([], description="the ranges a number falls into, from the least to the greatest")
    unit: str = Field("", description="unit of the number")

    @property
    def answers(self) -> list[str]:
        return [*self.values, *(band.name for band in self.bands)]

    @property
    def cells(self) -> list[str]:
        return [*self.answers, *ABSENT]

    def named(self, cells: list[str] | None) -> list[str]:
        """The cells that a row names; None: it does not name the input, and any will do."""
        if cells is None:
            return self.cells
        return [cell for name in cells for cell in (self.answers if name == ANY_ANSWER else [name])]

    def cell(self, value: Cell) -> str:
        """The cell that a value falls into; whatever is not declared is unreadable."""
        if value is None:
            return MISSING
        if isinstance(value, str):
            return value if value in self.values else UNREADABLE
        if isinstance(value, bool) or (isinstance(value, Decimal) and not value.is_finite()):
            return UNREADABLE
        number = Fraction(value)
        return next((band.name for band in self.bands if band.holds(number)), UNREADABLE)


class TableRow(Part):
    """One row: when it applies, what then holds, and why. An input that `when` does not name may be anything."""

    id: RowId = Field(description="short name, found in decisions, messages and tests")
    when: dict[str, list[str]] = Field(
        description="input -> the answers the row is for; `any answer` stands for all but missing and unreadable"
    )
    outcome: Literal["OK", "HOLD", "DECIDE", "STOP", "NA"] = Field(description="what holds then")
    override: Literal["O0", "O1", "O2"] | None = Field(
        None, description="who may go on in spite of it; O0 nobody, O1 performing radiologist, O2 two persons"
    )
    reason: str = Field(min_length=1, description="why, in words that a nurse would accept")
    resolved: str = Field(min_length=1, description="what the source is taken to mean here")
    printed: str | None = Field(None, description="words of the source, fewer than 15; left out: those of the table")
    source: str | None = Field(None, description="key of the source; left out: that of the table")
    locator: str | None = Field(None, description="where in the source; left out: that of the table")
    tag: Tag | None = Field(
        None,
        description="PRINTED: the source says so; RESOLVED: our reading, for the lead of a site to sign; NOT PRINTED: "
        "the source says nothing, our proposal; left out: that of the table",
    )
    in_plan: Literal["HOLD", "DECIDE"] | None = Field(
        None, description="what holds instead while planning, when it is too early to expect an answer"
    )
    todo: str = Field("", description="the task that planning makes of it")
    information: list[str] = Field([], description="what is shown beside, never merged")
    alert: str = Field("", description="what is shown apart, such as a flag for later analysis")

    @property
    def passes(self) -> bool:
        return Outcome[self.outcome] in PASSING


class DecisionTable(Part):
    """Inputs and rows. Printed text, source, locator and tag stand here for the rows that do not give their own."""

    id: RowId = Field(description="short name within the policy")
    about: str = Field(min_length=1, description="what the table decides")
    printed: str = Field("", description="words of the source, fewer than 15")
    source: str = Field(description="key of the source")
    locator: str = Field("", description="where in the source")
    tag: Tag = Field(description="PRINTED, RESOLVED or NOT PRINTED")
    inputs: list[TableInput] = Field(min_length=1, description="what is asked")
    rows: list[TableRow] = Field(min_length=1, description="one for every combination of answers")

    @cached_property
    def _index(self) -> dict[tuple[str, ...], TableRow]:
        """Combination of cells -> its row; made once, so that asking is one look-up."""
        return {cells: self.rows[found[0]] for cells, found in _answering(self).items()}

    def row_for(self, answers: Mapping[str, Cell]) -> TableRow:
        """The one row for these answers. An input that is not among them is missing."""
        return self._index[tuple(one.cell(answers.get(one.name)) for one in self.inputs)]


@dataclass(frozen=True, slots=True)
class Quote:
    """Where a row comes from, with what it takes over from its table."""

    printed: str
    source: str
    locator: str
    tag: Tag


def quote_of(table: DecisionTable, row: TableRow) -> Quote:
    return Quote(
        table.printed if row.printed is None else row.printed,
        row.source or table.source,
        table.locator if row.locator is None else row.locator,
        row.tag or table.tag,
    )


def table_faults(where: str, table: DecisionTable) -> Iterator[Fault]:
    """Everything that keeps a table from being total, consistent and explained."""
    found = [*_input_faults(where, table), *_name_faults(where, table)]
    yield from found
    yield from _row_faults(where, table)
    if found:
        return
    if (size := prod(len(one.cells) for one in table.inputs)) > LARGEST:
        yield Fault("too many combinations to read", where, f"{size:,}", f"split the table; at most {LARGEST:,}")
        return
    answering = _answering(table)
    yield from _overlaps(where, table, answering)
    yield from _gaps(where, table, answering)
    yield from _passing_by_absence(where, table, answering)


def duplicates(where: str, what: str, names: Iterable[str]) -> Iterator[Fault]:
    """Names that stand twice."""
    for name, times in Counter(names).items():
        if times > 1:
            yield Fault(f"this {what} stands {times} times", where, name, "give each a name of its own")


def _bound(closed: Number | None, opened: Number | None) -> tuple[Fraction, bool] | None:
    if closed is not None:
        return Fraction(closed), True
    return None if opened is None else (Fraction(opened), False)


def _answering(table: DecisionTable) -> dict[tuple[str, ...], list[int]]:
    """Combination of cells -> the rows that answer to it, by position."""
    found: dict[tuple[str, ...], list[int]] = {}
    for position, row in enumerate(table.rows):
        for cells in product(*(one.named(row.when.get(one.name)) for one in table.inputs)):
            found.setdefault(cells, []).append(position)
    return found


def _input_faults(where: str, table: DecisionTable) -> Iterator[Fault]:
    yield from duplicates(where, "input", (one.name for one in table.inputs))
    for one in table.inputs:
        place = f"{where}: input {one.name}"
        if bool(one.values) == bool(one.bands):
            yield Fault("an input has values or bands", place, "both" if one.values else "neither", "keep one of them")
        yield from duplicates(place, "answer", one.cells)
        for lower, upper in zip(one.bands, one.bands[1:], strict=False):
            yield from _seam(place, lower, upper)
        for band in one.bands:
            if _is_empty(band):
                yield Fault("no number is in this band", place, band.name, "the lower bound comes first")


def _is_empty(band: NumberBand) -> bool:
    lower, upper = band.lower, band.upper
    if lower is None or upper is None:
        return False
    return lower[0] > upper[0] or (lower[0] == upper[0] and not (lower[1] and upper[1]))


def _seam(place: str, lower: NumberBand, upper: NumberBand) -> Iterator[Fault]:
    """Two neighbouring bands meet: one has the bound, the other does not."""
    between, end, start = f"{lower.name}, {upper.name}", lower.upper, upper.lower
    if end is None or start is None:
        yield Fault("these bands overlap", place, between, "give the first an end and the second a beginning")
    elif start[0] > end[0] or (start[0] == end[0] and not start[1] and not end[1]):
        yield Fault("there is a gap between these bands", place, between, f"let both meet at {end[0]}")
    elif start[0] < end[0] or (start[1] and end[1]):
        yield Fault("these bands overlap", place, between, f"let {start[0]} belong to one of them")


def _name_faults(where: str, table: DecisionTable) -> Iterator[Fault]:
    yield from duplicates(where, "row", (row.id for row in table.rows))
    known = {one.name: one for one in table.inputs}
    for place, row in _placed(where, table):
        for name, answers in row.when.items():
            if name in known:
                yield from _answer_faults(f"{place}: {name}", known[name], answers)
            else:
                yield Fault("the table has no such input", place, name, _near(name, known))


def _answer_faults(place: str, one: TableInput, answers: list[str]) -> Iterator[Fault]:
    yield from duplicates(place, "answer", one.named(answers))
    for answer in one.named(answers):
        if answer not in one.cells:
            yield Fault("the input has no such answer", place, answer, _near(answer, one.cells))
    if not answers:
        yield Fault("no answer is named", place, "an empty list", "leave it out to mean any")


def _row_faults(where: str, table: DecisionTable) -> Iterator[Fault]:
    for place, row in _placed(where, table):
        quote = quote_of(table, row)
        if row.passes and (row.override or row.in_plan):
            yield Fault(f"{row.outcome} has nothing to override or to wait for", place, "", "leave both out")
        if not row.passes and row.override is None:
            yield Fault(f"{row.outcome} says who may override it", place, "nothing", "O0, O1 or O2")
        if row.in_plan and not row.todo:
            yield Fault("what planning waits for is a task", place, "no todo", "say what has to happen")
        if len(quote.printed.split()) > LONGEST_QUOTE:
            yield Fault("the quotation is too long", place, quote.printed, f"at most {LONGEST_QUOTE} words")
        if (quote.tag == "NOT PRINTED") == bool(quote.printed) and quote.tag != "RESOLVED":
            yield Fault("tag and printed text contradict each other", place, quote.tag, "PRINTED quotes the source")


def _overlaps(where: str, table: DecisionTable, answering: Mapping[tuple[str, ...], list[int]]) -> Iterator[Fault]:
    pairs: dict[tuple[int, ...], list[tuple[str, ...]]] = {}
    for cells, found in answering.items():
        if len(found) > 1:
            pairs.setdefault(tuple(found), []).append(cells)
    for positions, combinations in pairs.items():
        named = " and ".join(table.rows[position].id for position in positions)
        yield Fault(
            "these rows overlap", f"{where}: rows {named}", _some(table, combinations),
            "narrow the `when` of all but one of them",
        )  # fmt: skip


def _gaps(where: str, table: DecisionTable, answering: Mapping[tuple[str, ...], list[int]]) -> Iterator[Fault]:
    everything = product(*(one.cells for one in table.inputs))
    if left := [cells for cells in everything if cells not in answering]:
        yield Fault("no row answers to this", f"{where}: rows", _some(table, left), "add a row or widen one")


def _passing_by_absence(
    where: str, table: DecisionTable, answering: Mapping[tuple[str, ...], list[int]]
) -> Iterator[Fault]:
    """A row that passes with an input absent, although an answer to that input would not pass."""
    told = set()
    for cells, found in answering.items():
        row = table.rows[found[0]]
        if not row.passes or row.id in told:
            continue
        for place, cell in enumerate(cells):
            if cell in ABSENT and not _any_answer_passes(table, answering, cells, place):
                told.add(row.id)
                yield Fault(
                    "something passes because nobody answered", f"{where}: row {row.id}", _some(table, [cells]),
                    f"name the answers of {table.inputs[place].name} for which it is {row.outcome}",
                )  # fmt: skip
                break


def _any_answer_passes(
    table: DecisionTable, answering: Mapping[tuple[str, ...], list[int]], cells: tuple[str, ...], place: int
) -> bool:
    """Whether it passes whatever is answered to one input."""
    answered = ((*cells[:place], cell, *cells[place + 1 :]) for cell in table.inputs[place].answers)
    return all(table.rows[answering[one][0]].passes for one in answered if one in answering)


def _placed(where: str, table: DecisionTable) -> Iterator[tuple[str, TableRow]]:
    for number, row in enumerate(table.rows, 1):
        yield f"{where}: row {number} ({row.id})", row


def _near(name: str, known: Iterable[str]) -> str:
    words = list(known)
    near = get_close_matches(name, words, n=1)
    return f"did you mean “{near[0]}”?" if near else f"one of {', '.join(words)}"


def _some(table: DecisionTable, combinations: list[tuple[str, ...]]) -> str:
    """The first of several combinations in words, and how many there are."""
    first = ", ".join(f"{one.name} {cell}" for one, cell in zip(table.inputs, combinations[0], strict=True))
    return f"{first}; and {len(combinations) - 1} more" if len(combinations) > 1 else first


def override_of(row: TableRow) -> Override | None:
    return Override[row.override] if row.override else None
