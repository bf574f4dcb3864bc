"""What the gates after the needle, and that of the way home, are told."""

from collections.abc import Mapping, Sequence
from typing import Any

from foramen.catalogue.decision import Judgement, Outcome
from foramen.catalogue.drugs import folded
from foramen.catalogue.gates.abcd import is_told
from foramen.clinic.facts.recovery import InstructionsGiven, ObservationEvent, RestartTold, WalkTested, WayHomeTold
from foramen.clinic.facts.screening import ScreeningSigned
from foramen.clinic.models import Letter
from foramen.clinic.rules.inputs.before_needle import pain, time_out_people
from foramen.clinic.rules.inputs.question import Question, Section
from foramen.clinic.rules.inputs.targets import targets_of

NOBODY = frozenset({"none", "nobody", "no one", "noone", "self", "himself", "herself", "alone", "drives self"})
"""Answers to “who drives you home” that name nobody."""
TAXI = frozenset({"taxi", "cab"})
PUBLIC = frozenset({"bus", "train", "tram", "metro", "underground", "subway", "public transport", "public"})


def inputs(question: Question, restarts: Judgement | None) -> Section:
    """The question; `restarts` is what the antithrombotic policy says at discharge."""
    tested = question.facts.content("walks", WalkTested)
    by = question.told(question.facts.last("walks"))
    weakness = {"motor_weakness": tested.motor_weakness, **by} if tested else {}
    return {
        **question.head(),
        "procedure": question.procedure(),
        "targets": targets_of(question),
        "patient": {"born": question.visit.patient.born, **weakness},
        "way_home": way_home(question),
        "time_out": time_out_people(question),
        "pain_after": pain(question, "pain_after"),
        "recovery": _recovery(question),
        "ambulation": {"walks": tested.walks, "nurse": question.signature(question.facts.last("walks")), **by}
        if tested
        else {},
        "instructions": _instructions(question),
        "restarts": _restarts(restarts),
    }


def way_home(question: Question) -> Section:
    """How the patient gets home: as told on the day; before that as answered at the screening. At discharge only what
    was told on the day counts."""
    told = question.facts.content("way_home", WayHomeTold)
    if told is not None:
        return {"how": told.how, "person": told.person, **question.told(question.facts.last("way_home"))}
    screening = question.facts.content("screening", ScreeningSigned)
    if screening is None or (question.occasion == "discharge" and "way_home" not in question.granted):
        return {}
    return {**_as_answered(screening.driver), **question.told(question.facts.last("screening"))}


def _as_answered(driver: str) -> Section:
    """The answer to D. What names nobody is none; what is no answer stays open."""
    plain = folded(driver)
    words = set(plain.split()) | {plain}
    if plain in NOBODY:
        return {"how": "none"}
    if not is_told(driver):
        return {}
    if words & PUBLIC or "public transport" in plain:
        return {"how": "public transport"}
    return {"how": "taxi"} if words & TAXI else {"how": "named person", "person": driver}


def _recovery(question: Question) -> Section:
    """Observation begins when the needle is out, and goes on until it is ended."""
    start, end = question.happened("needle_out"), question.happened("observed")
    if start is None:
        return {}
    events = [known.content for known in question.facts.each("observation_event")]
    return {
        "start": start, "going_on": "no" if end else "yes", "end": end,
        "events": [one.what for one in events if isinstance(one, ObservationEvent)],
        **question.told(question.facts.last("observed") or question.facts.last("needle_out")),
    }  # fmt: skip


def _instructions(question: Question) -> Section:
    """What was handed over; the restarts are those of the sheet with the number that was handed over."""
    told = question.facts.content("instructions", InstructionsGiven)
    if told is None:
        return {}
    sheet = next((one for one in question.beside.sheets if one.number == told.letter), None)
    return {
        "version": told.document, "language": told.language, "handed_to": told.handed_to, "parts": list(told.parts),
        **(_printed(question, sheet) if sheet else {}), **question.told(question.facts.last("instructions")),
    }  # fmt: skip


def _printed(question: Question, sheet: Letter) -> Section:
    """What the sheet says, and by which policy it was printed."""
    policy: Mapping[str, str] = sheet.content.get("policy", {})
    return {
        "restarts": [_restart(question, one) for one in _restarts_on(sheet)],
        "policy_sha256": policy.get("sha256", ""),
        "record_sha256": policy.get("record_sha256", ""),
    }


def _restarts_on(sheet: Letter) -> Sequence[RestartTold]:
    found: Sequence[Mapping[str, Any]] = sheet.content.get("restarts", ())
    told = ({name: one[name] for name in RestartTold.model_fields if name in one} for one in found)
    return [RestartTold.model_validate(one, strict=False) for one in told]


def _restart(question: Question, one: RestartTold) -> Section:
    earliest, usual = (None if at is None else question.local(at) for at in (one.earliest, one.usual))
    return {"drug": one.drug, "earliest": earliest, "usual": usual, "words": one.words}


def _restarts(judgement: Judgement | None) -> Section:
    if judgement is None:
        return {}
    return {"none": judgement.outcome is Outcome.NA, "judgement": judgement.to_json()}
