"""The bridge from a study's words to the columns of a snapshot's row file."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from difflib import get_close_matches

from foramen.kernel.errors import DefinitionError, NotHeldError
from foramen.snapshot.codebook import SUPPRESSED, Codebook, Role, Variable
from foramen.snapshot.codebook import Column as StoredColumn
from foramen.statistics.tables import Axis, Code
from foramen.study.definition import Study, Timepoint, When
from foramen.study.engines.request import (
    ALWAYS,
    AllOf,
    AnyOf,
    Case,
    Column,
    Compare,
    Condition,
    Key,
    Not,
    OneOf,
    Operator,
    Recorded,
    Term,
)

ROW_FILES: Mapping[str, str] = {"patient": "treatment", "treatment": "treatment", "target": "target", "read": "read"}
"""Which row file each unit of analysis scans."""

_BOUNDS: Mapping[str, tuple[Operator, str]] = {
    "at_least": (">=", ROUND_CEILING),
    "at_most": ("<=", ROUND_FLOOR),
    "above": (">", ROUND_FLOOR),
    "below": ("<", ROUND_CEILING),
}
"""How each bound compares, and how a bound between two recordable values moves to one without changing its meaning."""


@dataclass(frozen=True, slots=True)
class Source:
    """One stored column with what is needed to use it: as an axis of counts, or in arithmetic within its window.

    `size` bounds the number of codes, `reach` their absolute value.
    """

    variable: Variable
    column: Column
    axis: Axis
    window: Condition
    size: int | None
    reach: int

    @property
    def key(self) -> Key:
        """The column as an axis: missing and suppressed are levels; outside the window is missing."""
        raw = Column(self.column.name)
        term = raw if self.window == ALWAYS else Case(((self.window, raw),))
        return Key(self.axis, term, self.size)

    @property
    def arithmetic(self) -> Term:
        """The column as a number: missing where suppressed or outside the window."""
        return self.column if self.window == ALWAYS else Case(((self.window, self.column),))

    @property
    def recorded(self) -> Condition:
        """A value is there, inside the window, not suppressed."""
        return together(Recorded(self.column), self.window)


def together(*parts: Condition) -> Condition:
    """All of the conditions, without needless nesting."""
    flat: list[Condition] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, AllOf) else [part])
    unique = tuple(dict.fromkeys(flat))
    return unique[0] if len(unique) == 1 else AllOf(unique)


@dataclass(frozen=True)
class Frame:
    """A study's vocabulary over one snapshot."""

    study: Study
    codebook: Codebook
    index_event: str

    @property
    def file(self) -> str:
        return ROW_FILES[self.study.unit]

    def variable(self, name: str, where: str) -> Variable:
        if name in self.codebook.variables:
            return self.codebook.variables[name]
        known = sorted(self.codebook.variables)
        near = get_close_matches(name, known, n=1)
        remedy = f"did you mean “{near[0]}”?" if near else f"the snapshot has: {', '.join(known[:12])}…"
        raise NotHeldError.single("the snapshot has no such variable", where=where, received=name, remedy=remedy)

    def timepoint(self, name: str, where: str) -> Timepoint:
        for timepoint in self.study.timepoints:
            if timepoint.name == name:
                return timepoint
        known = ", ".join(t.name for t in self.study.timepoints) or "none"
        raise DefinitionError.single("no such time point", where=where, received=name, remedy=f"declared are: {known}")

    def source(
        self, name: str, where: str, *, at: str | None = None, reader: str | None = None, role: Role = "value"
    ) -> Source:
        """The column that holds a variable at a time point or by a reader, or how that answer was given."""
        variable = self.variable(name, where)
        timepoint = self.timepoint(at, where) if at else None
        stored = self.codebook.find(self.file, name, role=role, timepoint=at, reader=reader)
        if stored is None:
            raise self._not_held(
                name, role, " ".join(filter(None, (at and f"at {at}", reader and f"by {reader}"))), where
            )
        if role == "mode":  # its codes are those of the variable of that name, whatever was answered
            variable = self.variable(role, where)
        hides = SUPPRESSED if stored.suppressed else None
        reach = max(abs(stored.low or 0), abs(stored.high or 0), 1)
        axis = Axis(stored.name, variable.decimals, _labels(variable), SUPPRESSED)
        window, size = self._window(stored, timepoint, where), _size(stored, variable)
        return Source(variable, Column(stored.name, hides), axis, window, size, reach)

    def _not_held(self, name: str, role: Role, place: str, where: str) -> NotHeldError:
        what = "this variable" if role == "value" else f"the {role} of this variable"
        held = f"it is held {self._holdings(name, role)}"
        return NotHeldError.single(
            f"the snapshot does not hold {what} at that time point or by that reader",
            where=where,
            received=f"{name} {place}".rstrip(),
            remedy=held
            if role == "value"
            else f'{held}; give its column role = "{role}" in the mapping and import again',
        )

    def _holdings(self, name: str, role: Role) -> str:
        columns = self.codebook.columns[self.file].values()
        held = [c for c in columns if c.variable == name and c.role == role]
        places = [f"at {c.timepoint}" if c.timepoint else f"by {c.reader}" if c.reader else "once" for c in held]
        return ", ".join(places) or f"not at all in the rows of a {self.file}"

    def _window(self, stored: StoredColumn, timepoint: Timepoint | None, where: str) -> Condition:
        """No check when every answer's day is known to lie inside: it would cost a column and change nothing."""
        if timepoint is None or timepoint.days is None:
            return ALWAYS
        day = self.codebook.find(self.file, stored.variable, timepoint=timepoint.name, role="day")
        if day is None:
            raise NotHeldError.single(
                "the snapshot does not hold the day of this answer, so its window cannot be checked",
                where=where,
                received=f"{stored.variable} at {timepoint.name}, days = {timepoint.days}",
                remedy='import the day (role = "day" or "date" in the mapping), or leave `days` out',
            )
        first, last = timepoint.days
        if not day.missing and day.low is not None and day.high is not None and first <= day.low and day.high <= last:
            return ALWAYS
        return AllOf((Compare(Column(day.name), ">=", first), Compare(Column(day.name), "<=", last)))

    def condition(self, when: When, where: str) -> Condition:
        """A condition of the document as one of the engines."""
        if when.variable is None:
            return self._combined(when, where)
        source = self.source(when.variable, where, at=when.at, reader=when.reader)
        return together(*(self._test(source, test, operand, where) for test, operand in when.tests().items()))

    def _combined(self, when: When, where: str) -> Condition:
        if when.not_ is not None:
            return Not(self.condition(when.not_, where))
        if when.all_ is not None:
            return AllOf(tuple(self.condition(part, where) for part in when.all_))
        return AnyOf(tuple(self.condition(part, where) for part in when.any_ or ()))

    def _test(self, source: Source, test: str, operand: object, where: str) -> Condition:
        """What lies outside the window is unknown, hence the windowed value, never the column itself, is compared."""
        column, variable = source.arithmetic, source.variable
        if test == "recorded":
            return Recorded(column) if operand else Not(Recorded(column))
        if test in _BOUNDS:
            check_number(variable, where)
            operator, rounding = _BOUNDS[test]
            assert isinstance(operand, int | Decimal)
            scaled = Decimal(operand).scaleb(variable.decimals)
            return Compare(column, operator, int(scaled.to_integral_value(rounding)))
        if test == "is_one_of":
            assert isinstance(operand, list)
            return OneOf(column, tuple(code_of(variable, value, where) for value in operand))
        return Compare(column, "=" if test == "is_" else "<>", code_of(variable, operand, where))


