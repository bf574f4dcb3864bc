"""Numbers that add up to another."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Literal

from pydantic import Field, model_validator

from foramen.evidence.checks.part import KIND, Check, Constant, Group, plain
from foramen.evidence.facts import Facts, PrintedFact, Reference, TableName
from foramen.evidence.finding import Finding, verdict

SUM = "sum"


class Sum(Check):
    """Facts that add up to another, or to a known number such as 100. Whole numbers without % are exact."""

    check: Literal["sum"] = KIND
    terms: list[Reference] = Field(min_length=2, description="what is added")
    total: Reference | None = Field(None, description="the printed total")
    to: Constant | None = Field(None, description="the number they must add up to, when it is not printed")

    @model_validator(mode="after")
    def _has_one_total(self) -> "Sum":
        if (self.total is None) == (self.to is None):
            raise ValueError("give either total or to")
        return self

    def findings(self, paper: Facts) -> Iterator[Finding]:
        terms = [paper.fact(reference) for reference in self.terms]
        if self.total is not None:
            yield _added(self.check, terms, paper.fact(self.total))
            return
        assert self.to is not None
        exact, reach = _sum(terms)
        agrees = exact - reach <= self.to <= exact + reach
        text = " + ".join(term.text for term in terms)
        yield Finding(
            check=self.check, at="; ".join(term.at for term in terms), printed=text, recomputed=plain(exact),
            verdict=verdict(agrees), method=SUM,
            reason=f"{text} = {plain(exact)}{'' if agrees else f', not {self.to}'}",
        )  # fmt: skip


class RowSum(Check):
    """Rows of a table that add up to another row, column by column."""

    check: Literal["row_sum"] = KIND
    table: TableName = Field(description="the table")
    rows: list[str] = Field(min_length=2, description="the rows that are added")
    total: str = Field(description="the row with their sum")
    columns: list[str] = Field(min_length=1, description="the columns in which they add up")

    def findings(self, paper: Facts) -> Iterator[Finding]:
        table = paper.table(self.table)
        for column in self.columns:
            cells = [table.cell(row, column) for row in (*self.rows, self.total)]
            printed = [cell for cell in cells if cell is not None]
            if len(printed) == len(cells):
                yield _added(self.check, printed[:-1], printed[-1])


def _sum(terms: Sequence[PrintedFact]) -> tuple[Fraction, Fraction]:
    """The sum as printed, and how far rounding may have moved it: not at all where all are counts."""
    numbers = [term.printed for term in terms]
    is_rounded = any(number.is_rounded for number in numbers)
    reach = sum((number.unit / 2 for number in numbers), Fraction(0))
    return sum((number.value for number in numbers), Fraction(0)), reach if is_rounded else Fraction(0)


def _added(check: str, terms: Sequence[PrintedFact], total: PrintedFact) -> Finding:
    exact, reach = _sum(terms)
    is_rounded = reach > 0 or total.printed.is_rounded
    agrees = total.printed.meets(exact - reach, exact + reach) if is_rounded else exact == total.printed.value
    reason = f"{' + '.join(term.text for term in terms)} = {plain(exact)}"
    if agrees and exact != total.printed.value:
        reason += ", as near as their rounding allows"
    return Finding(
        check=check, at=total.at, printed=total.text, recomputed=plain(exact), verdict=verdict(agrees), method=SUM,
        reason=reason,
    )  # fmt: skip


class Categories(Check):
    """The categories of some tables against the size of each group: everybody is in one of them."""

    check: Literal["categories"] = KIND
    tables: list[TableName] = Field(min_length=1, description="the tables; all have the columns named")
    groups: list[Group] = Field(min_length=1, description="the columns, group by group")

    def findings(self, paper: Facts) -> Iterator[Finding]:
        for name in self.tables:
            for group in self.groups:
                table, of = paper.table(name), paper.fact(group.of)
                counts = [cell.count for cell in table.column(group.count).values()]
                yield Finding(
                    check=self.check, at=f"{table.at}, {group.count}", printed=of.text, recomputed=str(sum(counts)),
                    verdict=verdict(sum(counts) == of.count), method="categories add up to the group",
                    reason=_balance(counts, of.count),
                )  # fmt: skip


def _balance(counts: Sequence[int], of: int) -> str:
    added = f"{' + '.join(map(str, counts))} = {sum(counts)}"
    if sum(counts) < of:
        lost = of - sum(counts)
        return f"{added} of {of}: {lost} {'is' if lost == 1 else 'are'} not accounted for"
    return added if sum(counts) == of else f"{added} of {of}: {sum(counts) - of} too many"
