"""A snapshot of a site: the treatments of everybody who agreed to it, de-identified, as a folder that appears whole.

It is a function of the rows and the day that is given, and reads no clock: frozen again, it has the same bytes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from foramen.clinic.freeze import harm, manifest, procedures, rows, tables
from foramen.clinic.freeze.answers import answers
from foramen.clinic.freeze.days import Calendar
from foramen.clinic.freeze.detail import ORIGINS, TITLES, Detail
from foramen.clinic.freeze.one_moment import one_moment
from foramen.clinic.freeze.reading import TOGETHER, Course, Session, courses
from foramen.clinic.freeze.tables import Growing
from foramen.clinic.freeze.told import Tally, Told
from foramen.clinic.freeze.variables import VARIABLES
from foramen.clinic.models import Site
from foramen.kernel.digests import digest
from foramen.kernel.errors import SnapshotError
from foramen.kernel.staging import check_replaceable, staged_folder
from foramen.snapshot.write import People, Provenance, SnapshotWriter


def make_snapshot(site: Site, folder: Path, *, day: date, detail: Detail) -> Told:
    """Freeze the treatments of a site into a folder; who is in it and who is not.

    `day` is the calendar day of the site on which it was asked for. Raises SnapshotError where there is nobody to
    freeze, OutputError where the folder cannot be written; then nothing is left behind.
    """
    check_replaceable(folder.resolve(), kind="snapshot")
    described = [one for one in VARIABLES if detail == "limited" or not one.limited]
    growing, tally = Growing(), Tally()
    with one_moment():
        _read(site, growing, tally, day, {one.name for one in described})
        in_force = manifest.in_force(site)
    told = tally.told(growing.patients, growing.treatments)
    _refuse_nothing(told)
    coded, variables = tables.coded(growing, described)
    layout, laid = tables.laid_out(coded, variables)
    with staged_folder(folder, kind="snapshot") as staging, SnapshotWriter(staging, layout) as writer:
        writer.append(laid)
        written = writer.finish(_provenance(day, detail, told, in_force))
    return replace(told, sha256=digest(written))


def _provenance(day: date, detail: Detail, told: Told, in_force: Mapping[str, Any]) -> Provenance:
    """A demonstration says of its patients that nobody stands behind them; disclosure control protects the others."""
    frozen = {"detail": detail, "told": told.to_json(), "in_force": in_force}
    people: People = "invented" if settings.FORAMEN_DEMO else "recorded"
    return Provenance(ORIGINS[detail], day.isoformat(), people, title=TITLES[detail], frozen=frozen)


def _refuse_nothing(told: Told) -> None:
    if not told.treatments:
        reasons = ", ".join(f"{reason} {count}" for reason, count in told.not_in.items())
        raise SnapshotError.single(
            "there is no treatment that may be frozen", received=reasons or "no treatment at all",
            remedy="a treatment is in when a needle went in and the patient agreed to research",
        )  # fmt: skip


def _read(site: Site, growing: Growing, tally: Tally, day: date, wanted: set[str]) -> None:
    calendar = Calendar(site.zone)
    for course in courses(site, tally):
        growing.patients += 1
        growing.add("patients", {"patient_id": growing.patients, "sex": course.sex})
        _add_course(growing, course, calendar, day, tally, wanted)
        if growing.patients % TOGETHER == 0:
            growing.pack()
    growing.pack()


def _add_course(
    growing: Growing, course: Course, calendar: Calendar, day: date, tally: Tally, wanted: set[str]
) -> None:
    first = course.sessions[0].needle_in
    beside = zip(rows.ages(course), harm.between(course, calendar), strict=True)
    for number, (session, (age, between)) in enumerate(zip(course.sessions, beside, strict=True), 1):
        growing.treatments += 1
        index = growing.treatments
        treated = procedures.targets(session)
        key = {
            "index_id": index, "patient_id": growing.patients, "sequence": number,
            "index_day": calendar.days(first, session.needle_in),
        }  # fmt: skip
        growing.add("treatments", key | {"age": age} | rows.treatment(session, treated) | between)
        slot = {name: value for name, value in rows.visit(session, calendar).items() if name in wanted}
        growing.add("orders", {"index_id": index, "of_set": slot.pop("of_set")})
        growing.add("visits", {"index_id": index} | slot)
        for target, row in enumerate(treated, 1):
            growing.add("targets", {"index_id": index, "target": target} | row)
        for name, observed in _observed(index, session, calendar, day, tally):
            growing.add(name, observed)


def _observed(
    index: int, session: Session, calendar: Calendar, day: date, tally: Tally
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for one in answers(session, calendar, day, tally):
        yield "assessments", tables.answer_row(index, one)
    for variable, code in harm.complications(session, calendar):
        yield "events", tables.event_row(index, variable, code)
    for variable, value in rows.doses(session):
        yield "doses", tables.event_row(index, variable, tables.dose_code(value))
