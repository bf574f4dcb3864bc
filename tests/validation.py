"""The validation pack: `make test` notes how each test that names a requirement came out, `make validation` renders it.

With FORAMEN_VALIDATION=FILE a run of pytest writes FILE, from all of its workers together. `python -m tests.validation`
reads every file of build/validation and writes build/validation.html: requirement, test, result on each database.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest

from foramen import __version__
from tests.requirements import MARK, ROOT, Group, Requirement, groups, named_by_tests

RUNS = ROOT / "build" / "validation"
PAGE = ROOT / "build" / "validation.html"
WORST = ("failed", "skipped", "passed")
"""Of several cases of one test the worst is told."""

SAYS = {"later": "not yet", "none": "does not apply"}
Outcomes = Mapping[tuple[str, str], str]
"""How a test came out, by its name and the run."""

_RESULTS: dict[str, str] = {}


def pytest_itemcollected(item: pytest.Item) -> None:
    """A worker hands over what a test names with its report."""
    ids = [one for mark in item.iter_markers(MARK) for one in mark.args]
    if ids:
        item.user_properties.append((MARK, ids))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if MARK in dict(report.user_properties) and (report.when == "call" or report.outcome != "passed"):
        name = report.nodeid.split("[")[0]
        _RESULTS[name] = worst(_RESULTS.get(name, "passed"), report.outcome)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The process that all workers report to writes the file."""
    wanted = os.environ.get("FORAMEN_VALIDATION")
    if not wanted or hasattr(session.config, "workerinput"):
        return
    database = "PostgreSQL" if os.environ.get("FORAMEN_DATABASE_URL") else "SQLite"
    file = ROOT / wanted
    file.parent.mkdir(parents=True, exist_ok=True)
    told = {"database": database, "version": __version__, "at": datetime.now(UTC).isoformat(), "results": _RESULTS}
    file.write_text(json.dumps(told, indent=1, sort_keys=True), encoding="utf-8")


def worst(*outcomes: str) -> str:
    return min(outcomes, key=WORST.index)


def read_runs(folder: Path = RUNS) -> tuple[Outcomes, Sequence[str], Sequence[str]]:
    """How tests came out, the databases, and when the runs were and of which version."""
    outcomes: dict[tuple[str, str], str] = {}
    said = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    for run in said:
        for name, outcome in run["results"].items():
            key = (name, run["database"])
            outcomes[key] = worst(outcomes.get(key, "passed"), outcome)
    when = [f"{run['database']}: version {run['version']}, {run['at'][:16].replace('T', ' ')} UTC" for run in said]
    return outcomes, sorted({run["database"] for run in said}, reverse=True), when


def render(outcomes: Outcomes, databases: Sequence[str], when: Sequence[str]) -> str:
    """The page. A requirement of which no test speaks says so."""
    named = named_by_tests()
    built = [one for group in groups() for one in group.members if one.kind == "requirements"]
    open_ones = [one.id for one in built if not named.get(one.id)]
    failed = sorted({name for (name, _), outcome in outcomes.items() if outcome == "failed"})
    head = [
        f"<p>{escape(one)}</p>" for one in (
            *when, f"Commit {commit()}.", f"{len(built)} requirements, {len(built) - len(open_ones)} with tests.",
            f"Without a test: {', '.join(open_ones) or 'none'}.", f"Failed: {', '.join(failed) or 'none'}.",
        )
    ]  # fmt: skip
    parts = [part for group in groups() for part in _group(group, named, outcomes, databases)]
    return "\n".join([HEAD, "<h1>Validation</h1>", *head, *parts, "</html>", ""])


def _group(
    group: Group, named: Mapping[str, Sequence[str]], outcomes: Outcomes, databases: Sequence[str]
) -> Iterator[str]:
    yield f"<h2>{escape(group.title)}</h2><p>{escape(group.source)}</p><table><tr><th>Requirement<th>Test"
    yield "".join(f"<th>{escape(one)}" for one in databases)
    for one in group.members:
        yield from _requirement(one, named.get(one.id, ()), outcomes, databases)
    yield "</table>"


def _requirement(one: Requirement, tests: Sequence[str], outcomes: Outcomes, databases: Sequence[str]) -> Iterator[str]:
    said = f"<b>{escape(one.id)}</b> {escape(one.text)}"
    if not tests:
        yield f'<tr><td>{said}<td colspan="{1 + len(databases)}">{SAYS.get(one.kind, "<b>no test</b>")}'
    for at, test in enumerate(tests):
        cells = "".join(f"<td>{escape(outcomes.get((test, one), 'not run'))}" for one in databases)
        first = f'<td rowspan="{len(tests)}">{said}' if at == 0 else ""
        yield f"<tr>{first}<td>{escape(in_words(test))}{cells}"


def in_words(test: str) -> str:
    """tests/clinic/test_api.py::TestReading::test_a_list: clinic/test_api, a list."""
    path, *within = test.split("::")
    words = within[-1].removeprefix("test_").replace("_", " ")
    return f"{path.removeprefix('tests/').removesuffix('.py')}: {words}"


def commit() -> str:
    """The commit of this tree, where it is one."""
    git = shutil.which("git")
    said = subprocess.run(
        [git, "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout if git else ""  # fmt: skip
    return said.strip() or "unknown"


HEAD = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Validation</title>
<style>
body { max-width: 1100px; margin: 2rem auto; padding: 0 1rem; font: 15px/1.45 system-ui, sans-serif; }
table { width: 100%; border-collapse: collapse; } td, th { padding: 4px 8px; border-bottom: 1px solid #ccc; }
td, th { text-align: left; vertical-align: top; }
</style>"""


def main() -> int:
    outcomes, databases, when = read_runs()
    if not when:
        sys.stderr.write("no run has been noted in build/validation: make test first\n")
        return 1
    PAGE.write_text(render(outcomes, databases, when), encoding="utf-8", newline="\n")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
