"""What a user types and what comes back: exit codes, messages with what, where, received, try; never a traceback."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from foramen.cli import main
from tests.two_arms import MAPPING, STUDY, two_arms_snapshot

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run a command in this process: exit code, standard output, standard error."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["foramen", *map(str, arguments)])
        with pytest.raises(SystemExit) as leaving:
            main()
            raise SystemExit(0)
        captured = capsys.readouterr()
        return int(leaving.value.code or 0), captured.out, captured.err

    return run


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with snapshot and results."""
    folder = tmp_path_factory.mktemp("demo")
    command = ["study", "run", STUDY, "--snapshot", two_arms_snapshot(folder), "--out", folder / "results", "--quiet"]
    program = [sys.executable, "-c", "from foramen.cli import main; main()"]
    subprocess.run([*program, *map(str, command)], check=True, capture_output=True)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def check_refused(shown: tuple[int, str, str], *said: str) -> None:
    code, out, error = shown
    assert code == 2, error
    assert out == ""
    assert "Traceback" not in error
    for text in said:
        assert text in error


def test_the_demo_leaves_a_report_with_results_and_their_count_tables(demo: Path) -> None:
    written = contents(demo / "results")
    results = json.loads(written["results.json"])
    named = {f"counts/{row['inputs']}.json" for row in results["statistics"] if row["inputs"]}
    assert {"results.json", "results.csv", "report.html", "manifest.json"} <= written.keys()
    assert named
    assert named <= written.keys()
    manifest = json.loads(written["manifest.json"])
    assert sorted(manifest.pop("files")) == sorted(written)
    assert results["manifest"] == manifest


