"""Tests of categories, recomputed from the printed counts."""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from pydantic import Field

from foramen.catalogue.document import Part
from foramen.evidence.checks.part import KIND, Check, Group
from foramen.evidence.facts import Facts, PrintedFact, Reference, TableName
from foramen.evidence.finding import Finding, verdict
from foramen.evidence.printed import Printed
from foramen.kernel.errors import DefinitionError
from foramen.statistics.contingency import chi_square
from foramen.statistics.exact import fisher, mcnemar
from foramen.statistics.result import Statistic
from foramen.statistics.tables import Code, CountTable

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


class Comparison(Part):
    """A table and the p-value printed for it."""

    table: TableName = Field(description="the table")
    p: Reference = Field(description="the printed p-value")


@dataclass(frozen=True)
class Crossed:
    """The printed counts of a table by group, and what each group lacks to its size."""

    groups: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    lacking: tuple[int, ...]

    @classmethod
    def read(cls, paper: Facts, name: TableName, groups: Sequence[Group]) -> "Crossed | None":
        """The counts of every category in every group; None where one of them is not printed."""
        names = tuple(group.count for group in groups)
        if len(set(names)) < len(names):
            raise DefinitionError.single("two groups have the same column", received=", ".join(names))
        columns = [paper.table(name).column(column) for column in names]
        if len({tuple(column) for column in columns}) > 1:
            return None
        counts = tuple(tuple(cell.count for cell in column.values()) for column in columns)
        sizes = [paper.fact(group.of).count for group in groups]
        lacking = tuple(size - sum(column) for size, column in zip(sizes, counts, strict=True))
        return cls(names, counts, lacking)

    @property
    def table(self) -> CountTable:
        rows: dict[Code, Sequence[int]] = dict(zip(self.groups, self.counts, strict=True))
        return CountTable.from_matrix(rows, range(len(self.counts[0])), row="group", column="category")

    def restored(self) -> "Crossed | None":
        """With one more category that takes what the groups lack; None when they lack nothing, or hold too many."""
        if min(self.lacking) < 0 or not any(self.lacking):
            return None
        columns = zip(self.counts, self.lacking, strict=True)
        return Crossed(self.groups, tuple((*column, more) for column, more in columns), (0,) * len(self.groups))


class _Independence(Check):
    """What chi-square and Fisher's test share."""

    groups: list[Group] = Field(min_length=2, description="the columns that are compared")
    tests: list[Comparison] = Field(min_length=1, description="the tables tested")

    def findings(self, paper: Facts) -> Iterator[Finding]:
        for test in self.tests:
            crossed, fact = Crossed.read(paper, test.table, self.groups), paper.fact(test.p)
            if crossed is None:
                yield _cannot(self.check, fact, f"a count of {paper.table(test.table).at} is not printed")
            else:
                others = partial(self._others, crossed, fact.text)
                yield _tested(self.check, fact, crossed, self._computed(crossed), others)

    @abstractmethod
    def _computed(self, crossed: Crossed) -> list[Statistic]:
        """The definitions under which the printed p-value agrees, the usual one first."""

    @abstractmethod
    def _others(self, crossed: Crossed, printed: str) -> Mapping[str, Statistic]:
        """What else might return the printed p-value, in words."""


class ChiSquare(_Independence):
    """Chi-square p-values from printed counts, uncorrected or, for four cells, with Yates's correction.

    Where the counts do not give the printed p-value and the categories do not add up to the groups, the row that is not
    printed is put back from the totals and tried.
    """

    check: Literal["chi_square"] = KIND

    def _computed(self, crossed: Crossed) -> list[Statistic]:
        return _chi_squares(crossed)

    def _others(self, crossed: Crossed, printed: str) -> Mapping[str, Statistic]:
        others = {"Fisher's exact test returns it": fisher(crossed.table)}
        if (whole := crossed.restored()) is not None:
            place = len(whole.counts[0])
            ordinal = ORDINALS[place - 1] if place <= len(ORDINALS) else "further"
            row = " and ".join(map(str, crossed.lacking))
            others[f"an unprinted {ordinal} row of {row} returns the printed {printed}"] = _chi_squares(whole)[0]
        return others


