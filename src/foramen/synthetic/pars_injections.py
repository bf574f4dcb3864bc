"""Patients rebuilt from the printed tables of the cohort of CT-guided pars injections.

Kajdi et al., "Pain relief after CT-guided pars injections in lumbar spondylolysis: analysis of MRI findings and
CT-contrast distribution", tables 1 and 2 and the numbers of its text: 134 patients out of 289. What the paper does not
print is drawn: who has which values together, why 155 were excluded, days of follow-up, and the readers' findings.
"""

import random
from collections.abc import Iterable, Mapping, Sequence

from foramen.synthetic.cohort_file import run
from foramen.synthetic.pars_reads import Block, reads
from foramen.synthetic.pars_scores import Triple, relieved, scores
from foramen.synthetic.rank_targets import mann_whitney_square
from foramen.synthetic.sequences import PrintedMoments, integers_with_moments, moved_to_moments, shuffled

SEED = 1
N = 134

SEX = {"male": 80, "female": 54}
LEVEL = {"L3": 2, "L4": 14, "L5": 118}
FIELD = {"1.5": 58, "3": 76}
AGE = ("43.9", "16.2", 18, 86)
BMI = ("26.1", "4.1", 175, 420)

EXCLUDED = {
    "no pain assessment": 48,
    "no MRI within 6 months": 37,
    "one side only or another injection": 29,
    "MRI incomplete or poor": 11,
    "earlier lumbar surgery": 24,
    "no contrast agent": 6,
}
"""155 in all, as printed; the split is invented."""

UNRELATED = 9, 10
"""Largest z² of age, sex and body mass with relief, as a fraction: p of 0.34, the smallest that the text reports."""


def patients() -> list[dict[str, object]]:
    """All 289, those excluded among the others."""
    rng = random.Random(SEED)
    drawn = scores(rng)
    blocks = [(relieved(before, soon), relieved(before, later)) for before, soon, later in drawn]
    included = _included(drawn, blocks, rng)
    empty = dict.fromkeys(included[0])
    excluded = [{**empty, "excluded for": reason} for reason in shuffled(EXCLUDED, rng)]
    rows: list[dict[str, object]] = [*included, *excluded]
    rng.shuffle(rows)
    return [{"patient": i + 1, **row} for i, row in enumerate(rows)]


def _included(drawn: Sequence[Triple], blocks: Sequence[Block], rng: random.Random) -> list[dict[str, object]]:
    ages = _unrelated(_ages(rng), blocks, rng)
    columns: dict[str, Sequence[object]] = {
        "excluded for": ["none"] * N,
        "age": ages,
        "sex": [list(SEX)[code] for code in _unrelated([0] * SEX["male"] + [1] * SEX["female"], blocks, rng)],
        "BMI": [f"{bmi // 10}.{bmi % 10}" for bmi in _body_mass(blocks, rng)],
        "field T": shuffled(FIELD, rng),
        "level": shuffled(LEVEL, rng),
        "NRS before": [before for before, _, _ in drawn],
        "NRS 15 min": [soon for _, soon, _ in drawn],
        "NRS 1 month": [later for _, _, later in drawn],
        "day of 1 month": [rng.randint(28, 35) for _ in range(N)],
        **reads(blocks, ages, rng),
    }
    return [{name: cells[i] for name, cells in columns.items()} for i in range(N)]


def _ages(rng: random.Random) -> list[int]:
    """Mean, standard deviation and both ends as printed."""
    mean, sd, low, high = AGE
    start = integers_with_moments(N - 2, mean, sd, low, high, rng)
    bounds = [(low, low), (high, high), *[(low, high)] * (N - 2)]
    return moved_to_moments([low, high, *start], bounds, PrintedMoments.of(N, mean, sd), rng)


def _body_mass(blocks: Sequence[Block], rng: random.Random) -> list[int]:
    """In tenths of kg/m²."""
    mean, sd, low, high = BMI
    return _unrelated(integers_with_moments(N, mean, sd, low, high, rng, units=10), blocks, rng)


def _unrelated(values: Sequence[int], blocks: Sequence[Block], rng: random.Random) -> list[int]:
    """The values dealt out so that they go with relief at neither time."""
    dealt, (most, per) = list(values), UNRELATED
    while True:
        rng.shuffle(dealt)
        by_time = [
            mann_whitney_square(
                [value for value, block in zip(dealt, blocks, strict=True) if block[time]],
                [value for value, block in zip(dealt, blocks, strict=True) if not block[time]],
            )
            for time in range(2)
        ]
        if per * max(map(abs, by_time)) < most:
            return dealt


def rebuild() -> Iterable[Mapping[str, object]]:
    """The rows of the cohort file."""
    return patients()


if __name__ == "__main__":
    run(rebuild, "Rebuild the cohort of pars injections from its printed tables.")
