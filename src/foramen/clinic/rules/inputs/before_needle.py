"""What the gates before the needle are told."""

from collections.abc import Iterable, Sequence

from foramen.clinic.domain.pathway import SAID_ALOUD
from foramen.clinic.facts.content import Mri, Spot
from foramen.clinic.facts.day import (
    ConsentAsked,
    ConsentSigned,
    LevelDetermined,
    MriReviewed,
    PainScored,
    PregnancyAsked,
    ScreeningReviewed,
    TimeOutSigned,
)
from foramen.clinic.facts.referral import ReferralAsked, Triage
from foramen.clinic.facts.screening import ScreeningSigned
from foramen.clinic.models import Fact
from foramen.clinic.records.facts import Facts, Known
from foramen.clinic.rules.inputs.question import Question, Section, place_of, recorded_of
from foramen.clinic.rules.inputs.targets import targets_of

SAID = ("procedure", "level", "side", "allergies", "consent", "images")
RESTS_ON = SAID_ALOUD | {"consent", "moved"}
"""Kinds of which a new one, before the needle, takes a time-out away: what was said aloud, and the slot."""


def inputs(question: Question) -> Section:
    """The question."""
    level = question.facts.content("level", LevelDetermined)
    consent = question.facts.content("consent", ConsentSigned)
    planned = _places(question.spots)
    agreed = planned if "level" in question.granted else []
    signed = planned if "consent" in question.granted else _places(consent.targets if consent else ())
    return {
        **question.head(),
        "procedure": question.procedure(),
        "targets": targets_of(question) or agreed,
        "mri": _mri(question),
        "abcd": abcd(question),
        "blood_thinners": _blood_thinners(question),
        "ordered": _places(question.ordered),
        "consented": signed,
        "imaging": agreed or _places(level.imaging if level else ()),
        "patient_says": agreed or _places(level.patient_says if level else ()),
        "vertebrae": _vertebrae(question, level),
        "consent": _consent(question),
        "pregnancy": _pregnancy(question),
        "pain_before": pain(question, "pain_before"),
        "time_out": _time_out(question),
    }


def _places(spots: Iterable[Spot]) -> list[Section]:
    return [place_of(one) for one in spots]


def _mri(question: Question) -> Section:
    """The MRI that the screening names, or else the referral."""
    screening = question.facts.content("screening", ScreeningSigned)
    referral = question.facts.content("referral", ReferralAsked)
    by_screening = screening is not None and bool(screening.mri.accession)
    mri = screening.mri if screening and by_screening else referral.imaging if referral else Mri()
    return {
        "accession": mri.accession, "on": mri.on, "regions": list(mri.regions), "reviewed": _mri_review(question, mri),
        **question.told(question.facts.last("screening" if by_screening else "referral")),
    }  # fmt: skip


def _mri_review(question: Question, mri: Mri) -> Section | None:
    """The review of this MRI; one of another is none."""
    if "mri_review" in question.granted:
        at = question.local(question.now.utc)
        return {"person": question.performing, "role": "radiologist", "at": at} if question.performing else None
    review = question.facts.content("mri_review", MriReviewed)
    if review is None or review.accession.casefold() != mri.accession.casefold():
        return None
    return question.signature(question.facts.last("mri_review"))


def abcd(question: Question) -> Section:
    """The four answers of the screening that stands, and the two reviews of exactly that one."""
    known = question.facts.last("screening")
    told = question.facts.content("screening", ScreeningSigned) or ScreeningSigned()
    return {
        "allergies": _answer(told.allergies, none=told.no_allergies),
        "blood": _answer([one.name for one in told.medicines], none=told.no_medicines),
        "cut": _answer(told.surgery, none=told.no_surgery),
        "driver": told.driver or "unknown",
        "nurse": _review(question, known, "review_nurse"),
        "radiologist": _review(question, known, "review_radiologist"),
        "answered": question.local(recorded_of(known.fact)) if known else None,
        **question.told(known),
    }


def _answer(told: Sequence[str], *, none: bool) -> str | list[str]:
    """“none”, or what was told; both at once is no answer, and neither is nothing."""
    if none and not told:
        return "none"
    return [*told, *(["none"] if none else [])] or "unknown"


def _review(question: Question, screening: Known | None, kind: str) -> Section | None:
    review = question.facts.content(kind, ScreeningReviewed)
    if review is None or screening is None or review.screening != screening.fact.pk:
        return None
    return question.signature(question.facts.last(kind))


