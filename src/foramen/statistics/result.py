"""`Statistic`: one number with everything needed to trust it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistic:
    """One row of results.

    `name` is the quantity (`mean`, `risk_difference`, `mann_whitney`), `method` the definition used, in words a methods
    section could print. `n` is what entered the number, `denominator` what could have, so `denominator - n` is missing.
    `level` is the confidence level of `lower`..`upper`, 0.95 for 95 %. `p` is two-sided unless the method says
    otherwise; `log10_p` is kept where `p` underflows. `inputs` is the digest of the count table. What could not be
    computed has an `error` in plain words and no estimate; what disclosure control withheld has in `suppressed` the
    reason, and no number at all; what should be read with care has a `warning`.
    """

    name: str
    method: str
    about: tuple[tuple[str, str], ...] = ()
    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None
    level: float | None = None
    statistic: float | None = None
    df: float | tuple[float, float] | None = None
    p: float | None = None
    log10_p: float | None = None
    n: int | None = None
    denominator: int | None = None
    inputs: str | None = None
    suppressed: str | None = None
    warning: str | None = None
    error: str | None = None

    def describing(self, **dimensions: str) -> "Statistic":
        """The same row with more dimensions in `about` (outcome, timepoint, group, category, against, term …)."""
        return replace(self, about=tuple(sorted({**dict(self.about), **dimensions}.items())))

    def warned(self, text: str) -> "Statistic":
        """The same row with one more warning."""
        return replace(self, warning=f"{self.warning}; {text}" if self.warning else text)

    def to_json(self) -> dict[str, Any]:
        """The row as the results contract has it; numbers that are not finite become null with an error."""
        row = asdict(self)
        row["about"] = dict(self.about)
        row["df"] = list(self.df) if isinstance(self.df, tuple) else self.df
        for key in ("estimate", "lower", "upper", "statistic", "p", "log10_p"):
            value = row[key]
            row[key] = float(value) if value is not None and np.isfinite(value) else None
        return row


def about(**dimensions: str) -> tuple[tuple[str, str], ...]:
    """Dimensions for a new `Statistic`, in canonical order."""
    return tuple(sorted(dimensions.items()))


def from_json(row: Mapping[str, Any]) -> Statistic:
    """Read a row of results.json back."""
    values = dict(row)
    values["about"] = about(**values["about"])
    if isinstance(values["df"], list):
        values["df"] = tuple(values["df"])
    return Statistic(**values)
