"""What was done at each target, and in one line: region and approach in the words of the field."""

from collections.abc import Mapping, Sequence
from typing import Any

from foramen.clinic.freeze import substances
from foramen.clinic.freeze.reading import Session
from foramen.clinic.freeze.variables import REGIONS

SEVERAL = "several procedures"
EPIDURAL = ("transforaminal", "interlaminar", "caudal")
NAMED: Mapping[str, str] = {
    "facet": "facet joint", "sacroiliac": "sacroiliac joint", "coccyx": "coccyx", "caudal": "caudal epidural",
}  # fmt: skip
WITHOUT_REGION = ("caudal", "sacroiliac", "coccyx")
"""Approaches that name the place themselves."""

Spot = Mapping[str, Any]


def procedure(session: Session) -> str | None:
    """The procedure in words, such as lumbar transforaminal epidural; None where no approach is on record."""
    given = [one.content["spot"] for one in session.each("given")]
    plan = session.last("plan")
    spots: Sequence[Spot] = given or (plan.content.get("targets", ()) if plan else ())
    names = {name for spot in spots if (name := _name(spot)) is not None}
    return SEVERAL if len(names) > 1 else next(iter(names), None)


def _name(spot: Spot) -> str | None:
    route = spot.get("route")
    if route is None:
        return None
    words = NAMED.get(route, f"{route} epidural" if route in EPIDURAL else route)
    place = spot.get("root") or spot.get("level")
    if route in WITHOUT_REGION or not place:
        return words
    return f"{REGIONS[place[0]]} {words}"


def targets(session: Session) -> list[dict[str, Any]]:
    """Each target that was treated, in the order of the plan: where, and what was given."""
    rows = sorted((one.content for one in session.each("given")), key=lambda one: int(one["number"]))
    return [_target(content) for content in rows]


def _target(content: Mapping[str, Any]) -> dict[str, Any]:
    spot = content["spot"]
    row = {"level": spot.get("level"), "root": spot.get("root"), "side": spot.get("side"),
           "approach": spot.get("route")}  # fmt: skip
    for kind in substances.KINDS:
        found = substances.substance(content.get("drugs", ()), kind)
        row |= {kind: found.name, f"{kind}_mass": found.mass}
    return row


def steroid_total(rows: Sequence[Mapping[str, Any]]) -> int | None:
    """The steroid of a session in µg; 0 where none was given, None where it is of two substances or nothing is told.

    What no policy knows may be another substance at each target, and then is no sum."""
    given = [row for row in rows if row["steroid"] != substances.NONE]
    named = {row["steroid"] for row in given}
    unknown = substances.OTHER in named and len(given) > 1
    if not rows or len(named) > 1 or unknown or any(row["steroid_mass"] is None for row in given):
        return None
    return sum(int(row["steroid_mass"]) for row in given)
