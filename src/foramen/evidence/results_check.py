"""Check a results.json before it is submitted: what can be recomputed from other numbers of the same file."""

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from foramen.evidence.checks.intervals import NAMES, tail
from foramen.evidence.checks.quantities import unlike
from foramen.evidence.examine import Examined
from foramen.evidence.finding import Finding, verdict
from foramen.evidence.results_file import ResultsFile, Row, Step, read_results

NEAR = 1e-6
"""Relative difference that the last digits of an honest computation may show."""

Rows = Sequence[Row]


def examine_results(path: Path) -> Examined:
    """Every check of a results file, in the order of the file's parts."""
    results = read_results(path)
    return Examined(str(path), "Results of a study", "", tuple(_findings(results)))


def _findings(results: ResultsFile) -> Iterator[Finding]:
    yield from _flow(results.flow)
    for row in results.statistics:
        if row.suppressed is not None:
            yield _cannot("withheld", row, f"withheld: {row.suppressed}")
        elif row.error is None:
            yield from _row(row)
    shown = [row for row in results.statistics if row.suppressed is None and row.error is None]
    yield from _categories(results.statistics)
    yield from _recorded(shown)
    yield from _ordered(shown)


def _row(row: Row) -> Iterator[Finding]:
    """What one statistic says about itself."""
    if row.n is not None and row.denominator is not None:
        reason = f"{row.n} of {row.denominator}"
        yield _finding("count", row, f"n {row.n}", row.n <= row.denominator, reason, f"≤ {row.denominator}")
    if _is_percent(row):
        yield _percent(row)
    if row.estimate is not None and (row.lower is not None or row.upper is not None):
        lower, upper = _end(row.lower, -math.inf), _end(row.upper, math.inf)
        inside = _at_most(lower, row.estimate) and _at_most(row.estimate, upper)
        printed = f"{row.estimate:.6g} ({lower:.6g} to {upper:.6g})"
        yield _finding(
            "interval", row, printed, inside, f"the estimate is {'in' if inside else 'out'}side its interval"
        )
    if row.p is not None:
        yield from _p(row, row.p)
    if len(quantities := _doses(row)) > 1:
        yield _finding("same_quantity", row, " against ".join(quantities), False, unlike(quantities))


# --- single numbers -----------------------------------------------------------------------------------------------

BOUND = "zero_event_upper_bound"


def _is_percent(row: Row) -> bool:
    said = re.search(r"(^|, )percent, ", row.method) is not None
    return said and row.name != BOUND and None not in (row.estimate, row.n, row.denominator)


def _percent(row: Row) -> Finding:
    assert row.estimate is not None and row.n is not None and row.denominator is not None
    if not row.denominator:
        return _finding("percent", row, f"{row.estimate:.6g}", False, "nobody is in the denominator")
    exact = 100 * row.n / row.denominator
    reason = f"{row.n} of {row.denominator} is {exact:.6g} %"
    return _finding("percent", row, f"{row.estimate:.6g}", _near(row.estimate, exact), reason, f"{exact:.6g}")


def _p(row: Row, p: float) -> Iterator[Finding]:
    """p against its logarithm, and against statistic and degrees of freedom where it follows from them."""
    if row.log10_p is not None and p > 0:
        exact = 10**row.log10_p
        yield _finding("log10_p", row, f"{p:.6g}", _near(p, exact), f"its logarithm gives {exact:.6g}", f"{exact:.6g}")
    found = _from_statistic(row)
    if found is None:
        yield _cannot("p_value", row, "an exact or adjusted p does not follow from the statistic beside it")
        return
    distribution, exact = found
    df = row.df if isinstance(row.df, list) else [row.df] if row.df is not None else []
    on = f" on {', '.join(f'{one:.6g}' for one in df)} df" if df and distribution != "z" else ""
    reason = f"{NAMES[distribution]} {row.statistic:.6g}{on} has p {exact:.6g}"
    yield _finding("p_value", row, f"{p:.6g}", _near(p, exact), reason, f"{exact:.6g}")


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
        return ("f", tail("f", row.statistic, row.df)) if len(row.df) == 2 else None
    if row.df is not None:
        if "chi-square" in row.method or row.name in ("friedman", "kruskal_wallis"):
            return "chi_square", tail("chi_square", row.statistic, [row.df])
        return ("t", tail("t", row.statistic, [row.df])) if row.name in STUDENT else None
    if "statistic is z" in row.method or row.name in NORMAL:
        return _adjusted(row, tail("z", row.statistic, []))
    return None


def _adjusted(row: Row, p: float) -> tuple[str, float] | None:
    if (found := re.search(r"Bonferroni-adjusted for (\d+) comparisons", row.method)) is not None:
        return "z", min(1.0, p * int(found[1]))
    return None if "adjusted for" in row.method or "Holm" in row.method else ("z", p)


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


# --- numbers that belong together ---------------------------------------------------------------------------------


