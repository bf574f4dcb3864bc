"""Make the pictures that the README shows: `python -m docs.pictures`. Needs Chromium."""

import shutil
import sys
import tempfile
from importlib.resources import as_file, files
from pathlib import Path

from playwright.sync_api import sync_playwright

from foramen.intake.table import import_table
from foramen.report.assemble import build_report
from foramen.report.document import Report
from foramen.report.renderers.charts import svg
from foramen.report.renderers.html import render_html
from foramen.snapshot.store import open_snapshot
from foramen.study.release import internal
from foramen.study.run import load_study, plan_study, run_study

PICTURES = Path(__file__).parent / "pictures"
ALLUVIAL = "Pain relief after 15 minutes and after 1 month"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDTH, HEIGHT = 1240, 1420


def report_of(template: str) -> Report:
    """The report of a study template on its cohort."""
    with as_file(files("foramen.library")) as library, tempfile.TemporaryDirectory() as folder:
        cohort, snapshot = library / "cohorts" / template, Path(folder) / "snapshot"
        import_table([cohort / "cohort.csv"], cohort / "mapping.toml", snapshot)
        plan = plan_study(load_study(library / "studies" / template / "study.toml"), open_snapshot(snapshot))
        return build_report(plan.document, plan.snapshot.codebook, internal(run_study(plan, engine="duckdb")))


def photograph(report: Report, browser: str, picture: Path) -> None:
    """The head of a report, with a number of its first table opened."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = Path(folder) / "report.html"
        page_file.write_text(render_html(report), encoding="utf-8")
        window = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        page = window.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(page_file.as_uri())
        page.locator("#table-1").get_by_role("link", name="0.776").first.click()
        page.evaluate("scrollTo(0, 0)")
        page.screenshot(path=picture)
        window.close()


def main() -> int:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.stderr.write("no Chromium here; the pictures stay as they are\n")
        return 2
    PICTURES.mkdir(exist_ok=True)
    photograph(report_of("ct-or-fluoroscopy"), browser, PICTURES / "report.png")
    (drawn,) = (figure for figure in report_of("pars-injections").figures() if figure.title == ALLUVIAL)
    (PICTURES / "alluvial.svg").write_text(svg(drawn.spec), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
