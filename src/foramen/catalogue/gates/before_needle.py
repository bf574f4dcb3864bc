"""Gates before the needle: MRI, ABCD, level and side, consent, pregnancy, pain before, time-out."""

from collections.abc import Sequence
from datetime import timedelta

from pydantic import Field

from foramen.catalogue.gates.abcd import answer_of, generic_names, is_told
from foramen.catalogue.gates.before_needle_inputs import BeforeNeedleInputs, Identifier, SaidAloud
from foramen.catalogue.gates.case import Case, Reader, Reading, TablePolicy
from foramen.catalogue.gates.inputs import Place
from foramen.catalogue.gates.people import is_same_person, signed_by
from foramen.catalogue.gates.places import agrees, is_comparable, is_complete, place_text, region_of
from foramen.catalogue.gates.table_policy import table_policy
from foramen.catalogue.instants import Moment, day_of, day_text
from foramen.catalogue.worked import Worked


class BeforeNeedleExample(Worked):
    """A worked example."""

    given: BeforeNeedleInputs = Field(description="the question, as an inputs document would ask it")


class BeforeNeedlePolicy(TablePolicy):
    """Tables of the gates before the needle."""

    examples: list[BeforeNeedleExample] = Field([], description="worked examples; checking a file runs them")


WHO: frozenset[Identifier] = frozenset(("name", "number"))
"""One of these has to be among the identifiers: an address or a photograph tells whose it is to nobody."""

A_YEAR = 365
"""Days after which no site can let a consent hold."""

Asked = Case[BeforeNeedlePolicy, BeforeNeedleInputs]


# --- G-MRI ---------------------------------------------------------------------------------------------------------


def _mri(case: Asked, _procedure: object) -> Reading:
    return Reading("available" if is_told(case.told.mri.accession) else None)


def _mri_region(case: Asked, _procedure: object) -> Reading:
    shown, targets = set(case.told.mri.regions), case.told.targets
    wanted = {region_of(target) for target in targets}
    if not shown or not targets or None in wanted:
        return Reading(None)
    covered = shown | ({"sacral"} if "lumbar" in shown else set())
    return Reading("same" if wanted <= covered else "other", f"The MRI shows: {', '.join(sorted(shown))}.")


def _mri_review(case: Asked, _procedure: object) -> Reading:
    review, level = case.told.mri.reviewed, case.moment(case.told.vertebrae.determined)
    if review is None or level is None or not case.told.procedure.radiologist:
        return Reading(None)
    if review.role != "radiologist" or not is_same_person(review.person, case.told.procedure.radiologist):
        return Reading("other person")
    return Reading("in time" if case.known_moment(review.at).utc <= level.utc else "after the level")


def _mri_age(case: Asked, _procedure: object) -> Reading:
    limit, on = case.parameter("mri_max_age_days"), case.told.mri.on
    if limit is None:
        return Reading("no limit set")
    if on is None:
        return Reading(None)
    age = (case.day - on).days
    return Reading("within limit" if age <= limit else "over limit", f"{age} days old, limit {limit} days.")


# --- G-ABCD --------------------------------------------------------------------------------------------------------


def _unanswered(case: Asked, _procedure: object) -> Reading:
    abcd = case.told.abcd
    named = {"allergies": abcd.allergies, "blood": abcd.blood, "cut": abcd.cut, "driver": abcd.driver}
    left = [name for name, answer in named.items() if answer_of(answer) is None]
    return Reading(len(left), f"Not answered: {', '.join(left)}." if left else "")


def _abcd_review(case: Asked, _procedure: object) -> Reading:
    nurse, radiologist = case.told.abcd.nurse, case.told.abcd.radiologist
    answered = case.moment(case.told.abcd.answered, "last_dose")
    signed = signed_by(nurse, radiologist, "nurse", case.told.procedure.radiologist)
    if nurse is None or radiologist is None or answered is None or signed != "two people":
        return Reading(signed if signed != "two people" else None)
    times = [case.known_moment(one.at) for one in (nurse, radiologist)]
    if any(day_of(one) != case.day for one in times):
        return Reading("another day")
    return Reading("changed since" if answered > min(times) else "both on the day")


def _blood_list(case: Asked, _procedure: object) -> Reading:
    """Whether answer B names what the list of the antithrombotic policy names, by generic name."""
    listed, answer = case.told.blood_thinners, answer_of(case.told.abcd.blood)
    if listed is None:
        return Reading("no list here")
    if answer is None or listed.none == bool(listed.medicines):
        return Reading("unreadable" if listed.none and listed.medicines else None)
    told, known = generic_names(answer), generic_names(listed.medicines)
    shown = f"Answer B: {', '.join(answer) or 'none'}. List: {', '.join(listed.medicines) or 'none'}."
    return Reading("agree" if told == known else "differ", shown)


