"""Participants rebuilt from the printed tables of the trial of CT against fluoroscopic guidance.

Awad Bessar et al., "Comparing CT-guided and fluoroscopic-guided interventions for chronic low back pain management: a
randomized trial", tables 1 to 6: group A by fluoroscopy, group B by CT, 100 each. Every count, median, quartile, mean
and standard deviation is as printed, and so are the p-values of the rank tests and Friedman's statistics, between
quantities that may be compared. Who has which values together is drawn.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from foramen.synthetic.cohort_file import run
from foramen.synthetic.rank_targets import dealt_to_friedman, moved_to_mann_whitney
from foramen.synthetic.sequences import (
    drawn_within,
    following,
    integers_with_quartiles,
    integers_with_summary,
    quartile_bounds,
    shuffled,
)

SEED = 3
N = 100
ARMS = ("fluoroscopy", "CT")

AGE = (("51.29", "8.77", ("45.0", "50.0", "58.0")), ("52.71", "10.11", ("45.0", "54.0", "60.0")))
SEX = ({"male": 46, "female": 54}, {"male": 44, "female": 56})

# The printed margins of L3, L4, L5 and of the number of roots, which is the sum of the sides at the three levels, leave
# only the split of a few people open. Keys: sides injected at L3, L4, L5.
ROOTS = (
    {"002": 18, "001": 3, "020": 10, "011": 42, "012": 1, "021": 1, "022": 19, "222": 5, "221": 1},
    {"002": 18, "001": 2, "020": 12, "011": 38, "021": 1, "022": 24, "222": 4, "221": 1},
)
LATERALITY = ("no", "unilateral", "bilateral")

CATEGORIES: Mapping[str, tuple[Mapping[str, int], Mapping[str, int]]] = {
    "sacroiliac injection": (
        {"no": 22, "only right": 21, "only left": 15, "bilateral": 42},
        {"no": 25, "only right": 19, "only left": 12, "bilateral": 44},
    ),
    "complication": (
        {"no": 99, "abscess": 1},
        {"no": 96, "abscess": 1, "discitis and neuritis": 1, "haematoma": 2},
    ),
    "contrast extravasation": ({"negative": 95, "positive": 5}, {"negative": 95, "positive": 5}),
    "morphine mg before": ({"0": 96, "10": 4}, {"0": 98, "10": 2}),
    "morphine mg 1 month": ({"0": 100}, {"0": 99, "20": 1}),
}

# The table of satisfaction with the procedure prints 96 and 97 answers: the others have none.
SATISFACTION: Mapping[str, tuple[Mapping[str, int], Mapping[str, int]]] = {
    "satisfaction with procedure": (
        {"": 4, "unsatisfied": 6, "satisfied": 63, "very satisfied": 27},
        {"": 3, "very unsatisfied": 1, "unsatisfied": 6, "satisfied": 65, "very satisfied": 25},
    ),
    "satisfaction with results": (
        {"very unsatisfied": 1, "unsatisfied": 5, "satisfied": 49, "very satisfied": 45},
        {"very unsatisfied": 1, "unsatisfied": 6, "satisfied": 58, "very satisfied": 35},
    ),
}

Quartiles = tuple[str, str, str]


@dataclass(frozen=True)
class Printed:
    """A row of a printed table: lower quartile, median, upper quartile of both arms, and p of Mann–Whitney's test.

    `higher` is the arm with the higher ranks, by the text, the medians or the quartiles, else either. The values lie
    within low..high; `step` printed units are one integer here.
    """

    name: str
    quartiles: tuple[Quartiles, Quartiles]
    p: str
    higher: str
    low: int
    high: int
    step: int = 1


ODI = (
    Printed("ODI before", (("25.0", "32.0", "40.0"), ("24.0", "30.0", "35.0")), "0.206", "fluoroscopy", 12, 70),
    Printed("ODI 1 month", (("20.0", "24.0", "30.0"), ("17.0", "22.0", "30.0")), "0.654", "fluoroscopy", 6, 60),
    Printed("ODI 3 months", (("15.0", "20.0", "24.0"), ("15.0", "20.0", "24.0")), "0.688", "fluoroscopy", 4, 50),
    Printed("ODI 6 months", (("12.0", "15.0", "20.0"), ("12.0", "15.0", "20.50")), "0.775", "CT", 2, 46),
)
VAS = (
    Printed("VAS cm before", (("5.0", "6.0", "8.0"), ("5.0", "6.0", "8.0")), "0.500", "CT", 5, 10),
    Printed("VAS cm 1 day", (("4.0", "4.0", "5.0"), ("4.0", "5.0", "6.0")), "0.404", "CT", 1, 9),
    Printed("VAS cm 1 week", (("3.0", "4.0", "5.0"), ("3.0", "4.0", "5.0")), "0.084", "CT", 1, 9),
    Printed("VAS cm 1 month", (("2.0", "3.0", "4.0"), ("3.0", "4.0", "5.0")), "0.030", "CT", 0, 8),
    Printed("VAS cm 3 months", (("2.0", "3.0", "4.0"), ("2.0", "3.0", "4.0")), "0.041", "CT", 0, 8),
    Printed("VAS cm 6 months", (("2.0", "2.50", "4.0"), ("2.0", "3.0", "4.0")), "0.012", "CT", 0, 8),
)
FRIEDMAN = (("251.976", "246.220"), ("419.176", "384.408"))
MINUTES = Printed("minutes", (("19.0", "22.50", "30.0"), ("19.0", "23.0", "30.0")), "0.317", "CT", 12, 55)
NSAID = Printed("NSAID reduction %", (("6", "7", "8"), ("5", "7", "8")), "0.524", "fluoroscopy", 1, 10, step=10)

# Both printed in "mGy" and tested against each other; by the methods section they are different quantities.
DOSE = {"fluoroscopy": ("DAP mGy cm2", ("270.5", "352.0", "415.0")), "CT": ("CTDIvol mGy", ("265.0", "347.5", "388.5"))}
DOSE_BOUNDS = (110, 760)


@dataclass
class Arm:
    """The columns of one arm, one value per participant; how `ill` somebody is is drawn and orders the scores."""

    name: str
    columns: dict[str, Sequence[object]] = field(default_factory=dict)
    ill: list[int] = field(default_factory=list)


def participants() -> list[dict[str, object]]:
    """All 200, in the order of their allocation."""
    rng = random.Random(SEED)
    arms = [_arm(i, rng) for i in range(2)]
    _scores(arms, rng)
    for arm in arms:
        _doses(arm, rng)
        _answers(arm, rng)
    rows: list[dict[str, object]] = [
        {"arm": arm.name, **{name: values[i] for name, values in arm.columns.items()}} for arm in arms for i in range(N)
    ]
    rng.shuffle(rows)
    return [{"participant": i + 1, **row} for i, row in enumerate(rows)]


def _arm(which: int, rng: random.Random) -> Arm:
    """Who is in an arm, what was injected, and what happened: counts as printed."""
    arm = Arm(ARMS[which])
    mean, sd, quartiles = AGE[which]
    ages = integers_with_summary(quartile_bounds(N, *quartiles, 22, 82), mean, sd, rng)
    rng.shuffle(ages)
    sides = [[int(side) for side in person] for person in shuffled(ROOTS[which], rng)]
    arm.columns |= {"age": ages, "sex": shuffled(SEX[which], rng)}
    arm.columns |= {level: [LATERALITY[side[i]] for side in sides] for i, level in enumerate(("L3", "L4", "L5"))}
    arm.columns["roots"] = [sum(side) for side in sides]
    arm.columns |= {name: shuffled(counts[which], rng) for name, counts in CATEGORIES.items()}
    arm.ill = [rng.randrange(N) for _ in range(N)]
    return arm


def _scores(arms: Sequence[Arm], rng: random.Random) -> None:
    """Scores over time: medians, quartiles and tests as printed.

    Friedman's statistics are so large that a person's scores must nearly keep their order among the others'.
    """
    for rows, statistics in zip((ODI, VAS), FRIEDMAN, strict=True):
        for row in rows:
            _both_arms(arms, row, rng)
        for arm, statistic in zip(arms, statistics, strict=True):
            columns = [_numbers(arm, row.name) for row in rows]
            dealt_to_friedman(columns, statistic, rng)
            arm.columns |= {row.name: column for row, column in zip(rows, columns, strict=True)}
    for row in (MINUTES, NSAID):
        _both_arms(arms, row, rng)


def _both_arms(arms: Sequence[Arm], row: Printed, rng: random.Random) -> None:
    bounds = [quartile_bounds(N, *quartiles, row.low, row.high) for quartiles in row.quartiles]
    found = [(drawn_within(places, rng), places) for places in bounds]
    moved_to_mann_whitney(found[0], found[1], row.p, rng, first_higher=row.higher == ARMS[0])
    for arm, (values, _) in zip(arms, found, strict=True):
        driver = [30 * roots for roots in _numbers(arm, "roots")] if row is MINUTES else arm.ill
        sign, noise = (-1 if row is NSAID else 1), (15 if row in VAS else 40)
        dealt = following(values, [sign * by for by in driver], noise, rng)
        arm.columns[row.name] = [row.step * value for value in dealt]


def _numbers(arm: Arm, name: str) -> list[int]:
    return [value for value in arm.columns[name] if isinstance(value, int)]


def _doses(arm: Arm, rng: random.Random) -> None:
    """The dose quantity of the arm, higher where the session was longer; the other arm's quantity is not recorded."""
    for name, quartiles in DOSE.values():
        arm.columns[name] = [None] * N
        if DOSE[arm.name][0] == name:
            values = integers_with_quartiles(N, *quartiles, *DOSE_BOUNDS, rng)
            arm.columns[name] = following(values, _numbers(arm, "minutes"), 15, rng)


def _answers(arm: Arm, rng: random.Random) -> None:
    """Satisfaction, lower where more pain is left; counts as printed, and who did not answer is drawn."""
    which = ARMS.index(arm.name)
    for name, counts in SATISFACTION.items():
        grades = [label for label, count in counts[which].items() for _ in range(count) if label]
        order = following(list(range(N)), [-ill for ill in arm.ill], 60, rng)
        silent = set(rng.sample(range(N), N - len(grades)))
        given = iter(grades)
        answers = {i: next(given) for i in sorted(set(range(N)) - silent, key=order.__getitem__)}
        arm.columns[name] = [answers.get(i) for i in range(N)]


def rebuild() -> Iterable[Mapping[str, object]]:
    """The rows of the cohort file."""
    return participants()


if __name__ == "__main__":
    run(rebuild, "Rebuild the cohort of the trial of CT against fluoroscopy from its printed tables.")
