"""What a site says of itself, as a document: how patients reach it, its rooms, the days on which it works.

The document is the whole truth of what it names, and can be given again. A room that it no longer names stays, because
visits stand in it.
"""

from collections.abc import Iterator, Sequence
from datetime import time
from pathlib import Path
from typing import Any, Literal, Self

from django.db import transaction
from pydantic import Field, model_validator

from foramen.catalogue.document import Part, load_document
from foramen.catalogue.inputs import Text
from foramen.catalogue.schedules.working_days import WorkingDays
from foramen.clinic.domain.errors import WrongInputError
from foramen.clinic.models import Room, Site, Visit
from foramen.clinic.records.context import saying
from foramen.clinic.records.versions import save_changes
from foramen.kernel.errors import Fault, raise_all


class Contact(Part):
    """What letters print; a letter without a number to call helps nobody, so each has to be there."""

    nurse_line: Text = Field(description="number of the nurse")
    nurse_hours: Text = Field(description="when somebody answers it")
    emergency_number: Text = Field(description="number of the emergency services")
    address: Text = Field(description="where patients come to")
    arrive_minutes_before: int = Field(45, ge=0, le=240, description="how long before the slot they are to be there")


class Hours(Part):
    """Hours of every day, in local time."""

    opens: time = Field(description="from when on")
    closes: time = Field(description="until when")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError(f"{self.opens:%H:%M} is not before {self.closes:%H:%M}")
        return self


class Break(Hours):
    """Hours in which a room takes nobody."""

    opens: time = Field(alias="from", description="from when on")
    closes: time = Field(alias="to", description="until when")
    words: Text = Field(description="why, as the board says")


class RoomOfSite(Hours):
    """A room with one modality, and when it is open."""

    code: str = Field(pattern="^[a-z][a-z0-9-]{0,49}$", description="short name, as addresses hold it")
    name: str = Field(min_length=1, max_length=60, description="as the board prints it")
    modality: Literal["fluoroscopy", "CT", "ultrasound"] = Field(description="how the needle is watched")
    slot_minutes: int = Field(30, ge=5, le=240, description="length of a slot")
    breaks: list[Break] = Field([], description="hours in which it takes nobody")


class SiteDocument(Part):
    """A site of the clinic."""

    contact: Contact = Field(description="how patients reach it")
    rooms: list[RoomOfSite] = Field(min_length=1, description="its rooms, in the order of the board")
    working_days: WorkingDays | None = Field(None, description="the days on which somebody calls patients")


def set_up_site(code: str, path: Path) -> Sequence[str]:
    """Make a site what its document says, or change nothing. Returns the names of rooms that it does not name.

    Raises DefinitionError with every fault of the document, and WrongInputError for what cannot be changed.
    """
    wanted = load_document(path, SiteDocument).content
    site = Site.objects.filter(code=code).first()
    if site is None:
        raise WrongInputError.single("there is no site of that code", where="CODE", received=code)
    raise_all(WrongInputError, _impossible(site, wanted))
    with saying({"shown_as": "command line", "verb": "site set-up"}), transaction.atomic():
        save_changes(site, parameters=_parameters(wanted))
        for place, room in enumerate(wanted.rooms):
            Room.objects.update_or_create(site=site, code=room.code, defaults=_columns(room, place))
    left = site.rooms.exclude(code__in=[room.code for room in wanted.rooms])
    return [room.name for room in left]


def _impossible(site: Site, wanted: SiteDocument) -> Iterator[Fault]:
    """Two rooms of one code, and another modality for a room in which visits stand."""
    codes = [room.code for room in wanted.rooms]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield Fault("two rooms have one code", "rooms", code, "a code of its own for each")
    for room in wanted.rooms:
        used = Visit.objects.filter(room__site=site, room__code=room.code)
        if used.exclude(room__modality=room.modality).exists():
            yield Fault(
                "there are visits in this room with another modality", f"rooms: {room.code}", room.modality,
                "a new room with a code of its own",
            )  # fmt: skip


def _parameters(wanted: SiteDocument) -> dict[str, Any]:
    calendar = wanted.working_days
    told = wanted.contact.model_dump(mode="json")
    return told if calendar is None else told | {"working_days": calendar.model_dump(mode="json")}


def _columns(room: RoomOfSite, place: int) -> dict[str, Any]:
    """The columns of a room; a break as `Room` describes it."""
    breaks = [
        {"from": f"{one.opens:%H:%M}", "to": f"{one.closes:%H:%M}", "words": one.words} for one in room.breaks
    ]  # fmt: skip
    return room.model_dump(exclude={"code", "breaks"}) | {"breaks": breaks, "place": place}
