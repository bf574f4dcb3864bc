"""One question about a visit: its facts, the instant and the occasion, and the pieces that several policies share."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from foramen.catalogue.decision import Occasion
from foramen.catalogue.instants import Moment, zone
from foramen.clinic.facts.content import Spot
from foramen.clinic.facts.day import SessionPlanned
from foramen.clinic.models import Fact, Visit
from foramen.clinic.records.facts import Facts, Known
from foramen.clinic.records.ordered import ordered_targets
from foramen.clinic.rights.roles import Role
from foramen.clinic.rules.inputs.beside import Beside

Section = dict[str, Any]

ROLES = {
    Role.NURSE: "nurse", Role.TECHNOLOGIST: "technologist", Role.RADIOLOGIST: "radiologist", Role.LEAD: "radiologist",
}  # fmt: skip
"""Roles in the words of the policies. A lead is a radiologist; whoever is none of these signs as other."""

PLACE = ("root", "level", "side", "route")


@dataclass(frozen=True)
class Question:
    """What is asked about a visit. `granted` are steps that a list supposes to be done, because they are not reached
    yet; a gate grants none."""

    visit: Visit
    facts: Facts
    now: Moment
    occasion: Occasion
    beside: Beside = field(default_factory=Beside)
    granted: frozenset[str] = frozenset()

    @property
    def zone(self) -> str:
        return self.visit.site.zone

    def local(self, instant: datetime) -> datetime:
        """An instant as the clocks of the site show it, with its offset."""
        return instant.astimezone(zone(self.zone))

    def head(self) -> Section:
        """The head of every question."""
        return {"zone": self.zone, "occasion": self.occasion}

    def told(self, known: Known | Fact | None) -> Section:
        """Who said something, and when it was recorded."""
        fact = known.fact if isinstance(known, Known) else known
        return {} if fact is None else {"source": source_of(fact), "recorded": self.local(recorded_of(fact))}

    def signature(self, known: Known | None) -> Section | None:
        """A person who signed, by account."""
        if known is None:
            return None
        fact = known.fact
        role = ROLES.get(Role(fact.role), "other")
        return {"person": fact.by.username, "role": role, "at": self.local(fact.happened_at)}

    @property
    def performing(self) -> str:
        """Account of the performing radiologist; empty where nobody is named."""
        return self.visit.radiologist.username if self.visit.radiologist else ""

    def happened(self, kind: str) -> datetime | None:
        known = self.facts.last(kind)
        return self.local(known.fact.happened_at) if known else None

    def procedure(self) -> Section:
        """The visit and what has been done of it."""
        visit = self.visit
        return {
            "start": self.local(visit.start), "patient": visit.patient.number, "room": visit.room.code,
            "radiologist": self.performing, "plan": str(visit.plan), "visit": visit.number,
            "guidance": visit.room.modality, "needle_in": self.happened("needle_in"),
            "needle_out": self.happened("needle_out"),
        }  # fmt: skip

    @cached_property
    def plan(self) -> SessionPlanned | None:
        """The plan that stands."""
        return self.facts.content("plan", SessionPlanned)

    @cached_property
    def ordered(self) -> Sequence[Spot]:
        """What the order says, or the decision to repeat at another place."""
        return ordered_targets(self.facts)

    @property
    def spots(self) -> Sequence[Spot]:
        """Where: by the plan, or by the order as long as nothing is planned."""
        return self.plan.targets if self.plan else self.ordered


def source_of(fact: Fact) -> str:
    """Who said or did something, for the record of a decision."""
    late = f", entered late at {fact.recorded_at.isoformat(timespec='minutes')}" if fact.late else ""
    return f"{fact.by}, {Role(fact.role).label}{late}"


def recorded_of(fact: Fact) -> datetime:
    """When a fact counts as recorded: what is entered late from a paper form was written down when it happened."""
    return fact.happened_at if fact.late else fact.recorded_at


def place_of(spot: Spot) -> Section:
    """A place as policies take it."""
    return {name: getattr(spot, name) for name in PLACE}
