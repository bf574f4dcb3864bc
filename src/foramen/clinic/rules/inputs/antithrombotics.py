"""What the antithrombotic policy is told."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from foramen.catalogue.antithrombotics.inputs import UNITS
from foramen.catalogue.gates.inputs import Place
from foramen.catalogue.gates.places import REGIONS, region_of
from foramen.clinic.facts.content import Spot
from foramen.clinic.facts.screening import (
    Agreement,
    DrugChoice,
    InrMeasured,
    ListAskedAgain,
    MedicineTold,
    RenalMeasured,
    ScreeningSigned,
)
from foramen.clinic.records.facts import Known
from foramen.clinic.rules.inputs.question import Question, Section, place_of
from foramen.clinic.rules.inputs.targets import steroid_of

NEURAXIAL = ("transforaminal", "interlaminar")
BLEEDING = ("tendency", "liver_cirrhosis", "advanced_liver_disease", "advanced_renal_disease")


def inputs(question: Question) -> Section:
    """The question. Without a screening everything about the patient's medicines is missing."""
    known = question.facts.last("screening")
    told = question.facts.content("screening", ScreeningSigned) or ScreeningSigned()
    by = question.told(known)
    return {
        **question.head(),
        "procedure": _procedure(question),
        "patient": {
            "born": question.visit.patient.born,
            "zone": told.patient_zone,
            "thromboembolic_risk": told.thromboembolic_risk,
            **by,
        },
        "medications": {**_medications(question, known, told), **by},
        "medicines": [{**_medicine(question, one), **by} for one in told.medicines],
        "bleeding": {**_bleeding(told), **by},
        "renal": None if told.renal is None else {**_renal(told.renal), **by},
        "inr": [{**_inr(question, one), **by} for one in told.inr],
    }


def _bleeding(told: ScreeningSigned) -> Section:
    raised = {"raised": told.raised} if told.raised else {}
    return {**{name: getattr(told, name) for name in BLEEDING}, **raised}


def _procedure(question: Question) -> Section:
    deciding = _deciding(question.spots)
    whole = question.procedure()
    return {
        **{name: whole[name] for name in ("start", "needle_in", "needle_out")},
        "level": _level(deciding) if deciding else None,
        "route": deciding.route if deciding else None,
        "steroid": steroid_of(question),
        **question.told(question.facts.last("plan") or question.facts.last("order")),
    }


def _deciding(spots: Sequence[Spot]) -> Spot | None:
    """Of several targets the one at which a bleed is most dangerous: the uppermost region, and there the one near the
    spinal canal. One that does not say where it is comes first, because then nothing passes."""
    return min(spots, key=_danger, default=None)


def _danger(spot: Spot) -> tuple[int, int]:
    regions = list(REGIONS.values())
    region = region_of(Place(**place_of(spot)))
    known = region is not None and spot.route is not None
    return (regions.index(region) if known and region else -1), spot.route not in NEURAXIAL


def _level(spot: Spot) -> str | None:
    return spot.level or spot.root or region_of(Place(**place_of(spot)))


def _medications(question: Question, known: Known | None, told: ScreeningSigned) -> Section:
    return {
        "none": told.no_medicines,
        "confirmed": question.local(told.confirmed_at) if told.confirmed_at else None,
        **({"asked_by": str(known.fact.by)} if known else {}),
        **({"asked_of": told.asked_of} if told.asked_of else {}),
        "changed": "no" if "list_again" in question.granted else _changed(question, known),
    }


def _changed(question: Question, known: Known | None) -> str | None:
    """What was answered when the list was asked again. An answer about an earlier list is none about this one."""
    again = question.facts.last("list_again")
    if again is None or known is None or again.fact.pk < known.fact.pk:
        return None
    return again.content.changed if isinstance(again.content, ListAskedAgain) else None


def _medicine(question: Question, one: MedicineTold) -> Section:
    return {
        "name": one.name, "dose": one.dose, "frequency": one.frequency, "route": one.route,
        "indication": one.indication, "indication_reason": one.indication_reason,
        "last_dose": _last_dose(question, one), "stopped": one.stopped, "to_continue": one.to_continue,
        "loading_dose": one.loading_dose, "coordination": _agreement(question, one.agreement),
        "decided": _decided(question, one.decided),
    }  # fmt: skip


def _last_dose(question: Question, one: MedicineTold) -> datetime | date | str | None:
    """An instant, or a day, or unknown. What is said to be unknown counts as unknown whatever else is entered."""
    if one.last_dose_unknown:
        return "unknown"
    return question.local(one.last_dose_at) if one.last_dose_at else one.last_dose_on


def _agreement(question: Question, said: Agreement | None) -> Section | None:
    if said is None:
        return None
    return {**said.model_dump(), "at": question.local(said.at), "start": question.local(said.start)}


def _decided(question: Question, said: DrugChoice | None) -> Section | None:
    """The decision of the performing radiologist; that of anybody else is none."""
    if said is None or said.name != question.performing:
        return None
    times = {"at": question.local(said.at), "start": question.local(said.start)}
    return {"name": said.name, "role": "radiologist", "words": said.words, **times}


def _renal(measured: RenalMeasured) -> Section:
    return {**measured.model_dump(), "value": _number(measured.value), "unit": UNITS[measured.measure]}


def _number(text: str) -> Any:
    """A number as it stands in the report. What is none stays a text, which the policy refuses in its own words."""
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        return text


def _inr(question: Question, measured: InrMeasured) -> Section:
    report = {"report": measured.report} if measured.report else {}
    return {"value": measured.value, "at": question.local(measured.at), **report}
