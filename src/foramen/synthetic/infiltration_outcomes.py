"""The 330 treatments of an abstract on outcomes after spinal infiltrations, rebuilt from its printed numbers.

Printed are the treatments per procedure and guidance, three percentages of each, and the mean and range of the days
until the questionnaire. The abstract says of side effects only that CT had none; how many the image intensifier had,
and which answers belong to one patient, is invented.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from foramen.kernel.rounding import rounded
from foramen.synthetic.cohort_file import run
from foramen.synthetic.sequences import following, shuffled

SEED = 330


@dataclass(frozen=True, slots=True)
class Printed:
    """What the abstract prints of one procedure: how many treatments, and three percentages."""

    procedure: str
    guidance: str
    treatments: int
    improved: int
    satisfied: int
    again: int


GROUPS = (
    Printed("cervical, image intensifier", "image intensifier", 12, 83, 67, 92),
    Printed("cervical, CT", "CT", 13, 92, 31, 69),
    Printed("lumbar, CT", "CT", 11, 91, 73, 82),
    Printed("sacroiliac joint, image intensifier", "image intensifier", 19, 79, 74, 58),
    Printed("coccyx, image intensifier", "image intensifier", 12, 50, 33, 50),
    Printed("sacral block, image intensifier", "image intensifier", 263, 79, 65, 70),
)

DAYS, MEAN_DAYS = (2, 15), Fraction("2.8")

SIDE_EFFECT_OF = 9
"""Invented: one treatment in nine under the image intensifier."""


def counted(percent: int, total: int) -> int:
    """The count that prints as this percentage; of several, the one that is closest to it."""
    fitting = [n for n in range(total + 1) if rounded(Fraction(100 * n, total), 0) == str(percent)]
    return min(fitting, key=lambda n: (abs(100 * n - percent * total), n))


def rebuild() -> list[dict[str, object]]:
    """One row per treatment, in no order."""
    rng = random.Random(SEED)
    rows = [row for group in GROUPS for row in _treatments(group, rng)]
    rng.shuffle(rows)
    return [{**row, "days": days} for row, days in zip(rows, _days(len(rows), rng), strict=True)]


def _treatments(group: Printed, rng: random.Random) -> Iterator[dict[str, object]]:
    improved = _answers(group.improved, group.treatments, rng)
    satisfied = following(_answers(group.satisfied, group.treatments, rng), improved, 1, rng)
    again = following(_answers(group.again, group.treatments, rng), satisfied, 1, rng)
    for answers in zip(improved, satisfied, again, strict=True):
        affected = group.guidance != "CT" and rng.randrange(SIDE_EFFECT_OF) == 0
        yield {
            "procedure": group.procedure,
            "guidance": group.guidance,
            **dict(zip(("improved", "satisfied", "again"), answers, strict=True)),
            "side_effect": int(affected),
        }


def _answers(percent: int, total: int, rng: random.Random) -> list[int]:
    yes = counted(percent, total)
    return [int(answer) for answer in shuffled({"1": yes, "0": total - yes}, rng)]


def _days(total: int, rng: random.Random) -> list[int]:
    """Nobody answers before the first day, one on the last; the days in between are given out one at a time."""
    first, last = DAYS
    days = [first] * (total - 1) + [last]
    for _ in range(round(MEAN_DAYS * total) - sum(days)):
        days[rng.randrange(total - 1)] += 1
    rng.shuffle(days)
    return days


if __name__ == "__main__":
    run(rebuild, "Rebuild 330 infiltrations from a printed abstract.")
