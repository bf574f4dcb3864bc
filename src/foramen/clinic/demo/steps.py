"""From a line of the story to the verbs of a visit, with the times at which they were done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from foramen.clinic.demo import invented
from foramen.clinic.demo.past import TODAY
from foramen.clinic.demo.places import CREWS, ROOMS, ZONE
from foramen.clinic.demo.session import IDENTIFIERS, PARTS, SAID, screening
from foramen.clinic.demo.story import Comes

BEFORE_NEEDLE = timedelta(minutes=4)
OBSERVED = timedelta(minutes=31)
"""The site observes for 30 minutes."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a visit: its name in the story, when and by whom, and what was said. `why` where it needs one."""

    name: str
    at: datetime
    who: str
    verb: str
    said: dict[str, Any]
    why: str = ""


def local(clock: str, days: int = 0) -> datetime:
    """A time of the day that is shown, or of one so many days from it."""
    return datetime.combine(TODAY + timedelta(days=days), time.fromisoformat(clock), ZoneInfo(ZONE))


def steps(one: Comes) -> Iterator[Step]:
    """The steps of a visit up to the last one that was done."""
    for step in _all(one):
        if step.name not in one.leaves_out:
            yield step
        if step.name == one.until:
            return


def _all(one: Comes) -> Iterator[Step]:
    yield from _before_the_day(one)
    yield from _on_arrival(one)
    yield from _in_the_room(one)
    yield from _afterwards(one)


def _spots(one: Comes) -> list[dict[str, str]]:
    return list(one.spots)


def _performing(one: Comes) -> str:
    return CREWS[one.room][0]


def modality(one: Comes) -> str:
    """How the needle is watched in the room of a visit."""
    return ROOMS[one.room][2]


def _before_the_day(one: Comes) -> Iterator[Step]:
    late = any(medicine.get("agreement", {}).get("start", "").endswith(("09:30:00+01:00", "11:30:00+01:00"))
               for medicine in one.screening.get("medicines", ()))  # fmt: skip
    asked = local("15:06", -1) if late else local("13:10", -6)
    mri = {"accession": f"MR-{one.family}", "on": "2026-10-14", "regions": ["lumbar", "sacral", "cervical"]}
    told = screening(asked, mri) | one.screening
    if one.until == "draft":
        left = {name: value for name, value in told.items() if name != "no_allergies"}
        yield Step("draft", asked, "dahl", "save_screening", {"version": 0, "content": left})
        return
    who = {"initials": f"{one.given[0]}{one.family[0]}", "birth_year": born(one).year, "sex": one.sex}
    signed: dict[str, Any] = {"screening": told} | who
    yield Step("screening", asked, "dahl", "sign_screening", signed)
    if one.family == "Heron":
        signed = signed | {"screening": _decided(told, one)}
        yield Step("decision", asked + timedelta(minutes=20), _performing(one), "sign_screening", signed)
    yield Step("letter", asked + timedelta(minutes=25), "dahl", "make_letter", {})
    read = {"number": 1, "how": "phone"}
    yield Step("letter_read", asked + timedelta(minutes=55), "lind", "acknowledge_letter", read)
    yield Step("mri_review", local("16:04", -1), _performing(one), "review_mri", {"accession": mri["accession"]})
    yield from _planned(one)


def _decided(told: dict[str, Any], one: Comes) -> dict[str, Any]:
    """What the performing radiologist decided about the drug for which other sources print more."""
    decided = {"name": _performing(one), "at": local("15:20", -1).isoformat(), "start": local(one.start).isoformat(),
               "words": "seven days have passed, and the prescriber agrees"}  # fmt: skip
    medicines = [drug | {"decided": decided} if drug["name"] == "Ticlid" else drug for drug in told["medicines"]]
    return told | {"medicines": medicines}


def _planned(one: Comes) -> Iterator[Step]:
    """The plan and the consent to it. Where a first plan was another, the consent is to that one."""
    who, at = _performing(one), local("16:10", -1)
    first = list(one.first_plan) or _spots(one)
    targets = invented.planned(first, one.age)
    why = "pain changed sides since the order, the patient says" if one.first_plan else ""
    yield Step("plan", at, who, "plan_session", {"number": 1, "targets": targets}, why)
    signed = {"form": "6", "language": "en", "plan": 1, "targets": first}
    yield Step("consent", at + timedelta(minutes=20), "moss", "sign_consent", signed)
    if one.first_plan:
        again = {"number": 2, "targets": invented.planned(_spots(one), one.age)}
        yield Step("plan again", local("17:30", -1), who, "plan_session", again)


