"""Check a results.json before it is submitted: every number against its count table, and against its neighbours."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from foramen.evidence.counts_check import counts_findings, counts_of_row
from foramen.evidence.counts_folder import CountsFolder, counts_beside
from foramen.evidence.examine import Examined
from foramen.evidence.finding import Finding, verdict
from foramen.evidence.results_file import ResultsFile, Row, Step, read_results, results_path
from foramen.evidence.row_check import at_most, cannot, finding, is_share, row_findings, unlike_doses

Rows = Sequence[Row]


def examine_results(path: Path) -> Examined:
    """Every check of a results file: its count tables where they stand beside it, each row, then rows together."""
    results, counts = read_results(path), counts_beside(results_path(path))
    return Examined(str(path), "Results of a study", "", tuple(_findings(results, counts)))


def _findings(results: ResultsFile, counts: CountsFolder | None) -> Iterator[Finding]:
    if counts is not None:
        yield from counts_findings(counts)
    yield from _flow(results.flow)
    for row in results.statistics:
        yield from _row(row, results, counts)
    shown = [row for row in results.statistics if row.suppressed is None and row.error is None]
    yield from _categories(results.statistics)
    yield from _recorded(shown)
    yield from _ordered(shown)


def _row(row: Row, results: ResultsFile, counts: CountsFolder | None) -> Iterator[Finding]:
    """By its count table. Where that cannot be, the numbers of the row may contradict each other; that they do not is
    said only of a file that stands alone, and makes up for the count table only of a percentage."""
    if row.suppressed is not None:
        yield cannot("withheld", row, "", f"withheld: {row.suppressed}")
        return
    if row.error is None:
        yield from unlike_doses(row)
    found = counts_of_row(row, results, counts)
    if isinstance(found, Finding):
        yield found
    elif row.error is None:
        alone = counts is None and not results.released
        yield from (one for one in row_findings(row) if alone or one.verdict == "differs")
        if not (alone and is_share(row)):
            yield cannot("counts", row, row.main, found)


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
            yield finding("sum", split[0], str(of), added == of, reason, str(added))


def _recorded(rows: Rows) -> Iterator[Finding]:
    """Recorded and missing make up everybody."""
    for together in _together(rows, ["n", "missing"], ()).values():
        found = {row.name: row.estimate for row in together}
        of = together[0].denominator
        if len(together) == 2 and of is not None and None not in found.values():
            added = sum(value for value in found.values() if value is not None)
            yield finding("sum", together[0], str(of), added == of, f"recorded and missing are {added:g}", f"{added:g}")


ASCENDING = ("minimum", "lower_quartile", "median", "upper_quartile", "maximum")


def _ordered(rows: Rows) -> Iterator[Finding]:
    """Extremes, quartiles and median lie in order, and the mean between the extremes."""
    for together in _together(rows, [*ASCENDING, "mean"], ()).values():
        found = {row.name: row.estimate for row in together if row.estimate is not None}
        values = [found[name] for name in ASCENDING if name in found]
        if len(values) < 2:
            continue
        fits = all(at_most(one, other) for one, other in pairwise(values))
        printed = " ≤ ".join(f"{value:.6g}" for value in values)
        yield finding("order", together[0], printed, fits, "in order" if fits else "not in order")
        if {"minimum", "mean", "maximum"} <= found.keys():
            inside = at_most(found["minimum"], found["mean"]) and at_most(found["mean"], found["maximum"])
            reason = f"the mean is {'between' if inside else 'outside'} the extremes"
            yield finding("scale", together[0], f"{found['mean']:.6g}", inside, reason)
