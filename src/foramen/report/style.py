"""Journal styles: how numbers are printed. Library files; every text of a report goes through one."""

import re
from fractions import Fraction
from importlib.resources import as_file, files
from typing import Annotated, Literal

from pydantic import Field

from foramen.catalogue.document import Part, load_document
from foramen.kernel.errors import DefinitionError
from foramen.kernel.rounding import rounded
from foramen.statistics.result import Statistic

DEFAULT = "european_radiology"

SIGNIFICANT = 0.05
"""A p-value below this is not printed as this, while a fourth decimal can tell them apart."""

SIGNIFICANT_DIGITS = 12
"""Digits of a float beyond which there is only noise of arithmetic."""

Places = Annotated[int, Field(ge=0, le=6)]


class Fonts(Part):
    """Typefaces of documents: the first that is installed is used."""

    body: str
    size: Annotated[int, Field(ge=8, le=14, description="points")]


class PValues(Part):
    """How p-values are printed."""

    symbol: str
    italic: bool = True
    leading_zero: bool = True
    decimals: Places = 3
    smallest: Literal["0.001", "0.0001"] = "0.001"
    two_decimals_from: Literal["0.01", "1"] = Field(
        "1", description="two decimals from here on, unless that would print a p below 0.05 as 0.05 (AMA: 0.01)"
    )


class Style(Part):
    """The numeric conventions of a journal."""

    id: str
    version: str
    title: str
    follows: str = Field(description="whose published conventions these are")
    decimal: Literal[".", ","] = "."
    thousands: str = Field(description="between groups of three digits; a thin space, a comma, an apostrophe")
    grouped_from: Literal[1000, 10000] = Field(10000, description="the smallest number whose digits are grouped")
    percent: str = Field("{}%", description="a percentage standing alone")
    count_percent: str = Field(description="{n} and {percent}, as “46 (46.0)”")
    count_head: str = Field("n (%)", description="what heads counts with percentages")
    mean_sd: str
    median_iqr: str = Field(description="{median}, {lower} and {upper}")
    range: str = Field(description="{lower} and {upper} of smallest and largest value")
    estimate_interval: str = Field(description="{estimate}, {lower} and {upper}")
    interval: str = Field(description="{lower} and {upper} alone")
    minus: str = "−"
    percent_decimals: Places = 1
    mean_decimals: Places = Field(1, description="of means and standard deviations, unless more were recorded")
    quantile_decimals: Places = Field(1, description="beyond those recorded, where a quantile lies between two values")
    estimate_decimals: Places = Field(2, description="of ratios, coefficients and test statistics")
    p: PValues
    fonts: Fonts

    def number(self, value: float | Fraction, places: int) -> str:
        """Half away from zero, grouped, with the journal's marks."""
        text = rounded(without_noise(value), places)
        sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
        whole, _, rest = digits.partition(".")
        grouped = f"{int(whole):,}".replace(",", self.thousands) if int(whole) >= self.grouped_from else whole
        return self.minus * bool(sign) + grouped + (self.decimal + rest if rest else "")

    def count(self, value: float) -> str:
        return self.number(value, 0)

    def percent_text(self, value: float, places: int) -> str:
        """A percentage with its sign."""
        return self.percent.format(self.number(value, places))

    def level_text(self, level: float) -> str:
        """The head of intervals: “95% CI”."""
        share = 100 * Fraction(str(level))
        places = next(d for d in range(7) if d == 6 or Fraction(rounded(share, d)) == share)
        return f"{self.percent_text(float(share), places)} CI"

    def p_text(self, p: float) -> str:
        """Without the symbol: “0.030”, “< 0.001”, “.03”."""
        if p < float(self.p.smallest):
            return f"< {self._p(self.p.smallest)}"
        places = 2 if p >= float(self.p.two_decimals_from) and self.p.two_decimals_from != "1" else self.p.decimals
        while places < 4 and p < SIGNIFICANT <= float(rounded(p, places)):
            places += 1
        text = rounded(p, places)
        largest = rounded(1 - 10.0**-places, places)
        whole = float(text) >= 1 and (p < 1 or not self.p.leading_zero)  # AMA never prints a p of 1
        return f"> {self._p(largest)}" if whole else self._p(text)

    def p_words(self, p: float) -> str:
        """With the symbol: “p = 0.030”, “P < .001”."""
        text = self.p_text(p)
        return f"{self.p.symbol} {text}" if text[0] in "<>" else f"{self.p.symbol} = {text}"

    def _p(self, text: str) -> str:
        shown = text if self.p.leading_zero or not text.startswith("0.") else text[1:]
        return shown.replace(".", self.decimal)

    def interval_text(self, row: Statistic, places: int) -> str:
        """Both bounds in the journal's way; an open side in words."""
        if row.lower is None and row.upper is None:
            return ""
        if row.lower is None:
            assert row.upper is not None
            return f"up to {self.number(row.upper, places)}"
        if row.upper is None:
            return f"from {self.number(row.lower, places)}"
        lower, upper = self.number(row.lower, places), self.number(row.upper, places)
        return self.spanning(self.interval, lower, upper).format(lower=lower, upper=upper)

    def estimate_text(self, row: Statistic, places: int) -> str:
        """An estimate with its interval; where there is none, alone."""
        assert row.estimate is not None
        estimate = self.number(row.estimate, places)
        if row.lower is None and row.upper is None:
            return estimate
        if row.lower is None or row.upper is None:
            return f"{estimate} ({self.interval_text(row, places)})"
        lower, upper = self.number(row.lower, places), self.number(row.upper, places)
        return self.spanning(self.estimate_interval, lower, upper).format(estimate=estimate, lower=lower, upper=upper)

    def spanning(self, template: str, lower: str, upper: str) -> str:
        """A template with {lower} and {upper}: a dash between them becomes “to” where one of them is negative."""
        if not (lower.startswith(self.minus) or upper.startswith(self.minus)):
            return template
        return re.sub(r"(?<=\{lower\})[-–](?=\{upper\})", " to ", template)


def without_noise(value: float | Fraction) -> float | Fraction:
    """A float to twelve significant digits.

    What is exactly 10.275 can leave a sum or a fit as 10.27499999999999 and would then print as 10.27, one less than
    the same number computed another way. Nothing clinical is known to twelve digits, so only that noise is lost.
    """
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}") if isinstance(value, float) else value


def style_names() -> list[str]:
    """The styles of the library."""
    return sorted(entry.name for entry in files("foramen.library").joinpath("styles").iterdir() if entry.is_dir())


def load_style(name: str) -> Style:
    """The newest version of a style of the library."""
    if name not in style_names():
        raise DefinitionError.single(
            "there is no such journal style", where="style", received=name, remedy=", ".join(style_names())
        )
    with as_file(files("foramen.library").joinpath("styles", name)) as folder:
        newest = max(folder.glob("*.toml"), key=lambda path: int(path.stem))
        return load_document(newest, Style).content
