"""Findings of two readers in the pars injections: invented, because the paper prints next to none of them.

They keep to what its text says: how many contrast patterns of each kind reader 1 saw; how readers agree, by rank; which
finding goes with relief after 15 minutes and after 1 month, with the p-values of the text where it gives them; and how
many of those with isthmic oedema were relieved.
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

from foramen.synthetic.rank_targets import mann_whitney_square
from foramen.synthetic.sequences import following

Block = tuple[bool, bool]
"""Relieved after 15 minutes, relieved after 1 month."""

Reads = dict[str, list[str]]
"""Column of the cohort file to one cell per patient."""

BLOCKS: tuple[Block, ...] = ((True, True), (True, False), (False, True), (False, False))

# Of each block, in the order above, how many have the finding by both readers, by reader 1 only, by reader 2 only.
# Chi-square at 15 minutes: one segment 0.047 and 0.044, oedema or cyst 0.013 and 0.046. Isthmic oedema: 50 by each
# reader, of whom 32 (64 %) are relieved after 15 minutes and 35 (70 %) after a month, p 0.005.
YES_OR_NO: Mapping[str, tuple[tuple[str, str], tuple[tuple[int, int, int], ...]]] = {
    "segments": (("multi", "uni"), ((26, 0, 2), (6, 0, 1), (12, 0, 1), (18, 1, 4))),
    "modic": (("no", "yes"), ((13, 1, 0), (3, 0, 1), (8, 0, 1), (14, 1, 1))),
    "isthmic oedema": (("no", "yes"), ((26, 1, 1), (5, 0, 0), (8, 0, 0), (9, 1, 1))),
    "soft tissue": (("no", "yes"), ((26, 5, 4), (6, 1, 1), (12, 2, 2), (19, 3, 5))),
}

# Grades in order with their counts by reader 1, kappa at which reader 2 is left, and whether grades rise with age.
GRADED: Mapping[str, tuple[Mapping[str, int], Fraction, bool]] = {
    "contrast": ({"peri": 66, "intra": 55, "trans": 13}, Fraction(70, 100), False),
    "disc": ({"1": 2, "2": 24, "3": 37, "4": 43, "5": 28}, Fraction(70, 100), True),
    "facet": ({"0": 27, "1": 52, "2": 38, "3": 17}, Fraction(52, 100), True),
    "foramen": ({"0": 32, "1": 50, "2": 38, "3": 14}, Fraction(68, 100), True),
    "recess": ({"0": 71, "1": 41, "2": 16, "3": 6}, Fraction(50, 100), True),
}
SLIPS = ((0, 0, 31), (1, 9, 84), (10, 17, 18), (18, 24, 1))
"""Slip in mm by reader 1: smallest, largest, how many; one line per grade of Meyerding from 0."""

UNRELATED = Fraction(8, 10)
"""Largest z² that a graded finding may have with relief: p of 0.37."""
INDEPENDENT = Fraction(115, 100)
"""Largest chi-square that the contrast pattern may have with relief: p of 0.56, the smallest that the text reports."""


def reads(blocks: Sequence[Block], ages: Sequence[int], rng: random.Random) -> Reads:
    """The cells of both readers' columns."""
    found: Reads = {}
    inflamed = [False] * len(blocks)
    for name, (labels, counts) in YES_OR_NO.items():
        both = _yes_or_no(counts, blocks, inflamed, rng)
        found |= _named(name, [[labels[has] for has in reader] for reader in both])
        inflamed = both[0] if name == "isthmic oedema" else inflamed
    for name, (grades, kappa, with_age) in GRADED.items():
        found |= _named(name, _graded(grades, kappa, ages if with_age else None, blocks, rng))
    slips = _slips(blocks, rng)
    found |= _named("slip mm", [[str(mm) for mm in reader] for reader in slips])
    found |= _named("meyerding", [[str(_meyerding(mm)) for mm in reader] for reader in slips])
    return found


def _named(finding: str, readers: Sequence[list[str]]) -> Reads:
    return {f"{finding} r{i + 1}": cells for i, cells in enumerate(readers)}


