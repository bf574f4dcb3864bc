"""The two shapes of rows that are measured, and the chances their made-up values are drawn with.

trial: two arms of image guidance, disability at four and pain at six time points, as in the whole report of seed 003.
pars: one cohort, pain at three time points and eleven findings by two readers, as in the whole report of seed 001.
Everything is drawn as the integer code that a snapshot stores; the plain file decodes it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from foramen.snapshot.codebook import Direction, Variable, column_name

Codes = np.ma.MaskedArray
Draw = Callable[[np.random.Generator, int], dict[str, Codes]]

READERS = ("r1", "r2")
_SITES = tuple(f"H{i:02d}" for i in range(1, 13))
_SIDES = ("No", "Unilateral", "Bilateral")
_SATISFACTION = ("Very unsatisfied", "Unsatisfied", "Neutral", "Satisfied", "Very satisfied")


@dataclass(frozen=True, slots=True)
class Field:
    """One column of the row file: a variable, at a time point or by a reader."""

    variable: Variable
    timepoint: str | None = None
    reader: str | None = None

    @property
    def stored(self) -> str:
        """Its name in a snapshot."""
        return column_name(self.variable.name, timepoint=self.timepoint, reader=self.reader)

    @property
    def plain(self) -> str:
        """Its name in the plain file."""
        return "_".join(part for part in (self.reader, self.variable.name, self.timepoint) if part)


@dataclass(frozen=True, slots=True)
class Shape:
    """A table of rows: its columns in order, and what draws a chunk of them as codes by stored name."""

    name: str
    seed: int
    fields: tuple[Field, ...]
    draw: Draw


def _number(
    name: str, table: str, low: int, high: int, *, decimals: int = 0, better: Direction | None = None
) -> Variable:
    return Variable(name, table, "number", decimals=decimals, low=low, high=high, better=better)


def _category(name: str, table: str, *labels: str) -> Variable:
    return Variable(name, table, "category", labels=labels)


def _at(variable: Variable, *timepoints: str) -> list[Field]:
    return [Field(variable, timepoint) for timepoint in timepoints]


def _chosen(random: np.random.Generator, n: int, weights: Sequence[float], first: int = 0) -> Codes:
    """Codes from `first` on with the given relative weights."""
    chances = np.asarray(weights) / np.sum(weights)
    return np.ma.array(random.choice(len(weights), n, p=chances) + first)


def _near(values: np.ndarray, low: int, high: int, missing: np.ndarray | None = None) -> Codes:
    """Whole numbers inside a range; missing where said."""
    codes = np.clip(np.rint(values), low, high).astype(np.int64)
    return np.ma.array(codes, mask=np.ma.nomask if missing is None else missing)


ODI_TIMES = {"before": (32, 0.0), "month1": (25, -0.3), "month3": (20.5, 0.2), "month6": (16, 0.4)}
"""Mean in arm A, and how much higher it is in arm B."""

VAS_TIMES = {
    "before": (6.4, 0.0),
    "day1": (4.5, 0.1),
    "week1": (4.0, 0.1),
    "month1": (3.2, 0.35),
    "month3": (3.0, 0.35),
    "month6": (2.8, 0.4),
}

_TRIAL_CATEGORIES: Mapping[str, tuple[str, tuple[str, ...], tuple[float, ...]]] = {
    "site": ("treatments", _SITES, tuple(np.linspace(3, 1, 12))),
    "procedure": ("treatments", ("TFESI", "PRF", "TFESI+PRF", "Facet", "SI joint", "Caudal"), (30, 20, 25, 10, 10, 5)),
    "sex": ("patients", ("F", "M"), (55, 45)),
    "l3": ("treatments", _SIDES, (94, 1, 5)),
    "l4": ("treatments", _SIDES, (20, 41, 39)),
    "l5": ("treatments", _SIDES, (11, 45, 44)),
    "si_side": ("treatments", ("No", "Right", "Left", "Bilateral"), (23, 20, 14, 43)),
    "extravasation": ("events", ("Negative", "Positive"), (95, 5)),
    "satisfaction_procedure": ("treatments", _SATISFACTION, (1, 6, 3, 64, 26)),
    "satisfaction_result": ("treatments", _SATISFACTION, (1, 5, 2, 53, 39)),
}

_ARM = _category("arm", "allocations", "A", "B")
_COMPLICATION = _category("complication", "events", "No", "Abscess", "Discitis and neuritis", "Hematoma")
_ODI = _number("odi", "assessments", 0, 100, better="lower")
_VAS = _number("vas", "assessments", 0, 10, better="lower")
_MORPHINE = _number("morphine", "medications", 0, 20)

TRIAL_FIELDS: tuple[Field, ...] = (
    Field(_ARM),
    *(Field(_category(name, table, *labels)) for name, (table, labels, _) in _TRIAL_CATEGORIES.items()),
    Field(_number("age", "patients", 18, 90)),
    Field(_number("roots", "treatments", 1, 6)),
    *_at(_ODI, *ODI_TIMES),
    *_at(_VAS, *VAS_TIMES),
    Field(_number("dose", "doses", 40, 900)),
    Field(_number("minutes", "treatments", 8, 120)),
    Field(_COMPLICATION),
    Field(_number("nsaid_reduction", "medications", 0, 100)),
    *_at(_MORPHINE, "before", "month1"),
)


def draw_trial(random: np.random.Generator, n: int) -> dict[str, Codes]:
    """A chunk of the trial. Who is lost at a time point stays lost."""
    ct = random.integers(0, 2, n)
    drawn = {name: _chosen(random, n, weights) for name, (_, _, weights) in _TRIAL_CATEGORIES.items()}
    lost = np.maximum.accumulate(random.random((3, n)) < np.array([[0.01], [0.01], [0.02]]), axis=0)
    missing = {"month1": lost[0], "month3": lost[1], "month6": lost[2]}
    severity = random.normal(0, 1, n)
    for at, (mean, shift) in ODI_TIMES.items():
        odi = mean + shift * ct + 5 * severity + random.normal(0, 6, n)
        drawn[f"odi__{at}"] = _near(odi, 0, 100, missing.get(at))
    for at, (mean, shift) in VAS_TIMES.items():
        vas = mean + shift * ct + 0.8 * severity + random.normal(0, 1.2, n)
        drawn[f"vas__{at}"] = _near(vas, 5 if at == "before" else 0, 10, missing.get(at))
    complication = random.choice(4, n, p=[0.975, 0.010, 0.005, 0.010])
    drawn["complication"] = np.ma.array(np.where((ct == 1) & (random.random(n) < 0.008), 3, complication))
    return drawn | {
        "arm": np.ma.array(ct),
        "age": _near(random.normal(51.3 + 1.4 * ct, 9.4), 18, 90),
        "roots": _chosen(random, n, (32, 40, 13, 10, 3, 2), first=1),
        "dose": _near(random.normal(345, 95, n), 40, 900),
        "minutes": _near(np.exp(random.normal(3.15 + 0.02 * ct, 0.33, n)), 8, 120),
        "nsaid_reduction": 10 * _near(random.normal(6.8, 1.7, n), 0, 10),
        "morphine__before": np.ma.array(np.where(random.random(n) < 0.03, 10, 0)),
        "morphine__month1": np.ma.array(np.where(random.random(n) < 0.006, 20, 0)),
    }


_PRESENT = ("absent", "present")
NOMINAL: Mapping[str, tuple[tuple[str, ...], tuple[float, ...], float]] = {
    "contrast": (("intra", "peri", "trans"), (41, 49, 10), 0.85),
    "segment": (("multi", "uni"), (55, 45), 0.96),
    "modic1": (_PRESENT, (75, 25), 0.96),
    "bme": (_PRESENT, (55, 45), 0.97),
    "softtissue": (_PRESENT, (60, 40), 0.88),
}
"""Labels, weights, and how often the second reader copies the first."""

GRADED: Mapping[str, tuple[int, tuple[float, ...], float]] = {
    "disc": (1, (3, 15, 32, 35, 15), 0.80),
    "facet": (0, (25, 40, 25, 10), 0.68),
    "meyerding": (0, (20, 58, 20, 2), 0.96),
    "foramen": (0, (25, 35, 28, 12), 0.80),
    "recess": (0, (50, 30, 15, 5), 0.70),
}
"""Lowest grade, weights, and how often the second reader gives the grade of the first; else one beside it."""

_FINDINGS = (
    *(_category(name, "reads", *labels) for name, (labels, _, _) in NOMINAL.items()),
    *(_number(name, "reads", low, low + len(weights) - 1) for name, (low, weights, _) in GRADED.items()),
    _number("slip", "reads", 0, 300, decimals=1),
)

PARS_FIELDS: tuple[Field, ...] = (
    Field(_category("site", "treatments", *_SITES)),
    Field(_category("sex", "patients", "F", "M")),
    Field(_number("age", "patients", 18, 90)),
    Field(_number("bmi", "patients", 150, 500, decimals=1)),
    Field(_category("level", "treatments", "L3", "L4", "L5")),
    Field(_category("field", "treatments", "1.5T", "3T")),
    *(Field(finding, reader=reader) for reader in READERS for finding in _FINDINGS),
    *_at(_number("nrs", "assessments", 0, 10, better="lower"), "before", "min15", "month1"),
)


def draw_pars(random: np.random.Generator, n: int) -> dict[str, Codes]:
    """A chunk of the cohort. What the first reader sees changes the chance of relief."""
    drawn = {
        "site": _chosen(random, n, np.linspace(3, 1, 12)),
        "sex": _chosen(random, n, (40, 60)),
        "age": _near(random.normal(43.9, 16.2, n), 18, 90),
        "bmi": _near(random.normal(261, 41, n), 150, 500),
        "level": _chosen(random, n, (1.5, 10.4, 88.1)),
        "field": _chosen(random, n, (43, 57)),
        **_draw_reads(random, n),
    }
    seen = {name: drawn[f"{name}__r1"].data == 1 for name in ("bme", "segment", "softtissue")}
    effect = 0.9 * seen["bme"] + 0.3 * seen["segment"] + 0.25 * seen["softtissue"]
    soon = np.clip(random.normal(0.10 + 0.33 * effect, 0.40), -0.6, 1)
    late = np.clip(0.5 * soon + random.normal(0.20 + 0.12 * effect, 0.38), -0.3, 1)
    before = _near(random.normal(5.7, 2.2, n), 1, 10)
    drawn["nrs__before"] = before
    drawn["nrs__min15"] = _near(before.data * (1 - soon), 0, 10)
    drawn["nrs__month1"] = _near(before.data * (1 - late), 0, 10, random.random(n) < 0.01)
    return drawn


def _draw_reads(random: np.random.Generator, n: int) -> dict[str, Codes]:
    drawn = {}
    for name, (_, weights, agreement) in NOMINAL.items():
        first, fresh = _chosen(random, n, weights), _chosen(random, n, weights)
        same = random.random(n) < agreement
        drawn |= {f"{name}__r1": first, f"{name}__r2": np.ma.array(np.where(same, first.data, fresh.data))}
    for name, (low, weights, agreement) in GRADED.items():
        first = _chosen(random, n, weights, low)
        beside = np.clip(first.data + random.choice((-1, 1), n), low, low + len(weights) - 1)
        second = np.where(random.random(n) < agreement, first.data, beside)
        drawn |= {f"{name}__r1": first, f"{name}__r2": np.ma.array(second)}
    slipped = random.normal(65, 35, n) * (drawn["meyerding__r1"].data > 0)
    drawn["slip__r1"] = _near(slipped, 0, 300)
    drawn["slip__r2"] = _near(np.maximum(slipped, 0) + random.normal(1, 6, n), 0, 300)
    return drawn


SHAPES: Mapping[str, Shape] = {
    "trial": Shape("trial", 3, TRIAL_FIELDS, draw_trial),
    "pars": Shape("pars", 1, PARS_FIELDS, draw_pars),
}
