"""Make the picture of the report that the README shows: `python -m docs.pictures`. Needs Chromium."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from foramen.intake.table import import_table
from foramen.report.plain import plain_report
from foramen.snapshot.store import open_snapshot
from foramen.study.run import load_study, plan_study, run_study

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples/back-pain-trial"
PICTURE = ROOT / "docs/pictures/report.png"
SIZE = "1100,1180"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def report(folder: Path) -> Path:
    """The report of the back-pain trial, written below a folder."""
    data, snapshot = EXAMPLE / "Ashar2022_outcomes_demographics.csv", folder / "snapshot"
    import_table([data], EXAMPLE / "mapping.toml", snapshot, quarantine=None, progress=lambda _done, _of: None)
    plan = plan_study(load_study(EXAMPLE / "study.toml"), open_snapshot(snapshot))
    page = folder / "report.html"
    page.write_text(
        plain_report(plan.study, plan.snapshot.codebook, run_study(plan, engine="duckdb")), encoding="utf-8"
    )
    return page


def main() -> int:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.stderr.write("no Chromium here; the picture stays as it is\n")
        return 2
    PICTURE.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        page = report(Path(folder))
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={SIZE}"]
        subprocess.run([browser, *options, f"--screenshot={PICTURE}", page.as_uri()], check=True, capture_output=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