def check_number(variable: Variable, where: str) -> None:
    """Refuse to read the codes of a category as amounts."""
    if variable.kind == "category":
        raise DefinitionError.single(
            f"“{variable.name}” is a category: it has no more and no less",
            where=where,
            remedy=f"use is or is_one_of with its levels: {', '.join(variable.labels)}",
        )


def code_of(variable: Variable, value: object, where: str) -> int:
    """The code a label or number of the document stands for."""
    if variable.kind == "category":
        if value in variable.labels:
            return variable.labels.index(str(value))
        raise DefinitionError.single(
            f"“{variable.name}” has no such level",
            where=where,
            received=str(value),
            remedy=f"one of {', '.join(variable.labels)}",
        )
    if isinstance(value, int | Decimal):
        scaled = Decimal(value).scaleb(variable.decimals)
        if scaled == scaled.to_integral_value():
            return int(scaled)
    raise DefinitionError.single(
        f"“{variable.name}” never has this value", where=where, received=str(value),
        remedy=f"a number with at most {variable.decimals} decimals",
    )  # fmt: skip


def _labels(variable: Variable) -> tuple[tuple[Code, str], ...]:
    return tuple(enumerate(variable.labels))


def _size(stored: StoredColumn, variable: Variable) -> int | None:
    extra = (stored.missing > 0) + (stored.suppressed > 0)
    if variable.kind == "category":
        return len(variable.labels) + extra
    return None if stored.low is None or stored.high is None else stored.high - stored.low + 1 + extra
