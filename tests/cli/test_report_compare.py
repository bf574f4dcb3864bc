"""`foramen report compare`: what two reports give away together, in words, with an exit code, without the number."""

import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from foramen.cli import main, report_commands
from foramen.snapshot.store import Snapshot
from foramen.study.outputs import write_results
from foramen.study.release import internal, release
from tests.study.small import EACH, run, snapshot

Call = Callable[..., tuple[int, str, str]]

STUDY = (
    EACH
    + """
[groups]
variable = "arm"
levels = [{levels}]
[[outcomes]]
name = "sex"
kind = "category"
variable = "sex"
[[outcomes]]
name = "age"
kind = "score"
variable = "age"
[[analyses]]
name = "who"
kind = "describe"
outcomes = ["sex", "age"]
missing = "available"
"""
)

OLDER = '[[population]]\nname = "adults"\nkeep = {{ variable = "age", at_least = {age} }}\n'


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run a command in this process: exit code, standard output, standard error."""
    root = typer.Typer(pretty_exceptions_enable=False)
    root.add_typer(report_commands.app, name="report")
    monkeypatch.setattr("foramen.cli.app", root)

    def run_command(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["foramen", "report", "compare", *map(str, arguments)])
        with pytest.raises(SystemExit) as leaving:
            main()
            raise SystemExit(0)
        captured = capsys.readouterr()
        return int(leaving.value.code or 0), captured.out, captured.err

    return run_command


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A: 40 female and 60 male, B: 30 female and 7 male; three of the women of A are 17."""
    arm, sex = [0] * 100 + [1] * 37, [0] * 40 + [1] * 60 + [0] * 30 + [1] * 7
    ages = [17] * 3 + [30 + i % 40 for i in range(134)]
    return snapshot(tmp_path_factory.mktemp("held") / "snapshot", {"arm": arm, "sex": sex, "age": ages})


class Reports:
    """Results folders of studies on the snapshot."""

    def __init__(self, folder: Path, held: Snapshot) -> None:
        self.folder, self.held = folder, held

    def write(self, name: str, *, levels: str = '"A", "B"', more: str = "", marked: bool = False) -> Path:
        """The folder of that name, written when it is first asked for."""
        out = self.folder / name
        if not out.exists():
            (self.folder / f"{name}_study").mkdir()
            results = run(self.folder / f"{name}_study", self.held, STUDY.format(levels=levels) + more)
            write_results(internal(results) if marked else release(results, threshold=11), out, files={})
        return out


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory, held: Snapshot) -> Reports:
    return Reports(tmp_path_factory.mktemp("reports"), held)


def test_a_report_gives_nothing_away_beside_itself(reports: Reports, call: Call) -> None:
    code, out, error = call(reports.write("both"), reports.write("again"))
    assert (code, error) == (0, "")
    assert "one snapshot, one study definition, threshold 11" in out
    assert "Nothing was found that the two reports give away together." in out


def test_what_one_withholds_and_the_other_shows_is_named_and_the_number_is_not(reports: Reports, call: Call) -> None:
    released, marked = reports.write("both"), reports.write("marked", marked=True)
    code, out, error = call(released, marked)
    assert code == 3
    assert (
        "sex, group B: male\n  A: withheld, analysis “who”\n  B: shown, analysis “who”\n  why: withheld in one" in out
    )
    assert re.search(r"\b7\b", out.replace(str(released), "").replace(str(marked), "")) is None
    assert "give away" in error
    assert "try: " in error


def test_a_small_number_that_both_together_give_is_found(reports: Reports, call: Call) -> None:
    """The men of B are everybody's less those of A, whom the report on A alone shows."""
    both, only = reports.write("both"), reports.write("only", levels='"A"')
    code, out, _ = call(both, only, "--json")
    said = json.loads(out)
    assert code == 3
    assert (said["threshold"], said["same_snapshot"], said["same_definition"]) == (11, True, False)
    found = {finding["what"]: finding["why"] for finding in said["findings"]}
    assert found["sex, group B: male"] == "can be worked out by adding and subtracting"
    assert "7" not in "".join(found.values())


def test_populations_that_differ_by_a_few_people_are_found(reports: Reports, call: Call) -> None:
    everybody = reports.write("only", levels='"A"')
    adults = reports.write("adults", levels='"A"', more=OLDER.format(age=18))
    code, out, _ = call(everybody, adults)
    assert code == 3
    shown = "  A: shown, analysis “who”\n  B: shown, analysis “who”\n"
    assert f"sex, group A: female\n{shown}  why: the two numbers differ by 1 to 10" in out
    assert f"group A: how many there are\n{shown}" in out
    assert "the flow, group A: left" in out
    assert "sex, group A: male" not in out
    assert call(everybody, adults, "--threshold", "3")[0] == 0


def test_populations_that_differ_by_many_are_not_taken_for_one_another(reports: Reports, call: Call) -> None:
    everybody = reports.write("only", levels='"A"')
    older = reports.write("older", levels='"A"', more=OLDER.format(age=45))
    assert call(everybody, older)[0] == 0


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / "results.json").unlink(), "there are no results here"),
        (lambda folder: (folder / "results.json").write_text("{"), "not what a results folder of this version holds"),
        (lambda folder: (folder / "results.json").write_text("[]"), "not what a results folder of this version holds"),
        (lambda folder: (folder / "manifest.json").write_text('{"kind": "snapshot"}'), "not that of these results"),
        (
            lambda folder: (folder / "results.json").write_text(
                json.dumps(
                    {"manifest": json.loads((folder / "manifest.json").read_text()), "statistics": [{"name": 1}]}
                )
            ),
            "not what a results folder of this version holds",
        ),
    ],
)
def test_a_folder_that_is_no_report_is_refused(
    reports: Reports, tmp_path: Path, call: Call, spoil: Callable[[Path], object], said: str
) -> None:
    one = reports.write("both")
    other = Path(shutil.copytree(one, tmp_path / "other"))
    spoil(other)
    code, out, error = call(one, other)
    assert code == 2
    assert out == ""
    assert said in error
    assert "try: " in error
    assert str(other) in error
