"""The committed cohort of pars injections is what its script writes, and has what the paper prints, by other tools."""

import csv
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.inter_rater import cohens_kappa

import foramen.library
from foramen.kernel.rounding import rounded
from foramen.synthetic.cohort_file import write_rows
from foramen.synthetic.pars_injections import rebuild

COHORT = Path(foramen.library.__file__ or "").parent / "cohorts/pars-injections/cohort.csv"
TIMES = ("NRS before", "NRS 15 min", "NRS 1 month")


def rows() -> list[dict[str, str]]:
    with COHORT.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def included() -> list[dict[str, str]]:
    return [row for row in rows() if row["excluded for"] == "none"]


def scores() -> np.ndarray:
    """134 × 3: before, 15 minutes, 1 month."""
    return np.array([[int(row[time]) for time in TIMES] for row in included()])


def test_the_script_writes_the_bytes_of_the_committed_file(tmp_path: Path) -> None:
    write_rows(rebuild(), tmp_path / "cohort.csv")
    assert (tmp_path / "cohort.csv").read_bytes() == COHORT.read_bytes()
    assert len(COHORT.read_bytes()) < 60_000


def test_of_289_patients_155_are_excluded_and_nothing_else_is_said_of_them() -> None:
    excluded = [row for row in rows() if row["excluded for"] != "none"]
    assert (len(rows()), len(excluded)) == (289, 155)
    said = {name for row in excluded for name, cell in row.items() if cell}
    assert said == {"patient", "excluded for"}
    assert all(all(row.values()) for row in included())


@pytest.mark.parametrize(("time", "mean", "sd"), [(0, "5.7", "2.2"), (1, "3.7", "2.5"), (2, "3.2", "3.0")])
def test_scores_have_the_printed_mean_and_standard_deviation(time: int, mean: str, sd: str) -> None:
    found = scores()[:, time]
    assert (rounded(float(found.mean()), 1), rounded(float(found.std(ddof=1)), 1)) == (mean, sd)


@pytest.mark.parametrize(("time", "mean", "sd"), [(1, "-34.4", "47.3"), (2, "-47.5", "42.9")])
def test_changes_in_percent_have_the_printed_mean_and_standard_deviation(time: int, mean: str, sd: str) -> None:
    before, after = scores()[:, 0], scores()[:, time]
    change = 100 * (after - before) / before
    assert (rounded(float(change.mean()), 1), rounded(float(change.std(ddof=1)), 1)) == (mean, sd)


def test_the_correlation_of_both_follow_ups_is_the_printed_one() -> None:
    found = scores()
    assert rounded(float(stats.spearmanr(found[:, 1], found[:, 2]).statistic), 2) == "0.61"


def test_ages_reach_from_18_to_86() -> None:
    ages = [int(row["age"]) for row in included()]
    assert (min(ages), max(ages)) == (18, 86)


def test_every_call_is_made_in_the_fifth_week() -> None:
    assert {int(row["day of 1 month"]) for row in included()} <= set(range(28, 36))


@pytest.mark.parametrize(
    ("finding", "low", "high"),
    [("facet", 0.41, 0.60), ("recess", 0.41, 0.60), ("contrast", 0.61, 0.80), ("disc", 0.61, 0.80),
     ("soft tissue", 0.61, 0.80), ("segments", 0.81, 1), ("modic", 0.81, 1), ("meyerding", 0.81, 1),
     ("isthmic oedema", 0.935, 0.945)],
)  # fmt: skip
def test_readers_agree_as_the_text_says(finding: str, low: float, high: float) -> None:
    pairs = Counter((row[f"{finding} r1"], row[f"{finding} r2"]) for row in included())
    levels = sorted({level for pair in pairs for level in pair})
    table = np.array([[pairs[a, b] for b in levels] for a in levels])
    assert low <= cohens_kappa(table).kappa <= high


def test_a_slip_and_its_grade_say_the_same() -> None:
    """Grade 0 is no slip; further grades are quarters of an end plate of 36 mm."""
    for row in included():
        for reader in ("r1", "r2"):
            mm, grade = int(row[f"slip mm {reader}"]), int(row[f"meyerding {reader}"])
            assert grade == (0 if mm == 0 else 1 + mm * 4 // 36 - (mm * 4 % 36 == 0)), (mm, grade)
