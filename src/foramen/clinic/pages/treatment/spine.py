"""The spine map: the drawing of the design, with what was ordered and what is planned marked on it.

The drawing is one file. It is cut once into the bones and its targets; a page puts them together again with the states
of the day. Names and ids stay those of the drawing, so that the keyboard and the tests find them.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from django.utils.safestring import SafeString, mark_safe

from foramen.catalogue.gates.inputs import Place

DRAWING = Path(__file__).parents[2] / "static" / "clinic" / "svg" / "spine-map.svg"
APPROACHES: Mapping[str, str] = {
    "transforaminal": "Root",
    "interlaminar": "Interlaminar",
    "facet": "Facet",
    "pars": "Pars",
    "sacroiliac": "SI joint",
    "caudal": "Caudal",
    "coccyx": "Coccyx",
}
"""Approaches of the map with their short names."""

BY_ROOT = ("transforaminal",)
WITHOUT_LEVEL: Mapping[str, str] = {"sacroiliac": "SI", "caudal": "S", "coccyx": "Co"}
"""Approaches that name their place themselves, with what stands for it in the ids of the map."""

_TARGET = re.compile(
    r'<g class="target" id="target-(?P<key>[^"]+)" role="checkbox"[^>]*aria-label="(?P<name>[^"]+)" '
    r'transform="(?P<at>[^"]+)">(?P<title><title>.*?</title>)(?P<hit><rect class="target__hit"[^>]*/>)'
    r'(?P<dot><\w+ class="target__dot"[^>]*/>)(?P<label>.*?)</g>'
)
_RING = '<circle class="target__ring" r="11" fill="none" stroke="#0b5468" stroke-width="1.4" stroke-dasharray="3 2"/>'
_FOCUS = '<rect class="target__focus" x="-14" y="-14" width="28" height="28"/>'
_TICK = (
    '<path class="target__tick" fill="none" stroke="#fff" stroke-width="1.8" stroke-linecap="round" '
    'stroke-linejoin="round" d="M-3 .2L-.8 2.5L3.2-2.2"/>'
)


@dataclass(frozen=True, slots=True)
class MapTarget:
    """One place of the map. `key` is level, side and approach as ids are made of them; `name` says it in full."""

    key: str
    name: str
    approach: str
    side: str
    where: str
    at: str
    title: str
    hit: str
    dot: str
    label: str

    @property
    def spot(self) -> dict[str, str]:
        """The place as facts hold it: roots are told as roots, and never as the level beside them."""
        found = {"side": self.side, "route": self.approach}
        if self.approach not in WITHOUT_LEVEL:
            found["root" if self.approach in BY_ROOT else "level"] = self.where
        return found


def _read(found: re.Match[str]) -> MapTarget:
    *levels, side, approach = found["key"].split("-")
    parts = {name: found[name] for name in ("key", "name", "at", "title", "hit", "dot", "label")}
    return MapTarget(approach=approach, side=side, where="/".join(levels), **parts)


@cache
def bones() -> str:
    """Everything of the drawing before its first target."""
    text = DRAWING.read_text(encoding="utf-8").replace(' font-family="Plex, Liberation Sans, Arial, sans-serif"', "")
    return text[: text.index('<g class="targets ')]


@cache
def targets() -> Mapping[str, MapTarget]:
    """Every place that can be chosen, by its key."""
    found = (_read(one) for one in _TARGET.finditer(DRAWING.read_text(encoding="utf-8")))
    return {one.key: one for one in found if one.approach in APPROACHES}


def key_of(place: Place) -> str:
    """The key of a place, as ids of the map are made; it need not be on the map."""
    where = WITHOUT_LEVEL.get(place.route or "", (place.root or place.level or "").replace("/", "-"))
    return f"{where}-{place.side}-{place.route}"


def spine_map(chosen: Collection[str], ordered: Collection[str], *, fixed: bool) -> SafeString:
    """The drawing with what is planned filled and what was ordered ringed. `fixed`: it only shows."""
    groups = "".join(
        f'<g class="targets targets--{approach}" id="targets-{approach}">'
        + "".join(_drawn(_of(approach), set(chosen), set(ordered), fixed))
        + "</g>"
        for approach in APPROACHES
    )
    return mark_safe(f"{bones()}{groups}</g></svg>")


def approach_shown(chosen: Iterable[str], ordered: Iterable[str]) -> str:
    """The approach that the map opens with: that of the first target."""
    known = targets()
    return next((known[key].approach for key in (*chosen, *ordered) if key in known), "transforaminal")


def _of(approach: str) -> list[MapTarget]:
    return [one for one in targets().values() if one.approach == approach]


def _drawn(places: list[MapTarget], chosen: set[str], ordered: set[str], fixed: bool) -> Iterator[str]:
    first = next((one for one in places if one.key in chosen), places[0])
    for one in places:
        yield _target(one, one.key in chosen, one.key in ordered, is_stop=one is first, fixed=fixed)


def _target(one: MapTarget, chosen: bool, ordered: bool, *, is_stop: bool, fixed: bool) -> str:
    name = escape(f"{one.name}, ordered" if ordered else one.name)
    states = f"target{' target--on' * chosen}{' target--ordered' * ordered}"
    mark = one.dot.replace('fill="#ffffff"', 'fill="#0b5468"') if chosen else one.dot
    label = one.label.replace('font-weight="500"', 'font-weight="600"') if chosen else one.label
    return (
        f'<g class="{states}" id="target-{one.key}" role="checkbox" aria-checked="{str(chosen).lower()}" '
        f"{'aria-disabled=' + chr(34) + 'true' + chr(34) + ' ' if fixed else ''}"
        f'tabindex="{0 if is_stop else -1}" aria-label="{name}" transform="{one.at}">'
        f"{one.title}{one.hit}{_FOCUS}{_RING if ordered else ''}{mark}{_TICK if chosen else ''}{label}</g>"
    )
