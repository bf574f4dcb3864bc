"""An import that is killed leaves nothing half-written, and a large file needs no more memory than a small one."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from foramen.snapshot.store import open_snapshot
from tests.intake.small import WIDE, changed, written

pytestmark = pytest.mark.soak

MAPPING = changed(WIDE, ('kind = "treatment"', 'kind = "treatment"\nkey = "no"'))
RUN = """
import resource, sys
from pathlib import Path
from foramen.intake.table import import_table
file, mapping, out, *aside = map(Path, sys.argv[1:])
quarantine = aside[0] if aside else None
progress = lambda rows, percent: print(rows, flush=True)
summary = import_table([file], mapping, out, quarantine=quarantine, progress=progress)
print(summary.source_rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def big_table(folder: Path, rows: int, *, bad: int = 0) -> Path:
    """Shuffled people with one or two index events each; one row of so many has an arm that is not listed."""
    draw = random.Random(rows)
    people = list(range(rows * 2 // 3))
    draw.shuffle(people)
    people += people[: rows - len(people)]
    path = folder / f"data{rows}.csv"
    with path.open("w") as stream:
        stream.write("pid,no,age,arm,n0,n1\n")
        for i, person in enumerate(people):
            arm = "X" if bad and i % bad == 0 else "AB"[i % 2]
            stream.write(f"SECRET{person:09},{i},{person % 90},{arm},{draw.randrange(11)},{draw.randrange(11)}\n")
    return path


def started(file: Path, mapping: Path, out: Path, *quarantine: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", RUN, file, mapping, out, *quarantine], stdout=subprocess.PIPE, text=True
    )


def test_a_killed_import_leaves_no_snapshot_and_no_patient_number(tmp_path: Path) -> None:
    mapping, file = written(tmp_path, "mapping.toml", MAPPING), big_table(tmp_path, 400_000, bad=50)
    target = tmp_path / "target"
    target.mkdir()
    begin = time.monotonic()
    started(file, mapping, tmp_path / "whole", tmp_path / "whole.csv").communicate()
    needed = time.monotonic() - begin
    whole, aside = open_snapshot(tmp_path / "whole"), (tmp_path / "whole.csv").read_bytes()
    killed = 0
    for attempt in range(10):
        out, quarantine = target / f"try{attempt}", target / f"aside{attempt}.csv"
        process = started(file, mapping, out, quarantine)
        time.sleep(needed * (attempt + 1) / 10)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
        assert not out.exists() or open_snapshot(out).digest == whole.digest
        assert not quarantine.exists() or quarantine.read_bytes() == aside
        check_no_value(target, quarantine)
        quarantine.unlink(missing_ok=True)
    assert killed >= 5
    small = big_table(tmp_path, 100)
    for attempt in range(10):
        started(small, mapping, target / f"try{attempt}").communicate()
    assert sorted(path.name for path in target.iterdir()) == sorted(f"try{attempt}" for attempt in range(10))
    started(file, mapping, target / "try0", target / "aside.csv").communicate()
    assert open_snapshot(target / "try0").digest == whole.digest


def check_no_value(folder: Path, quarantine: Path) -> None:
    """No file holds a patient's number but a whole quarantine."""
    for path in folder.rglob("*"):
        assert path == quarantine or not path.is_file() or b"SECRET" not in path.read_bytes(), path


def test_a_killed_import_over_an_earlier_snapshot_leaves_one_of_the_two(tmp_path: Path) -> None:
    mapping, out = written(tmp_path, "mapping.toml", MAPPING), tmp_path / "out"
    started(big_table(tmp_path, 100), mapping, out).communicate()
    earlier = open_snapshot(out).digest
    file = big_table(tmp_path, 200_000)
    process = started(file, mapping, tmp_path / "whole")
    begin = time.monotonic()
    process.communicate()
    needed, later = time.monotonic() - begin, open_snapshot(tmp_path / "whole").digest
    for attempt in range(6):
        process = started(file, mapping, out)
        time.sleep(needed * (attempt + 1) / 8)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert open_snapshot(out).digest in (earlier, later)
    started(file, mapping, out).communicate()
    assert open_snapshot(out).digest == later
    assert list(tmp_path.glob(".*")) == []


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    mapping = written(tmp_path, "mapping.toml", MAPPING)
    peaks = []
    for rows in (300_000, 1_500_000):
        out, _ = started(big_table(tmp_path, rows), mapping, tmp_path / f"out{rows}").communicate()
        read, peak = map(int, out.splitlines()[-1].split())
        assert read == rows
        peaks.append(peak)
    assert peaks[1] < 1.5 * peaks[0]
