"""G-LETTER: the patient has read the letter that is in force, and no other (H06, vector V10).

The rule is Foramen's own: it is part of the pathway and of no policy that a site signs. Its stamp names the program in
place of a file, and the digest of its texts.
"""

from datetime import date

from foramen import __version__
from foramen.catalogue.decision import (
    Decision,
    Finding,
    Input,
    Judgement,
    Moment,
    Occasion,
    Outcome,
    Override,
    Stamp,
    Todo,
)
from foramen.catalogue.instants import TZDATA, day_of, start_of_day
from foramen.clinic.facts.screening import LetterAcknowledged
from foramen.clinic.rules.inputs.question import Question, recorded_of, source_of
from foramen.kernel.digests import text_digest

PATHWAY = "pathway"
"""The id that stands in place of a policy."""

RULE, SUBJECT = "G-LETTER", "the patient's letter"
RESOLVED = "the letter in force has been read; a later number takes the place of an earlier one"
SOURCE = "Foramen, its own rule: hazard H06"
STAMP = Stamp(PATHWAY, __version__, text_digest(RESOLVED), "", date.max, TZDATA)
OCCASIONS: tuple[Occasion, ...] = ("plan", "arrival", "time_out", "needle_in")


def judge_letter(question: Question) -> Judgement:
    """The judgement of the one rule. While planning, a letter that nobody has read yet is HOLD until the day."""
    finding = _found(question)
    by = day_of(Moment(question.visit.start, question.zone))
    decision = Decision(
        RULE, finding.outcome, (finding.reason,), STAMP, SUBJECT, resolved=RESOLVED, source=SOURCE,
        until=finding.until, override=finding.override, inputs=_inputs(question), findings=(finding,),
        todos=(Todo("Have the patient read the letter and confirm it", by),) if finding.override else (),
        asked=question.now, occasion=question.occasion,
    )  # fmt: skip
    return Judgement((decision,), question.occasion, question.now)


def _found(question: Question) -> Finding:
    in_force, read = question.visit.letter, question.facts.content("letter_read", LetterAcknowledged)
    if in_force and read is not None and read.number == in_force:
        return Finding(Outcome.OK, f"Letter {in_force} is in force, and the patient has confirmed it.")
    if read is not None:
        reason = (
            f"The patient has confirmed letter {read.number}; in force is {_named(in_force)}. It has to be read anew."
        )
        return Finding(Outcome.STOP, reason, Override.O0)
    reason = f"The patient has not confirmed a letter; in force is {_named(in_force)}."
    if question.occasion == "plan":
        day = day_of(Moment(question.visit.start, question.zone))
        return Finding(Outcome.HOLD, reason, Override.O0, start_of_day(day, question.zone))
    return Finding(Outcome.STOP, reason, Override.O0)


def _named(number: int) -> str:
    return f"letter {number}" if number else "none"


def _inputs(question: Question) -> tuple[Input, ...]:
    known = question.facts.last("letter_read")
    told = None if known is None else question.facts.content("letter_read", LetterAcknowledged)
    source, recorded = ("", "") if known is None else (source_of(known.fact), recorded_of(known.fact).isoformat())
    return (
        Input("letter in force", question.visit.letter),
        Input("letter confirmed", None if told is None else told.number, source, recorded),
    )
