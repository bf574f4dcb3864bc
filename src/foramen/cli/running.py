"""From a study and a snapshot to a folder of results: what `study run` and the demonstration share."""

from collections.abc import Mapping
from pathlib import Path

from foramen.cli.progress import progress_bar
from foramen.report.folder import Wish, write_report
from foramen.snapshot.store import open_snapshot
from foramen.study.release import Internal, Passed
from foramen.study.run import load_study, plan_study, run_study


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
    passed = write_report(plan.document, plan.snapshot.codebook, results, out, wish)
    failed = sum(row.error is not None for row in passed.results.statistics)
    told = f"{out}: {len(results.statistics)} statistics, {failed} that could not be computed; {_said(passed)}"
    return "\n".join([told, *(_left_out(entry) for entry in results.manifest["left_out"])])


def _left_out(entry: Mapping[str, str | None]) -> str:
    of = f" of {entry['outcome']}" if entry["outcome"] else ""
    return f"  left out: {entry['analysis']}{of}: {entry['reason']}"


def _said(passed: Passed) -> str:
    if isinstance(passed, Internal):
        return passed.mark[:1].lower() + passed.mark[1:]
    withheld = sum(row.suppressed is not None for row in passed.results.statistics)
    return f"{withheld} withheld by disclosure control (threshold {passed.threshold})"
