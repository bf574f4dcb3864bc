"""Who performs and who assists in a room on a day."""

from datetime import timedelta

from django.db import IntegrityError, transaction

from foramen.catalogue.instants import start_of_day
from foramen.clinic.domain.act import Act
from foramen.clinic.domain.asked import CrewSet
from foramen.clinic.domain.errors import StaleError
from foramen.clinic.domain.lookup import person_here
from foramen.clinic.domain.verbs import verb
from foramen.clinic.models import LIVE, Crew, Person, Room, Visit
from foramen.clinic.records.versions import save_changes
from foramen.clinic.rights.roles import DOCTORS, SCHEDULERS, Role
from foramen.clinic.rules import readiness


@verb("set_crew", says="Set the crew", on=Room, content=CrewSet, roles=SCHEDULERS)
def set_crew(act: Act, room: Room, wanted: CrewSet) -> Crew:
    """The crew of a room on a day. Visits that had the radiologist of the crew before, or none, get the new one."""
    radiologist, technologist = _people(act, wanted)
    crew = Crew.objects.filter(room=room, on=wanted.on).first()
    before = crew.radiologist if crew else None
    if crew is None:
        crew = _new_crew(room, wanted, radiologist, technologist)
    else:
        seen = wanted.version or 0
        crew = save_changes(crew, seen, radiologist=radiologist, technologist=technologist)
    if radiologist != before:
        _follow(act, crew, before)
    return crew


def _people(act: Act, wanted: CrewSet) -> tuple[Person | None, Person | None]:
    technologists = frozenset({Role.TECHNOLOGIST})
    chosen = (
        (wanted.radiologist, DOCTORS, "radiologist"), (wanted.technologist, technologists, "technologist"),
    )  # fmt: skip
    found = [person_here(act, key, roles, wanted.on, where) if key else None for key, roles, where in chosen]
    return found[0], found[1]


def _new_crew(room: Room, wanted: CrewSet, radiologist: Person | None, technologist: Person | None) -> Crew:
    try:
        with transaction.atomic():
            return Crew.objects.create(room=room, on=wanted.on, radiologist=radiologist, technologist=technologist)
    except IntegrityError:
        raise StaleError.single("somebody else set this crew while you were at it") from None


def _follow(act: Act, crew: Crew, before: Person | None) -> None:
    """The performing radiologist of the visits of that day that still have the needle to come."""
    begins, ends = (
        start_of_day(day, act.site.zone).utc for day in (crew.on, crew.on + timedelta(days=1))
    )  # fmt: skip
    coming = Visit.objects.filter(room=crew.room, start__gte=begins, start__lt=ends, state__in=LIVE, needle_in_at=None)
    for visit in coming:
        if visit.radiologist_id in (None, before.pk if before else None):
            save_changes(visit, radiologist=crew.radiologist)
            readiness.refresh(visit)
