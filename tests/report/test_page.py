"""The plain report in a real browser, at the width of a phone and of a desk."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import unavailable

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
WIDTHS = {"phone": 390, "desk": 1440}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-headless-shell")
    if program is None:
        unavailable("Chromium")
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-c", "from foramen.cli import main; main()", "demo", "--out", str(folder), "--quiet"]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "results/report.html"


@pytest.fixture(params=WIDTHS)
def page(request: pytest.FixtureRequest, browser: Browser, report: Path) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": WIDTHS[request.param], "height": 900})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(report.as_uri())
    yield page
    assert said == []
    page.close()


def test_the_report_has_no_accessibility_fault(page: Page) -> None:
    violations = Axe().run(page).response["violations"]
    assert [(fault["id"], [node["html"] for node in fault["nodes"]][:3]) for fault in violations] == []


def test_the_page_itself_never_scrolls_sideways(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_style_is_applied_under_the_policy(page: Page) -> None:
    assert page.evaluate("getComputedStyle(document.querySelector('h2')).borderTopStyle") == "solid"


def test_the_report_says_that_it_is_internal_and_by_whom_it_was_counted(page: Page) -> None:
    header = page.locator("header").inner_text()
    assert "not passed through disclosure control" in header
    assert "each treatment; first treatment of a person" in header
