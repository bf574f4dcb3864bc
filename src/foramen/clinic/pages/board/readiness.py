"""What the rules said last about a visit, as lists show it, with the way out of each reason."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from foramen.clinic.models import Visit
from foramen.clinic.pages.links import link_for
from foramen.clinic.rights.gatekeeper import ClinicRequest
from foramen.clinic.rules.readiness import keep_fresh

GRAVITY = ("NA", "OK", "later", "DECIDE", "HOLD", "STOP")
"""Outcomes from the one that lets everybody pass to the gravest."""

_WAYS_OUT: Mapping[str, tuple[str, str]] = {
    "Allergies": ("Ask now", "screening"),
    "Blood": ("Screening", "screening"),
    "Cut": ("Screening", "screening"),
    "Driver": ("Record way home", "treatment"),
    "MRI": ("Open MRI review", "treatment"),
    "Consent": ("Open consent", "treatment"),
    "Level/side": ("Open level check", "treatment"),
    "Pain before": ("Enter score", "treatment"),
    "Time-out": ("Open time-out", "treatment"),
    "Pain after": ("Enter score", "treatment"),
    "Observe": ("Open recovery", "treatment"),
    "Walks": ("Open recovery", "treatment"),
    "Restart": ("Open recovery", "treatment"),
    "": ("Open record", "treatment"),
}
"""Which page mends what, by the name of the cell; what has none is mended in the record."""

_BY_TOPIC: Mapping[str, tuple[str, str]] = {"letter not confirmed": ("Confirm the letter", "letter-read")}
"""The same for reasons without a cell that have a page of their own."""


@dataclass(frozen=True, slots=True)
class Why:
    """One reason, with the page that leads out of it."""

    outcome: str
    word: str
    says: str
    cell: str

    @property
    def topic(self) -> str:
        """What it is about, as the bold word says it after the outcome."""
        return self.word.partition(", ")[2].rstrip(".")


@dataclass(frozen=True, slots=True)
class Shown:
    """The cells and the reasons of a visit, and when its hold ends."""

    cells: Sequence[Mapping[str, Any]]
    whys: Sequence[Why]
    until: datetime | None

    @property
    def worst(self) -> str:
        """The gravest outcome of all cells, and of what stands beside them."""
        return max(self._outcomes(), key=GRAVITY.index, default="later")

    def has(self, outcome: str) -> bool:
        return outcome in self._outcomes()

    def _outcomes(self) -> Sequence[str]:
        return [*(str(one["outcome"]) for one in self.cells), *(one.outcome for one in self.whys)]


def shown_of(visits: Iterable[Visit], now: datetime) -> Mapping[Any, Shown]:
    """What the rules say of the visits of a list, by their keys: what they said last. Where time has changed it, they
    are asked anew, once for everybody who looks."""
    asked = list(visits)
    keep_fresh(asked, now)
    return {one.pk: _read(one.readiness, now) for one in asked}


def _read(stored: Mapping[str, Any], now: datetime) -> Shown:
    whys = tuple(Why(one["outcome"], one["word"], one["says"], one["cell"]) for one in stored.get("why", ()))
    return Shown(stored.get("cells", ()), whys, _hold_ends(stored, now))


def _hold_ends(stored: Mapping[str, Any], now: datetime) -> datetime | None:
    """When the last hold of the visit is over, if there is one and nothing graver."""
    if any(one["outcome"] == "STOP" for one in stored.get("cells", ())):
        return None
    told = [one["until"] for one in stored.get("cells", ()) if one["outcome"] == "HOLD" and one.get("until")]
    ends = max((datetime.fromisoformat(one) for one in told), default=None)
    return ends if ends is not None and ends > now else None


@dataclass(frozen=True, slots=True)
class WayOut:
    """A button beside a reason."""

    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """Another slot, in which a hold is over."""

    label: str
    address: str
    room: str
    start: str


@dataclass(frozen=True, slots=True)
class Line:
    """A reason with at most two ways out of it."""

    why: Why
    way: WayOut | None = None
    move: Proposal | None = None


def way_out(request: ClinicRequest, why: Why, visit: Visit) -> WayOut | None:
    """The page on which a reason is mended, for somebody who may open it."""
    label, page = _BY_TOPIC.get(why.topic) or _WAYS_OUT.get(why.cell, ("", ""))
    address = link_for(request, page, visit.pk) if page else ""
    return WayOut(label, address) if address else None
