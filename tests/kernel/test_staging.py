"""Folders appear whole or not at all, and nobody else's folder is ever replaced."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from foramen.kernel.errors import OutputError
from foramen.kernel.staging import staged_folder


def fill(folder: Path, text: str = "{}") -> None:
    (folder / "manifest.json").write_text(text)


def test_a_folder_appears_with_everything_in_it(tmp_path: Path) -> None:
    with staged_folder(tmp_path / "a" / "out") as staging:
        assert staging.stat().st_mode & 0o777 == 0o700
        assert not (tmp_path / "a" / "out").exists()
        fill(staging)
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["out"]
    assert (tmp_path / "a" / "out" / "manifest.json").read_text() == "{}"


def test_a_failure_leaves_the_old_folder_and_nothing_else(tmp_path: Path) -> None:
    with staged_folder(tmp_path / "out") as staging:
        fill(staging, '"old"')
    with pytest.raises(RuntimeError), staged_folder(tmp_path / "out") as staging:
        fill(staging, "new")
        raise RuntimeError
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out" / "manifest.json").read_text() == '"old"'


def test_a_folder_of_ours_is_replaced_whole(tmp_path: Path) -> None:
    for name in ("old", "new"):
        with staged_folder(tmp_path / "out") as staging:
            fill(staging, f'{{"files": {{"rows/{name}": 1, "{name}": 1}}}}')
            (staging / name).touch()
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["manifest.json", "new"]


def test_a_foreign_folder_or_file_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "thesis.txt").write_text("years")
    (tmp_path / "file").write_text("a file")
    for name in ("theirs", "file"):
        with pytest.raises(OutputError, match=r"stands where|did not write"), staged_folder(tmp_path / name):
            pass
    assert (tmp_path / "theirs" / "thesis.txt").read_text() == "years"
    assert (tmp_path / "file").read_text() == "a file"


def test_a_file_somebody_added_to_a_folder_of_ours_is_never_removed(tmp_path: Path) -> None:
    for text in ("{}", "{}"):
        with staged_folder(tmp_path / "out") as staging:
            fill(staging, text)
    (tmp_path / "out" / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match="did not write") as refused, staged_folder(tmp_path / "out") as staging:
        fill(staging)
    assert "notes.txt" in str(refused.value)
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_full_disk_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="the disk is full; nothing was written"), staged_folder(tmp_path / "out"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from foramen.kernel.staging import staged_folder\n"
        "with staged_folder(Path(sys.argv[1])) as staging:\n"
        "    (staging / 'counts.json').write_text('half'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(tmp_path / "out")], check=False)
    assert killed.returncode == -9
    assert len(list(tmp_path.iterdir())) == 1
    with staged_folder(tmp_path / "out") as staging:
        fill(staging)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