# --- G-LEVEL -------------------------------------------------------------------------------------------------------


def _plan(case: Asked, _procedure: object) -> Reading:
    targets = case.told.targets
    if not targets:
        return Reading(None)
    told = "; ".join(place_text(target) for target in targets)
    if not all(is_complete(target) for target in targets):
        return Reading("incomplete", f"Plan: {told}.")
    twice = len({place_text(target) for target in targets}) < len(targets)
    return Reading("twice" if twice else "complete", f"Plan: {told}.")


def _compared(case: Asked, said: Sequence[Place], needed: Sequence[str]) -> Reading:
    """Whether a source names every target of the plan and nothing else; None: it leaves something blank."""
    planned = case.told.targets
    if not said or not planned:
        return Reading(None)
    told = f"Said: {'; '.join(place_text(one) for one in said)}."
    for one in said:
        if not any(is_comparable(one, target, needed) for target in planned):
            return Reading(None, told)
    named = all(any(_means(one, target, needed) for one in said) for target in planned)
    nothing_else = all(any(_means(one, target, needed) for target in planned) for one in said)
    return Reading("agrees" if named and nothing_else else "differs", told)


def _means(said: Place, planned: Place, needed: Sequence[str]) -> bool:
    return is_comparable(said, planned, needed) and agrees(said, planned)


def _order_agrees(case: Asked, _procedure: object) -> Reading:
    return _compared(case, case.told.ordered, ("place", "side", "route"))


def _consent_agrees(case: Asked, _procedure: object) -> Reading:
    return _compared(case, case.told.consented, ("place", "side", "route"))


def _imaging_agrees(case: Asked, _procedure: object) -> Reading:
    return _compared(case, case.told.imaging, ("place", "side"))


def _patient_agrees(case: Asked, _procedure: object) -> Reading:
    return _compared(case, case.told.patient_says, ("side",))


def _numbering(case: Asked, _procedure: object) -> Reading:
    vertebrae = case.told.vertebrae
    if vertebrae.variant == "unknown":
        return Reading(None)
    if vertebrae.variant == "no":
        return Reading("usual")
    counted = vertebrae.numbering.strip()
    return Reading("variant agreed", f"Counted: {counted}.") if counted else Reading("variant open")


# --- consent, pregnancy, pain --------------------------------------------------------------------------------------


def _consent(case: Asked, _procedure: object) -> Reading:
    consent, plan = case.told.consent, case.told.procedure.plan
    asked = (f"Patient asked about off-label use of epidural steroid: {consent.off_label_asked}.",)
    if consent.withdrawn == "yes":
        return Reading("withdrawn")
    if consent.withdrawn is None or consent.signed is None or not consent.plan or not plan:
        return Reading(None)
    return Reading("this plan" if consent.plan == plan else "another plan", information=asked)


def _consent_age(case: Asked, _procedure: object) -> Reading:
    """How old the signature is. The source prints consent at the time of the injection; a site may set more days."""
    signed, limit = case.moment(case.told.consent.signed), case.parameter("consent_max_age_days")
    if signed is None or day_of(signed) > case.day:
        return Reading(None)
    age = (case.day - day_of(signed)).days
    told = f"Signed on {day_text(day_of(signed))}."
    if age == 0 or age > A_YEAR:
        return Reading("over a year" if age else "on the day", told)
    if limit is None:
        return Reading("another day", told)
    return Reading("within limit" if age <= limit else "over limit", f"{told} Limit {limit} days.")


def _guidance(case: Asked, _procedure: object) -> Reading:
    guidance = case.told.procedure.guidance
    return Reading(None if guidance is None else "no x-ray" if guidance == "ultrasound" else "x-ray")


def _pregnancy(case: Asked, _procedure: object) -> Reading:
    told = case.told.pregnancy
    if told.answer == "cannot be pregnant":
        return Reading(told.answer, f"Reason: {told.reason}.") if told.reason.strip() else Reading(None)
    return Reading(told.answer)


def _pregnancy_day(case: Asked, _procedure: object) -> Reading:
    return _day(case, case.moment(case.told.pregnancy.asked))


def _day(case: Asked, moment: Moment | None) -> Reading:
    """Whether something was asked on the local date of the procedure."""
    if moment is None:
        return Reading(None)
    day = day_of(moment)
    return Reading("procedure day") if day == case.day else Reading("another day", f"Asked on {day_text(day)}.")


