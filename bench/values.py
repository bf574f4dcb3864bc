"""Numbers of a report by name, and how far two reports are apart."""

from collections.abc import Iterable, Mapping
from typing import Any

FIELDS = ("estimate", "lower", "upper", "statistic", "p", "n")

NEAR = 1e-9
"""Largest relative difference of two numbers that are the same number."""

LOOSER: Mapping[str, tuple[float, str]] = {
    "shapiro_wilk.p": (1e-6, "scipy's normal quantile is less precise"),
    "nagelkerke_r2.estimate": (1e-7, "statsmodels finds the null likelihood by an optimiser"),
    "odds_ratio.lower": (1e-6, "iterative fits"),
    "odds_ratio.upper": (1e-6, "iterative fits"),
    "odds_ratio.estimate": (1e-6, "iterative fits"),
    "odds_ratio.p": (1e-5, "iterative fits"),
}
"""Values for which the other side is less exact, or both stop short of the limit, and why."""

Values = dict[str, float]


def key(name: str, field: str, **about: str) -> str:
    """One text for a number: `mean.estimate group=A outcome=age`."""
    return " ".join([f"{name}.{field}", *(f"{dimension}={about[dimension]}" for dimension in sorted(about))])


def from_statistics(rows: Iterable[Mapping[str, Any]]) -> Values:
    """The numbers of a results.json."""
    return {
        key(row["name"], field, **row["about"]): float(row[field])
        for row in rows
        for field in FIELDS
        if row[field] is not None
    }


def largest_difference(ours: Values, theirs: Values) -> tuple[float, str, list[str]]:
    """The largest relative difference among the values under `NEAR`, where it is, and everything that is wrong: values
    of theirs that we do not have, and values that differ by more than they may."""
    wrong = [f"absent: {name}" for name in theirs if name not in ours]
    worst, where = 0.0, ""
    for name, value in theirs.items():
        if name not in ours:
            continue
        difference = relative(ours[name], value)
        limit, _ = LOOSER.get(name.split(" ")[0], (NEAR, ""))
        if difference > limit:
            wrong.append(f"{difference:.1e}: {name}: ours {ours[name]!r}, theirs {value!r}")
        elif limit == NEAR and difference > worst:
            worst, where = difference, name
    return worst, where, wrong


def relative(one: float, other: float) -> float:
    """The difference as a share of the larger; numbers that both underflow are equal."""
    size = max(abs(one), abs(other))
    return abs(one - other) / size if size > 1e-300 else 0.0
