"""How long pages of the clinic take with many treatments, beside the same pages of a site that has none.

usage: clinic.py [--treatments N] [--rounds N]                              SQLite, in a folder of its own
       python -m tests.postgres -- .venv/bin/python bench/clinic.py --treatments 200000    PostgreSQL

The demonstration is built, then copies of its past until there are so many treatments. Two nurses ask in turns, one at
the full site and one at a site with the same rooms and nobody in them; times are medians, of one process, without a
network. Nothing is judged here: the design allows 8 times, and the line says so.
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
    with tempfile.TemporaryDirectory() as folder:
        offset = (SHOWN - datetime.now(UTC)).total_seconds()
        os.environ |= {
            "FORAMEN_DATA_DIR": folder, "FORAMEN_DEMO": "yes", "FORAMEN_HTTPS": "no",
            "FORAMEN_CLOCK_OFFSET": f"{offset:.0f}", "DJANGO_SETTINGS_MODULE": "foramen.clinic.settings",
            "FORAMEN_HOSTS": "testserver",
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
    full, empty, stored = _build(treatments)
    built = time.perf_counter() - began
    lines = [
        f"## Pages of the clinic, {connection.vendor}, {stored:,} treatments (built in {built:.0f} s)", "",
        f"| page | full, ms | empty, ms | ratio, at most {LIMIT} |", "|---|---|---|---|",
    ]  # fmt: skip
    for name, full_address, empty_address in _pages(full, empty):
        took = _in_turns(full["client"], full_address, empty["client"], empty_address, rounds)
        here, there = (median(one) * 1000 for one in took)
        lines.append(f"| {name} | {here:.1f} | {there:.1f} | {here / there:.1f} |")
    return lines


def _build(treatments: int) -> tuple[dict[str, Any], dict[str, Any], int]:
    """The full site and the empty one, each with a nurse who has signed in and a patient to look at."""
    from clinic_rows import fill
    from django.db import connection
    from django.test import Client

    from foramen.clinic.demo.hospital import build_hospital
    from foramen.clinic.models import Delegation, Patient, Person, PolicyRecord, Room, Site, Visit
    from tests.clinic.people import signed_in

    hospital = build_hospital()
    stored = fill(hospital, treatments)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
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
    heron = Patient.objects.get(site=site, family_name="Heron", given_name="Josef")
    return (
        {"client": signed_in(Client(), hospital.people["dahl"], site), "patient": heron.pk},
        {"client": signed_in(Client(), nurse, other), "patient": nobody.pk},
        Visit.objects.filter(needle_out_at__isnull=False).count() if stored else 0,
    )


def _pages(full: dict[str, Any], empty: dict[str, Any]) -> list[tuple[str, str, str]]:
    same = [
        ("day board", "/"), ("a board of the past", "/board/2026-10-20/"), ("day sheet", "/board/2026-11-26/sheet/"),
        ("patients", "/patients/"), ("patients, searched", "/patients/?q=Gorse"), ("bookings", "/bookings/"),
        ("waiting add-ons", "/bookings/waiting/"), ("referrals", "/referrals/"),
    ]  # fmt: skip
    own = [("patient", "/patients/{}/"), ("history of a patient", "/patients/{}/history/")]
    shown = [(name, at.format(full["patient"]), at.format(empty["patient"])) for name, at in own]
    return [*((name, at, at) for name, at in same), *shown]


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
