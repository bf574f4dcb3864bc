"""Places at the spine: which region they lie in, how they are told, and whether two sources mean the same one."""

from collections.abc import Sequence

from foramen.catalogue.gates.inputs import Place

REGIONS = {"C": "cervical", "T": "thoracic", "L": "lumbar", "S": "sacral"}
"""From the one where a steroid is most dangerous to the one where it is least."""

BY_ROUTE = ("caudal", "sacroiliac", "coccyx")
"""Approaches that name their place themselves."""

COMPARED = ("root", "level", "side", "route")


def region_of(place: Place) -> str | None:
    """The region of a place. Between two regions it is the upper one, which is the more cautious reading."""
    if place.route in BY_ROUTE:
        return "sacral"
    named = [place.root or "", *(place.level or "").split("/")]
    return next((region for letter, region in REGIONS.items() if any(one.startswith(letter) for one in named)), None)


def place_text(place: Place) -> str:
    """A place as it is told: L5 root left, transforaminal."""
    where = " ".join(part for part in (f"{place.root} root" if place.root else "", place.level or "") if part)
    sided = " ".join(part for part in (where, place.side or "") if part)
    return ", ".join(part for part in (sided, place.route or "") if part) or "a target without a place"


def is_complete(place: Place) -> bool:
    """Whether a planned target says all that has to agree: root or level, side, approach."""
    where = place.root or place.level or place.route in BY_ROUTE
    return bool(where and place.side and place.route)


def is_comparable(said: Place, planned: Place, needed: Sequence[str]) -> bool:
    """Whether a source says what it has to say. `place` stands for root or level, in the words of the plan."""
    for name in needed:
        if name != "place" and getattr(said, name) is None:
            return False
        if name == "place" and planned.route not in BY_ROUTE and not _same_kind(said, planned):
            return False
    return True


def agrees(said: Place, planned: Place) -> bool:
    """Whether nothing that both say differs. A root and a level are never taken for each other."""
    return all(
        getattr(said, name) is None or getattr(planned, name) is None or getattr(said, name) == getattr(planned, name)
        for name in COMPARED
    )


def _same_kind(said: Place, planned: Place) -> bool:
    return bool((said.root and planned.root) or (said.level and planned.level))
