"""A full disk stops the import with one sentence; nothing half-written stays."""

import errno
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from foramen.intake.table import import_table
from foramen.kernel.errors import OutputError
from foramen.snapshot import write
from tests.conftest import unavailable
from tests.intake.small import WIDE, left_over, written

LINES = "pid,age,arm,n0,n1\n" + "".join(
    f"{i},{i * 7919 % 90},{'AB'[i % 3 % 2]},{i * 31 % 11},3\n" for i in range(60_000)
)


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder], capture_output=True)
    if mounted.returncode:
        unavailable("the right to mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_disk_that_fills_up_leaves_nothing_behind(tmp_path: Path, tiny_disk: Path) -> None:
    file, mapping = written(tmp_path, "data.csv", LINES), written(tmp_path, "mapping.toml", WIDE)
    with pytest.raises(OutputError, match="the disk is full; nothing was written"):
        import_table([file], mapping, tiny_disk / "snapshot", quarantine=None, progress=lambda rows, percent: None)
    assert left_over(tiny_disk) == []


def test_an_error_of_the_disk_keeps_the_earlier_snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, mapping = written(tmp_path, "data.csv", LINES), written(tmp_path, "mapping.toml", WIDE)

    def imported() -> None:
        import_table([file], mapping, tmp_path / "snapshot", quarantine=None, progress=lambda rows, percent: None)

    def full(*_: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    imported()
    before = (tmp_path / "snapshot" / "manifest.json").read_bytes()
    monkeypatch.setattr(write.SnapshotWriter, "finish", full)
    with pytest.raises(OutputError, match="the disk is full; nothing was written"):
        imported()
    assert (tmp_path / "snapshot" / "manifest.json").read_bytes() == before
    assert left_over(tmp_path, "data.csv", "mapping.toml", "snapshot") == []


def test_a_full_disk_of_the_quarantine_is_named(tmp_path: Path, tiny_disk: Path) -> None:
    file = written(tmp_path, "data.csv", LINES.replace(",3\n", ",33\n") + "60001,1,A,1,1\n")
    mapping = written(tmp_path, "mapping.toml", WIDE)
    with pytest.raises(OutputError, match="quarantine file cannot be written: No space left"):
        import_table(
            [file],
            mapping,
            tmp_path / "snapshot",
            quarantine=tiny_disk / "aside.csv",
            progress=lambda rows, percent: None,
        )
    assert left_over(tiny_disk) == []
    assert left_over(tmp_path, "data.csv", "mapping.toml", "disk") == []
