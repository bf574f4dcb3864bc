"""The bench's own side keeps working: its rows, its studies, and the values it compares by name."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"


def bench(*command: str) -> str:
    done = subprocess.run([sys.executable, str(BENCH / command[0]), *command[1:]], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench")
    bench("rows.py", str(folder), "200")
    return folder


@pytest.mark.parametrize("study", ["trial", "pars", "pars_models"])
def test_every_study_of_the_bench_runs_and_nothing_fails(rows: Path, study: str) -> None:
    folder, values = rows / f"{study.removesuffix('_models')}_200", rows / f"{study}.json"
    line = json.loads(bench("foramen_report.py", str(BENCH / "studies" / f"{study}.toml"), str(folder), str(values)))
    found = json.loads(values.read_text())
    assert line["values"] == len(found)
    assert [row["name"] for row in found if row["error"]] == []


def test_the_plain_file_has_the_rows_of_the_snapshot(rows: Path) -> None:
    plain = json.loads(bench("scan.py", str(rows / "pars_200.parquet")))
    stored = json.loads(bench("scan.py", str(rows / "pars_200" / "rows" / "treatment.parquet")))
    assert plain["columns"] == stored["columns"] == 30