def _blood_thinners(question: Question) -> Section:
    told = question.facts.content("screening", ScreeningSigned) or ScreeningSigned()
    by = question.told(question.facts.last("screening"))
    return {"none": told.no_medicines, "medicines": [one.name for one in told.medicines], **by}


def _vertebrae(question: Question, level: LevelDetermined | None) -> Section:
    if level is None:
        at = question.local(question.now.utc) if question.granted & {"level", "mri_review"} else None
        triage = question.facts.content("triage", Triage)
        variant = "no" if "level" in question.granted else triage.variant if triage else "unknown"
        return {"variant": variant, "numbering": triage.numbering if triage else "", "determined": at}
    return {
        "variant": level.variant, "numbering": level.numbering, "determined": question.happened("level"),
        **question.told(question.facts.last("level")),
    }  # fmt: skip


def _consent(question: Question) -> Section:
    known, signed = question.facts.last("consent"), question.facts.content("consent", ConsentSigned)
    if known is None or signed is None:
        return {}
    return {
        "signed": question.local(known.fact.happened_at), "plan": str(signed.plan),
        "withdrawn": "no" if "consent_again" in question.granted else _withdrawn(question, known),
        "off_label_asked": signed.off_label_asked, **question.told(known),
    }  # fmt: skip


def _withdrawn(question: Question, consent: Known) -> str | None:
    """What was answered about this consent; an answer about an earlier one is none."""
    again = question.facts.last("consent_again")
    if again is None or again.fact.pk < consent.fact.pk:
        return None
    return again.content.withdrawn if isinstance(again.content, ConsentAsked) else None


def _pregnancy(question: Question) -> Section:
    told = question.facts.content("pregnancy", PregnancyAsked)
    if told is None:
        return {}
    known = question.facts.last("pregnancy")
    return {
        "answer": told.answer,
        "reason": told.reason,
        "asked": question.happened("pregnancy"),
        **question.told(known),
    }


def pain(question: Question, kind: str) -> Section:
    """A pain score at one time point, or why there is none."""
    told = question.facts.content(kind, PainScored)
    if told is None:
        return {}
    return {
        "score": told.score, "not_obtainable": told.not_obtainable, "at": question.happened(kind),
        **question.told(question.facts.last(kind)),
    }  # fmt: skip


def _time_out(question: Question) -> Section:
    """The time-out of the two signatures: what only one of the two said, was not said; what one found to differ,
    differs; and it is of a plan only if both signed for that plan."""
    signed = [question.facts.content(f"time_out_{name}", TimeOutSigned) for name in ("technologist", "radiologist")]
    both = [one for one in signed if one is not None]
    return {**time_out_people(question), **(_agreed(question, both) if both else {})}


def time_out_people(question: Question) -> Section:
    """The two signatures. One that is older than what it rests on is none: what was said aloud has changed."""
    found = {name: question.facts.last(f"time_out_{name}") for name in ("technologist", "radiologist")}
    return {
        name: None if one is None or is_overtaken(question.facts, one.fact) else question.signature(one)
        for name, one in found.items()
    }


def is_overtaken(facts: Facts, signed: Fact) -> bool:
    """Whether something that a time-out rests on came after it. What is entered late after a time-out that the server
    has seen comes after it, whenever it is said to have been. A correction is none: before the needle it takes the plan
    with it, and later it changes nothing about what was said aloud."""
    rests = (known.fact for kind in RESTS_ON if (known := facts.last(kind)) is not None)
    new = [one for one in rests if one.corrects_id is None]
    if signed.late:
        return any((one.happened_at, one.pk) > (signed.happened_at, signed.pk) for one in new)
    return any(one.pk > signed.pk for one in new)


def _agreed(question: Question, both: Sequence[TimeOutSigned]) -> Section:
    rooms, plans = {one.room for one in both}, {one.plan for one in both}
    used = set.intersection(*(set(one.identifiers) for one in both))
    last = question.facts.last("time_out_radiologist") or question.facts.last("time_out_technologist")
    return {
        "identifiers": [name for name in both[0].identifiers if name in used],
        "said": {name: _said([getattr(one, name) for one in both]) for name in SAID},
        "room": " and ".join(sorted(rooms)), "patient": question.visit.patient.number,
        "plan": " and ".join(map(str, sorted(plans))),
        **question.told(last),
    }  # fmt: skip


def _said(answers: Sequence[str]) -> str:
    return "differs" if "differs" in answers else "agrees"
