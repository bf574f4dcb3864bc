"""Shared fixtures. A test that needs something absent says so by name; with FORAMEN_REQUIRE_ALL=1 it fails."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.validation import pytest_itemcollected, pytest_runtest_logreport, pytest_sessionfinish

__all__ = ["pytest_itemcollected", "pytest_runtest_logreport", "pytest_sessionfinish"]

REQUIRE_ALL = os.environ.get("FORAMEN_REQUIRE_ALL") == "1"


def unavailable(what: str) -> None:
    """Skip with a plain name for what is missing, or fail where everything is required."""
    if REQUIRE_ALL:
        pytest.fail(f"required and missing: {what}")
    pytest.skip(f"not run, missing on this machine: {what}")


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """The folder of real data sets with published answers."""
    root = Path(__file__).parents[1]
    folder = root / os.environ.get("FORAMEN_REFERENCE_DATA", "../shared/data")
    if not (folder / "EXPECTED.csv").is_file():
        unavailable("the reference data (set FORAMEN_REFERENCE_DATA to the folder that holds EXPECTED.csv)")
    return folder


FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium of the machine, one for all tests of a process: its driver cannot be started twice."""
    program = shutil.which("chromium") or shutil.which("chromium-headless-shell")
    if program is None:
        unavailable("Chromium")
        return
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield found
        found.close()
