"""A day as the board of the design shows it, made from rows and signed facts, with the rules asked for each visit."""

from datetime import timedelta
from typing import Any

from foramen.clinic.models import Fact, Order, Task, Visit
from foramen.clinic.rules import readiness
from tests.clinic.hospital import STORY, TODAY, Hospital

APIXABAN = {
    "no_medicines": False, "allergies": ["Latex"], "no_allergies": False,
    "medicines": [{
        "name": "apixaban", "dose": "5 mg", "indication": "other", "last_dose_at": "2026-11-23T07:00:00+01:00",
        "stopped": True, "loading_dose": "no",
        "agreement": {
            "name": "Dr J. Whitlow", "role": "prescriber", "channel": "phone", "at": "2026-11-20T10:00:00+01:00",
            "start": "2026-11-26T09:30:00+01:00", "answer": "may stop", "thromboembolic_risk": "not high",
        },
    }],
}  # fmt: skip


def treatment_day(hospital: Hospital) -> dict[str, Visit]:
    """Eight visits in two rooms, by family name, two orders that wait, one follow-up that is late."""
    made = {
        "Plover": _visit(hospital, "07:30", "fl1", "Plover", "Anna", Visit.State.HOME, "08:41", until="discharge",
                         earlier=90),
        "Teal": _visit(hospital, "08:30", "fl1", "Teal", "Ravi", Visit.State.RECOVERY, "08:57", until="observed",
                       earlier=23),
        "Sorrel": _visit(hospital, "09:00", "fl1", "Sorrel", "Nadia", Visit.State.ROOM, "09:04", until="given"),
        "Juniper": _visit(hospital, "09:30", "fl1", "Juniper", "Kofi", Visit.State.READY, "09:06",
                          until="time_out_technologist"),
        "Rowan": _visit(hospital, "10:00", "fl1", "Rowan", "Mireille", Visit.State.ARRIVED, "08:58", until="plan"),
        "Thistle": _visit(hospital, "11:00", "fl1", "Thistle", "Jonas", Visit.State.BOOKED, "08:00", until="screening"),
        "Heron": _visit(hospital, "09:30", "fl2", "Heron", "Josef", Visit.State.ARRIVED, "08:50",
                        until="time_out_technologist", screening=APIXABAN),
        "Alder": _visit(hospital, "10:30", "fl2", "Alder", "Signe", Visit.State.BOOKED, "08:00", until="arrival"),
    }  # fmt: skip
    for name, room in (("Teasel", "fl1"), ("Grebe", "fl2")):
        wait(hospital, name, room)
    late(made["Plover"], "1 week", 3)
    return made


def _visit(
    hospital: Hospital, start: str, room: str, family: str, given: str, state: str, at: str, *, until: str,
    earlier: int = 0, **facts: Any,
) -> Visit:  # fmt: skip
    visit = hospital.visit(start, room, family_name=family, given_name=given)
    signed = _walk(hospital, visit, until, earlier, **facts)
    pain = {"pain_before": 7} if "pain_before" in signed else {}
    pain |= {"pain_after": 3} if "pain_after" in signed else {}
    needles = {
        f"{kind}_at": fact.happened_at for kind, fact in signed.items() if kind in ("needle_in", "needle_out")
    }  # fmt: skip
    Visit.objects.filter(pk=visit.pk).update(state=state, state_at=hospital.local(at), **pain, **needles)
    if needles:
        Order.objects.filter(pk=visit.order_id).update(used=1)
    visit = Visit.objects.select_related("order", "patient", "site", "room").get(pk=visit.pk)
    readiness.refresh(visit)
    return visit


def _walk(hospital: Hospital, visit: Visit, until: str, earlier: int, **instead: Any) -> dict[str, Fact]:
    """The story of `Hospital.walk`, begun so many minutes earlier."""
    now = hospital.time.at
    signed: dict[str, Fact] = {}
    for kind, at, role, content in STORY:
        if kind == until:
            break
        content = content | instead.get(kind, {})
        if kind.startswith("review_"):
            content = {"screening": signed["screening"].pk}
        if kind.startswith("time_out_"):
            content = content | {"room": visit.room.code}
        if kind == "screening" and earlier:
            content = content | {"confirmed_at": (hospital.local(at) - timedelta(minutes=earlier)).isoformat()}
        when = hospital.local(at) - timedelta(minutes=earlier)
        signed[kind] = hospital.sign(visit, kind, f"{when.astimezone(now.tzinfo):%H:%M}", role, content)
    return signed


def wait(hospital: Hospital, family: str, room: str = "fl1") -> Order:
    """Somebody whose visit was cancelled, and who waits for a slot today."""
    visit = hospital.visit("16:00", room, family_name=family, given_name="Ines")
    Visit.objects.filter(pk=visit.pk).update(state=Visit.State.CANCELLED)
    order = visit.order
    order.waiting_since = hospital.local("08:20")
    order.save()
    return order


def late(visit: Visit, label: str, days: int) -> Task:
    """A follow-up of a visit whose window closed some days ago."""
    closed = TODAY - timedelta(days=days)
    return Task.objects.create(
        site=visit.site, patient=visit.patient, visit=visit, kind=label, label=label, due_on=closed, opens_on=closed,
        closes_on=closed,
    )  # fmt: skip