def _on_arrival(one: Comes) -> Iterator[Step]:
    at = local(one.arrived or one.start)
    found = [{name: spot[name] for name in ("root", "level", "side") if name in spot} for spot in one.spots]
    yield Step("arrival", at, "moss", "arrive", {"identifiers": IDENTIFIERS})
    yield Step("list_again", at + timedelta(minutes=2), "moss", "ask_list_again", {"changed": "no"})
    yield Step("consent_again", at + timedelta(minutes=3), "moss", "ask_consent_again", {"withdrawn": "no"})
    if modality(one) != "ultrasound":
        yield Step("pregnancy", at + timedelta(minutes=3), "moss", "ask_pregnancy", _pregnancy(one))
    yield Step("way_home", at + timedelta(minutes=4), "moss", "tell_way_home", one.way_home)
    at = _at(one, "review_nurse", at + timedelta(minutes=8))
    yield Step("review_nurse", at, "dahl", "review_screening", {"screening": 0})
    yield Step("review_radiologist", at + timedelta(minutes=1), _performing(one), "review_screening", {"screening": 0})
    level = {"imaging": found, "patient_says": found, "variant": "no"}
    yield Step("level", at + timedelta(minutes=4), _performing(one), "determine_level", level)
    at = _at(one, "pain_before", at + timedelta(minutes=7))
    yield Step("pain_before", at, "dahl", "score_pain", {"time": "before", "score": one.pain[0]})


def _in_the_room(one: Comes) -> Iterator[Step]:
    radiologist, technologist = CREWS[one.room]
    needle = _at(one, "needle_in", local(one.start))
    said = {"identifiers": IDENTIFIERS, "plan": 1} | SAID
    first = _at(one, "time_out_technologist", needle - BEFORE_NEEDLE)
    yield Step("time_out_technologist", first, technologist, "sign_time_out", said)
    yield Step("time_out_radiologist", needle - timedelta(minutes=3), radiologist, "sign_time_out", said)
    yield Step("localised", needle - timedelta(minutes=2), radiologist, "localise", {"by": modality(one)})
    yield Step("needle_in", needle, radiologist, "needle_in", {})
    for i, place in enumerate(one.spots):
        given = {
            "number": i + 1, "spot": place, "needle": "22 G, 90 mm", "contrast_spread": "along the target",
            "drugs": invented.drugs(one.age, len(one.spots)),
        }  # fmt: skip
        yield Step("given", needle + timedelta(minutes=3 + i), radiologist, "record_given", given)
    out = _at(one, "needle_out", needle + timedelta(minutes=9))
    yield Step("needle_out", out, radiologist, "needle_out", {})
    if modality(one) != "ultrasound":
        yield Step("dose", out + timedelta(minutes=1), technologist, "type_dose", DOSES[modality(one)])


def _afterwards(one: Comes) -> Iterator[Step]:
    out = _at(one, "needle_out", local(one.start))
    if "observation_event" in one.day:
        event = {"what": "mild weakness of the left leg; sits up without help"}
        yield Step("observation_event", local(one.day["observation_event"]), "moss", "note_event", event)
    given = {"document": "9", "language": "en", "handed_to": "patient", "parts": PARTS, "letter": 1}
    instructed = _at(one, "instructions", out + OBSERVED + timedelta(minutes=4))
    if "instructions" in one.day:
        yield Step("instructions", instructed, "moss", "give_instructions", given)
    at = _at(one, "pain_after", out + timedelta(minutes=4))
    yield Step("pain_after", at, "dahl", "score_pain", {"time": "after", "score": one.pain[1]})
    yield Step("observed", out + OBSERVED, "moss", "end_observation", {})
    walks = {"walks": "yes", "motor_weakness": "no"}
    yield Step("walks", out + OBSERVED + timedelta(minutes=2), "moss", "test_walk", walks)
    if "instructions" not in one.day:
        yield Step("instructions", instructed, "moss", "give_instructions", given)
    yield Step("discharge", _at(one, "discharge", out), "moss", "discharge", {"left_with": "daughter"})


DOSES: dict[str, dict[str, Any]] = {
    "fluoroscopy": {"values": [
        {"quantity": "dose-area product", "value": "486", "unit": "mGy·cm²"},
        {"quantity": "fluoroscopy time", "value": "41", "unit": "s"},
    ]},
    "CT": {"values": [
        {"quantity": "CTDIvol", "value": "6.4", "unit": "mGy"},
        {"quantity": "dose-length product", "value": "58", "unit": "mGy·cm"},
    ]},
}  # fmt: skip


def _pregnancy(one: Comes) -> dict[str, str]:
    if one.sex == "male":
        return {"answer": "cannot be pregnant", "reason": "male"}
    if one.age > 54:
        return {"answer": "cannot be pregnant", "reason": "after the menopause"}
    return {"answer": "not pregnant"}


def _at(one: Comes, name: str, otherwise: datetime) -> datetime:
    return local(one.day[name]) if name in one.day else otherwise


def born(one: Any) -> date:
    """Of those of the screens, the birthday they have there; of others, a day in spring."""
    return BIRTHDAYS.get((one.family, one.given)) or date(TODAY.year - one.age, 4, 1 + len(one.family))


BIRTHDAYS = {
    ("Teal", "Ravi"): date(1958, 2, 3), ("Sorrel", "Nadia"): date(1979, 6, 14), ("Heron", "Josef"): date(1957, 3, 2),
}  # fmt: skip
