"""One treatment on which nothing was wrong, from the screening to the way home, as rows for the ledger."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from foramen.catalogue.gates.age import completed_years
from foramen.clinic.demo import invented
from foramen.clinic.demo.ledger import About, Ledger
from foramen.clinic.demo.places import CREWS
from foramen.clinic.models import Fact, Order, Person, Room, Visit
from foramen.clinic.rights.roles import Role

Signer = tuple[Person, Role]
IDENTIFIERS = ["name", "date of birth"]
SAID = dict.fromkeys(("procedure", "level", "side", "allergies", "consent", "images"), "agrees")
PARTS = ["what to expect", "restrictions", "when to call", "signs of bleeding", "restart", "phone number"]
BY_HAND = {"fluoroscopy": "fluoroscopy", "CT": "CT", "ultrasound": "ultrasound"}


@dataclass(frozen=True, slots=True)
class Crew:
    """Who was there."""

    nurse: Signer
    technologist: Signer
    radiologist: Signer


@dataclass(frozen=True, slots=True)
class Session:
    """One treatment: where, when, what, and how much it helped."""

    number: str
    room: Room
    start: datetime
    spots: list[dict[str, str]]
    age: int
    pain: tuple[int, int]

    @property
    def modality(self) -> str:
        return self.room.modality


def crew_of(room: Room, people: Mapping[str, Person], nurse: str) -> Crew:
    """Those who work in the room."""
    radiologist, technologist = CREWS[room.code]
    led = Role.LEAD if radiologist in ("vance", "quayle") else Role.RADIOLOGIST
    return Crew((people[nurse], Role.NURSE), (people[technologist], Role.TECHNOLOGIST), (people[radiologist], led))


def screening(start: datetime, mri: dict[str, Any]) -> dict[str, Any]:
    """Answers of somebody who takes nothing and is allergic to nothing."""
    return {
        "no_allergies": True, "no_medicines": True, "asked_of": "patient", "confirmed_at": start.isoformat(),
        "tendency": "no", "liver_cirrhosis": "no", "advanced_liver_disease": "no", "advanced_renal_disease": "no",
        "no_steroids_elsewhere": True, "no_surgery": True, "driver": "daughter, by car", "mri": mri,
    }  # fmt: skip


def add_session(rows: Ledger, chance: Random, order: Order, one: Session, crew: Crew) -> Visit:
    """A visit that went home, with everything that was signed in it."""
    visit = _visit(order, one, crew)
    rows.visits.append(visit)
    about = About(order.patient, order.referral, order, visit)
    told = one.start - timedelta(days=chance.randint(3, 8), minutes=chance.randint(0, 300))
    mri = {
        "accession": f"MR-{order.number}",
        "on": (told - timedelta(days=30)).date().isoformat(),
        "regions": _regions(one),
    }
    asked = rows.sign("screening", told, crew.nurse, screening(told, mri), about)
    for kind, minutes, by, content in (*_before(one, crew, mri), *_needle(chance, one, crew), *_after(one, crew)):
        rows.sign(kind, one.start + timedelta(minutes=minutes), by, content, about)
    for kind, minutes, by in (("review_nurse", -25, crew.nurse), ("review_radiologist", -23, crew.radiologist)):
        rows.review(kind, one.start + timedelta(minutes=minutes), by, asked, about)
    return visit


def _visit(order: Order, one: Session, crew: Crew) -> Visit:
    before, after = one.pain
    return Visit(
        site=order.site, order=order, patient=order.patient, room=one.room, radiologist=crew.radiologist[0],
        number=one.number, start=one.start, minutes=one.room.slot_minutes, state=Visit.State.HOME,
        state_at=one.start + timedelta(minutes=52), letter=1, targets_text=order.targets_text,
        needle_in_at=one.start + timedelta(minutes=4), needle_out_at=one.start + timedelta(minutes=14),
        pain_before=before, pain_after=after, age=completed_years(order.patient.born, one.start.date()),
    )  # fmt: skip


Step = tuple[str, int, Signer, dict[str, Any]]
"""Kind, minutes from the booked start, who, what."""


def _before(one: Session, crew: Crew, mri: dict[str, Any]) -> Iterator[Step]:
    found = [{name: spot[name] for name in ("root", "level", "side") if name in spot} for spot in one.spots]
    yield "letter_read", -1500, crew.nurse, {"number": 1, "how": "phone"}
    yield "plan", -1450, crew.radiologist, {"number": 1, "targets": invented.planned(one.spots, one.age)}
    yield "mri_review", -1448, crew.radiologist, {"accession": mri["accession"]}
    yield "consent", -1440, crew.nurse, {"form": "6", "language": "en", "plan": 1, "targets": one.spots}
    yield "arrival", -40, crew.nurse, {"identifiers": IDENTIFIERS}
    yield "list_again", -36, crew.nurse, {"changed": "no"}
    yield "consent_again", -35, crew.nurse, {"withdrawn": "no"}
    if one.modality != "ultrasound":
        yield "pregnancy", -34, crew.nurse, {"answer": "not pregnant"}
    yield "level", -20, crew.radiologist, {"imaging": found, "patient_says": found, "variant": "no"}
    yield "pain_before", -12, crew.nurse, {"time": "before", "score": one.pain[0]}


def _needle(chance: Random, one: Session, crew: Crew) -> Iterator[Step]:
    said = {"identifiers": IDENTIFIERS, "plan": 1} | SAID
    yield "time_out_technologist", -2, crew.technologist, said
    yield "time_out_radiologist", -1, crew.radiologist, said
    yield "localised", 2, crew.radiologist, {"by": BY_HAND[one.modality]}
    yield "needle_in", 4, crew.radiologist, {}
    for i, spot in enumerate(one.spots):
        yield "given", 8 + 3 * i, crew.radiologist, {
            "number": i + 1, "spot": spot, "needle": "22 G, 90 mm", "contrast_spread": "along the target",
            "drugs": invented.drugs(one.age, len(one.spots)),
        }  # fmt: skip
    yield "needle_out", 14, crew.radiologist, {}
    if read := invented.dose(chance, one.modality):
        yield "dose", 15, crew.technologist, read


def _after(one: Session, crew: Crew) -> Iterator[Step]:
    yield "pain_after", 18, crew.nurse, {"time": "after", "score": one.pain[1]}
    yield "way_home", 40, crew.nurse, {"how": "named person", "person": "daughter"}
    yield "observed", 46, crew.nurse, {}
    yield "walks", 48, crew.nurse, {"walks": "yes", "motor_weakness": "no"}
    yield "instructions", 50, crew.nurse, {
        "document": "3", "language": "en", "handed_to": "patient", "parts": PARTS, "letter": 1,
    }  # fmt: skip
    yield "discharge", 52, crew.nurse, {"left_with": "daughter"}


def _regions(one: Session) -> list[str]:
    named = "".join(spot.get("root") or spot.get("level") or "S" for spot in one.spots)
    return ["cervical"] if named.startswith("C") else ["lumbar", "sacral"]


__all__ = ["Crew", "Fact", "Session", "add_session", "crew_of", "screening"]
