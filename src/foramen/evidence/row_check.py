"""What one row of a results file says about itself: percentage and counts, interval and estimate, p and statistic."""

import math
import re
from collections.abc import Iterator

from foramen.evidence.checks.intervals import NAMES, tail
from foramen.evidence.checks.quantities import unlike
from foramen.evidence.finding import Finding, verdict
from foramen.evidence.results_file import Row
from foramen.statistics.definitions import CHOICES
from foramen.statistics.proportions import percent, zero_event_upper_bound
from foramen.statistics.result import Statistic
from foramen.statistics.tables import Axis, CountTable

NEAR = 1e-6
"""Relative difference that the last digits of an honest computation may show."""


def row_findings(row: Row) -> Iterator[Finding]:
    """What follows from other numbers of the same row."""
    if row.n is not None and row.denominator is not None:
        reason = f"{row.n} of {row.denominator}"
        yield finding("count", row, f"n {row.n}", row.n <= row.denominator, reason, f"≤ {row.denominator}")
    if is_share(row):
        yield _percent(row)
    if row.estimate is not None and (row.lower is not None or row.upper is not None):
        lower, upper = _end(row.lower, -math.inf), _end(row.upper, math.inf)
        inside = at_most(lower, row.estimate) and at_most(row.estimate, upper)
        printed = f"{row.estimate:.6g} ({lower:.6g} to {upper:.6g})"
        yield finding("interval", row, printed, inside, f"the estimate is {'in' if inside else 'out'}side its interval")
    if row.p is not None:
        yield from _p(row, row.p)


def unlike_doses(row: Row) -> Iterator[Finding]:
    """A comparison of two quantities of radiation, whatever its numbers are."""
    if len(quantities := _doses(row)) > 1:
        yield finding("same_quantity", row, " against ".join(quantities), False, unlike(quantities))


# --- percentages --------------------------------------------------------------------------------------------------

BOUND = "zero_event_upper_bound"


def is_share(row: Row) -> bool:
    """Whether a row is a percentage, or the bound of one, that follows from its own n and denominator."""
    said = re.search(r"(^|, )percent, ", row.method) is not None
    return said and None not in (row.estimate, row.n, row.denominator)


def _percent(row: Row) -> Finding:
    """The percentage, and the limits that the row gives."""
    assert row.estimate is not None and row.n is not None and row.denominator is not None
    if not row.denominator:
        return finding("percent", row, f"{row.estimate:.6g}", False, "nobody is in the denominator")
    exact = _share(row, row.n, row.denominator)
    given = [(getattr(row, name), getattr(exact, name)) for name in ("estimate", "lower", "upper")]
    known = [(one, other) for one, other in given if one is not None and other is not None]
    shown, expected = (", ".join(f"{pair[side]:.6g}" for pair in known) for side in (0, 1))
    reason = f"{row.n} of {row.denominator} is {100 * row.n / row.denominator:.6g} %"
    agrees = all(near(one, other) for one, other in known)
    return finding("percent", row, shown, agrees, reason, expected)


def _share(row: Row, n: int, denominator: int) -> Statistic:
    """The percentage of n, with its interval if the method names one that is known."""
    plain = Statistic(name=row.name, method="", estimate=100 * n / denominator)
    if row.level is None or not 0 < row.level < 1 or not 0 <= n <= denominator:
        return plain
    if row.name == BOUND:
        nobody = CountTable.build([Axis("event")], [((0,), denominator)])
        return plain if n else zero_event_upper_bound(nobody, level=row.level)
    methods = CHOICES["proportion_interval"]
    made = [percent(row.name, n, denominator, level=row.level, method=method) for method in methods]
    return max((one for one in made if one.method in row.method), key=lambda one: len(one.method), default=plain)


# --- p ------------------------------------------------------------------------------------------------------------