def _pain_before(case: Asked, _procedure: object) -> Reading:
    pain = case.told.pain_before
    why = pain.not_obtainable.strip()
    return Reading(pain.score, f"Not obtainable: {why}." if pain.score is None and why else "")


def _pain_before_day(case: Asked, _procedure: object) -> Reading:
    return _day(case, case.moment(case.told.pain_before.at))


# --- G-TIMEOUT -----------------------------------------------------------------------------------------------------


def _people(case: Asked, _procedure: object) -> Reading:
    technologist, radiologist = case.told.time_out.technologist, case.told.time_out.radiologist
    return Reading(signed_by(technologist, radiologist, "technologist", case.told.procedure.radiologist))


def _identifiers(case: Asked, _procedure: object) -> Reading:
    named = set(case.told.time_out.identifiers)
    if not named:
        return Reading(None)
    if len(named) == 1:
        return Reading("one")
    return Reading("two or more" if named & WHO else "without name or number", f"Used: {', '.join(sorted(named))}.")


def _said(case: Asked, _procedure: object) -> Reading:
    said = {name: getattr(case.told.time_out.said, name) for name in SaidAloud.model_fields}
    if differing := [name for name, answer in said.items() if answer == "differs"]:
        return Reading("differs", f"Differs: {', '.join(differing)}.")
    left = [name for name, answer in said.items() if answer is None]
    return Reading(None, f"Not said: {', '.join(left)}.") if left else Reading("all agree")


def _scope(case: Asked, _procedure: object) -> Reading:
    done, here = case.told.time_out, case.told.procedure
    pairs = {"room": (done.room, here.room), "patient": (done.patient, here.patient), "plan": (done.plan, here.plan)}
    if not all(one and other for one, other in pairs.values()):
        return Reading(None)
    differing = [name for name, (one, other) in pairs.items() if one != other]
    return Reading("other", f"Another {', another '.join(differing)}.") if differing else Reading("this one")


def _validity(case: Asked, _procedure: object) -> Reading:
    """It counts from the second signature; the first may not be older than the validity when the second is given."""
    limit, done = case.parameter("timeout_valid_min"), case.told.time_out
    if limit is None:
        return Reading("not set")
    if done.technologist is None or done.radiologist is None:
        return Reading(None)
    first, second = sorted(case.known_moment(one.at) for one in (done.technologist, done.radiologist))
    valid = timedelta(minutes=float(limit))
    until = Moment(second.utc + valid, second.zone)
    held = second.utc - first.utc <= valid and case.now.utc <= until.utc
    return Reading("valid" if held else "expired", moments={"time_out_valid_until": until})


READERS = {
    "mri": Reader(_mri, ("mri",)),
    "mri_region": Reader(_mri_region, ("mri", "targets")),
    "mri_review": Reader(_mri_review, ("mri", "vertebrae")),
    "mri_age": Reader(_mri_age, ("mri", "mri_max_age_days")),
    "abcd_unanswered": Reader(_unanswered, ("abcd",)),
    "abcd_review": Reader(_abcd_review, ("abcd", "procedure")),
    "blood_list": Reader(_blood_list, ("abcd", "blood_thinners")),
    "plan": Reader(_plan, ("targets",)),
    "order_agrees": Reader(_order_agrees, ("ordered", "targets")),
    "consent_agrees": Reader(_consent_agrees, ("consented", "targets")),
    "imaging_agrees": Reader(_imaging_agrees, ("imaging", "targets")),
    "patient_agrees": Reader(_patient_agrees, ("patient_says", "targets")),
    "numbering": Reader(_numbering, ("vertebrae",)),
    "consent": Reader(_consent, ("consent",)),
    "consent_age": Reader(_consent_age, ("consent", "consent_max_age_days")),
    "guidance": Reader(_guidance, ("procedure",)),
    "pregnancy": Reader(_pregnancy, ("pregnancy",)),
    "pregnancy_day": Reader(_pregnancy_day, ("pregnancy",)),
    "pain_before": Reader(_pain_before, ("pain_before",)),
    "pain_before_day": Reader(_pain_before_day, ("pain_before",)),
    "time_out_people": Reader(_people, ("time_out", "procedure")),
    "time_out_identifiers": Reader(_identifiers, ("time_out",)),
    "time_out_said": Reader(_said, ("time_out",)),
    "time_out_scope": Reader(_scope, ("time_out",)),
    "time_out_validity": Reader(_validity, ("time_out", "timeout_valid_min")),
}

BEFORE_NEEDLE = table_policy(
    "before-needle", BeforeNeedlePolicy, BeforeNeedleInputs, READERS, lambda content: content.examples
)
