"""How long pages of the clinic take with many treatments, beside the same pages of a site that has none.

usage: clinic.py [--treatments N] [--rounds N]                              SQLite, in a folder of its own
       python -m tests.postgres -- .venv/bin/python bench/clinic.py --treatments 200000    PostgreSQL

The demonstration is built, then copies of its past until there are so many treatments. Two nurses ask in turns, one at
the full site and one at a site with the same rooms and nobody in them; one line compares two days of the full site. The
last column is the full site before the copies. Times are medians, of one process, without a network. Nothing is judged
here: the design allows 8 times, and the line says so.
"""

import argparse
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[1]
LIMIT = 8
SHOWN = datetime(2026, 11, 26, 8, 12, tzinfo=UTC)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--treatments", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    from foramen.clinic.sealed.ring import new_ring

    with tempfile.TemporaryDirectory() as folder:
        offset = (SHOWN - datetime.now(UTC)).total_seconds()
        os.environ |= {
            "FORAMEN_DATA_DIR": folder, "FORAMEN_DEMO": "yes", "FORAMEN_HTTPS": "no",
            "FORAMEN_CLOCK_OFFSET": f"{offset:.0f}", "DJANGO_SETTINGS_MODULE": "foramen.clinic.settings",
            "FORAMEN_HOSTS": "testserver", "FORAMEN_KEYS": new_ring().text,
        }  # fmt: skip
        import django

        django.setup()
        print("\n".join(_report(options.treatments, options.rounds)))
    return 0


def _report(treatments: int, rounds: int) -> list[str]:
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    began = time.perf_counter()
    hospital, full, empty = _build()
    pages = _pages(full, empty)
    before = _measure(pages, rounds)
    stored = _fill(hospital, treatments)
    built = time.perf_counter() - began
    lines = [
        f"## Pages of the clinic, {connection.vendor}, {stored:,} treatments (built in {built:.0f} s)", "",
        f"| page | full, ms | empty, ms | ratio, at most {LIMIT} | before, ms |", "|---|---|---|---|---|",
    ]  # fmt: skip
    for (name, *_), (here, there), (alone, _) in zip(pages, _measure(pages, rounds), before, strict=True):
        lines.append(f"| {name} | {here:.1f} | {there:.1f} | {here / there:.1f} | {alone:.1f} |")
    return lines


def _fill(hospital: Any, treatments: int) -> int:
    """How many treatments there are then. PostgreSQL tidies up by itself, but not at once."""
    from clinic_rows import fill
    from django.db import connection

    from foramen.clinic.models import Visit

    fill(hospital, treatments)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return Visit.objects.filter(needle_out_at__isnull=False).count()


def _measure(pages: "list[Asked]", rounds: int) -> list[tuple[float, float]]:
    """Milliseconds of the full and of the empty page."""
    took = (_in_turns(*full, *empty, rounds) for _, full, empty in pages)
    return [(median(here) * 1000, median(there) * 1000) for here, there in took]


def _build() -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """The hospital, its full site and the empty one, each with a nurse who has signed in and a patient to look at."""
    from django.test import Client

    from foramen.clinic.demo.hospital import build_hospital
    from foramen.clinic.models import Delegation, Patient, Person, PolicyRecord, Room, Site
    from foramen.clinic.records.finding import find_patients
    from tests.clinic.people import signed_in

    hospital = build_hospital()
    site = hospital.sites["example"]
    other = Site.objects.create(
        code="empty", name="Empty Hospital", service=site.service, zone=site.zone, parameters=site.parameters
    )
    rooms = [Room.objects.get(pk=room.pk) for room in hospital.rooms.values() if room.site == site]
    for room in rooms:
        room.pk, room.site, room._state.adding = None, other, True
        room.save(force_insert=True)
    for record in PolicyRecord.objects.filter(site=site):
        record.pk, record.site, record._state.adding = None, other, True
        record.save(force_insert=True)
    nurse = Person.objects.create(username="empty", shown_as="E. Empty")
    Delegation.objects.create(person=nurse, site=other, role="nurse", first_day="2025-01-01")
    nobody = Patient.objects.create(
        site=other, number="1", family_name="Nobody", given_name="Yet", born="1970-01-01", sex="female"
    )
    heron = next(one for one in find_patients(site, "Heron Josef").patients if one.given_name == "Josef")
    return (
        hospital,
        {"client": signed_in(Client(), hospital.people["dahl"], site), "patient": heron.pk},
        {"client": signed_in(Client(), nurse, other), "patient": nobody.pk},
    )


SAME = (
    ("day board", "/"), ("a board of the past", "/board/2025-05-06/"), ("day sheet", "/board/2026-11-26/sheet/"),
    ("patients", "/patients/"), ("patients, searched", "/patients/?q=Gorse"),
    ("patients by birth date", "/patients/?born=1957-03-02"), ("bookings", "/bookings/"),
    ("bookings of all time", "/bookings/?sort=latest"), ("patients, searched by number", "/patients/?q=4158 2093"),
    ("bookings by room", "/bookings/?sort=room"), ("bookings, searched", "/bookings/?q=Gorse"),
    ("bookings of everybody with an an", "/bookings/?q=ann"), ("waiting add-ons", "/bookings/waiting/"),
    ("referrals", "/referrals/"), ("referrals, searched", "/referrals/?q=Gorse"),
)  # fmt: skip
"""Pages that have the same address at both sites."""

NOBODY = "/board/2027-03-01/"
"""A day on which nobody is booked."""

Asked = tuple[str, tuple[Any, str], tuple[Any, str]]
"""The name of a page, and client and address of the full and of the empty one."""


def _pages(full: dict[str, Any], empty: dict[str, Any]) -> list[Asked]:
    here, there = full["client"], empty["client"]
    same: list[Asked] = [(name, (here, at), (there, at)) for name, at in SAME]
    same.insert(1, ("day board, beside a day without visits", (here, "/"), (here, NOBODY)))
    own = [("patient", "/patients/{}/"), ("history of a patient", "/patients/{}/history/")]
    return [
        *same,
        *((name, (here, at.format(full["patient"])), (there, at.format(empty["patient"]))) for name, at in own),
    ]


def _in_turns(full: Any, full_at: str, empty: Any, empty_at: str, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of each; the first answers warm up and do not count."""
    took: tuple[list[float], list[float]] = ([], [])
    for one in range(rounds + 2):
        for client, address, seconds in ((full, full_at, took[0]), (empty, empty_at, took[1])):
            began = time.perf_counter()
            answer = client.get(address)
            spent = time.perf_counter() - began
            if answer.status_code != 200:
                raise SystemExit(f"{address} answers {answer.status_code}")
            if one > 1:
                seconds.append(spent)
    return took


if __name__ == "__main__":
    sys.exit(main())
