"""A run that is killed, and runs that race for one folder, never leave half a result."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.two_arms import STUDY, two_arms_snapshot

pytestmark = pytest.mark.soak

FORAMEN = [sys.executable, "-c", "from foramen.cli import main; main()"]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return two_arms_snapshot(tmp_path_factory.mktemp("cohort"), patients=3000)


def start(snapshot: Path, out: Path) -> subprocess.Popen[bytes]:
    command = [*FORAMEN, "study", "run", str(STUDY), "--snapshot", str(snapshot), "--out", str(out)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def check_whole(out: Path) -> None:
    results = json.loads((out / "results.json").read_bytes())
    named = {row["inputs"] for row in results["statistics"] if row["inputs"]}
    assert named == {path.stem for path in (out / "counts").iterdir()} & named
    assert (out / "report.html").read_text().rstrip().endswith("</html>")


def test_a_killed_run_leaves_the_old_results_or_the_new_ones_or_none(snapshot: Path, tmp_path: Path) -> None:
    chance = random.Random(20)
    out = tmp_path / "out"
    begun = time.monotonic()
    start(snapshot, out).wait()
    whole = time.monotonic() - begun
    check_whole(out)
    for _ in range(25):
        process = start(snapshot, out)
        time.sleep(chance.uniform(0.5, 1.05) * whole)
        process.send_signal(signal.SIGKILL)
        process.wait()
        if out.exists():
            check_whole(out)
    start(snapshot, out).wait()
    check_whole(out)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_runs_that_race_for_one_folder_leave_one_whole_result(snapshot: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for _ in range(5):
        racing = [start(snapshot, out) for _ in range(4)]
        codes = [process.wait() for process in racing]
        assert set(codes) <= {0, 2}
        assert 0 in codes
        check_whole(out)
