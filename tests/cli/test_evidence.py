"""`foramen evidence check` as a user meets it: exit codes, a screen of 80 columns, JSON that stays the same."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from foramen.cli import main
from foramen.statistics.contingency import chi_square
from foramen.statistics.tables import CountTable
from tests.evidence.runs import made, read, write

Call = Callable[..., tuple[int, str, str]]

OWN = """\
id = "own"
title = "My table"
citation = "draft"
locators = "table, row, column"

[facts]
n = {{ printed = "134", at = "Table 1, n" }}
men = {{ printed = "80", at = "Table 1, men" }}
percent = {{ printed = "{percent}", at = "Table 1, men, %" }}
spare = {{ printed = "7", at = "Table 1, unused" }}

[[checks]]
check = "percent"
count = "men"
of = "n"
printed = ["percent"]
"""

RESULTS = {
    "flow": [],
    "statistics": [
        {"name": "percent", "method": "percent, Wilson score interval", "estimate": 40.0, "n": 20, "denominator": 50}
    ],
}


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run `foramen evidence check` in this process: exit code, standard output, standard error."""
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["foramen", "evidence", "check", *map(str, arguments)])
        with pytest.raises(SystemExit) as leaving:
            main()
            raise SystemExit(0)
        captured = capsys.readouterr()
        return int(leaving.value.code or 0), captured.out, captured.err

    return run


@pytest.fixture
def own(tmp_path: Path) -> Callable[[str], Path]:
    def write(percent: str) -> Path:
        path = tmp_path / "own.toml"
        path.write_text(OWN.format(percent=percent), encoding="utf-8")
        return path

    return write


@pytest.fixture
def results(tmp_path: Path) -> Callable[[float], Path]:
    def write(estimate: float) -> Path:
        path = tmp_path / "results.json"
        statistic = {**RESULTS["statistics"][0], "estimate": estimate}
        path.write_text(json.dumps({**RESULTS, "statistics": [statistic]}), encoding="utf-8")
        return path

    return write


def words(screen: str) -> str:
    """What stands on the screen, without its line breaks."""
    return " ".join(screen.split())


def test_all_papers_are_listed_with_their_counts_and_what_differs(call: Call) -> None:
    code, out, error = call()
    assert (code, error) == (0, "")
    lines = [line.split() for line in out.splitlines()]
    assert ["ct-or-fluoroscopy-2025", "193", "8", "17", "7"] in lines
    assert ["pars-injections-2025", "100", "18", "23", "2"] in lines
    assert "pars-injections-2025: what differs" in out
    assert "What agrees" not in out
    assert "Noted" not in out


@pytest.mark.parametrize("arguments", [(), ("ct-or-fluoroscopy-2025",), ("pars-injections-2025",)])
def test_a_screen_of_80_columns_holds_everything_without_colours(call: Call, arguments: tuple[str, ...]) -> None:
    _, out, _ = call(*arguments)
    assert max(len(line) for line in out.splitlines()) <= 80
    assert "\x1b" not in out
    assert [line for line in out.splitlines() if line != line.rstrip()] == []


def test_one_paper_is_shown_whole_with_notes_apart_from_what_is_computed(call: Call) -> None:
    code, out, _ = call("ct-or-fluoroscopy-2025")
    assert code == 0
    places = [
        out.index(heading) for heading in ("What differs", "What cannot be checked", "What agrees", "Noted in words")
    ]
    assert places == sorted(places)
    assert out.index("single-center study") > places[-1]
    assert "single-center" not in out[: places[-1]]


def test_json_holds_everything_and_is_the_same_every_time(call: Call) -> None:
    code, out, _ = call("--json")
    assert code == 0
    assert call("--json")[1] == out
    checked = json.loads(out)["checked"]
    assert [one["id"] for one in checked] == sorted(one["id"] for one in checked)
    assert {*checked[0]} == {"id", "title", "citation", "counts", "findings", "noted", "unchecked"}
    assert {*checked[0]["findings"][0]} == {
        "check", "at", "printed", "recomputed", "verdict", "method", "reason", "remark",
    }  # fmt: skip
    assert all(one["counts"]["differs"] == sum(f["verdict"] == "differs" for f in one["findings"]) for one in checked)


@pytest.mark.parametrize(("percent", "expected"), [("59.7%", 0), ("57.9%", 3)])
def test_a_document_of_ones_own_fails_when_something_differs(
    call: Call, own: Callable[[str], Path], percent: str, expected: int
) -> None:
    code, out, error = call("--file", own(percent))
    assert (code, error) == (expected, "")
    assert "80 of 134 is 59.701 %" in words(out)
    assert "In no check: spare" in out
    assert call("--file", own(percent), "--json")[0] == expected


@pytest.mark.parametrize(("estimate", "expected"), [(40.0, 0), (41.0, 3)])
def test_results_of_ones_own_fail_when_something_differs(
    call: Call, results: Callable[[float], Path], estimate: float, expected: int
) -> None:
    code, out, error = call("--results", results(estimate))
    assert (code, error) == (expected, "")
    assert ("20 of 50 is 40 %" in words(out)) is bool(expected)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A results folder with the chi-square of a small table."""
    arms = CountTable.from_matrix({"drug": [30, 10], "placebo": [20, 22]}, ["yes", "no"])
    return made(tmp_path / "results", arms, [chi_square(arms, method="pearson").describing(outcome="relief")])


def test_the_numbers_of_a_folder_are_counted_again(call: Call, run: Path) -> None:
    code, out, error = call("--results", run)
    assert (code, error) == (0, "")
    assert "What differs" not in out
    results = read(run)
    results["statistics"][0]["p"] = 0.021063683757075771
    write(run, results)
    code, out, error = call("--results", run)
    assert (code, error) == (3, "")
    assert {"chi_square", "0.0210637", "0.0110637", "80da88e5c7d3….json"} <= {*out.split()}
    assert max(len(line) for line in out.splitlines()) <= 80


def test_a_file_without_its_folder_says_that_the_counts_were_not_there(call: Call, run: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone.json"
    alone.write_bytes((run / "results.json").read_bytes())
    code, out, _ = call("--results", alone)
    assert code == 0
    assert "1 cannot be checked: the counts were not there: only the file was given" in words(out)


def test_an_unknown_check_is_refused_with_file_row_and_remedy(call: Call, own: Callable[[str], Path]) -> None:
    path = own("59.7%")
    path.write_text(
        path.read_text(encoding="utf-8").replace('check = "percent"', 'check = "per_cent"'), encoding="utf-8"
    )
    code, out, error = call("--file", path)
    assert (code, out) == (2, "")
    assert error == (
        f"{path}: checks[1].check: there is no such kind\n  received: per_cent\n  try: did you mean “percent”?\n"
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("pars-injection-2025",), "did you mean “pars-injections-2025”?"),
        (("nothing",), "one of ct-or-fluoroscopy-2025, "),
        (("pars-injections-2025", "--file", "own.toml"), "only one thing can be checked at a time"),
        (("--file", "a.toml", "--results", "b.json"), "only one thing can be checked at a time"),
        (("--file", "nowhere.toml"), "there is no such file"),
        (("--results", "nowhere"), "cannot be read"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_way_on(call: Call, arguments: tuple[str, ...], says: str) -> None:
    code, out, error = call(*arguments)
    assert (code, out) == (2, "")
    assert says in error
    assert "Traceback" not in error
