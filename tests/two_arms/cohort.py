"""An invented trial of two ways of guidance, as the spreadsheet a department would keep."""

import csv
import random
from collections.abc import Iterator
from pathlib import Path

HEADER = (
    "hospital", "patient", "group", "sex", "age", "injection day", "NRS before", "NRS 15 min", "NRS 1 month",
    "day of 1 month call", "ODI before", "ODI 1 month", "satisfaction", "complication",
)  # fmt: skip
HOSPITALS = ("North", "South")
SATISFACTION = ("very unsatisfied", "unsatisfied", "satisfied", "very satisfied")


def write_two_arms(path: Path, *, patients: int, seed: int) -> None:
    """Write a CSV of invented patients; the same number and seed give the same file."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        writer.writerows(_rows(patients, random.Random(seed)))


def _rows(patients: int, chance: random.Random) -> Iterator[list[object]]:
    """Relief is half of the pain on average, more at 15 minutes; one in twelve is not reached at one month."""
    for i in range(patients):
        before = _within(chance.gauss(6.6, 1.6), 2, 10)
        relief = chance.gauss(0.48, 0.30)
        soon, later = _after(before, relief + chance.gauss(0.08, 0.15)), _after(before, relief)
        odi = _within(chance.gauss(34, 11), 4, 90)
        answered, called = chance.random() >= 1 / 12, chance.choices([28, 30, 33, 35, 41], [20, 30, 30, 15, 5])[0]
        grade = _within(2.2 + relief + chance.gauss(0, 0.6), 0, 3)
        yield [
            HOSPITALS[i % 2], 100 + i // 2, chance.choice(["fluoroscopy", "CT"]), chance.choice("FFFMM"),
            _within(chance.gauss(52, 12), 18, 90), 0, before, soon, later if answered else "NA",
            called if answered else "NA", odi, _after(odi, relief * 0.8) if answered else "NA",
            SATISFACTION[grade] if answered else "NA",
            chance.choices(["none", "haematoma", "vasovagal"], [96, 1, 3])[0],
        ]  # fmt: skip


def _within(value: float, low: int, high: int) -> int:
    return max(low, min(high, round(value)))


def _after(before: int, relief: float) -> int:
    return _within(before * (1 - relief), 0, max(before, 10))
