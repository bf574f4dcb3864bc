"""The 40 patients of an abstract on infiltration with rehabilitation, rebuilt from its printed means.

Printed are the means of four scores at baseline (T0) and after the second cycle (T2). Their spread, how they hang
together in one patient, and everything after the first cycle (T1) are invented.
"""

import random
from dataclasses import dataclass

from foramen.synthetic.cohort_file import run
from foramen.synthetic.sequences import following, integers_with_moments

PATIENTS = 40
SEED = 40


@dataclass(frozen=True, slots=True)
class Score:
    """A score in steps of `step` up to `steps` of them. Means and invented SDs are in steps, as text: (T0, T2)."""

    name: str
    step: int
    steps: int
    means: tuple[str, str]
    sds: tuple[str, str]


SCORES = (
    Score("odi", 2, 50, ("16.75", "1.75"), ("3.6", "1.3")),
    Score("qbpds", 1, 100, ("61.5", "10.3"), ("9.5", "5.4")),
    Score("rdq", 1, 24, ("18.0", "3.4"), ("2.9", "2.2")),
    Score("nrs", 1, 10, ("7.4", "1.3"), ("1.2", "1.0")),
)
"""The Oswestry index has 50 points of 2 %: its printed 33.5 and 3.5 % are 16.75 and 1.75 points."""

STILL_TO_COME = (45, 105)
"""Invented: percent of the final improvement that is still to come at T1; above 100 the patient got worse first."""


def rebuild() -> list[dict[str, object]]:
    """One row per patient."""
    rng = random.Random(SEED)
    severity = [rng.randrange(100) for _ in range(PATIENTS)]
    rows: list[dict[str, object]] = [{"patient": 101 + i} for i in range(PATIENTS)]
    for score in SCORES:
        before, after = (_drawn(score, visit, severity, rng) for visit in (0, 1))
        for row, first, last in zip(rows, before, after, strict=True):
            between = min(last + (first - last) * rng.randint(*STILL_TO_COME) // 100, score.steps)
            points = {"t0": first, "t1": between, "t2": last}
            row |= {f"{score.name}_{visit}": score.step * steps for visit, steps in points.items()}
    return rows


def _drawn(score: Score, visit: int, severity: list[int], rng: random.Random) -> list[int]:
    """Higher in patients who are worse in everything."""
    values = integers_with_moments(PATIENTS, score.means[visit], score.sds[visit], 0, score.steps, rng)
    return following(values, severity, 40, rng)


if __name__ == "__main__":
    run(rebuild, "Rebuild 40 patients from a printed abstract.")
