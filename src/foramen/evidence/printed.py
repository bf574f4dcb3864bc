"""A number as a paper prints it: it stands for every value that rounds to it."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

from foramen.kernel.rounding import rounded

_NUMBER = re.compile(r"(?:[<>≤≥] ?)?[-−]?(?:\d+(?:\.\d+)?|\.\d+) ?%?")
_PARTS = re.compile(r"(?P<relation>[<>≤≥]?) ?(?P<sign>[-−]?)(?P<whole>\d*)(?:\.(?P<decimals>\d+))? ?(?P<percent>%?)")

Number = Fraction | float | int


def is_number(text: str) -> bool:
    """Whether `Printed.read` can read it: 51.29, .870, < 0.001, 54.3%."""
    return _NUMBER.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Printed:
    """The text, the value it shows, how many decimals, and a relation (<, ≤, >, ≥) where one is printed.

    `low` and `high` are half a unit of the last decimal away, both included: whichever way a tie was rounded, it is not
    held against the paper.
    """

    text: str
    value: Fraction
    decimals: int
    relation: str = ""

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a text for which `is_number` holds."""
        found = _PARTS.fullmatch(text)
        assert found is not None, text
        decimals = found["decimals"] or ""
        value = Fraction(int(found["whole"] + decimals), 10 ** len(decimals))
        return cls(text, -value if found["sign"] else value, len(decimals), found["relation"])

    @property
    def unit(self) -> Fraction:
        """One in the last decimal printed."""
        return Fraction(1, 10**self.decimals)

    @property
    def low(self) -> Fraction:
        return self.value - self.unit / 2

    @property
    def high(self) -> Fraction:
        return self.value + self.unit / 2

    @property
    def precision(self) -> str:
        """Its decimals in words."""
        return "1 decimal" if self.decimals == 1 else f"{self.decimals or 'no'} decimals"

    @property
    def is_percent(self) -> bool:
        return self.text.endswith("%")

    @property
    def is_rounded(self) -> bool:
        """Whether decimals or a percent sign show that this is no count."""
        return self.decimals > 0 or self.is_percent

    def meets(self, low: Number, high: Number) -> bool:
        """Whether some value between `low` and `high` is printed so."""
        if self.relation in ("<", "≤"):
            return low < self.value if self.relation == "<" else low <= self.high
        if self.relation in (">", "≥"):
            return high > self.value if self.relation == ">" else high >= self.low
        return low <= self.high and self.low <= high

    def holds(self, value: Number) -> bool:
        """Whether this value is printed so."""
        return self.meets(value, value)

    def like(self, value: Number) -> str:
        """Another value printed in the same way."""
        return rounded(value, self.decimals) + ("%" if self.is_percent else "")

    def like_p(self, p: float) -> str:
        """A p-value printed in the same way, never as 0."""
        text = rounded(p, self.decimals)
        return text if p == 0 or Fraction(text) else f"< {rounded(self.unit, self.decimals)}"
