"""Letters and sheets: made from what stands, numbered, kept as they were made, and replaced by a later number."""

from typing import Any

from django.db.models import Max

from foramen.clinic.domain import pathway
from foramen.clinic.domain.act import Act
from foramen.clinic.domain.asked import NewLetter
from foramen.clinic.domain.errors import OutOfOrderError, WrongInputError
from foramen.clinic.domain.hold_plan_letter import letter_content
from foramen.clinic.domain.planning import ask_rules
from foramen.clinic.domain.procedure_letter import procedure_content
from foramen.clinic.domain.restart_sheet import restart_content
from foramen.clinic.domain.signing import sign
from foramen.clinic.domain.step import begin, finish
from foramen.clinic.domain.times import clock_at, day_at, now_of
from foramen.clinic.domain.verbs import verb
from foramen.clinic.facts.screening import LetterAcknowledged, ScreeningSigned
from foramen.clinic.models import Fact, Letter, Visit
from foramen.clinic.records import outbox
from foramen.clinic.records.facts import Facts, facts_of_visit
from foramen.clinic.rights.roles import DOCTORS, SCHEDULERS, Role
from foramen.clinic.rules import gates
from foramen.clinic.rules.hold_plan import hold_plan

WRITERS = frozenset({Role.NURSE, *DOCTORS})
LANGUAGES = ("en",)
"""Languages in which there are words for letters."""


@verb("make_letter", says="Make letter", on=Visit, content=NewLetter, roles=WRITERS)
def make_letter(act: Act, visit: Visit, wanted: NewLetter) -> Letter:
    """The patient's letter for the booked start, from the hold plan as it stands. An earlier one no longer holds."""
    facts = facts_of_visit(visit)
    pathway.check("letter_read", visit, facts)
    screening = facts.last("screening")
    if screening is None or not isinstance(screening.content, ScreeningSigned):
        raise OutOfOrderError.single("Letter: first Screening", remedy="sign the screening")
    check_language(wanted.language)
    plan = hold_plan(visit, facts, now_of(act), "plan")
    content = letter_content(visit, screening.content, plan, act.at)
    ask_rules(act, visit, "make_letter")
    number = max(last_number(visit, Letter.Kind.HOLD_PLAN) + 1, visit.letter)
    letter = _keep(act, visit, Letter.Kind.HOLD_PLAN, number, content | {"screening": screening.fact.pk})
    outbox.put("letter", {"letter": str(letter.pk)})
    finish(act, visit, letter=number)
    return letter


@verb(
    "acknowledge_letter", says="Letter acknowledged", on=Visit, content=LetterAcknowledged, late=True, roles=SCHEDULERS
)
def acknowledge_letter(act: Act, visit: Visit, told: LetterAcknowledged) -> Fact:
    """The patient has read the letter that is in force for the start as it is booked now."""
    begin(act, visit, "letter_read")
    letter = letter_in_force(visit)
    if letter is None:
        raise WrongInputError.single(
            f"there is no letter for {_start_told(visit)}", where="number", received=f"{told.number}",
            remedy="make a new letter, and give it to the patient",
        )  # fmt: skip
    if told.number != letter.number:
        raise WrongInputError.single(
            f"letter {told.number} is not in force: letter {letter.number} is", where="number",
            remedy=f"give the patient letter {letter.number}",
        )  # fmt: skip
    fact = sign(act, visit, "letter_read", told, act.role_for(SCHEDULERS))
    finish(act, visit)
    return fact


def letter_in_force(visit: Visit) -> Letter | None:
    """The letter that holds for the start as it is booked now; none after a move, until a new one is made."""
    return Letter.objects.filter(
        visit=visit, kind=Letter.Kind.HOLD_PLAN, number=visit.letter, start=visit.start
    ).first()


def check_letter_read(visit: Visit, facts: Facts) -> None:
    """Refuse to go on unless the patient has read the letter in force (V10, G-LETTER)."""
    read = facts.content("letter_read", LetterAcknowledged)
    if read is None or read.number != visit.letter:
        raise OutOfOrderError.single(
            f"the letter for {_start_told(visit)} has not been acknowledged",
            remedy="make it if there is none yet, go through it with the patient, and record that it was read",
        )


def restart_sheet(act: Act, visit: Visit, language: str) -> Letter:
    """The sheet to take home, from what the antithrombotic policy says at discharge; for the verb that gives it."""
    check_language(language)
    facts = facts_of_visit(visit)
    judged = gates.judge(visit, facts, "discharge", now_of(act))
    content = restart_content(visit, facts, judged.by_policy["antithrombotics"], act.at)
    return _keep(act, visit, Letter.Kind.RESTART, last_number(visit, Letter.Kind.RESTART) + 1, content)


def procedure_letter(act: Act, visit: Visit) -> Letter:
    """The letter to the referrer, from what stands. For the verbs that end a visit."""
    content = procedure_content(visit, facts_of_visit(visit), act.at)
    return _keep(act, visit, Letter.Kind.PROCEDURE, last_number(visit, Letter.Kind.PROCEDURE) + 1, content)


def check_language(language: str) -> None:
    """Refuse a language in which nothing can be printed."""
    if language not in LANGUAGES:
        raise WrongInputError.single(
            "there are no words for letters in this language", where="language", received=language,
            remedy=f"choose {', '.join(LANGUAGES)}, and go through it with the patient",
        )  # fmt: skip


def last_number(visit: Visit, kind: Letter.Kind) -> int:
    """The number of the last letter of a kind; 0 where there is none."""
    found = Letter.objects.filter(visit=visit, kind=kind).aggregate(last=Max("number"))
    return found["last"] or 0


def _keep(act: Act, visit: Visit, kind: Letter.Kind, number: int, content: dict[str, Any]) -> Letter:
    return Letter.objects.create(
        site=act.site, patient=visit.patient, visit=visit, kind=kind, number=number, start=visit.start, language="en",
        content=content | {"number": number}, made_at=act.at, by=act.person,
    )  # fmt: skip


def _start_told(visit: Visit) -> str:
    return f"{day_at(visit.site, visit.start):%d %b %Y}, {clock_at(visit.site, visit.start)}"