def _flow(steps: Sequence[Step]) -> Iterator[Finding]:
    """Everybody who enters a line of the flow stays or is excluded, and the groups make up everybody."""
    lines: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        lines[step.group].append(step)
    for group, line in lines.items():
        for before, after in pairwise(line):
            yield _balance(group, before, after)
    everybody = lines.pop("all", None)
    if everybody and len(lines) > 1:
        yield _groups(everybody[-1], [line[-1] for line in lines.values()])


def _balance(group: str, before: Step, after: Step) -> Finding:
    at = f"flow, {group}: {after.step}"
    if before.n is None or after.n is None or after.excluded is None:
        return Finding(check="flow", at=at, printed="", verdict="cannot be checked", method="flow", reason="withheld")
    left = after.n + after.excluded
    return Finding(
        check="flow", at=at, printed=str(before.n), recomputed=str(left), verdict=verdict(left == before.n),
        method="flow", reason=f"{after.n} + {after.excluded} = {left} of the {before.n} before",
    )  # fmt: skip


def _groups(everybody: Step, last: Sequence[Step]) -> Finding:
    sizes = [step.n for step in last if step.n is not None]
    if everybody.n is None or len(sizes) < len(last):
        return Finding(
            check="flow", at="flow, groups", printed="", verdict="cannot be checked", method="flow", reason="withheld"
        )
    return Finding(
        check="flow", at=f"flow, groups: {everybody.step}", printed=str(everybody.n), recomputed=str(sum(sizes)),
        verdict=verdict(sum(sizes) == everybody.n), method="flow",
        reason=f"{' + '.join(map(str, sizes))} = {sum(sizes)}",
    )  # fmt: skip


def _together(rows: Rows, names: Sequence[str], without: tuple[str, ...]) -> Mapping[object, list[Row]]:
    found: dict[object, list[Row]] = defaultdict(list)
    for row in rows:
        if row.name in names:
            found[row.key(without=without)].append(row)
    return found


SPLIT = ("category", "from_category")


def _categories(rows: Rows) -> Iterator[Finding]:
    """The categories of an outcome, and the transitions between two, make up everybody who has a value."""
    for name in ("percent", "transition"):
        for together in _together(rows, [name], SPLIT).values():
            split = [row for row in together if row.error is None and "category" in row.about]
            counts = [row.n for row in split if row.n is not None]
            if len(split) < 2 or len(counts) < len(split) or any(row.suppressed for row in split):
                continue
            of, added = split[0].denominator, sum(counts)
            reason = f"{' + '.join(map(str, counts))} = {added} of {of}"
            yield _finding("sum", split[0], str(of), added == of, reason, str(added))


def _recorded(rows: Rows) -> Iterator[Finding]:
    """Recorded and missing make up everybody."""
    for together in _together(rows, ["n", "missing"], ()).values():
        found = {row.name: row.estimate for row in together}
        of = together[0].denominator
        if len(together) == 2 and of is not None and None not in found.values():
            added = sum(value for value in found.values() if value is not None)
            yield _finding(
                "sum", together[0], str(of), added == of, f"recorded and missing are {added:g}", f"{added:g}"
            )


ASCENDING = ("minimum", "lower_quartile", "median", "upper_quartile", "maximum")


def _ordered(rows: Rows) -> Iterator[Finding]:
    """Extremes, quartiles and median lie in order, and the mean between the extremes."""
    for together in _together(rows, [*ASCENDING, "mean"], ()).values():
        found = {row.name: row.estimate for row in together if row.estimate is not None}
        values = [found[name] for name in ASCENDING if name in found]
        if len(values) < 2:
            continue
        fits = all(_at_most(one, other) for one, other in pairwise(values))
        printed = " ≤ ".join(f"{value:.6g}" for value in values)
        yield _finding("order", together[0], printed, fits, "in order" if fits else "not in order")
        if {"minimum", "mean", "maximum"} <= found.keys():
            inside = _at_most(found["minimum"], found["mean"]) and _at_most(found["mean"], found["maximum"])
            reason = f"the mean is {'between' if inside else 'outside'} the extremes"
            yield _finding("scale", together[0], f"{found['mean']:.6g}", inside, reason)


# --- findings -----------------------------------------------------------------------------------------------------


def _near(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=NEAR, abs_tol=1e-300)


def _at_most(one: float, other: float) -> bool:
    return one <= other or _near(one, other)


def _end(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value


def _finding(check: str, row: Row, printed: str, agrees: bool, reason: str, recomputed: str = "") -> Finding:
    return Finding(
        check=check, at=row.at, printed=printed, recomputed=recomputed, verdict=verdict(agrees), method=row.method,
        reason=reason,
    )  # fmt: skip


def _cannot(check: str, row: Row, reason: str) -> Finding:
    printed = "" if row.p is None else f"{row.p:.6g}"
    return Finding(
        check=check, at=row.at, printed=printed, verdict="cannot be checked", method=row.method, reason=reason
    )  # fmt: skip