class FisherExact(_Independence):
    """Exact p-values (Fisher; Freeman and Halton for larger tables) from printed counts."""

    check: Literal["fisher"] = KIND

    def _computed(self, crossed: Crossed) -> list[Statistic]:
        return [fisher(crossed.table)]

    def _others(self, crossed: Crossed, _printed: str) -> Mapping[str, Statistic]:
        found = _chi_squares(crossed)
        words = ("chi-square returns it", "chi-square with Yates's correction returns it")
        return dict(zip(words, found, strict=False))


def _chi_squares(crossed: Crossed) -> list[Statistic]:
    found = [chi_square(crossed.table, method="pearson")]
    if len(crossed.counts) == len(crossed.counts[0]) == 2:
        found.append(chi_square(crossed.table, method="yates"))
    return found


def _tested(
    check: str, fact: PrintedFact, crossed: Crossed, computed: Sequence[Statistic],
    others: Callable[[], Mapping[str, Statistic]],
) -> Finding:  # fmt: skip
    if (error := computed[0].error) is not None:
        return _cannot(check, fact, error)
    fitting = [row for row in computed if row.p is not None and fact.printed.holds(row.p)]
    row = fitting[0] if fitting else computed[0]
    assert row.p is not None
    recomputed = fact.printed.like_p(row.p)
    reason = f"chi-square {row.statistic:.3f} on {row.df:g} df" if row.statistic is not None else "from the counts"
    if not fitting:
        found = [words for words, other in others().items() if other.p is not None and fact.printed.holds(other.p)]
        reason = "; ".join([f"the printed counts give {recomputed}", *found])
    return Finding(
        check=check, at=fact.at, printed=fact.text, recomputed=recomputed, verdict=verdict(bool(fitting)),
        method=row.method, reason=reason, remark=_small(row, crossed),
    )  # fmt: skip


def _small(row: Statistic, crossed: Crossed) -> str:
    """Beside a chi-square with small expected counts, the exact p-value."""
    if row.warning is None or "expected" not in row.warning:
        return row.warning or ""
    exact = fisher(crossed.table)
    return f"{row.warning}; exact p {Printed.read('0.000').like_p(exact.p)}" if exact.p is not None else row.warning


def _cannot(check: str, fact: PrintedFact, reason: str) -> Finding:
    return Finding(
        check=check, at=fact.at, printed=fact.text, verdict="cannot be checked", method="test of the printed counts",
        reason=reason,
    )  # fmt: skip


class McNemar(Check):
    """A p-value for the change of a proportion in the same people, of which only the two totals are printed.

    Every number of people who changed that the totals allow is tried, under each definition of the test.
    """

    check: Literal["mcnemar"] = KIND
    first: Reference = Field(description="how many had it the first time")
    second: Reference = Field(description="how many had it the second time")
    of: Reference = Field(description="how many were asked both times")
    p: Reference = Field(description="the printed p-value")

    def findings(self, paper: Facts) -> Iterator[Finding]:
        first, second, of = (paper.fact(reference).count for reference in (self.first, self.second, self.of))
        fact = paper.fact(self.p)
        fitting = [text for name in MCNEMAR for text in _fitting(name, fact.printed, first, second, of)]
        if fitting:
            reason = f"it fits {'; '.join(fitting)}; which of them is not printed"
        else:
            reason = f"no number lost and gained between {first} and {second} of {of} gives it"
        yield Finding(
            check=self.check, at=fact.at, printed=fact.text, recomputed=fact.text if fitting else "",
            verdict=verdict(bool(fitting)), method="McNemar's test over all tables with the printed totals",
            reason=reason,
        )  # fmt: skip


MCNEMAR = {"exact": "exact", "corrected": "corrected", "asymptotic": "uncorrected", "mid_p": "mid-p"}


def _fitting(method: str, printed: Printed, first: int, second: int, of: int) -> Iterator[str]:
    """The numbers lost and gained whose p-value prints so, in words."""
    for lost in range(max(0, first - second), min(first, of - second) + 1):
        gained = second - first + lost
        kept = first - lost
        rows: dict[Code, Sequence[int]] = {0: [of - first - gained, gained], 1: [lost, kept]}
        row = mcnemar(CountTable.from_matrix(rows, [0, 1], row="first", column="second"), method=method)
        if row.p is not None and printed.holds(row.p):
            yield f"{lost} lost and {gained} gained ({MCNEMAR[method]})"
