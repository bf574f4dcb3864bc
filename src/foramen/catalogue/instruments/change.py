"""What a score means beside the one before: relief in percent, and whether a threshold is reached.

A response has four values. A score that is missing is missing, never a failure; a relative change from a score of 0 is
undefined, and is counted apart, whether or not there was an answer later.
"""

from enum import Enum
from fractions import Fraction
from typing import TypeGuard

from foramen.catalogue.instruments.definition import Score, Threshold
from foramen.catalogue.instruments.scoring import Result, Scored
from foramen.kernel.errors import DataError


class Response(Enum):
    """Whether a threshold was reached."""

    REACHED = "reached"
    NOT_REACHED = "not reached"
    UNDEFINED = "undefined, the score before was 0"
    MISSING = "missing"


def relief_percent(before: Fraction | int, after: Fraction | int) -> Fraction | None:
    """(before - after) / before x 100 of a score where higher is worse; None where the score before is 0.

    A score that got worse gives a negative relief.
    """
    return Fraction(100 * (before - after)) / before if before > 0 else None


def respond(threshold: Threshold, score: Score, before: Result | None, after: Result | None) -> Response:
    """Whether a threshold of a score was reached; equal is reached. Integers and fractions only, nothing is rounded."""
    _check_comparable(score, before, after)
    if threshold.kind == "reached":
        return _reached(_gain(Fraction(threshold.amount), after.value, score)) if _is(after) else Response.MISSING
    if not _is(before):
        return Response.MISSING
    if threshold.kind == "relief_percent" and before.value == 0:
        return Response.UNDEFINED
    if not _is(after):
        return Response.MISSING
    gain = _gain(before.value, after.value, score)
    if threshold.kind == "points":
        return _reached(gain - Fraction(threshold.amount))
    return _reached(100 * gain - Fraction(threshold.amount) * before.value)


def _is(result: Result | None) -> TypeGuard[Scored]:
    return isinstance(result, Scored)


def _gain(start: Fraction, end: Fraction, score: Score) -> Fraction:
    """By how much the end is better than the start."""
    return start - end if score.direction == "higher_is_worse" else end - start


def _reached(margin: Fraction) -> Response:
    return Response.REACHED if margin >= 0 else Response.NOT_REACHED


def _check_comparable(score: Score, before: Result | None, after: Result | None) -> None:
    """Scores of two instruments do not meet."""
    found = {(one.instrument, one.score) for one in (before, after) if one is not None}
    if len(found) > 1 or any(name != score.id for _, name in found):
        raise DataError.single(
            "these are scores of different instruments", where=score.id,
            received=", ".join(f"{instrument} {name}" for instrument, name in sorted(found)),
            remedy="compare two scores of the same instrument",
        )  # fmt: skip
