"""Two nurses edit one record in every order that there is: no update is lost, and who comes second sees both (H22)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import combinations, cycle
from typing import Any

import pytest

from foramen.clinic.models import Draft, Patient, Visit
from tests.clinic.hospital import Hospital
from tests.clinic.test_api import Api, api_of

pytestmark = [pytest.mark.soak, pytest.mark.requirement("H22")]

ROUNDS = 2
"""How often each of the two reads and then saves."""

STEPS = ("read", "save") * ROUNDS
ORDERS = [
    "".join("a" if n in first else "b" for n in range(2 * len(STEPS)))
    for first in combinations(range(2 * len(STEPS)), len(STEPS))
]
"""Whose turn it is: every way in which the steps of the two can follow each other."""


@dataclass
class Record:
    """One record that both edit. `stands` reads version and value from the database, `sent` is what a save sends, and
    `shown` the value as a refusal shows it."""

    address: str
    stands: Callable[[], tuple[int, Any]]
    sent: Callable[[int, Any], dict[str, Any]]
    shown: Callable[[dict[str, Any]], Any]
    values: Iterator[Any]


@dataclass
class Nurse:
    """One of the two, with the version that she has read."""

    api: Api
    version: int = 0
    steps: Iterator[str] = field(default_factory=lambda: iter(STEPS))


def patient_details(hospital: Hospital) -> Record:
    patient = hospital.visit("09:30").patient
    told = {"number": patient.number, "given_name": "Nadia", "born": "1979-06-14", "sex": "female"}

    def stands() -> tuple[int, Any]:
        now = Patient.objects.get(pk=patient.pk)
        return now.version, now.family_name

    return Record(
        f"patient/{patient.pk}/change_patient", stands, lambda version, name: told | {"family_name": name,
        "version": version}, lambda theirs: theirs["family_name"], (f"Sorrel {n}" for n in range(10_000)),
    )  # fmt: skip


def draft(hospital: Hospital) -> Record:
    visit = hospital.visit("09:30")

    def stands() -> tuple[int, Any]:
        now = Draft.objects.filter(visit=visit).first()
        return (now.version, now.content["n"]) if now else (0, None)

    return Record(
        f"visit/{visit.pk}/save_screening", stands,
        lambda version, n: {"version": version, "content": {"n": n}}, lambda theirs: theirs["content"]["n"],
        iter(range(10_000)),
    )  # fmt: skip


def slot(hospital: Hospital) -> Record:
    visit, room = hospital.visit("09:30"), hospital.rooms["fl1"]
    starts = cycle(f"2026-11-26T{hour:02d}:{minute:02d}" for hour in range(10, 16) for minute in (0, 30))

    def stands() -> tuple[int, Any]:
        now = Visit.objects.get(pk=visit.pk)
        return now.version, f"{now.start.astimezone(hospital.local('09:00').tzinfo):%H:%M}"

    return Record(
        f"visit/{visit.pk}/move", stands, lambda version, start: {"room": str(room.pk), "start": start,
        "version": version, "reason": "asked to"}, lambda theirs: theirs["start"], starts,
    )  # fmt: skip


@pytest.mark.parametrize("kind", [patient_details, draft, slot])
def test_no_update_is_lost_in_any_order(hospital: Hospital, kind: Callable[[Hospital], Record]) -> None:
    record, apis = kind(hospital), [api_of(hospital, who) for who in ("dahl", "moss")]
    saved = refused = 0
    for order in ORDERS:
        nurses = dict(zip("ab", (Nurse(api) for api in apis), strict=True))
        for turn in order:
            nurse = nurses[turn]
            before, value = record.stands()
            if next(nurse.steps) == "read":
                nurse.version = before
                continue
            said = nurse.api.post(record.address, record.sent(nurse.version, next(record.values)))
            after, now = record.stands()
            if nurse.version == before:
                assert (said.status_code, after, now != value) == (200, before + 1, True), said.json()
                saved += 1
            else:
                assert (said.status_code, after, now) == (409, before, value), said.json()
                theirs = said.json()["theirs"]
                assert theirs["version"] == before and str(value) in str(record.shown(theirs))
                refused += 1
    assert len(ORDERS) == 70 and saved + refused == 280
    assert saved >= 140 and refused >= 60
