"""From a study and a snapshot to a folder of results: what `study run` and the demonstration share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from foramen.cli.progress import progress_bar
from foramen.report.assemble import build_report
from foramen.report.files import report_files
from foramen.report.formats import USUAL, Format
from foramen.snapshot.store import open_snapshot
from foramen.study.outputs import write_results
from foramen.study.release import Internal, Passed, internal, release
from foramen.study.results import Results
from foramen.study.run import load_study, plan_study, run_study

THRESHOLD = 11
"""Smallest count that may be shown; the rule of the Centers for Medicare and Medicaid Services and of PCORnet."""


@dataclass(frozen=True)
class Wish:
    """How a run is to be shown: to whom, in which formats (the usual ones if none), in which journal's style; and
    whether it may do without what the snapshot does not hold."""

    internal: bool = False
    threshold: int = THRESHOLD
    formats: Sequence[Format] = USUAL
    style: str | None = None
    partial: bool = False


def run_to_folder(
    study: Path,
    snapshot: Path,
    out: Path,
    wish: Wish,
    *,
    engine: str = "duckdb",
    cache: Path | None = None,
    quiet: bool = False,
) -> str:
    """Run a study and write its folder; returns what to tell the user."""
    plan = plan_study(load_study(study), open_snapshot(snapshot), partial=wish.partial)
    with progress_bar("Counting", quiet=quiet) as advance:
        results = run_study(plan, engine=engine, cache=cache, progress=advance)
    passed = _passed(results, wish)
    report = build_report(plan.document, plan.snapshot.codebook, passed, style=wish.style)
    write_results(passed, out, files=report_files(report, wish.formats))
    failed = sum(row.error is not None for row in passed.results.statistics)
    told = f"{out}: {len(results.statistics)} statistics, {failed} that could not be computed; {_said(passed)}"
    return "\n".join([told, *(_left_out(entry) for entry in results.manifest["left_out"])])


def _passed(results: Results, wish: Wish) -> Passed:
    """Disclosure control protects people: rows that nobody stands behind need none."""
    if wish.internal or results.manifest["snapshot"]["people"] != "recorded":
        return internal(results)
    return release(results, threshold=wish.threshold)


def _left_out(entry: Mapping[str, str | None]) -> str:
    of = f" of {entry['outcome']}" if entry["outcome"] else ""
    return f"  left out: {entry['analysis']}{of}: {entry['reason']}"


def _said(passed: Passed) -> str:
    if isinstance(passed, Internal):
        return passed.mark[:1].lower() + passed.mark[1:]
    withheld = sum(row.suppressed is not None for row in passed.results.statistics)
    return f"{withheld} withheld by disclosure control (threshold {passed.threshold})"