def _yes_or_no(
    counts: Sequence[tuple[int, int, int]], blocks: Sequence[Block], rather: Sequence[bool], rng: random.Random
) -> tuple[list[bool], list[bool]]:
    """Who has a finding by either reader: as many as said in each block, rather some than others."""
    first, second = [False] * len(blocks), [False] * len(blocks)
    for block, (both, only_first, only_second) in zip(BLOCKS, counts, strict=True):
        keys = [(rng.randrange(8) - 4 * rather[i], i) for i, of in enumerate(blocks) if of == block]
        chosen = [i for _, i in sorted(keys)[: both + only_first + only_second]]
        rng.shuffle(chosen)
        for i in chosen[: both + only_first]:
            first[i] = True
        for i in (*chosen[:both], *chosen[both + only_first :]):
            second[i] = True
    return first, second


def _graded(
    grades: Mapping[str, int],
    kappa: Fraction,
    driver: Sequence[int] | None,
    blocks: Sequence[Block],
    rng: random.Random,
) -> list[list[str]]:
    """Grades by both readers, anew until neither goes with relief."""
    labels = list(grades)
    codes = [code for code, count in enumerate(grades.values()) for _ in range(count)]
    while True:
        first = following(codes, driver or [0] * len(codes), 15, rng)
        second = _second_reader(first, len(labels), kappa, rng)
        both = (first, second)
        if all(_unrelated(reader, blocks) and (driver or _independent(reader, blocks)) for reader in both):
            return [[labels[code] for code in reader] for reader in both]


def _second_reader(first: Sequence[int], levels: int, kappa: Fraction, rng: random.Random) -> list[int]:
    """A grade up or down in one after another, until the readers agree no better than kappa."""
    second, order = list(first), rng.sample(range(len(first)), len(first))
    for i in order:
        if _kappa(first, second) <= kappa:
            return second
        moved = second[i] + rng.choice((-1, 1))
        second[i] = moved if 0 <= moved < levels else 2 * second[i] - moved
    raise ValueError("agreement stays too good")


def _kappa(first: Sequence[int], second: Sequence[int]) -> Fraction:
    """Cohen's kappa without weights."""
    n, ones, others = len(first), Counter(first), Counter(second)
    agreed = n * sum(a == b for a, b in zip(first, second, strict=True))
    expected = sum(ones[code] * others[code] for code in ones)
    return Fraction(agreed - expected, n * n - expected)


def _unrelated(codes: Sequence[int], blocks: Sequence[Block]) -> bool:
    return all(abs(mann_whitney_square(*_by_relief(codes, blocks, time))) < UNRELATED for time in range(2))


def _by_relief(codes: Sequence[int], blocks: Sequence[Block], time: int) -> tuple[list[int], list[int]]:
    pairs = list(zip(codes, blocks, strict=True))
    return [code for code, block in pairs if block[time]], [code for code, block in pairs if not block[time]]


def _independent(codes: Sequence[int], blocks: Sequence[Block]) -> bool:
    """Whether Pearson's chi-square of three patterns and relief is small at both times."""
    return all(_chi_square(*_by_relief(codes, blocks, time)) < INDEPENDENT for time in range(2))


def _chi_square(first: Sequence[int], second: Sequence[int]) -> Fraction:
    n, ones, others = len(first) + len(second), Counter(first), Counter(second)
    parts = (
        Fraction(group[code] ** 2, (ones[code] + others[code]) * len(people))
        for group, people in ((ones, first), (others, second))
        for code in ones.keys() | others.keys()
    )
    return n * (sum(parts, Fraction(0)) - 1)


def _slips(blocks: Sequence[Block], rng: random.Random) -> tuple[list[int], list[int]]:
    """Slip in mm by both readers, who differ by a millimetre at most; none is none to both."""
    while True:
        first = [rng.randint(low, high) for low, high, count in SLIPS for _ in range(count)]
        rng.shuffle(first)
        second = [max(1, mm + rng.choice((-1, 0, 0, 1))) if mm else 0 for mm in first]
        if _unrelated(first, blocks) and _unrelated(second, blocks):
            return first, second


def _meyerding(mm: int) -> int:
    """The grade of a slip, on an end plate of 36 mm: quarters of it."""
    return next(grade for grade, (_, high, _) in enumerate(SLIPS) if mm <= high)
