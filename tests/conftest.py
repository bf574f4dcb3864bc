"""Shared fixtures. A test that needs something absent says so by name; with FORAMEN_REQUIRE_ALL=1 it fails."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("FORAMEN_DEMO", "yes")
os.environ.setdefault("FORAMEN_HTTPS", "no")
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
