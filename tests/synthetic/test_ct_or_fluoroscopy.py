"""The committed cohort of CT against fluoroscopy is what its script writes, and its joint tables make sense."""

import csv
from collections import Counter
from pathlib import Path

import foramen.library
from foramen.synthetic.cohort_file import write_rows
from foramen.synthetic.ct_or_fluoroscopy import rebuild

COHORT = Path(foramen.library.__file__ or "").parent / "cohorts/ct-or-fluoroscopy/cohort.csv"
SIDES = {"no": 0, "unilateral": 1, "bilateral": 2}


def rows() -> list[dict[str, str]]:
    with COHORT.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_script_writes_the_bytes_of_the_committed_file(tmp_path: Path) -> None:
    write_rows(rebuild(), tmp_path / "cohort.csv")
    assert (tmp_path / "cohort.csv").read_bytes() == COHORT.read_bytes()
    assert len(COHORT.read_bytes()) < 60_000


def test_the_roots_injected_are_the_sides_at_the_three_levels() -> None:
    for row in rows():
        assert int(row["roots"]) == sum(SIDES[row[level]] for level in ("L3", "L4", "L5"))
        assert 1 <= int(row["roots"]) <= 6


def test_each_participant_has_the_dose_of_their_arm_only() -> None:
    given = Counter((row["arm"], bool(row["DAP mGy cm2"]), bool(row["CTDIvol mGy"])) for row in rows())
    assert given == {("fluoroscopy", True, False): 100, ("CT", False, True): 100}


def test_everybody_could_have_been_included() -> None:
    """Of age, with pain of at least 5 of 10 before."""
    assert all(int(row["age"]) >= 18 and int(row["VAS cm before"]) >= 5 for row in rows())


def test_only_satisfaction_with_the_procedure_has_no_answer() -> None:
    doses = ("DAP mGy cm2", "CTDIvol mGy")
    empty = Counter((row["arm"], name) for row in rows() for name in row if not row[name] and name not in doses)
    assert empty == {("fluoroscopy", "satisfaction with procedure"): 4, ("CT", "satisfaction with procedure"): 3}
