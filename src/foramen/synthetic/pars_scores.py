"""Pain before, 15 minutes and 1 month after pars injections, rebuilt from printed tables 1 and 2 of Kajdi et al.

Printed are the classes of pain relief at both times, means and standard deviations of the scores and of their change in
per cent, and the p of McNemar's test, which with 56 responders becoming 73 fits 10 lost and 27 gained. The triples of
scores are drawn so that all of it holds.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from foramen.synthetic.sequences import PrintedMoments, printed_range

WORSE, NONE, BELOW_HALF, HALF, MOST, ALL = range(6)
"""Classes of relief: worse, 0 %, above 0 to below 50 %, 50 to below 75 %, 75 to below 100 %, 100 %."""

SOON: Mapping[int, int] = {WORSE: 10, NONE: 32, BELOW_HALF: 36, HALF: 31, MOST: 9, ALL: 16}
LATER: Mapping[int, int] = {WORSE: 0, NONE: 52, BELOW_HALF: 9, HALF: 25, MOST: 10, ALL: 38}
LOST, GAINED = 10, 27

SCORES = (("5.7", "2.2"), ("3.7", "2.5"), ("3.2", "3.0"))
CHANGES = (("-34.4", "47.3"), ("-47.5", "42.9"))
UNITS = 2520
"""A change in per cent is counted in parts of 1/2520: every baseline from 1 to 10 divides that."""

SPEARMAN = "0.61"
MOST_MOVES = 100_000

Triple = tuple[int, int, int]


def relief_class(before: int, after: int) -> int:
    """The class of relief; the baseline is above 0."""
    gone = before - after
    if gone <= 0:
        return NONE if gone == 0 else WORSE
    if after == 0:
        return ALL
    if 2 * gone < before:
        return BELOW_HALF
    return HALF if 4 * gone < 3 * before else MOST


def relieved(before: int, after: int) -> bool:
    """At least half of the pain gone."""
    return relief_class(before, after) >= HALF


def scores(rng: random.Random) -> list[Triple]:
    """Scores of all 134, in no order: before, 15 minutes, 1 month."""
    drawn = _moved_to_moments(_classes(rng), rng)
    _dealt_to_correlation(drawn, rng)
    rng.shuffle(drawn)
    return drawn


def _classes(rng: random.Random) -> list[tuple[int, int]]:
    """For everybody the classes of relief at both times. More relief at first is, on the whole, more relief later."""
    soon = [which for which, count in SOON.items() for _ in range(count)]
    order = sorted(range(len(soon)), key=lambda i: (2 * soon[i] + rng.randrange(9), i))
    early = [i for i in order if soon[i] >= HALF]
    late = [i for i in order if soon[i] < HALF]
    lost, gained = set(early[:LOST]), set(late[-GAINED:])
    lasting = [i for i in order if i in gained or (soon[i] >= HALF and i not in lost)]
    failing = [i for i in order if i not in lasting]
    later: dict[int, int] = {}
    for people, classes in ((failing, (WORSE, NONE, BELOW_HALF)), (lasting, (HALF, MOST, ALL))):
        found = (which for which in classes for _ in range(LATER[which]))
        later |= dict(zip(people, found, strict=True))
    return [(soon[i], later[i]) for i in range(len(soon))]


def _possible() -> dict[tuple[int, int], list[Triple]]:
    """All triples of scores with baseline 1 to 10, by their classes."""
    found: dict[tuple[int, int], list[Triple]] = {}
    for before in range(1, 11):
        for soon in range(11):
            for later in range(11):
                key = relief_class(before, soon), relief_class(before, later)
                found.setdefault(key, []).append((before, soon, later))
    return found


def _moved_to_moments(classes: Sequence[tuple[int, int]], rng: random.Random) -> list[Triple]:
    """A triple of each one's classes, so that all means and standard deviations print as given."""
    possible = _possible()
    drawn = [rng.choice(possible[key]) for key in classes]
    wanted = _wanted(len(drawn))
    sums = _sums(drawn)
    away = _away(wanted, sums)
    for _ in range(MOST_MOVES):
        if not away:
            return drawn
        place = rng.randrange(len(drawn))
        other = rng.choice(possible[classes[place]])
        moved = _replaced(sums, drawn[place], other)
        now = _away(wanted, moved)
        if now <= away or (now <= away + 1 and not rng.randrange(64)):
            drawn[place], sums, away = other, moved, now
    raise ValueError("the printed means and standard deviations are out of reach")


