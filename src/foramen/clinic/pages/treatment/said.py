"""What stands about a step, in a few words for the page of the treatment."""

from collections.abc import Callable, Mapping
from typing import Any

from foramen.clinic.domain.places import words
from foramen.clinic.facts import day, procedure, recovery, screening
from foramen.clinic.facts.content import Content
from foramen.clinic.records.facts import Known


def said(known: Known) -> str:
    """The content of a fact in words."""
    tell = _WORDS.get(type(known.content))
    return tell(known.content) if tell else ""


def _arrived(one: day.Arrived) -> str:
    return f"identified by {' and '.join(one.identifiers)}"


def _list_again(one: screening.ListAskedAgain) -> str:
    return "something has changed: screen again" if one.changed == "yes" else "nothing has changed"


def _consent(one: day.ConsentSigned) -> str:
    return f"form {one.form}, {one.language}, plan {one.plan}: {words(one.targets)}"


def _consent_again(one: day.ConsentAsked) -> str:
    return "taken back" if one.withdrawn == "yes" else "still stands"


def _pregnancy(one: day.PregnancyAsked) -> str:
    return f"{one.answer}, {one.reason}" if one.reason else one.answer


def _level(one: day.LevelDetermined) -> str:
    count = {"no": "no transitional vertebra", "yes": f"transitional vertebra, {one.numbering}"}.get(
        one.variant, "count unknown"
    )
    return f"images: {words(one.imaging)}; patient: {words(one.patient_says)}; {count}"


def _pain(one: day.PainScored) -> str:
    return f"{one.score} of 10" if one.score is not None else f"no score: {one.not_obtainable}"


def _localised(one: procedure.Localised) -> str:
    return f"by {one.by}"


def _walks(one: recovery.WalkTested) -> str:
    return f"{'walks' if one.walks == 'yes' else 'does not walk'} without danger" + (
        ", weakness of a leg" if one.motor_weakness == "yes" else ""
    )


def _way_home(one: recovery.WayHomeTold) -> str:
    return f"{one.person}, {one.how}" if one.person else one.how


def _instructions(one: recovery.InstructionsGiven) -> str:
    return f"{', '.join(one.parts)}; version {one.document}, {one.language}, to {one.handed_to}"


def _deviation(one: procedure.Deviation) -> str:
    return f"{one.what}. {one.reason}" if one.reason else one.what


def _adverse(one: recovery.AdverseEvent) -> str:
    return f"{one.what}, grade {one.grade}, {one.outcome}, relation {one.relation}"


_WORDS: Mapping[type[Content], Callable[[Any], str]] = {
    day.Arrived: _arrived,
    screening.ListAskedAgain: _list_again,
    day.ConsentSigned: _consent,
    day.ConsentAsked: _consent_again,
    day.PregnancyAsked: _pregnancy,
    day.MriReviewed: lambda one: one.accession,
    day.LevelDetermined: _level,
    day.PainScored: _pain,
    procedure.Localised: _localised,
    procedure.Deviation: _deviation,
    procedure.BrokenOff: lambda one: f"{one.stage}: {one.reason}",
    recovery.ObservationEvent: lambda one: one.what,
    recovery.WalkTested: _walks,
    recovery.WayHomeTold: _way_home,
    recovery.InstructionsGiven: _instructions,
    recovery.Discharged: lambda one: f"left with {one.left_with}",
    recovery.AdverseEvent: _adverse,
}