def _p(row: Row, p: float) -> Iterator[Finding]:
    """p against its logarithm, and against statistic and degrees of freedom where it follows from them: an exact p, and
    one adjusted for others, does not."""
    if row.log10_p is not None and p > 0:
        exact = 10 ** min(row.log10_p, 0.0)
        yield finding("log10_p", row, f"{p:.6g}", near(p, exact), f"its logarithm gives {exact:.6g}", f"{exact:.6g}")
    found = _from_statistic(row)
    if found is None:
        return
    distribution, exact = found
    df = row.df if isinstance(row.df, list) else [row.df] if row.df is not None else []
    on = f" on {', '.join(f'{one:.6g}' for one in df)} df" if df and distribution != "z" else ""
    reason = f"{NAMES[distribution]} {row.statistic:.6g}{on} has p {exact:.6g}"
    yield finding("p_value", row, f"{p:.6g}", near(p, exact), reason, f"{exact:.6g}")


NORMAL = ("odds_ratio", "coefficient", "fixed_effect", "adjusted_mean_difference", "cohen_kappa", "fleiss_kappa",
          "friedman_pairs", "friedman_pairs_unadjusted", "dunn", "dunn_unadjusted")  # fmt: skip
"""Statistics whose test is a normal z when no degrees of freedom are given."""

STUDENT = (
    "mean_difference",
    "mean_change",
    "spearman",
    "pearson",
    "fixed_effect",
    "adjusted_mean_difference",
    "gwet_ac1",
)
"""Statistics whose test is Student's t when one number of degrees of freedom is given."""


def _from_statistic(row: Row) -> tuple[str, float] | None:
    """The distribution that a row's test has, and p by it; None where p does not follow from what the row holds."""
    if row.statistic is None:
        return None
    if isinstance(row.df, list):
        return ("f", tail("f", max(row.statistic, 0.0), row.df)) if len(row.df) == 2 else None
    if row.df is not None:
        if "chi-square" in row.method or row.name in ("friedman", "kruskal_wallis"):
            return "chi_square", tail("chi_square", max(row.statistic, 0.0), [row.df])
        return ("t", tail("t", row.statistic, [row.df])) if row.name in STUDENT else None
    if "statistic is z" in row.method or row.name in NORMAL:
        return _adjusted(row, tail("z", row.statistic, []))
    return None


def _adjusted(row: Row, p: float) -> tuple[str, float] | None:
    if (found := re.search(r"Bonferroni-adjusted for (\d+) comparisons", row.method)) is not None:
        return "z", min(1.0, p * int(found[1]))
    return None if "adjusted for" in row.method or "Holm" in row.method else ("z", p)


# --- doses --------------------------------------------------------------------------------------------------------

DOSES = {
    "dose-area product": r"\b(dap|kap|dose[ _-]area[ _-]product)\b",
    "CTDIvol": r"\bctdi(vol)?\b",
    "dose-length product": r"\b(dlp|dose[ _-]length[ _-]product)\b",
}
COMPARED = ("outcome", "against", "first", "second")


def _doses(row: Row) -> list[str]:
    """The quantities of radiation that the names in a comparison stand for."""
    text = " ".join(row.about.get(key, "") for key in COMPARED).lower().replace("_", " ")
    return [name for name, pattern in DOSES.items() if re.search(pattern, text)]


# --- findings -----------------------------------------------------------------------------------------------------


def near(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=NEAR, abs_tol=1e-300)


def at_most(one: float, other: float) -> bool:
    return one <= other or near(one, other)


def _end(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value


def finding(check: str, row: Row, printed: str, agrees: bool, reason: str, recomputed: str = "") -> Finding:
    return Finding(
        check=check, at=row.at, printed=printed, recomputed=recomputed, verdict=verdict(agrees), method=row.method,
        reason=reason,
    )  # fmt: skip


def cannot(check: str, row: Row, printed: str, reason: str) -> Finding:
    return Finding(
        check=check, at=row.at, printed=printed, verdict="cannot be checked", method=row.method, reason=reason
    )  # fmt: skip
