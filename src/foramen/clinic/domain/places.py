"""Places of facts: in words for lists, complete or not, and whether two sources mean the same."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from foramen.catalogue.gates.inputs import Place
from foramen.catalogue.gates.places import agrees, is_comparable, is_complete, place_text
from foramen.clinic.facts.content import Spot
from foramen.kernel.errors import Fault

LONGEST = 200
"""Characters that a list has for it."""

ONE_SIDED = ("transforaminal", "facet", "medial branch", "sacroiliac", "pars")
"""Approaches to something of which there is one on each side: midline is none of them."""

IN_THE_MIDDLE = ("caudal", "coccyx")
"""Approaches to something of which there is only one."""

BY_ROUTE = {"caudal": "sacral hiatus", "sacroiliac": "SI joint", "coccyx": "coccyx"}
"""How a place is called that its approach names."""


def place_of(spot: Spot) -> Place:
    """The place of a spot; of a planned target, without its drugs."""
    return Place(root=spot.root, level=spot.level, side=spot.side, route=spot.route)


def spot_of(spot: Spot) -> Spot:
    """The same spot with nothing beside it."""
    return Spot(root=spot.root, level=spot.level, side=spot.side, route=spot.route)


def words(spots: Iterable[Spot]) -> str:
    """Targets as lists name them: L5 and S1 roots left, transforaminal, 2 targets."""
    targets = sorted(spots, key=lambda one: one.route or "")
    if not targets:
        return "no target named"
    parts = [_of_route(route, list(found)) for route, found in groupby(targets, key=lambda one: one.route or "")]
    text = "; ".join(parts) + (f", {len(targets)} targets" if len(targets) > 1 else "")
    return text if len(text) <= LONGEST else f"{len(targets)} targets"


def _of_route(route: str, spots: list[Spot]) -> str:
    """Targets of one approach; what is treated on the left and on the right is named once."""
    by_side = {side: [one for one in spots if one.side == side] for side in ("left", "right", "midline", None)}
    told = [_where(found, side or "") for side, found in by_side.items() if found]
    if by_side["left"] and _named(by_side["left"]) == _named(by_side["right"]):
        told = [_where(by_side["left"], "both sides"), *told[2:]]
    approach = "" if BY_ROUTE.get(route) == route else route
    return ", ".join(part for part in (" and ".join(told), approach) if part)


def _named(spots: Iterable[Spot]) -> list[tuple[str, str]]:
    return sorted((one.root or "", one.level or "") for one in spots)


def _where(spots: Iterable[Spot], side: str) -> str:
    """Roots, then levels and what the approach names, with the side once."""
    roots = [" ".join(part for part in (one.root, one.level) if part) for one in spots if one.root]
    other = [one.level or BY_ROUTE.get(one.route or "", "") for one in spots if not one.root]
    named = [f"{_listed(roots)} root{'s' * (len(roots) > 1)}"] if roots else []
    named += [_listed(other)] if any(other) else []
    return " ".join(part for part in (" and ".join(named), side) if part) or "place not named"


def _listed(names: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def say_the_same(said: Sequence[Spot], planned: Sequence[Spot]) -> bool:
    """Whether two sources name the same places, each with root or level, side and approach, and nothing else."""
    return _each_other(said, planned, ("place", "side", "route"))


def do_not_differ(said: Sequence[Spot], planned: Sequence[Spot]) -> bool:
    """Whether a source that may say less, such as a referral, names every target and nothing else, as far as it goes. A
    root and a level are never taken for each other."""
    return _each_other(said, planned, ())


def _each_other(said: Sequence[Spot], planned: Sequence[Spot], needed: Sequence[str]) -> bool:
    every = all(any(_same(one, other, needed) for one in said) for other in planned)
    return every and all(any(_same(one, other, needed) for other in planned) for one in said)


def _same(said: Spot, planned: Spot, needed: Sequence[str]) -> bool:
    ours, theirs = place_of(said), place_of(planned)
    needed = needed or (("place",) if said.root or said.level else ())
    return is_comparable(ours, theirs, needed) and agrees(ours, theirs)


def target_faults(spots: Sequence[Spot], *, whole: bool = True) -> Iterable[Fault]:
    """What is wrong with targets that were decided on here: something left open, a side that cannot be, one that
    stands twice. Where they need not be `whole`, side and approach may be left open, but not the place."""
    yield from place_faults(spots, whole=whole)
    for i, spot in enumerate(spots):
        yield from side_faults(spot, f"targets.{i}")


def place_faults(spots: Sequence[Spot], where: str = "targets", *, whole: bool = False) -> Iterable[Fault]:
    """What is wrong with places as they were told, such as by a referrer, whose sides are kept as they are."""
    seen: set[str] = set()
    for i, spot in enumerate(spots):
        place, at = place_of(spot), f"{where}.{i}"
        told = place_text(place)
        if whole and not is_complete(place):
            remedy = "say root or level, side and approach; both sides are two targets"
            yield Fault("this target leaves something open", at, told, remedy)
        elif not (place.root or place.level or place.route in BY_ROUTE):
            yield Fault("this target names no place", at, told, "say root or level")
        if told in seen:
            yield Fault(
                "this target stands twice", at, told, "take one out; both sides are two targets, left and right"
            )
        seen.add(told)


def side_faults(spot: Spot, at: str) -> Iterable[Fault]:
    """A side that there is not at the place that an approach goes to."""
    told = place_text(place_of(spot))
    if spot.route in ONE_SIDED and spot.side == "midline":
        yield Fault(f"there is no midline for {spot.route}", f"{at}.side", told, "left or right")
    if spot.route in IN_THE_MIDDLE and spot.side in ("left", "right"):
        yield Fault(f"there is no left or right for {spot.route}", f"{at}.side", told, "midline")
