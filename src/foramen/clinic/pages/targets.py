"""Root, level and side in the words of lists, taken apart so that a page can set them with their mark."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

_SIDED = re.compile(r"^(?P<where>.*?),? ?\b(?P<side>left|right|both|midline)\b( sides)?,? ?(?P<rest>.*)$")


_ROOT = " root"


@dataclass(frozen=True, slots=True)
class Told:
    """One part of a text such as “L5 root left, transforaminal”: where, on which side, and the rest."""

    where: str
    side: str = ""
    rest: str = ""

    @property
    def short(self) -> str:
        """Without the approach."""
        return f"{self.where} {'both sides' if self.side == 'both' else self.side}".strip()


def told(text: str) -> Sequence[Told]:
    """The parts of a text; one that names no side is told as it stands. Left and right of the same place are both
    sides, and places with the same side and approach stand together."""
    parts = [_part(one) for one in text.split("; ")]
    joined = _places_together(_sides_together(parts))
    if len(parts) < 2 or not joined:
        return joined
    last = joined[-1]
    count = f"{len(parts)} targets"
    return (*joined[:-1], replace(last, rest=f"{last.rest}, {count}" if last.rest else count))


def _sides_together(parts: Sequence[Told]) -> list[Told]:
    found: list[Told] = []
    for part in parts:
        other = next((one for one in found if _opposite(one, part)), None)
        if other is None:
            found.append(part)
        else:
            found[found.index(other)] = replace(other, side="both")
    return found


def _opposite(one: Told, other: Told) -> bool:
    return (one.where, one.rest) == (other.where, other.rest) and {one.side, other.side} == {"left", "right"}


def _places_together(parts: Sequence[Told]) -> tuple[Told, ...]:
    groups = groupby(parts, key=lambda one: (one.side, one.rest, one.where.endswith(_ROOT)))
    return tuple(Told(_joined([one.where for one in found]), side, rest) for (side, rest, _), found in groups)


def _joined(places: Sequence[str]) -> str:
    if len(places) == 1:
        return places[0]
    bare = [one.removesuffix(_ROOT) for one in places]
    text = f"{', '.join(bare[:-1])} and {bare[-1]}"
    return f"{text} roots" if places[0].endswith(_ROOT) else text


def short(text: str) -> str:
    """Places and sides without approaches."""
    return "; ".join(one.short for one in told(text))


def _part(text: str) -> Told:
    found = _SIDED.match(text)
    if found is None:
        return Told(text)
    if not found["where"]:
        return Told(found["rest"].capitalize(), found["side"])
    return Told(found["where"], found["side"], found["rest"])
