"""What a paper prints but does not let a reader check."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from foramen.evidence.checks.part import KIND, Check
from foramen.evidence.facts import Facts, Reference
from foramen.evidence.finding import Finding


class RankTest(Check):
    """P-values of rank tests beside medians or means: they need how many have each value."""

    check: Literal["rank_test"] = KIND
    test: Literal["Mann–Whitney", "Wilcoxon signed-rank", "Friedman", "Kruskal–Wallis", "Dunn"] = Field(
        description="which test it is"
    )
    p: list[Reference] = Field(min_length=1, description="the printed p-values")

    def findings(self, paper: Facts) -> Iterator[Finding]:
        for reference in self.p:
            fact = paper.fact(reference)
            yield Finding(
                check=self.check, at=fact.at, printed=fact.text, verdict="cannot be checked",
                method=f"{self.test} test",
                reason="a rank test needs how many have each value; means, medians and quartiles do not tell",
            )  # fmt: skip


class NotPrinted(Check):
    """Facts that follow from something the paper does not print."""

    check: Literal["not_printed"] = KIND
    facts: list[Reference] = Field(min_length=1, description="what cannot be checked")
    needs: str = Field(min_length=1, description="what would have to be printed")

    def findings(self, paper: Facts) -> Iterator[Finding]:
        for reference in self.facts:
            fact = paper.fact(reference)
            yield Finding(
                check=self.check, at=fact.at, printed=fact.text, verdict="cannot be checked", method="not printed",
                reason=f"needs {self.needs}",
            )  # fmt: skip
