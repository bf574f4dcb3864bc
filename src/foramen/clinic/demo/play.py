"""Playing a story through the verbs, each at its own instant: everything in it is what somebody could have done."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from foramen.catalogue.instants import Moment, day_of
from foramen.clinic import clock
from foramen.clinic.demo.places import Hospital
from foramen.clinic.domain.act import Act
from foramen.clinic.domain.verbs import VERBS, perform
from foramen.clinic.models import Site

Said = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """One verb at one instant. `on` is the name of a row that is known by then; what came of it is kept under `keep`.

    `said` may be worked out when it happens, such as a number that the server gives.
    """

    at: datetime
    who: str
    verb: str
    on: str
    said: Said | Callable[[], Said]
    keep: str = ""
    why: str = ""


@dataclass(slots=True)
class Play:
    """The events of a story, and the keys of the rows that they made, by their names."""

    hospital: Hospital
    site: Site
    chance: Random
    keys: dict[str, str] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)

    def add(self, event: Event) -> None:
        """Something that happens; in whatever order it is told."""
        self.events.append(event)

    def run(self) -> None:
        """Everything in the order of its instants. Raises what a verb raises: a story that cannot be is a mistake."""
        for event in sorted(self.events, key=lambda one: one.at):
            with clock.standing_at(event.at):
                self._happens(event)

    def _happens(self, event: Event) -> None:
        person = self.hospital.people[event.who]
        roles = person.roles_at(self.site, day_of(Moment(event.at, self.site.zone)))
        key = UUID(int=self.chance.getrandbits(128), version=4)
        act = Act(person, self.site, roles, key=key, at=event.at, why=event.why)
        said = event.said() if callable(event.said) else event.said
        content = VERBS[event.verb].content.model_validate(said, strict=False)
        done = perform(act, event.verb, self.keys[event.on], content)
        if event.keep:
            self.keys[event.keep] = done.key