def test_a_repeated_run_writes_the_same_bytes(call: Call, demo: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        code, _, _ = call("study", "run", STUDY, "--snapshot", demo / "snapshot", "--out", tmp_path / name)
        assert code == 0
    assert contents(tmp_path / "one") == contents(tmp_path / "two") == contents(demo / "results")


def test_the_reference_engine_writes_the_same_numbers(call: Call, demo: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = (
        "study",
        "run",
        STUDY,
        "--snapshot",
        demo / "snapshot",
        "--out",
        out,
        "--engine",
        "reference",
    )
    assert call(*command)[0] == 0
    ours, theirs = contents(out), contents(demo / "results")
    assert ours["results.csv"] == theirs["results.csv"]
    assert ours.keys() == theirs.keys()


def test_a_results_folder_is_replaced_but_no_other_folder(call: Call, demo: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = ("study", "run", STUDY, "--snapshot", demo / "snapshot", "--out", out)
    assert call(*command)[0] == 0
    assert call(*command)[0] == 0
    assert call(*command, "--format", "csv")[0] == 0
    assert not (out / "report.docx").exists()
    foreign = tmp_path / "mine"
    foreign.mkdir()
    (foreign / "thesis.txt").write_text("do not lose")
    check_refused(call(*command[:-1], foreign), "something other than results written by Foramen", "try:")
    assert contents(foreign) == {"thesis.txt": b"do not lose"}


def test_results_never_replace_the_snapshot(call: Call, demo: Path, tmp_path: Path) -> None:
    shutil.copytree(demo / "snapshot", tmp_path / "snapshot")
    before = contents(tmp_path / "snapshot")
    command = ("study", "run", STUDY, "--snapshot", tmp_path / "snapshot", "--out", tmp_path / "snapshot")
    check_refused(call(*command), "received: a folder of snapshot")
    assert contents(tmp_path / "snapshot") == before


def test_a_snapshot_with_one_byte_changed_is_refused(call: Call, demo: Path, tmp_path: Path) -> None:
    copy = tmp_path / "snapshot"
    shutil.copytree(demo / "snapshot", copy)
    file = copy / "rows/treatment.parquet"
    changed = bytearray(file.read_bytes())
    changed[len(changed) // 2] ^= 1
    file.chmod(0o644)
    file.write_bytes(changed)
    shown = call("study", "run", STUDY, "--snapshot", copy, "--out", tmp_path / "out")
    check_refused(shown, "changed after it was frozen", "treatment.parquet", "received: SHA-256", "try:")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("missing", ["nowhere", "empty"])
def test_a_folder_without_a_snapshot_is_refused(call: Call, tmp_path: Path, missing: str) -> None:
    (tmp_path / "empty").mkdir()
    shown = call("study", "run", STUDY, "--snapshot", tmp_path / missing, "--out", tmp_path / "out")
    check_refused(shown, "there is no snapshot here", "try:")


def edited(tmp_path: Path, old: str, new: str) -> Path:
    text = STUDY.read_text()
    assert old in text
    path = tmp_path / "study.toml"
    path.write_text(text.replace(old, new))
    return path


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'variable = "odi"',
            'variable = "ody"',
            [
                "study.toml: outcomes[4] (odi): the snapshot has no such variable",
                "received: ody",
                "did you mean “odi”?",
            ],
        ),
        ('outcomes = ["nrs", "odi"]', 'outcomes = ["nrs", "walking"]', ["declares no such outcome", "walking"]),
        ("relief_percent = 50", "relief_percent = 150", ["relief_percent", "received: 150"]),
        ("relief_percent = 50", "at_least = 2", ["nothing here is counted from the baseline", "outcomes[5]"]),
        ("relief_percent = 50", "relief = 50", ["unknown key", "did you mean"]),
        ("relief_percent = 50\n", "", ["a responder has one of relief_percent"]),
        ('which = "first"', 'which = "second"', ["index.which", "received: 'second'"]),
        ("at_least = 3 }", "at_least = 3", ["not valid TOML"]),
        ("days = [28, 35]", "days = [35, 28]", ["first day of a window is not after its last"]),
        ('event = "treatment"', 'event = "allocation"', ["counts from another event", "use treatment"]),
        ('kind = "within"', 'kind = "witin"', ["there is no such kind", "did you mean “within”?"]),
        (
            'unit = "treatment"',
            'unit = "treatment"\nlevel = 95',
            ["study.toml: level", "less than or equal to 0.9999", "received: 95"],
        ),
        ('unit = "treatment"', 'unit = "target"', ["has no rows per target"]),
        ('missing = "available"', 'missing = "failure"', ["makes sense for responders only"]),
        ('tests = ["mcnemar"]', 'tests = ["wilcoxon"]', ["wilcoxon is a test of a number"]),
        ('keep = { variable = "age", at_least = 18 }', 'keep = { variable = "age" }', ["needs a test"]),
        ('variable = "guidance"\n', 'variable = "guidance"\nlevels = ["MRI"]\n', ["no such level", "received: MRI"]),
        ('[{ variable = "guidance" }', '[{ variable = "age", as = "category" }', ["number without levels"]),
    ],
)
def test_a_study_that_cannot_be_done_says_what_where_and_what_to_try(
    call: Call, demo: Path, tmp_path: Path, old: str, new: str, said: list[str]
) -> None:
    study = edited(tmp_path, old, new)
    check_refused(call("study", "check", study, "--snapshot", demo / "snapshot"), *said)
    check_refused(call("study", "run", study, "--snapshot", demo / "snapshot", "--out", tmp_path / "out"), *said)
    assert not (tmp_path / "out").exists()


def test_all_faults_of_a_study_are_reported_together(call: Call, demo: Path, tmp_path: Path) -> None:
    study = edited(tmp_path, 'variable = "guidance"\n', 'variable = "guidanze"\n')
    study.write_text(study.read_text().replace('variable = "satisfaction"', 'variable = "happiness"'))
    shown = call("study", "check", study, "--snapshot", demo / "snapshot")
    check_refused(shown, "guidanze", "happiness")


def test_a_mapping_given_as_a_study_is_told_in_one_sentence(call: Call) -> None:
    shown = call("study", "check", MAPPING)
    check_refused(shown, "this does not look like a study document")
    assert shown[2].count("\n") == 3


def test_a_fault_of_an_outcome_is_said_once(call: Call, demo: Path, tmp_path: Path) -> None:
    study = edited(tmp_path, 'variable = "odi"', 'variable = "ody"')
    _, _, error = call("study", "check", study, "--snapshot", demo / "snapshot")
    assert error.count("no such variable") == 1


def test_check_accepts_what_is_in_order(call: Call, demo: Path) -> None:
    code, out, _ = call("study", "check", STUDY, "--snapshot", demo / "snapshot")
    assert code == 0
    assert "in order" in out


def test_an_unknown_engine_is_refused(call: Call, demo: Path, tmp_path: Path) -> None:
    command = ("study", "run", STUDY, "--snapshot", demo / "snapshot", "--out", tmp_path / "out")
    check_refused(call(*command, "--engine", "spark"), "unknown engine", "received: spark", "duckdb")


def test_a_folder_that_cannot_be_written_is_said(call: Call, demo: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    command = ("study", "run", STUDY, "--snapshot", demo / "snapshot", "--out", blocked / "out")
    check_refused(call(*command), "cannot be written", str(blocked))


def test_a_full_disk_leaves_nothing_behind(
    call: Call, demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = Path.write_bytes

    def full(self: Path, content: bytes) -> int:
        if self.name == "results.csv":
            raise OSError(28, os.strerror(28))
        return written(self, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    shown = call("study", "run", STUDY, "--snapshot", demo / "snapshot", "--out", tmp_path / "out")
    check_refused(shown, "the disk is full; nothing was written", "try:")
    assert list(tmp_path.iterdir()) == []


def test_the_demo_cannot_be_made_in_a_file(call: Call, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, _, error = call("demo", "--out", tmp_path / "file")
    assert code == 2
    assert "cannot be made a folder" in error


def test_a_fault_of_ours_has_exit_code_1_and_no_traceback(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("SECRET123")

    monkeypatch.setattr("foramen.study.run.load_study", broken)
    code, out, error = call("study", "check", tmp_path / "study.toml")
    assert (code, out) == (1, "")
    assert "fault of Foramen" in error
    assert "SECRET123" not in error


def test_a_wrong_option_is_explained(call: Call) -> None:
    code, _, error = call("study", "run", "--snapshots", "here")
    assert code == 2
    assert "No such option" in error
