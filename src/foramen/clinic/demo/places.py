"""Sites, rooms, crews and policies of the demonstration."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files

from foramen.catalogue.schedules.working_days import WorkingDays
from foramen.clinic.demo.accounts import EXAMPLE, LAKE
from foramen.clinic.models import Crew, Modality, Person, PolicyRecord, Room, Site

ZONE = "Europe/Zurich"
WORKING_DAYS = {
    "first": "2025-01-01", "last": "2027-12-31", "weekdays": ["monday", "tuesday", "wednesday", "thursday", "friday"],
    "closed": ["2025-12-25", "2025-12-26", "2026-01-01", "2026-12-25"],
}  # fmt: skip
PARAMETERS = {
    "nurse_line": "000 000 00 00", "nurse_hours": "Monday to Friday, 08:00 to 16:30", "emergency_number": "112",
    "address": "1 Sample Street, Example City", "arrive_minutes_before": 45, "working_days": WORKING_DAYS,
}  # fmt: skip
NAMES = {EXAMPLE: ("Example Hospital", "Spine service"), LAKE: ("Lake Practice", "Spine injections")}
LUNCH = {"from": "12:00", "to": "13:00", "words": "room closed"}
LIST = {"from": "11:30", "to": "13:00", "words": "diagnostic list"}

ROOMS = {
    "fl1": (EXAMPLE, "Fluoroscopy 1", Modality.FLUOROSCOPY, 30, "07:30", "14:00", LUNCH),
    "fl2": (EXAMPLE, "Fluoroscopy 2", Modality.FLUOROSCOPY, 30, "07:30", "14:00", LUNCH),
    "ct": (EXAMPLE, "CT", Modality.CT, 45, "07:45", "15:15", LIST),
    "us": (EXAMPLE, "Ultrasound", Modality.ULTRASOUND, 30, "08:00", "14:00", LUNCH),
    "lake": (LAKE, "Fluoroscopy", Modality.FLUOROSCOPY, 30, "08:00", "12:00", None),
}
"""By code: site, name, modality, minutes of a slot, hours, the break of every day."""

CREWS = {
    "fl1": ("okafor", "ferro"), "fl2": ("vance", "brun"), "ct": ("sandoval", "oyelaran"), "us": ("ito", "nwosu"),
    "lake": ("quayle", "amis"),
}  # fmt: skip
"""Who performs and who assists in a room."""

TIME_OUT, CONSENT = "timeout_valid_min = 15\n", "consent_max_age_days = 30\n"
"""A value of the example record, and one that this hospital has set beside it."""

SIGNED = {EXAMPLE: ("vance", "ito"), LAKE: ("quayle", "vance")}
"""Who has signed the policies of a site."""


@dataclass(frozen=True, slots=True)
class Hospital:
    """Both sites, their rooms by code, and everybody by account."""

    sites: Mapping[str, Site]
    rooms: Mapping[str, Room]
    people: Mapping[str, Person]

    @property
    def calendar(self) -> WorkingDays:
        """The working days of both sites."""
        return WorkingDays.model_validate(WORKING_DAYS, strict=False)


def make_sites() -> dict[str, Site]:
    return {
        code: Site.objects.create(code=code, name=name, service=service, zone=ZONE, parameters=PARAMETERS)
        for code, (name, service) in NAMES.items()
    }


def make_rooms(sites: Mapping[str, Site]) -> dict[str, Room]:
    return {
        code: Room.objects.create(
            site=sites[site], code=code, name=name, modality=modality, slot_minutes=minutes, opens=opens,
            closes=closes, breaks=[pause] if pause else [], place=place,
        )
        for place, (code, (site, name, modality, minutes, opens, closes, pause)) in enumerate(ROOMS.items())
    }  # fmt: skip


def make_crews(rooms: Mapping[str, Room], people: Mapping[str, Person], on: date) -> None:
    """Who works where on a day."""
    for code, (radiologist, technologist) in CREWS.items():
        Crew.objects.create(room=rooms[code], on=on, radiologist=people[radiologist], technologist=people[technologist])


def make_policies(sites: Mapping[str, Site], people: Mapping[str, Person], signed: datetime) -> None:
    """The library's example records, in force at both sites."""
    for file in sorted(files("foramen.library").joinpath("site-records", "example").iterdir(), key=lambda f: f.name):
        text = file.read_text(encoding="utf-8").replace(TIME_OUT, TIME_OUT + CONSENT)
        for code, (first, second) in SIGNED.items():
            PolicyRecord.objects.create(
                site=sites[code], policy=file.name.removesuffix(".toml"), text=text,
                state=PolicyRecord.State.ACTIVE, first_by=people[first], first_at=signed, second_by=people[second],
                second_at=signed,
            )  # fmt: skip
