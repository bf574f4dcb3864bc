"""Folders appear whole or not at all, and nobody else's folder is ever replaced."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from foramen.kernel.errors import OutputError
from foramen.kernel.staging import staged_folder


def fill(folder: Path, *, kind: str = "results", files: str = "") -> None:
    listed = {"files": {files: {}}} if files else {}
    (folder / "manifest.json").write_text(json.dumps({"kind": kind, **listed}))
    if files:
        (folder / files).touch()


def test_a_folder_appears_with_everything_in_it(tmp_path: Path) -> None:
    with staged_folder(tmp_path / "a" / "out", kind="results") as staging:
        assert staging.stat().st_mode & 0o777 == 0o700
        assert not (tmp_path / "a" / "out").exists()
        fill(staging)
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["out"]
    assert (tmp_path / "a" / "out" / "manifest.json").is_file()


def test_a_failure_leaves_the_old_folder_and_nothing_else(tmp_path: Path) -> None:
    with staged_folder(tmp_path / "out", kind="results") as staging:
        fill(staging, files="old")
    with pytest.raises(RuntimeError), staged_folder(tmp_path / "out", kind="results") as staging:
        fill(staging, files="new")
        raise RuntimeError
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out" / "old").exists()


def test_a_folder_of_the_same_kind_is_replaced_whole(tmp_path: Path) -> None:
    for name in ("old", "new"):
        with staged_folder(tmp_path / "out", kind="results") as staging:
            fill(staging, files=name)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["manifest.json", "new"]


@pytest.mark.parametrize(("first", "second"), [("snapshot", "results"), ("results", "snapshot")])
def test_results_never_replace_a_snapshot_nor_the_reverse(tmp_path: Path, first: str, second: str) -> None:
    with staged_folder(tmp_path / "out", kind=first) as staging:
        fill(staging, kind=first, files="rows")
    with pytest.raises(OutputError, match=f"a folder of {first}"), staged_folder(tmp_path / "out", kind=second):
        pass
    assert (tmp_path / "out" / "rows").exists()


def test_a_foreign_folder_or_file_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "thesis.txt").write_text("years")
    (tmp_path / "file").write_text("a file")
    for name in ("theirs", "file"):
        refused = pytest.raises(OutputError, match=r"stands where|something other")
        with refused, staged_folder(tmp_path / name, kind="results"):
            pass
    assert (tmp_path / "theirs" / "thesis.txt").read_text() == "years"
    assert (tmp_path / "file").read_text() == "a file"


def test_a_file_somebody_added_to_a_folder_of_ours_is_never_removed(tmp_path: Path) -> None:
    with staged_folder(tmp_path / "out", kind="results") as staging:
        fill(staging)
    (tmp_path / "out" / "notes.txt").write_text("mine")
    refused = pytest.raises(OutputError, match=r"did not write\n  received: notes.txt")
    with refused, staged_folder(tmp_path / "out", kind="results") as staging:
        fill(staging)
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_full_disk_is_said_in_words(tmp_path: Path) -> None:
    full = pytest.raises(OutputError, match="the disk is full; nothing was written")
    with full, staged_folder(tmp_path / "out", kind="results"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from foramen.kernel.staging import staged_folder\n"
        "with staged_folder(Path(sys.argv[1]), kind='results') as staging:\n"
        "    (staging / 'counts.json').write_text('half'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(tmp_path / "out")], check=False)
    assert killed.returncode == -9
    assert len(list(tmp_path.iterdir())) == 1
    with staged_folder(tmp_path / "out", kind="results") as staging:
        fill(staging)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_kill_between_the_two_renames_loses_nothing(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from foramen.kernel.staging import staged_folder\n"
        "rename = Path.rename\n"
        "def killed(self, other):\n"
        "    rename(self, other)\n"
        "    if other.suffix == '.retired': os.kill(os.getpid(), signal.SIGKILL)\n"
        "Path.rename = killed\n"
        "with staged_folder(Path(sys.argv[1]), kind='results') as staging:\n"
        "    (staging / 'manifest.json').write_text('{}')"
    )
    with staged_folder(tmp_path / "out", kind="results") as staging:
        fill(staging, files="old")
    killed = subprocess.run([sys.executable, "-c", code, str(tmp_path / "out")], check=False)
    assert killed.returncode == -9
    assert not (tmp_path / "out").exists()
    with pytest.raises(RuntimeError), staged_folder(tmp_path / "out", kind="results"):
        raise RuntimeError
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out" / "old").exists()
