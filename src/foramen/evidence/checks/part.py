"""What all kinds of check have in common."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from pydantic import Field

from foramen.catalogue.document import Part
from foramen.evidence.facts import Facts, Reference
from foramen.evidence.finding import Finding

Constant = int | Decimal
"""A number that is not printed: the end of a scale, a known strength."""


KIND: Any = Field(description="which kind of check it is")


class Check(Part):
    """A check of a document. Its class names the facts it needs."""

    check: str = KIND

    def findings(self, paper: Facts) -> Iterator[Finding]:
        """Judge; refuses what cannot be meant, such as a column that the table has not."""
        raise NotImplementedError


class Group(Part):
    """The columns of a table that belong to one group."""

    count: str = Field(description="the column of counts")
    percent: str | None = Field(None, description="the column of percentages")
    of: Reference = Field(description="how many are in the group")


def plain(value: Fraction | int) -> str:
    """An exact number in words as short as they get: 72, 4.5, 261000."""
    exact = Fraction(value)
    if exact.denominator == 1:
        return str(exact.numerator)
    return f"{float(exact):.6g}"
