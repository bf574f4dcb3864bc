"""The day until the time-out: consent, pregnancy, the joint review, level and side, pain, the plan of the session."""

from foramen.clinic.domain import drugs
from foramen.clinic.domain.act import Act
from foramen.clinic.domain.errors import NotAllowedError, OutOfOrderError, WrongInputError
from foramen.clinic.domain.late import check_reason
from foramen.clinic.domain.letter_kept import changes_of_letter
from foramen.clinic.domain.places import say_the_same, target_faults, words
from foramen.clinic.domain.signing import sign
from foramen.clinic.domain.step import begin, finish, performing, prepared
from foramen.clinic.domain.verbs import verb
from foramen.clinic.facts.day import (
    ConsentAsked,
    ConsentSigned,
    LevelDetermined,
    MriReviewed,
    PainScored,
    PlannedTarget,
    PregnancyAsked,
    ScreeningReviewed,
    SessionPlanned,
)
from foramen.clinic.facts.screening import ScreeningSigned
from foramen.clinic.models import Fact, Visit
from foramen.clinic.records.facts import Facts, facts_of_visit
from foramen.clinic.records.ordered import ordered_targets
from foramen.clinic.rights.roles import DOCTORS, Role
from foramen.kernel.errors import raise_all

TALKERS = frozenset({Role.NURSE, *DOCTORS})
ASKERS = frozenset({Role.NURSE, Role.TECHNOLOGIST, *DOCTORS})


@verb("sign_consent", says="Record the consent", on=Visit, content=ConsentSigned, late=True, roles=TALKERS)
def sign_consent(act: Act, visit: Visit, content: ConsentSigned) -> Fact:
    """The patient's signature under one plan: its number and its targets."""
    facts = begin(act, visit, "consent")
    plan = plan_in_force(facts)
    if content.plan != plan.number:
        raise WrongInputError.single(
            "the consent is for another plan than the one in force", where="plan", received=str(content.plan),
            remedy=f"plan {plan.number} is in force: load the page again, and have the patient sign for that plan",
        )  # fmt: skip
    if not say_the_same(content.targets, plan.targets):
        raise WrongInputError.single(
            "the consent names other targets than the plan", where="targets", received=words(content.targets),
            remedy=f"plan {plan.number} is {words(plan.targets)}: find out which is right before anybody signs",
        )  # fmt: skip
    if left := not_drawn_up(plan):
        raise WrongInputError.single(
            "the plan does not say yet what is drawn up", where="targets", received=words(left),
            remedy="the radiologist plans the drugs first; a change afterwards asks for a new consent",
        )  # fmt: skip
    fact = sign(act, visit, "consent", content, act.role_for(TALKERS))
    prepared(act, visit)
    return fact


def not_drawn_up(plan: SessionPlanned) -> list[PlannedTarget]:
    """Targets of which the plan does not say yet what is drawn up. To say it makes a new plan, and a consent that was
    signed before would not be for that one."""
    return [one for one in plan.targets if not (one.drugs or (one.no_steroid and one.no_anaesthetic))]


@verb("ask_consent_again", says="Ask about the consent again", on=Visit, content=ConsentAsked, late=True, roles=TALKERS)
def ask_consent_again(act: Act, visit: Visit, content: ConsentAsked) -> Fact:
    """Whether the patient still consents, on the day."""
    begin(act, visit, "consent_again")
    fact = sign(act, visit, "consent_again", content, act.role_for(TALKERS))
    prepared(act, visit)
    return fact


@verb("ask_pregnancy", says="Ask about pregnancy", on=Visit, content=PregnancyAsked, late=True, roles=ASKERS)
def ask_pregnancy(act: Act, visit: Visit, content: PregnancyAsked) -> Fact:
    """The question before X-rays."""
    begin(act, visit, "pregnancy")
    if content.answer == "cannot be pregnant" and not content.reason:
        raise WrongInputError.single(
            "say why the question does not apply", where="reason", remedy="such as: male, or after the menopause"
        )
    fact = sign(act, visit, "pregnancy", content, act.role_for(ASKERS))
    prepared(act, visit)
    return fact


@verb("review_screening", says="Review ABCD", on=Visit, content=ScreeningReviewed, late=True, roles=TALKERS)
def review_screening(act: Act, visit: Visit, content: ScreeningReviewed) -> Fact:
    """One of the two reviews: the performing radiologist's, or a nurse's. They are two people."""
    kind, role = _reviews_as(act, visit)
    facts = begin(act, visit, kind)
    screening = facts.last("screening")
    if screening is not None and content.screening != screening.fact.pk:
        raise WrongInputError.single(
            "the screening has changed since it was shown", where="screening", received=str(content.screening),
            remedy="load the page again and review what stands now",
        )  # fmt: skip
    other = facts.last("review_nurse" if kind == "review_radiologist" else "review_radiologist")
    if other is not None and other.fact.by_id == act.person.pk:
        raise NotAllowedError.single("nurse and radiologist review together: they are two people")
    fact = sign(act, visit, kind, content, role)
    prepared(act, visit)
    return fact


