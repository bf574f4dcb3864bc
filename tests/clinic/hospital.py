"""Rows and signed facts of a small hospital, made without the verbs: what rules and pages are tested with.

`Hospital.walk(visit, "needle_in")` signs everything that comes before that step, as it would be on a day on which
nothing is wrong. A test leaves something out, or signs something else, and sees what the rules say.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import uuid4

from foramen.clinic.domain.act import Act
from foramen.clinic.facts.kinds import KINDS
from foramen.clinic.models import (
    Crew,
    Delegation,
    Fact,
    Order,
    Patient,
    Person,
    PolicyRecord,
    Referral,
    Room,
    Site,
    Visit,
)
from foramen.clinic.records.facts import record
from foramen.clinic.rights.roles import Role
from foramen.kernel.digests import text_digest

TODAY = date(2026, 11, 26)
L5_LEFT = {"root": "L5", "side": "left", "route": "transforaminal"}
DEXAMETHASONE = {
    "kind": "steroid", "product": "dexamethasone", "strength": "10 mg/mL", "volume": "1 mL", "mass": "10 mg",
}  # fmt: skip
BUPIVACAINE = {
    "kind": "anaesthetic", "product": "bupivacaine", "strength": "0.25 %", "volume": "1 mL", "mass": "2.5 mg",
}  # fmt: skip
CONTRAST = {
    "kind": "contrast", "product": "iopamidol", "strength": "300 mg I/mL", "volume": "0.5 mL", "mass": "150 mg I",
}  # fmt: skip
SCREENING: dict[str, Any] = {
    "no_allergies": True, "no_medicines": True, "asked_of": "patient", "confirmed_at": "2026-11-26T08:35:00+01:00",
    "tendency": "no", "liver_cirrhosis": "no", "advanced_liver_disease": "no", "advanced_renal_disease": "no",
    "no_steroids_elsewhere": True, "no_surgery": True, "driver": "husband, by car",
    "mri": {"accession": "MR-1", "on": "2026-10-14", "regions": ["lumbar"]},
}  # fmt: skip
SAID = dict.fromkeys(("procedure", "level", "side", "allergies", "consent", "images"), "agrees")

STORY: tuple[tuple[str, str, Role, dict[str, Any]], ...] = (
    ("screening", "08:35", Role.NURSE, SCREENING),
    ("letter_read", "08:36", Role.NURSE, {"number": 1, "how": "phone"}),
    ("arrival", "08:37", Role.NURSE, {"identifiers": ["name", "date of birth"]}),
    ("list_again", "08:40", Role.NURSE, {"changed": "no"}),
    ("plan", "08:41", Role.RADIOLOGIST, {
        "number": 1, "targets": [L5_LEFT | {"drugs": [DEXAMETHASONE, BUPIVACAINE, CONTRAST]}],
    }),
    ("consent", "08:45", Role.NURSE, {"form": "6", "language": "en", "plan": 1, "targets": [L5_LEFT]}),
    ("consent_again", "08:46", Role.NURSE, {"withdrawn": "no"}),
    ("pregnancy", "08:47", Role.NURSE, {"answer": "not pregnant"}),
    ("mri_review", "08:48", Role.RADIOLOGIST, {"accession": "MR-1"}),
    ("review_nurse", "08:50", Role.NURSE, {"screening": 0}),
    ("review_radiologist", "08:52", Role.RADIOLOGIST, {"screening": 0}),
    ("level", "08:55", Role.RADIOLOGIST, {
        "imaging": [{"root": "L5", "side": "left"}], "patient_says": [{"side": "left"}], "variant": "no",
    }),
    ("pain_before", "08:58", Role.NURSE, {"time": "before", "score": 7}),
    ("time_out_technologist", "09:07", Role.TECHNOLOGIST, {"identifiers": ["name", "date of birth"], "plan": 1} | SAID),
    ("time_out_radiologist", "09:08", Role.RADIOLOGIST, {"identifiers": ["name", "date of birth"], "plan": 1} | SAID),
    ("localised", "09:09", Role.RADIOLOGIST, {"by": "fluoroscopy"}),
    ("needle_in", "09:11", Role.RADIOLOGIST, {}),
    ("given", "09:15", Role.RADIOLOGIST, {
        "number": 1, "spot": L5_LEFT, "contrast_spread": "along the root",
        "drugs": [DEXAMETHASONE, BUPIVACAINE, CONTRAST],
    }),
    ("needle_out", "09:20", Role.RADIOLOGIST, {}),
    ("pain_after", "09:30", Role.NURSE, {"time": "after", "score": 3}),
    ("observed", "09:55", Role.NURSE, {}),
    ("walks", "09:56", Role.NURSE, {"walks": "yes", "motor_weakness": "no"}),
    ("way_home", "09:57", Role.NURSE, {"how": "named person", "person": "Elsa Heron"}),
)  # fmt: skip
"""Kind, local time of the day, role, content: a visit on which nothing is wrong."""


@dataclass
class Hospital:
    """Example Hospital, a second one beside it, and who works there."""

    time: Any
    site: Site
    other: Site
    rooms: dict[str, Room]
    people: dict[str, Person]
    count: int = field(default=0)

    def act(self, who: str, **changes: Any) -> Act:
        """An act of somebody now, with a new key."""
        person = self.people[who]
        site = changes.pop("site", self.site)
        return Act(person, site, person.roles_at(site, TODAY), key=uuid4(), at=self.time.now(), **changes)

    def visit(self, start: str = "09:30", room: str = "fl1", **patient: Any) -> Visit:
        """A booked visit of a new patient: L5 root left, transforaminal, first of two."""
        self.count += 1
        now, n = self.time.now(), self.count
        details = {
            "number": f"4000 {n:04d}", "family_name": "Sorrel", "given_name": "Nadia", "born": date(1979, 6, 14),
            "sex": "female",
        } | patient  # fmt: skip
        person = Patient.objects.create(site=self.site, **details)
        asked = {"site": self.site, "patient": person}
        referral = Referral.objects.create(
            **asked, number=f"R-{n}", received_at=now - timedelta(days=20), referrer="Dr J. Whitlow", state="accepted"
        )
        order = Order.objects.create(
            **asked, referral=referral, number=f"O-{n}", ordered_on=TODAY - timedelta(days=15), modality="fluoroscopy",
            targets_text="L5 root left, transforaminal",
        )  # fmt: skip
        visit = Visit.objects.create(
            **asked, order=order, room=self.rooms[room], radiologist=self.people["okafor"], number=f"V-{n}",
            start=self.local(start), state_at=now, letter=1, targets_text=order.targets_text,
        )  # fmt: skip
        nobody = {"order": None, "visit": None}
        self.sign(visit, "referral", "07:00", Role.COORDINATOR, {
            "asked": [L5_LEFT], "indication": "sciatica", "referrer": "Dr J. Whitlow",
            "imaging": SCREENING["mri"], "preauthorisation": "granted",
        }, **nobody, days=-20)  # fmt: skip
        self.sign(
            visit, "triage", "07:10", Role.RADIOLOGIST,
            {"decision": "accepted", "targets": [L5_LEFT], "modality": "fluoroscopy", "variant": "no"},
            **nobody, days=-16,
        )  # fmt: skip
        self.sign(
            visit, "order", "07:20", Role.RADIOLOGIST,
            {"targets": [L5_LEFT], "modality": "fluoroscopy", "quantity": 2}, visit=None, days=-15,
        )  # fmt: skip
        return visit

    def sign(self, visit: Visit, kind: str, at: str, role: Role, content: dict[str, Any], /, **changes: Any) -> Fact:
        """Sign a fact of a visit at a local time of the day, `days` from today."""
        when = self.local(at) + timedelta(days=changes.pop("days", 0))
        act = Act(self.people[BY_ROLE[role]], self.site, frozenset({role}), key=uuid4(), at=when)
        about = {"patient": visit.patient, "referral": visit.order.referral, "order": visit.order, "visit": visit}
        return record(act, kind, KINDS[kind].model_validate(content, strict=False), role, **(about | changes))

    def walk(self, visit: Visit, until: str, **instead: dict[str, Any] | None) -> dict[str, Fact]:
        """Sign the whole story before a step. `kind={…}` changes keys of a content; `kind=None` leaves the fact out."""
        signed: dict[str, Fact] = {}
        for kind, at, role, content in STORY:
            if kind == until:
                break
            if kind in instead and instead[kind] is None:
                continue
            content = content | (instead.get(kind) or {})
            if kind.startswith("review_"):
                content = {"screening": signed["screening"].pk}
            if kind.startswith("time_out_"):
                content = {"room": visit.room.code} | content
            signed[kind] = self.sign(visit, kind, at, role, content)
        return signed

    def local(self, at: str) -> datetime:
        """A local time of today, as an instant. Zurich is an hour ahead in November."""
        hour, minute = map(int, at.split(":"))
        return datetime(2026, 11, 26, hour, minute, tzinfo=UTC) - timedelta(hours=1)


BY_ROLE = {
    Role.NURSE: "dahl", Role.TECHNOLOGIST: "ferro", Role.RADIOLOGIST: "okafor", Role.COORDINATOR: "lind",
    Role.LEAD: "vance",
}  # fmt: skip
STAFF = (
    ("dahl", "R. Dahl", Role.NURSE), ("moss", "P. Moss", Role.NURSE), ("ferro", "T. Ferro", Role.TECHNOLOGIST),
    ("okafor", "Dr H. Okafor", Role.RADIOLOGIST), ("ito", "Dr M. Ito", Role.RADIOLOGIST),
    ("vance", "Dr L. Vance", Role.LEAD), ("lind", "S. Lind", Role.COORDINATOR), ("roe", "Dr A. Roe", Role.READER),
    ("stone", "K. Stone", Role.STATISTICIAN), ("byrd", "N. Byrd", Role.ANALYST), ("hale", "J. Hale", Role.ADMIN),
)  # fmt: skip


ROOMS = (("fl1", "Fluoroscopy 1", "fluoroscopy"), ("fl2", "Fluoroscopy 2", "fluoroscopy"), ("ct", "CT", "CT"))
PARAMETERS = {
    "nurse_line": "000 000 00 00", "nurse_hours": "Monday to Friday, 08:00 to 16:30",
    "emergency_number": "112", "address": "1 Sample Street, Example City", "arrive_minutes_before": 45,
}  # fmt: skip


@cache
def _texts() -> dict[str, str]:
    """The example record of each policy."""
    folder = files("foramen.library").joinpath("site-records", "example")
    return {file.name.removesuffix(".toml"): file.read_text(encoding="utf-8") for file in folder.iterdir()}


def build(time: Any) -> Hospital:
    """The rows that every test begins with: one statement for each table, because every test pays for them."""
    site, other = Site.objects.bulk_create(
        Site(code=code, name=name, service="Spine service", zone="Europe/Zurich", parameters=dict(PARAMETERS))
        for code, name in (("example", "Example Hospital"), ("lake", "Lake Practice"))
    )
    rooms = Room.objects.bulk_create(
        Room(site=site, code=code, name=name, modality=modality, opens="07:30", closes="16:30", place=place)
        for place, (code, name, modality) in enumerate(ROOMS)
    )
    people = _people(site, other)
    Crew.objects.create(room=rooms[0], on=TODAY, radiologist=people["okafor"], technologist=people["ferro"])
    PolicyRecord.objects.bulk_create(
        PolicyRecord(
            site=place, policy=policy, text=text, text_sha256=text_digest(text), state="active",
            first_by=people["vance"], first_at=time.now(), second_by=people["ito"], second_at=time.now(),
        )
        for policy, text in _texts().items() for place in (site, other)
    )  # fmt: skip
    return Hospital(time, site, other, {room.code: room for room in rooms}, people)


def _people(site: Site, other: Site) -> dict[str, Person]:
    """Everybody of STAFF, and a nurse of the other site; each with the one role, and without a password."""
    roles = [(*one, site) for one in STAFF] + [("elsewhere", "E. Where", Role.NURSE, other)]
    people = [Person(username=name, shown_as=shown) for name, shown, _role, _site in roles]
    for person in people:
        person.set_unusable_password()
    Person.objects.bulk_create(people)
    Delegation.objects.bulk_create(
        Delegation(person=person, site=place, role=role, first_day=date(2025, 1, 1))
        for person, (_name, _shown, role, place) in zip(people, roles, strict=True)
    )
    return {person.username: person for person in people}
