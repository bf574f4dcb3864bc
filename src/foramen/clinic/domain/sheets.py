"""What every letter and sheet says: whose it is, for which visit, from whom. All in words, as it is printed."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from foramen.catalogue.decision import Stamp
from foramen.catalogue.instants import MONTHS, Moment, day_of, local_of, moment_text
from foramen.clinic.domain.times import clock_at, day_at
from foramen.clinic.models import Site, Visit
from foramen.clinic.records.facts import Facts

LONG_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EMERGENCY = (
    "new weakness in a leg or an arm; numbness between the legs; trouble with bladder or bowel; fever with back pain; "
    "a severe headache; bleeding that does not stop."
)
"""When a patient calls the emergency services."""

CONTACTS = ("nurse_line", "nurse_hours", "emergency_number", "address", "front_desk")
"""Parameters of a site that its letters print."""


def date_text(day: date) -> str:
    """12 November 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def long_day(day: date) -> str:
    """Thursday 26 November 2026."""
    return f"{LONG_DAYS[day.weekday()]} {date_text(day)}"


def head_of(visit: Visit, made_at: datetime) -> dict[str, Any]:
    """The head of a sheet about a visit."""
    site, patient = visit.site, visit.patient
    return {
        "site": {"name": site.name, "service": site.service, "zone": site.zone} | contacts_of(site),
        "patient": {
            "name": f"{patient.given_name} {patient.family_name}", "born": date_text(patient.born),
            "number": patient.number,
        },
        "visit": visit.number,
        "room": str(visit.room),
        "targets": visit.targets_text,
        "made_on": date_text(day_at(site, made_at)),
        "day": long_day(day_at(site, visit.start)),
        "clock": clock_at(site, visit.start),
        "be_there": _be_there(visit),
    }  # fmt: skip


def contacts_of(site: Site) -> dict[str, str]:
    """How a patient reaches the service; what a site has not set is left out of its letters."""
    return {name: str(site.parameters[name]) for name in CONTACTS if site.parameters.get(name)}


def needle_times(visit: Visit, facts: Facts) -> dict[str, str]:
    """When the needle was in and out, by the clock of the site; what is not recorded is left out."""
    found = {name: facts.last(f"needle_{name}") for name in ("in", "out")}
    return {name: clock_at(visit.site, one.fact.happened_at) for name, one in found.items() if one is not None}


def _be_there(visit: Visit) -> str:
    lead = visit.site.parameters.get("arrive_minutes_before")
    return clock_at(visit.site, visit.start - timedelta(minutes=int(lead))) if lead else ""


def instant_told(moment: Moment) -> dict[str, str]:
    """An instant as it is kept and as it is told."""
    local = local_of(moment)
    return {
        "utc": moment.utc.isoformat(), "day": long_day(day_of(moment)), "clock": f"{local:%H:%M}",
        "text": moment_text(moment),
    }  # fmt: skip


def policy_told(stamp: Stamp) -> Mapping[str, str]:
    """Which version of the policy a sheet rests on."""
    return {
        "id": stamp.policy, "version": stamp.version, "sha256": stamp.digest, "record_sha256": stamp.record_digest,
        "digest": " ".join((stamp.digest[:4], stamp.digest[4:8])),
    }  # fmt: skip