def _wanted(n: int) -> list[PrintedMoments]:
    moments = [PrintedMoments.of(n, mean, sd) for mean, sd in SCORES]
    return moments + [PrintedMoments.of(n, mean, sd, units=UNITS) for mean, sd in CHANGES]


def _measured(triple: Triple) -> tuple[int, ...]:
    """What is printed of a person: three scores and two changes in per cent."""
    before, soon, later = triple
    return (*triple, *(100 * UNITS * (after - before) // before for after in (soon, later)))


def _sums(drawn: Iterable[Triple]) -> list[tuple[int, int]]:
    columns = zip(*(_measured(triple) for triple in drawn), strict=True)
    return [(sum(column), sum(value * value for value in column)) for column in columns]


def _replaced(sums: Sequence[tuple[int, int]], old: Triple, new: Triple) -> list[tuple[int, int]]:
    changes = zip(sums, _measured(old), _measured(new), strict=True)
    return [(total + after - before, squares + after**2 - before**2) for (total, squares), before, after in changes]


def _away(wanted: Sequence[PrintedMoments], sums: Sequence[tuple[int, int]]) -> Fraction:
    return sum((moments.distance(*pair) for moments, pair in zip(wanted, sums, strict=True)), Fraction(0))


def _dealt_to_correlation(drawn: list[Triple], rng: random.Random) -> None:
    """Exchange the last scores of two people with the same baseline, until Spearman's correlation prints as given.

    The two are both relieved, or both not, at one of the times: so nothing that is printed changes.
    """
    low, high = printed_range(SPEARMAN)
    before = _spearman_square(drawn)
    for _ in range(MOST_MOVES):
        if low**2 < before < high**2:
            return
        one, other = rng.randrange(len(drawn)), rng.randrange(len(drawn))
        if not _exchangeable(drawn[one], drawn[other]):
            continue
        _exchange(drawn, one, other)
        now = _spearman_square(drawn)
        if abs(now - low * high) > abs(before - low * high):
            _exchange(drawn, one, other)
        else:
            before = now
    raise ValueError("the printed correlation is out of reach")


def _exchangeable(one: Triple, other: Triple) -> bool:
    if one[0] != other[0] or one[2] == other[2]:
        return False
    return any(relieved(one[0], one[i]) == relieved(other[0], other[i]) for i in (1, 2))


def _exchange(drawn: list[Triple], one: int, other: int) -> None:
    first, second = drawn[one], drawn[other]
    drawn[one], drawn[other] = (*first[:2], second[2]), (*second[:2], first[2])


def _spearman_square(drawn: Sequence[Triple]) -> Fraction:
    """The square of Spearman's correlation of the scores after 15 minutes and 1 month, which is positive here."""
    first, second = (_centred_ranks([triple[i] for triple in drawn]) for i in (1, 2))
    product = sum(a * b for a, b in zip(first, second, strict=True))
    return Fraction(product * abs(product), sum(a * a for a in first) * sum(b * b for b in second))


def _centred_ranks(values: Sequence[int]) -> list[int]:
    """Twice each mean rank, less twice the mean of all ranks."""
    below: dict[int, int] = {}
    for value in sorted(set(values)):
        below[value] = sum(other < value for other in values)
    return [2 * below[v] + values.count(v) - len(values) for v in values]
