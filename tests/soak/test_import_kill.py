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
file, mapping, out = map(Path, sys.argv[1:])
summary = import_table([file], mapping, out, quarantine=None, progress=lambda rows, percent: print(rows, flush=True))
print(summary.rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def big_table(folder: Path, rows: int) -> Path:
    """Shuffled people with one or two index events each."""
    draw = random.Random(rows)
    people = list(range(rows * 2 // 3))
    draw.shuffle(people)
    people += people[: rows - len(people)]
    path = folder / f"data{rows}.csv"
    with path.open("w") as stream:
        stream.write("pid,no,age,arm,n0,n1\n")
        for i, person in enumerate(people):
            stream.write(
                f"SECRET{person:09},{i},{person % 90},{'AB'[i % 2]},{draw.randrange(11)},{draw.randrange(11)}\n"
            )
    return path


def started(file: Path, mapping: Path, out: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", RUN, file, mapping, out], stdout=subprocess.PIPE, text=True)


def test_a_killed_import_leaves_no_snapshot_and_no_patient_number(tmp_path: Path) -> None:
    file, mapping = big_table(tmp_path, 400_000), written(tmp_path, "mapping.toml", MAPPING)
    begin = time.monotonic()
    process = started(file, mapping, tmp_path / "whole")
    process.communicate()
    needed = time.monotonic() - begin
    whole = open_snapshot(tmp_path / "whole")
    killed = 0
    for attempt in range(10):
        out = tmp_path / f"try{attempt}"
        process = started(file, mapping, out)
        time.sleep(needed * (attempt + 1) / 10)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
        assert not out.exists() or open_snapshot(out).digest == whole.digest
        for left in tmp_path.glob(f".try{attempt}.*/**/*"):
            assert not left.is_file() or b"SECRET" not in left.read_bytes()
    assert killed >= 5
    process = started(file, mapping, tmp_path / "try0")
    process.communicate()
    assert open_snapshot(tmp_path / "try0").digest == whole.digest


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


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    mapping = written(tmp_path, "mapping.toml", MAPPING)
    peaks = []
    for rows in (300_000, 1_500_000):
        out, _ = started(big_table(tmp_path, rows), mapping, tmp_path / f"out{rows}").communicate()
        read, peak = map(int, out.splitlines()[-1].split())
        assert read == rows
        peaks.append(peak)
    assert peaks[1] < 1.5 * peaks[0]
