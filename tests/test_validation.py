"""The validation pack: what tests name exists, workers are put together, and the page hides nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.requirements import ROOT, groups, named_by_tests
from tests.validation import read_runs, render, worst

CASES = """
import pytest

@pytest.mark.requirement("AUD-1")
@pytest.mark.parametrize("n", range(4))
def test_a(n):
    assert n != 2

@pytest.mark.requirement("AUD-2", "AUD-3")
class TestB:
    def test_b(self):
        pass

    def test_c(self):
        pytest.skip("not here")

def test_of_nothing():
    pass
"""
CONFTEST = "from tests.validation import pytest_itemcollected, pytest_runtest_logreport, pytest_sessionfinish\n"
INI = "[pytest]\nmarkers =\n    requirement(*ids): x\n"


def test_a_test_names_only_what_is_required() -> None:
    known = [one.id for group in groups() for one in group.members]
    assert len(set(known)) == len(known), "each once"
    assert sorted(set(named_by_tests()) - set(known)) == [], "write it down in docs/requirements.toml"


def test_what_has_tests_is_not_put_off() -> None:
    named = named_by_tests()
    assert [
        one.id for group in groups() for one in group.members if one.kind != "requirements" and one.id in named
    ] == []


@pytest.mark.requirement("USR-6")
def test_a_run_with_several_workers_is_noted_and_shown(tmp_path: Path) -> None:
    for name, text in (("test_cases.py", CASES), ("conftest.py", CONFTEST), ("pytest.ini", INI)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    file = tmp_path / "runs" / "one.json"
    environment = {**os.environ, "FORAMEN_VALIDATION": str(file), "PYTHONPATH": str(ROOT)}
    environment |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "FORAMEN_DATABASE_URL": ""}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "xdist", "-n", "2", "-p", "no:cacheprovider", str(tmp_path)]
    assert subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, check=False).returncode == 1
    outcomes, databases, when = read_runs(tmp_path / "runs")
    assert outcomes == {
        ("test_cases.py::test_a", "SQLite"): "failed", ("test_cases.py::TestB::test_b", "SQLite"): "passed",
        ("test_cases.py::TestB::test_c", "SQLite"): "skipped",
    }  # fmt: skip
    assert databases == ["SQLite"] and json.loads(file.read_text())["version"] in when[0]


def test_the_page_tells_what_failed_what_was_not_run_and_what_nobody_tests() -> None:
    named = named_by_tests()
    test = named["AUD-3"][0]
    page = render({(test, "SQLite"): "failed"}, ["SQLite", "PostgreSQL"], ["a run"])
    assert "<td>failed<td>not run" in page and f"Failed: {test}" in page
    without = [
        one.id for group in groups() for one in group.members if one.kind == "requirements" and one.id not in named
    ]
    assert f"Without a test: {', '.join(without) or 'none'}." in page
    assert page.count("<b>no test</b>") == len(without)
    assert "RND-1</b> The sequence is made" in page and "not yet" in page and "does not apply" in page


@pytest.mark.parametrize(("outcomes", "told"), [
    (("passed", "passed"), "passed"), (("passed", "skipped"), "skipped"), (("skipped", "failed", "passed"), "failed"),
])  # fmt: skip
def test_of_several_cases_the_worst_is_told(outcomes: tuple[str, ...], told: str) -> None:
    assert worst(*outcomes) == told
