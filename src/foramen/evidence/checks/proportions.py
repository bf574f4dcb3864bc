"""Percentages against the counts behind them."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from pydantic import Field

from foramen.evidence.checks.part import KIND, Check, Group
from foramen.evidence.facts import Facts, PrintedFact, PrintedTable, Reference, TableName
from foramen.evidence.finding import Finding, verdict
from foramen.evidence.printed import Printed
from foramen.kernel.errors import DefinitionError
from foramen.kernel.rounding import rounded
from foramen.statistics.classification import confusion
from foramen.statistics.tables import CountTable

PERCENT = "percent from count and denominator"
SMALL = 10
"""Cells of at most so many people are not to be given away (hazard H28; the default threshold is 11)."""


class Percent(Check):
    """A percentage against its count and denominator; it may be printed in several places."""

    check: Literal["percent"] = KIND
    count: Reference = Field(description="how many it is a percentage of, counted")
    all_but: bool = Field(False, description="the percentage is of the others: the denominator less the count")
    of: Reference = Field(description="the denominator")
    printed: list[Reference] = Field(min_length=1, description="the percentage, wherever it is printed")

    def findings(self, paper: Facts) -> Iterator[Finding]:
        count, of = paper.fact(self.count).count, paper.fact(self.of).count
        for reference in self.printed:
            yield percent_finding(self.check, of - count if self.all_but else count, of, paper.fact(reference))


class Percents(Check):
    """Every percentage of some tables against the count beside it."""

    check: Literal["percents"] = KIND
    tables: list[TableName] = Field(min_length=1, description="the tables; all have the columns named")
    groups: list[Group] = Field(min_length=1, description="the columns, group by group")

    def findings(self, paper: Facts) -> Iterator[Finding]:
        for name in self.tables:
            for group in self.groups:
                if group.percent is None:
                    raise DefinitionError.single("no column of percentages is named", received=f"group “{group.count}”")
                table, of = paper.table(name), paper.fact(group.of).count
                for row, printed in table.column(group.percent).items():
                    if (count := table.cell(row, group.count)) is not None:
                        yield percent_finding(self.check, count.count, of, printed)


def percent_finding(check: str, count: int, of: int, fact: PrintedFact) -> Finding:
    """A printed percentage judged by a count and its denominator."""
    if not 0 <= count <= of or of == 0:
        return Finding(
            check=check, at=fact.at, printed=fact.text, verdict="differs", method=PERCENT,
            reason=f"{count} is not a part of {of}",
        )  # fmt: skip
    exact = Fraction(100 * count, of)
    agrees = fact.printed.holds(exact)
    reason = f"{count} of {of} is {rounded(exact, fact.printed.decimals + 2)} %"
    if not agrees:
        reason += _slip(exact, fact.printed)
    return Finding(
        check=check, at=fact.at, printed=fact.text, recomputed=fact.printed.like(exact), verdict=verdict(agrees),
        method=PERCENT, reason=reason,
    )  # fmt: skip


def _slip(exact: Fraction, printed: Printed) -> str:
    """How a wrong last digit may have come about."""
    if printed.value == exact // printed.unit * printed.unit:
        return ": cut off instead of rounded"
    finer = Fraction(rounded(exact, printed.decimals + 1))
    return f": rounded twice, over {rounded(exact, printed.decimals + 1)}" if printed.holds(finer) else ""


class Attainable(Check):
    """Percentages printed without their counts: whether a whole number of people gives them, and gives itself away."""

    check: Literal["attainable"] = KIND
    table: TableName = Field(description="the table, one group in each row")
    of: str = Field(description="the column that holds how many are in the group")
    percents: list[str] = Field(min_length=1, description="the columns of percentages")

    def findings(self, paper: Facts) -> Iterator[Finding]:
        table = paper.table(self.table)
        sizes = table.column(self.of)
        for column in self.percents:
            for row, fact in table.column(column).items():
                if row in sizes:
                    yield _attainable(self.check, fact, sizes[row].size)


def counts_behind(printed: Printed, of: int) -> range:
    """The counts out of `of` whose percentage is printed so."""
    lowest = max(0, math.ceil(printed.low * of / 100))
    return range(lowest, min(of, math.floor(printed.high * of / 100)) + 1)


def _attainable(check: str, fact: PrintedFact, of: int) -> Finding:
    counts = counts_behind(fact.printed, of)
    found = Finding(
        check=check, at=fact.at, printed=fact.text, verdict="agrees", method="granularity of percentages", reason=""
    )
    if not counts:
        return replace(
            found, verdict="differs", reason=f"no whole number of {of} gives it; {_nearest(fact.printed, of)}"
        )
    if fact.printed.unit * of >= 100:
        reason = (
            f"of {of} every percentage is attainable; this is {'any of ' if len(counts) > 1 else ''}{_counts(counts)}"
        )
        return replace(found, verdict="cannot be checked", reason=reason)
    if len(counts) > 1:
        return replace(found, reason=f"any of {_counts(counts)} of {of}")
    (count,) = counts
    small = 0 < count <= SMALL or 0 < of - count <= SMALL
    return replace(
        found,
        recomputed=fact.printed.like(_share(count, of)),
        reason=f"{count} of {of}, and no other count",
        remark=f"gives away the exact count, with a cell of {SMALL} or fewer (H28)" if small else "",
    )


def _nearest(printed: Printed, of: int) -> str:
    below = int(printed.value * of // 100)
    near = [f"{count} of {of} is {printed.like(_share(count, of))}" for count in (below, below + 1) if count <= of]
    return ", ".join(near)


def _share(count: int, of: int) -> Fraction:
    return Fraction(100 * count, of)


Rates = Mapping[str, tuple[int, int]]
"""Numerator and denominator of each rate that is defined, by name."""

RATES = ("sensitivity", "specificity", "accuracy", "ppv", "npv")


class Prediction(Check):
    """Accuracy and predictive values of prediction models, from their sensitivity, specificity and the outcomes.

    The table has the columns sensitivity, specificity, accuracy, ppv and npv, or some of the last three.
    """

    check: Literal["prediction"] = KIND
    table: TableName = Field(description="the table, one model in each row")
    rows: list[str] = Field(min_length=1, description="the models that predict this outcome")
    positives: Reference = Field(description="how many have the outcome")
    negatives: Reference = Field(description="how many have it not")

    def findings(self, paper: Facts) -> Iterator[Finding]:
        table = paper.table(self.table)
        yes, no = paper.fact(self.positives).size, paper.fact(self.negatives).size
        for row in self.rows:
            yield from self._model({name: _rate(table, row, name) for name in RATES}, yes, no)

    def _model(self, rates: dict[str, PrintedFact | None], yes: int, no: int) -> Iterator[Finding]:
        sensitivity, specificity = rates["sensitivity"], rates["specificity"]
        if sensitivity is None or specificity is None:
            raise DefinitionError.single("sensitivity and specificity are needed", remedy="print both in the table")
        hits, rejections = counts_behind(sensitivity.printed, yes), counts_behind(specificity.printed, no)
        yield _attainable(self.check, sensitivity, yes)
        yield _attainable(self.check, specificity, no)
        found = [_rates(tp, yes - tp, tn, no - tn) for tp in hits for tn in rejections]
        for name in RATES[2:]:
            if (fact := rates[name]) is not None and found:
                yield self._judged(name, fact, found, f"{_counts(hits)} of {yes} and {_counts(rejections)} of {no}")

    def _judged(self, name: str, fact: PrintedFact, found: Sequence[Rates], counts: str) -> Finding:
        shares = sorted({one[name] for one in found if name in one}, key=lambda share: Fraction(*share))
        values = [_share(*share) for share in shares]
        texts = list(dict.fromkeys(fact.printed.like(value) for value in values))
        of = f"{shares[0][0]} of {shares[0][1]}, since " if len(shares) == 1 else ""
        return Finding(
            check=self.check, at=fact.at, printed=fact.text, recomputed=" or ".join(texts),
            verdict=verdict(any(fact.printed.holds(value) for value in values)),
            method=f"{name} from the counts behind sensitivity and specificity",
            reason=f"{of}sensitivity and specificity are {counts}",
        )  # fmt: skip


def _rate(table: PrintedTable, row: str, column: str) -> PrintedFact | None:
    return table.cell(row, column) if column in table.columns else None


def _counts(counts: range) -> str:
    return str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"


def _rates(hits: int, misses: int, rejections: int, alarms: int) -> Rates:
    table = CountTable.from_matrix(
        {0: [rejections, misses], 1: [alarms, hits]}, [0, 1], row="predicted", column="observed"
    )
    rows = confusion(table, level=0.95, method="wilson")
    return {row.name: (row.n, row.denominator) for row in rows if row.n is not None and row.denominator}