def _reviews_as(act: Act, visit: Visit) -> tuple[str, Role]:
    """Whoever performs reviews as the radiologist, whatever other roles the person has."""
    if Role.NURSE in act.roles and visit.radiologist_id != act.person.pk:
        return "review_nurse", Role.NURSE
    return "review_radiologist", performing(act, visit)


@verb("review_mri", says="Look at the MRI", on=Visit, content=MriReviewed, late=True, roles=DOCTORS)
def review_mri(act: Act, visit: Visit, content: MriReviewed) -> Fact:
    """A radiologist has looked at the MRI that the screening names."""
    facts = begin(act, visit, "mri_review")
    screening = facts.content("screening", ScreeningSigned)
    named = screening.mri.accession if screening else ""
    if named and named.casefold() != content.accession.casefold():
        raise WrongInputError.single(
            "this is another MRI than the one of the screening", where="accession", received=content.accession,
            remedy=f"the screening names {named}: look at that one, or sign the screening anew",
        )  # fmt: skip
    fact = sign(act, visit, "mri_review", content, act.role_for(DOCTORS))
    prepared(act, visit)
    return fact


@verb("determine_level", says="Record level and side", on=Visit, content=LevelDetermined, late=True, roles=DOCTORS)
def determine_level(act: Act, visit: Visit, content: LevelDetermined) -> Fact:
    """Level and side as nurse and radiologist found them: in the images, and as the patient says."""
    begin(act, visit, "level")
    role = performing(act, visit)
    if content.variant == "yes" and not content.numbering:
        raise WrongInputError.single(
            "say how the vertebrae are counted",
            where="numbering",
            remedy="such as: L5 is the last one with a disc below",
        )
    fact = sign(act, visit, "level", content, role)
    prepared(act, visit)
    return fact


@verb("score_pain", says="Record the pain", on=Visit, content=PainScored, late=True, roles=TALKERS)
def score_pain(act: Act, visit: Visit, content: PainScored) -> Fact:
    """Pain immediately before, or after; a score that cannot be had is missing, and not 0."""
    kind = f"pain_{content.time}"
    begin(act, visit, kind)
    fact = sign(act, visit, kind, content, act.role_for(TALKERS))
    if content.time == "before":
        prepared(act, visit, pain_before=content.score)
    else:
        finish(act, visit, pain_after=content.score)
    return fact


@verb("plan_session", says="Sign the plan", on=Visit, content=SessionPlanned, late=True, roles=DOCTORS)
def plan_session(act: Act, visit: Visit, content: SessionPlanned) -> Fact:
    """The plan of the session. `Visit.plan` is the number of the plan in force; the first is 1, and every other one has
    the next number, also after one that was void, so that no signature under an old plan holds for a new one."""
    facts = begin(act, visit, "plan")
    role = act.role_for(DOCTORS)
    number = next_plan(visit)
    if content.number != number:
        raise WrongInputError.single(
            "somebody planned in between, or this is not the next number", where="number",
            received=str(content.number), remedy=f"the next plan is {number}: look at the one in force first",
        )  # fmt: skip
    raise_all(WrongInputError, [*target_faults(content.targets), *drugs.amount_faults(content.targets)])
    if not _as_ordered(facts, content):
        performing(act, visit)
        check_reason(act, f"the order says {_ordered(facts)}: say why the plan is another")
    fact = sign(act, visit, "plan", content, role)
    drugs.check_planned(visit, facts_of_visit(visit), act)
    prepared(act, visit, plan=number, targets_text=words(content.targets), **changes_of_letter(act, visit))
    return fact


def next_plan(visit: Visit) -> int:
    """The number of the next plan."""
    numbers = Fact.objects.filter(visit=visit, kind="plan", void=False).values_list("content__number", flat=True)
    return max(numbers, default=0) + 1


def plan_in_force(facts: Facts) -> SessionPlanned:
    """The plan that stands; raises OutOfOrderError where there is none."""
    plan = facts.content("plan", SessionPlanned)
    if plan is None:
        raise OutOfOrderError.single("there is no plan yet", remedy="the radiologist plans the session")
    return plan


def _as_ordered(facts: Facts, content: SessionPlanned) -> bool:
    ordered = ordered_targets(facts)
    return bool(ordered) and say_the_same(ordered, content.targets)


def _ordered(facts: Facts) -> str:
    return words(ordered_targets(facts))
