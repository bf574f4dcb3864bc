"""What is printed more than once, in order, or planned and then reported."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from pydantic import Field

from foramen.catalogue.document import Part
from foramen.evidence.checks.part import KIND, Check, plain
from foramen.evidence.facts import Facts, PrintedFact, Reference, TableName
from foramen.evidence.finding import Finding, verdict
from foramen.evidence.units import converted
from foramen.kernel.errors import DefinitionError


class Same(Check):
    """Quantities printed more than once. With different decimals the numbers may agree by rounding."""

    check: Literal["same"] = KIND
    quantities: list[list[Reference]] = Field(
        min_length=1, description="one list for each quantity: the facts, two or more, that print it"
    )
    exact: bool = Field(False, description="the numbers stand for themselves, as 3 days and 72 h do")

    def findings(self, paper: Facts) -> Iterator[Finding]:
        for references in self.quantities:
            if len(references) < 2:
                raise DefinitionError.single("a quantity printed once cannot disagree", received=", ".join(references))
            yield self._same([paper.fact(reference) for reference in references])

    def _same(self, found: list[PrintedFact]) -> Finding:
        unit = found[0].unit
        factors = [_factor(fact, unit) for fact in found]
        values = [fact.printed.value * factor for fact, factor in zip(found, factors, strict=True)]
        agrees = len(set(values)) == 1 or (not self.exact and _overlap(found, factors))
        return Finding(
            check=self.check, at="; ".join(dict.fromkeys(fact.at for fact in found)),
            printed="; ".join(_text(fact) for fact in found), verdict=verdict(agrees), method="printed more than once",
            recomputed=_converted(values, unit) if any(factor != 1 for factor in factors) else "",
            reason=_agreement(values, agrees),
        )  # fmt: skip


def _factor(fact: PrintedFact, unit: str | None) -> Fraction:
    if fact.unit == unit:
        return Fraction(1)
    if fact.unit is None or unit is None:
        raise DefinitionError.single("only some of the facts have a unit", received=fact.at)
    return converted(fact.unit, unit)


def _overlap(found: list[PrintedFact], factors: list[Fraction]) -> bool:
    """Whether one value rounds to all of them: more than the tie between two neighbours."""
    low = max(fact.printed.low * factor for fact, factor in zip(found, factors, strict=True))
    return low < min(fact.printed.high * factor for fact, factor in zip(found, factors, strict=True))


def _text(fact: PrintedFact) -> str:
    return f"{fact.text} {fact.unit}" if fact.unit else fact.text


def _converted(values: list[Fraction], unit: str | None) -> str:
    return "; ".join(f"{plain(value)} {unit}" for value in values)


def _agreement(values: list[Fraction], agrees: bool) -> str:
    if not agrees:
        return "the same quantity is printed with different values"
    return "the same everywhere" if len(set(values)) == 1 else "the same but for the decimals printed"


class Share(Part):
    """A percentage with the count and the denominator that it is printed beside."""

    count: Reference = Field(description="how many")
    of: Reference = Field(description="of how many")
    percent: Reference = Field(description="the percentage")


class SameFraction(Check):
    """Different quantities that are the same fraction: one rounding rule everywhere prints one percentage."""

    check: Literal["same_fraction"] = KIND
    shares: list[Share] = Field(min_length=2, description="the percentages, each with its own count and denominator")

    def findings(self, paper: Facts) -> Iterator[Finding]:
        counts = [(paper.fact(share.count).count, paper.fact(share.of).size) for share in self.shares]
        exact = {Fraction(100 * count, of) for count, of in counts}
        if len(exact) > 1:
            raise DefinitionError.single(
                "these are different fractions", received=", ".join(f"{count} of {of}" for count, of in counts)
            )
        found = [paper.fact(share.percent) for share in self.shares]
        agrees = _overlap(found, [Fraction(1)] * len(found))
        of = " and ".join(dict.fromkeys(f"{count} of {of}" for count, of in counts))
        yield Finding(
            check=self.check, at="; ".join(fact.at for fact in found), printed="; ".join(fact.text for fact in found),
            recomputed="; ".join(fact.printed.like(share) for fact in found for share in exact),
            verdict=verdict(agrees), method="one rounding rule everywhere",
            reason=f"{of}: the same fraction, rounded {'alike' if agrees else 'in two ways'}",
        )  # fmt: skip


class Order(Check):
    """Columns of a table that may not decrease from left to right, such as lower quartile, median, upper quartile."""

    check: Literal["order"] = KIND
    table: TableName = Field(description="the table; each row by itself")
    columns: list[str] = Field(min_length=2, description="the columns in the order in which they grow")

    def findings(self, paper: Facts) -> Iterator[Finding]:
        table = paper.table(self.table)
        for row in table.rows:
            cells = [cell for column in self.columns if (cell := table.cell(row, column)) is not None]
            if len(cells) < 2:
                continue
            ordered = all(one.printed.value <= other.printed.value for one, other in pairwise(cells))
            yield Finding(
                check=self.check, at=f"{table.at}, {row}, {self.columns[0]} to {self.columns[-1]}",
                printed=" ≤ ".join(cell.text for cell in cells), verdict=verdict(ordered), method="order",
                reason="in order" if ordered else "not in order",
            )  # fmt: skip


class Range(Check):
    """The smallest and the largest number of a column, as a text repeats them."""

    check: Literal["range"] = KIND
    table: TableName = Field(description="the table")
    column: str = Field(description="the column")
    lowest: Reference = Field(description="its smallest number as the text has it")
    highest: Reference = Field(description="its largest number as the text has it")

    def findings(self, paper: Facts) -> Iterator[Finding]:
        cells = paper.table(self.table).column(self.column).values()
        ends = (("smallest", self.lowest, min), ("largest", self.highest, max))
        for word, reference, choose in ends:
            fact, end = paper.fact(reference), choose(cells, key=lambda cell: cell.printed.value)
            yield Finding(
                check=self.check, at=fact.at, printed=fact.text, recomputed=fact.printed.like(end.printed.value),
                verdict=verdict(_overlap([fact, end], [Fraction(1), Fraction(1)])), method=f"{word} of a column",
                reason=f"the {word} is {end.text}: {end.at}",
            )  # fmt: skip


class Listed(Part):
    """A list as the paper gives it."""

    items: list[str] = Field(min_length=1, description="its items, written alike in both lists")
    at: str = Field(description="where it stands")


class Schedule(Check):
    """What was planned against what is reported, such as the times of follow-up."""

    check: Literal["schedule"] = KIND
    planned: Listed = Field(description="what was planned")
    reported: Listed = Field(description="what is reported")

    def findings(self, _paper: Facts) -> Iterator[Finding]:
        planned, reported = self.planned.items, self.reported.items
        absent = [item for item in planned if item not in reported]
        added = [item for item in reported if item not in planned]
        parts = [f"not reported: {', '.join(absent)}"] if absent else []
        parts += [f"not planned: {', '.join(added)}"] if added else []
        yield Finding(
            check=self.check, at=f"{self.planned.at}; {self.reported.at}", printed=", ".join(planned),
            recomputed=", ".join(reported), verdict=verdict(not parts), method="planned against reported",
            reason="; ".join(parts) or "everything planned is reported, and nothing else",
        )  # fmt: skip
