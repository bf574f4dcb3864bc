"""The committed cohorts are what their scripts write, and have what the papers print."""

import csv
import importlib
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

from foramen.intake.table import import_table
from foramen.snapshot.store import open_snapshot
from foramen.synthetic.cohort_file import write_rows
from foramen.synthetic.infiltration_outcomes import GROUPS, counted

COHORTS = Path(importlib.import_module("foramen.library").__file__ or "").parent / "cohorts"
NAMES = {
    "infiltration-outcomes": "reconstructed",
    "ultrasound-rehabilitation": "reconstructed",
    "service-review": "invented",
}


def rows(name: str) -> list[dict[str, str]]:
    with (COHORTS / name / "cohort.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("name", NAMES)
def test_the_script_writes_the_bytes_of_the_committed_file(name: str, tmp_path: Path) -> None:
    module = importlib.import_module(f"foramen.synthetic.{name.replace('-', '_')}")
    write_rows(module.rebuild(), tmp_path / "cohort.csv")
    assert (tmp_path / "cohort.csv").read_bytes() == (COHORTS / name / "cohort.csv").read_bytes()
    assert len((COHORTS / name / "cohort.csv").read_bytes()) < 150_000


@pytest.mark.parametrize("name", NAMES)
def test_every_row_is_imported_and_the_snapshot_says_that_nobody_is_behind_it(name: str, tmp_path: Path) -> None:
    folder = COHORTS / name
    found = import_table(
        [folder / "cohort.csv"],
        folder / "mapping.toml",
        tmp_path / "snapshot",
        quarantine=None,
        progress=lambda rows, percent: None,
    )
    assert found.index_events == len(rows(name))
    assert open_snapshot(tmp_path / "snapshot").manifest["people"] == NAMES[name]


@pytest.mark.parametrize(
    ("percent", "total", "count"),
    [(83, 12, 10), (31, 13, 4), (79, 19, 15), (79, 263, 208), (65, 263, 171), (70, 263, 184), (50, 12, 6), (0, 9, 0)],
)
def test_a_percentage_gives_the_closest_count_that_prints_so(percent: int, total: int, count: int) -> None:
    assert counted(percent, total) == count


def test_small_groups_leave_no_choice_of_the_count() -> None:
    """Elsewhere every other count prints as another percentage."""
    for group in GROUPS[:-1]:
        for percent in (group.improved, group.satisfied, group.again):
            count = counted(percent, group.treatments)
            others = [n for n in range(group.treatments + 1) if n != count]
            assert all(abs(Fraction(100 * n, group.treatments) - percent) > Fraction(1, 2) for n in others)


def test_no_treatment_under_ct_has_a_side_effect_and_some_others_have() -> None:
    found = Counter((row["guidance"], row["side_effect"]) for row in rows("infiltration-outcomes"))
    assert found["CT", "1"] == 0
    assert found["CT", "0"] == 13 + 11
    assert found["image intensifier", "1"] > 0


def test_volumes_of_the_service_average_as_printed() -> None:
    months = Counter((row["period"], row["month"]) for row in rows("service-review"))
    volumes: dict[str, list[int]] = {}
    for (period, _), volume in months.items():
        volumes.setdefault(period, []).append(volume)
    assert {period: Fraction(sum(found), len(found)) for period, found in volumes.items()} == {
        "fiscal 2017": 38,
        "fiscal 2018": 53,
        "now": 61,
    }


def test_a_repeat_follows_a_first_injection_with_pain_at_one_week_and_a_late_call() -> None:
    """Sets of two: nobody has a repeat without the first before it, and no third."""
    last: dict[str, dict[str, str]] = {}
    for row in rows("service-review"):
        before = last.get(row["patient"])
        if row["of_set"] == "2":
            assert before is not None
            assert before["of_set"] == "1"
            assert int(before["nrs_1w"]) >= 3
            assert before["nrs_2w"]
            assert before["date"] < row["date"]
        assert not row["nrs_2w"] or int(row["nrs_1w"]) >= 3
        last[row["patient"]] = row


def test_no_treatment_has_doses_of_two_kinds_of_imaging() -> None:
    for row in rows("service-review"):
        other = ("CTDIvol mGy", "DLP mGy cm") if row["guidance"] == "F" else ("DAP mGy cm2",)
        assert [row[name] for name in other] == [""] * len(other)


def test_the_command_writes_the_file_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from foramen.synthetic import cohort_file, ultrasound_rehabilitation

    monkeypatch.setattr(sys, "argv", ["script", str(tmp_path / "out.csv")])
    cohort_file.run(ultrasound_rehabilitation.rebuild, "text")
    committed = COHORTS / "ultrasound-rehabilitation" / "cohort.csv"
    assert (tmp_path / "out.csv").read_bytes() == committed.read_bytes()
