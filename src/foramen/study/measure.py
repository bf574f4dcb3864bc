"""An outcome at one time point, as something engines can count and statistics can read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import lcm
from operator import itemgetter
from typing import Literal

from foramen.kernel.errors import DefinitionError
from foramen.snapshot.codebook import SUPPRESSED
from foramen.statistics.tables import Axis, Cell, Code, CountTable
from foramen.study.bands import check_bands
from foramen.study.definition import Band, Outcome
from foramen.study.engines.interpret import value
from foramen.study.engines.request import (
    ALWAYS,
    AnyOf,
    Case,
    Column,
    Compare,
    Condition,
    Difference,
    Key,
    Linear,
    Not,
    Recorded,
    Term,
    Weighted,
)
from foramen.study.frame import Frame, Source, check_number, together

VALUE = "the value"
"""Name of the axis that a measure derives."""

Quantity = Literal["value", "change", "improvement", "relief_percent"]
"""What a threshold or a band is about; improvement is the change in the better direction."""

FINEST = 10**12
"""Finest resolution of a percent change."""

DOSES = "doses"
"""The table of the dictionary that holds radiation."""

BINARY: tuple[tuple[Code, str], ...] = ((0, "no"), (1, "yes"))


@dataclass(frozen=True)
class Measure:
    """An outcome at a time point.

    `sources` are counted; `rule` gives the measured code from their codes, and the same rule is what engines evaluate
    on a row. A percent change has no integer rule: it is derived from the count table alone.
    """

    outcome: Outcome
    timepoint: str | None
    sources: tuple[Source, ...]
    axis: Axis
    rule: Term | None

    @property
    def kind(self) -> Literal["number", "category", "responder"]:
        if self.outcome.kind in ("responder", "recorded"):
            return "responder"
        return "category" if self.axis.labels else "number"

    @property
    def keys(self) -> tuple[Key, ...]:
        return tuple(source.key for source in self.sources)

    @property
    def recorded(self) -> Condition:
        """Every source has a value inside its window. Whether there is one is known unless the source withheld it."""
        if self.outcome.kind == "recorded":
            (source,) = self.sources
            return (
                AnyOf((Recorded(source.arithmetic), Not(Recorded(source.key.term)))) if source.column.hides else ALWAYS
            )
        return together(*(source.recorded for source in self.sources))

    @property
    def dimensions(self) -> dict[str, str]:
        """What the measure is, for `about`."""
        found = {"outcome": self.outcome.name}
        if self.timepoint:
            found["timepoint"] = self.timepoint
        if self.outcome.reader:
            found["reader"] = self.outcome.reader
        return found

    def term(self, where: str) -> Term:
        """The measure as an integer on a row; missing outside the window."""
        if self.rule is None:
            raise DefinitionError.single(
                "a percent change can be described and compared, but not used in a model or as a group",
                where=where,
                received=self.outcome.name,
                remedy="use a responder, a change or a score",
            )
        window = together(*(source.window for source in self.sources))
        if window == ALWAYS:
            return self.rule
        rule = self.rule if isinstance(self.rule, Case) else Case(((ALWAYS, self.rule),))
        return Case(tuple((together(window, when), then) for when, then in rule.branches), rule.otherwise)

    def key(self, where: str, name: str | None = None) -> Key:
        """The measure as an axis of its own."""
        size = len(self.axis.labels) + 1 if self.axis.labels else self.sources[0].size
        return Key(replace(self.axis, name=name or self.axis.name), self.term(where), size)

    def derive(self, table: CountTable) -> CountTable:
        """Replace the axes of the sources by the measured value, as the last axis."""
        return derive_together(table, {VALUE: self})

    def reading(self, table: CountTable) -> tuple[Axis, Callable[[Cell], Code]]:
        """The measured axis, and how to read its code off a cell of a table that has the sources as axes."""
        positions = [table.position(source.axis.name) for source in self.sources]
        axis, read = self.axis, self._read(positions)
        if self.outcome.kind == "percent_change":
            axis, read = _percent_change(table, positions, self.axis)
        return axis, lambda cell: SUPPRESSED if any(cell[i] == SUPPRESSED for i in positions) else read(cell)

    def _read(self, positions: Sequence[int]) -> Callable[[Cell], Code]:
        if isinstance(self.rule, Column):
            return itemgetter(positions[0])
        names = [source.axis.name for source in self.sources]

        @cache
        def measured(*codes: Code) -> Code:
            return value(self.rule, dict(zip(names, codes, strict=True)))  # type: ignore[arg-type]

        return lambda cell: measured(*(cell[i] for i in positions))

    def undefined(self, table: CountTable) -> int:
        """Units whose relative change is undefined: their baseline is 0 or below, answered later or not."""
        return table.total - self.defined(table).total

    def defined(self, table: CountTable) -> CountTable:
        """Without the units whose relative change is undefined: they are neither a value nor missing."""
        relative = self.outcome.kind == "percent_change" or self.outcome.relief_percent is not None
        if not relative and self.outcome.bands_of != "relief_percent":
            return table
        baseline = table.position(self.sources[0].axis.name)
        cells = ((cell, n) for cell, n in table.cells if not _at_most_zero(cell[baseline]))
        return CountTable(table.axes, tuple(cells))


def _at_most_zero(code: Code) -> bool:
    return isinstance(code, int) and code <= 0 and code != SUPPRESSED


def measure(frame: Frame, outcome: Outcome, at: str | None, where: str) -> Measure:
    """Resolve an outcome at a time point against the snapshot."""
    _check_role(outcome, where)
    follow = frame.source(outcome.variable, where, at=at, reader=outcome.reader, role=outcome.role)
    sources: tuple[Source, ...] = (follow,)
    if outcome.needs_baseline():
        sources = (frame.source(outcome.variable, where, at=outcome.baseline, reader=outcome.reader), follow)
    binary = outcome.kind in ("responder", "recorded")
    labels = BINARY if binary else _band_labels(outcome) or follow.axis.labels
    axis = Axis(VALUE, follow.axis.decimals, labels, SUPPRESSED)
    if outcome.bands or outcome.kind == "responder":
        check_number(follow.variable, where)
    if outcome.kind in ("change", "percent_change", "score", "count") and follow.variable.kind == "category":
        raise DefinitionError.single(
            f"“{outcome.variable}” is a category, not a number",
            where=where,
            received=outcome.kind,
            remedy="use kind category",
        )
    return Measure(outcome, at, sources, axis, _rule(outcome, sources, where))


def _check_role(outcome: Outcome, where: str) -> None:
    if outcome.role == "mode" and outcome.kind != "category":
        raise DefinitionError.single(
            "how an answer was given is a category",
            where=where,
            received=f"kind {outcome.kind} with role mode",
            remedy="use kind category, or leave role out",
        )
    if outcome.bands_of != "value" and not outcome.bands:
        raise DefinitionError.single(
            "there are no bands that could be of something",
            where=where,
            received=f"bands_of {outcome.bands_of} without bands",
            remedy="leave bands_of out, or give kind category and bands",
        )


def _band_labels(outcome: Outcome) -> tuple[tuple[Code, str], ...]:
    return tuple(enumerate(band.label for band in outcome.bands or ()))


def _rule(outcome: Outcome, sources: Sequence[Source], where: str) -> Term | None:
    follow = sources[-1].column
    if outcome.kind == "percent_change":
        return None
    if outcome.kind == "recorded":
        return Case(((Recorded(follow), 1), (Recorded(Column(follow.name)), None)), 0)
    if outcome.kind == "change":
        return Difference(follow, sources[0].column)
    if outcome.kind == "responder":
        quantity, bound = _responder(outcome)
        reached = _at_least(quantity, sources, bound, where)
        if outcome.at_most is not None:
            reached = _at_most(quantity, sources, bound, where)
        return _guarded(quantity, sources, ((reached, 1), (Not(reached), 0)))
    if outcome.bands:
        check_bands(outcome, sources[-1].variable, where)
        branches = [(_in_band(outcome.bands_of, sources, band, where), i) for i, band in enumerate(outcome.bands)]
        return _guarded(outcome.bands_of, sources, tuple(branches))
    return follow


def _responder(outcome: Outcome) -> tuple[Quantity, Decimal]:
    if outcome.relief_percent is not None:
        return "relief_percent", Decimal(outcome.relief_percent)
    if outcome.improvement is not None:
        return "improvement", Decimal(outcome.improvement)
    bound = outcome.at_least if outcome.at_least is not None else outcome.at_most
    return "value", Decimal(bound or 0)


def _guarded(quantity: Quantity, sources: Sequence[Source], branches: tuple[tuple[Condition, int], ...]) -> Case:
    """A relative change exists only where the baseline is above 0."""
    if quantity != "relief_percent":
        return Case(branches)
    positive = Compare(sources[0].column, ">", 0)
    return Case(tuple((together(positive, when), then) for when, then in branches))


def _in_band(quantity: Quantity, sources: Sequence[Source], band: Band, where: str) -> Condition:
    parts: list[Condition] = [Recorded(source.column) for source in sources]
    if band.at_least is not None:
        parts.append(_at_least(quantity, sources, Decimal(band.at_least), where))
    if band.above is not None:
        parts.append(Not(_at_most(quantity, sources, Decimal(band.above), where)))
    if band.below is not None:
        parts.append(Not(_at_least(quantity, sources, Decimal(band.below), where)))
    if band.is_ is not None:
        exact = Decimal(band.is_)
        parts += [_at_least(quantity, sources, exact, where), _at_most(quantity, sources, exact, where)]
    return together(*parts)


def _at_least(quantity: Quantity, sources: Sequence[Source], bound: Decimal, where: str) -> Linear:
    terms, constant = _inequality(quantity, sources, bound, where)
    return Linear(terms, constant)


def _at_most(quantity: Quantity, sources: Sequence[Source], bound: Decimal, where: str) -> Linear:
    terms, constant = _inequality(quantity, sources, bound, where)
    return Linear(tuple((-coefficient, column) for coefficient, column in terms), -constant)


def _inequality(quantity: Quantity, sources: Sequence[Source], bound: Decimal, where: str) -> tuple[Weighted, int]:
    """quantity - bound >= 0 in integers: exact whatever the decimals of the bound and of the variable."""
    follow = sources[-1]
    scale = 10 ** max(0, -int(bound.as_tuple().exponent))
    scaled = int(bound * scale)
    if quantity == "value":
        return ((scale, follow.column),), -scaled * 10**follow.variable.decimals
    baseline = sources[0]
    sign = _improvement_sign(follow, where) if quantity in ("relief_percent", "improvement") else 1
    if quantity == "relief_percent":
        return ((100 * sign * scale, follow.column), (-100 * sign * scale - scaled, baseline.column)), 0
    constant = -scaled * 10**follow.variable.decimals
    return ((sign * scale, follow.column), (-sign * scale, baseline.column)), constant


def check_doses(first: Measure, second: Measure, where: str) -> None:
    """Refuse to set two quantities of radiation against each other: they have no common unit."""
    one, other = first.sources[-1].variable, second.sources[-1].variable
    if one.table == other.table == DOSES and one.unit != other.unit:
        raise DefinitionError.single(
            "these are two quantities of radiation, and one says nothing about the other: dose-area product, CTDIvol "
            "and dose-length product are never compared",
            where=where,
            received=f"{one.name} in {one.unit or 'no unit'}, {other.name} in {other.unit or 'no unit'}",
            remedy="describe each by itself",
        )


def _improvement_sign(source: Source, where: str) -> int:
    if source.variable.better is None:
        raise DefinitionError.single(
            f"the snapshot does not say whether lower or higher “{source.variable.name}” is better",
            where=where,
            remedy='add better = "lower" or "higher" to the column\'s entry in the mapping and import again',
        )
    return 1 if source.variable.better == "higher" else -1


def derive_together(table: CountTable, measures: Mapping[str, Measure]) -> CountTable:
    """Replace the sources of all measures by one axis each, named as given and last; a shared source serves both.

    Units for which a measure is undefined are left out.
    """
    for m in measures.values():
        table = m.defined(table)
    used = {source.axis.name for m in measures.values() for source in m.sources}
    kept = [i for i, axis in enumerate(table.axes) if axis.name not in used]
    readings = [(replace(axis, name=name), read) for name, m in measures.items() for axis, read in [m.reading(table)]]
    axes = [*(table.axes[i] for i in kept), *(axis for axis, _ in readings)]
    cells = (((*(cell[i] for i in kept), *(read(cell) for _, read in readings)), n) for cell, n in table.cells)
    return CountTable.build(axes, cells)


def _percent_change(table: CountTable, positions: Sequence[int], axis: Axis) -> tuple[Axis, Callable[[Cell], Code]]:
    """100 * (follow-up - baseline) / baseline.

    Exact, as codes over the least common multiple of the baselines, while that stays below FINEST; beyond, rounded to
    twelve decimals of a per cent, which no table prints.
    """
    first, second = positions
    divisor = 1
    for baseline in {code for cell, _ in table.cells if isinstance(code := cell[first], int) and code > 0}:
        divisor = lcm(divisor, baseline)
        if divisor > FINEST:
            divisor = FINEST
            break

    def read(cell: Cell) -> Code:
        baseline, follow = cell[first], cell[second]
        if not isinstance(baseline, int) or not isinstance(follow, int):
            return None
        return round(Fraction(100 * (follow - baseline) * divisor, baseline))

    return replace(axis, decimals=0, divisor=divisor), read
