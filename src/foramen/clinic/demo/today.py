"""The day that is shown, made through the verbs: who has a slot, who waits, and who comes on the next days."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from foramen.clinic import clock
from foramen.clinic.demo import invented, steps, story
from foramen.clinic.demo.accounts import EXAMPLE
from foramen.clinic.demo.past import Past, add_course, add_patient
from foramen.clinic.demo.places import CREWS
from foramen.clinic.demo.play import Event, Play
from foramen.clinic.demo.session import screening
from foramen.clinic.demo.steps import born, local
from foramen.clinic.demo.story import Comes, Waits
from foramen.clinic.models import Order, Visit
from foramen.clinic.records.facts import facts_of_visit
from foramen.clinic.rules.gates import judge

REVIEWS = ("review_nurse", "review_radiologist")
FIRST_SESSION = timedelta(days=80)
"""How long ago the first session was of those who come for the second."""


def add_first_sessions(past: Past) -> dict[str, Order]:
    """The first session of those who come for the second today, with the order that they come on."""
    found = {}
    for i, one in enumerate(story.DAY):
        if one.set_of == (2, 2):
            patient = add_patient(past, EXAMPLE, (one.family, one.given, one.sex), one.age)
            patient.number, patient.born = one.number, born(one)
            room = past.hospital.rooms[one.room]
            first = past.slot(room, (local("09:00") - FIRST_SESSION + timedelta(days=i)).date())
            found[one.family] = add_course(past, patient, room, first, one.spots, 1)
    return found


def play_today(past: Past, orders: Mapping[str, Order], again: Sequence[Order]) -> None:
    """Everything of today and of the days to come. `orders` are those of which the first session was done; `again` are
    orders of others who come for a second one in the next days."""
    site = past.hospital.sites[EXAMPLE]
    play = Play(past.hospital, site, past.chance, {"site": str(site.pk)})
    play.keys |= {f"room {code}": str(room.pk) for code, room in past.hospital.rooms.items()}
    for i, one in enumerate(story.DAY):
        _comes(play, past, one, i, orders.get(one.family))
    for i, waiting in enumerate((*story.ADD_ONS, *story.REFERRALS)):
        _waits(play, past, waiting, i)
    for i, (slot, order) in enumerate(zip(story.TO_COME, again, strict=True)):
        _books_again(play, order, slot, i)
    play.run()


def _comes(play: Play, past: Past, one: Comes, i: int, order: Order | None) -> None:
    """Referral to booking, unless the order is there already; then what was done so far."""
    name, later = one.family, timedelta(minutes=3 * i)
    if order is None:
        _refers(play, past, name, one, local("09:00", -24) + later)
        decided = {"decision": "accepted", "targets": list(one.spots), "modality": steps.modality(one), "variant": "no"}
        play.add(Event(local("15:00", -22) + later, CREWS[one.room][0], "triage", f"{name} referral", decided))
        placed = {"targets": list(one.spots), "modality": steps.modality(one), "quantity": one.set_of[1]}
        at = local("10:00", -21) + later
        play.add(Event(at, CREWS[one.room][0], "place_order", f"{name} referral", placed, f"{name} order"))
    else:
        play.keys[f"{name} order"] = str(order.pk)
        said = {"decision": "repeat", "reason": "better after the first one, and symptoms came back"}
        play.add(Event(local("16:00", -30) + later, CREWS[one.room][0], "decide_repeat", f"{name} order", said))
    slot = {"room": play.keys[f"room {one.room}"], "start": f"{local(one.start):%Y-%m-%dT%H:%M}"}
    play.add(Event(local("09:00", -6) + later, "lind", "book", f"{name} order", slot, f"{name} visit"))
    for step in steps.steps(one):
        _plays(play, name, step, later if step.at < local("00:00") else timedelta())
    if one.overrides:
        in_spite = partial(_overridden, play, one)
        play.add(Event(local("09:10"), CREWS[one.room][0], "override", f"{name} visit", in_spite))


def _overridden(play: Play, one: Comes) -> dict[str, Any]:
    """The words of a rule, as they stand when the radiologist goes on in spite of it."""
    visit = Visit.objects.get(pk=play.keys[f"{one.family} visit"])
    judged = judge(visit, facts_of_visit(visit), "time_out", clock.now_at(play.site.zone))
    said = next(found for found in judged.in_the_way() if found.rule == one.overrides)
    return {
        "rule": said.rule, "subject": said.subject, "outcome": said.outcome.value, "override": "O1",
        "occasion": "time_out", "reasons": list(said.reasons), "start": visit.start, "plan": visit.plan,
        "code": "told otherwise by the prescriber", "words": "seven days have passed, and the prescriber agrees",
        "authenticated_at": clock.now(),
    }  # fmt: skip


def _plays(play: Play, name: str, step: steps.Step, later: timedelta) -> None:
    said: Any = partial(_reviewed, play, name) if step.name in REVIEWS else step.said
    keep = f"{name} screening" if step.verb == "sign_screening" else ""
    play.add(Event(step.at + later, step.who, step.verb, f"{name} visit", said, keep, step.why))


def _reviewed(play: Play, name: str) -> dict[str, Any]:
    """The number of the screening is known only when it is signed."""
    return {"screening": int(play.keys[f"{name} screening"])}


def _refers(play: Play, past: Past, name: str, one: Comes | Waits, at: Any) -> None:
    details = {
        "number": one.number or past.patient_number(), "family_name": one.family, "given_name": one.given,
        "sex": one.sex, "born": born(one), "phone": "000 000 00 00",
    }  # fmt: skip
    asked: dict[str, Any] = {
        "asked": list(one.spots), "indication": invented.indication(past.chance, one.spots),
        "referrer": past.chance.choice(invented.REFERRERS), "preauthorisation": "granted",
        "imaging": {"accession": f"MR-{name}", "on": "2026-10-14", "regions": ["lumbar"]},
    }  # fmt: skip
    if isinstance(one, Waits):
        asked |= {"urgency": one.urgency, "note": one.note}
    play.add(Event(at, "lind", "register_patient", "site", details, f"{name} patient"))
    play.add(Event(at + timedelta(minutes=1), "lind", "refer", f"{name} patient", asked, f"{name} referral"))


def _waits(play: Play, past: Past, one: Waits, i: int) -> None:
    """A referral of this morning; or an order of last week that waits for a slot today."""
    name, later = f"{one.family} {one.given}", timedelta(minutes=2 * i)
    if one in story.REFERRALS:
        _refers(play, past, name, one, local(one.at) - timedelta(minutes=1))
        return
    _refers(play, past, name, one, local("11:00", -7) + later)
    decided = {"decision": "accepted", "targets": list(one.spots), "modality": one.modality, "variant": "no"}
    play.add(Event(local("15:00", -3) + later, "okafor", "triage", f"{name} referral", decided))
    placed = {"targets": list(one.spots), "modality": one.modality, "quantity": 2}
    play.add(Event(local("15:01", -3) + later, "okafor", "place_order", f"{name} referral", placed, f"{name} order"))
    play.add(Event(local(one.at), "dahl", "ask_add_on", f"{name} order", {"reason": "can come today"}))


def _books_again(play: Play, order: Order, slot: tuple[str, str, str, bool], i: int) -> None:
    """A second session in the next days; its screening is signed, or still open."""
    code, day, clock, screened = slot
    name, patient = f"again {i}", order.patient
    play.keys[f"{name} order"] = str(order.pk)
    said = {"decision": "repeat", "reason": "better after the first one, and symptoms came back"}
    at = local("16:30", -6) + timedelta(minutes=i)
    play.add(Event(at, CREWS[code][0], "decide_repeat", f"{name} order", said))
    wanted = {"room": play.keys[f"room {code}"], "start": f"{day}T{clock}"}
    play.add(Event(at + timedelta(days=3), "lind", "book", f"{name} order", wanted, f"{name} visit"))
    if screened:
        asked = local("11:00", -2) + timedelta(minutes=4 * i)
        mri = {"accession": f"MR-{order.number}", "on": "2026-10-20", "regions": ["lumbar"]}
        signed = {
            "screening": screening(asked, mri),
            "initials": f"{patient.given_name[0]}{patient.family_name[0]}", "birth_year": patient.born.year,
            "sex": patient.sex,
        }  # fmt: skip
        play.add(Event(asked, "moss", "sign_screening", f"{name} visit", signed))
