"""Orders in sets of two: what is left of an order, and what a repeat needs (RP-1 to RP-4)."""

from datetime import date, timedelta
from typing import Literal

from pydantic import Field

from foramen.catalogue.document import Part
from foramen.catalogue.gates.case import Case, Reader, Reading, TablePolicy
from foramen.catalogue.gates.inputs import ProcedureInputs, Signature
from foramen.catalogue.gates.table_policy import table_policy
from foramen.catalogue.inputs import Answer, Section, Words
from foramen.catalogue.instants import day_of, day_text, start_of_day
from foramen.catalogue.worked import Worked

SET = 2
"""How many sessions an order gives at most; a third needs a new order."""

STEPS = ("screening", "abcd", "mri_review", "time_out")
"""What is done anew for every visit."""


class Session(Part):
    """One earlier session on the order. Both sides or several targets in one session are one session."""

    on: date = Field(description="the day")
    needle_in: Answer = Field(description="whether a needle went in; no: broken off before it; unknown counts as yes")


class Order(Section):
    """The order that the visit is on."""

    id: Words = Field("", description="number of the order")
    on: date | None = Field(None, description="day of the order")
    quantity: int | None = Field(None, ge=1, description="how many sessions it asks for; left out: 1")
    no_session: bool = Field(False, description="true: there was no session on this order yet")
    sessions: list[Session] = Field(
        [], description="the earlier sessions on this order, not the one that is asked about"
    )


class Records(Section):
    """In which visit each step was done, by the number of the visit."""

    screening: Words = Field("", description="visit of the screening")
    abcd: Words = Field("", description="visit of the ABCD review")
    mri_review: Words = Field("", description="visit for which the radiologist looked at the MRI")
    time_out: Words = Field("", description="visit of the time-out")


class Repeat(Section):
    """The decision to repeat. A call of the nurse may suggest it; a radiologist decides."""

    decision: Literal["repeat", "no repeat"] | None = Field(None, description="what was decided")
    signed: Signature | None = Field(None, description="who decided, and when")


class RepeatInputs(ProcedureInputs):
    """One question about an order."""

    order: Order = Field(Order(), description="the order")
    records: Records = Field(Records(), description="in which visit each step was done")
    repeat: Repeat = Field(Repeat(), description="the decision to repeat")


class RepeatExample(Worked):
    """A worked example."""

    given: RepeatInputs = Field(description="the question, as an inputs document would ask it")


class RepeatPolicy(TablePolicy):
    """Tables of repeat orders."""

    examples: list[RepeatExample] = Field([], description="worked examples; checking a file runs them")


Asked = Case[RepeatPolicy, RepeatInputs]


def performed(order: Order) -> list[date] | None:
    """The days of the sessions that used the order; None: it was not told whether there were any."""
    if order.no_session == bool(order.sessions):
        return None
    return sorted(session.on for session in order.sessions if session.needle_in != "no")


def _left(case: Asked, _procedure: object) -> Reading:
    order = case.told.order
    used = performed(order)
    if used is None or not order.id:
        return Reading(None)
    asked_for = order.quantity or 1
    told = f"Order for {asked_for}" + ("" if order.quantity else ", because no quantity is entered")
    return Reading(min(asked_for, SET) - len(used), f"{told}; used {len(used)}.")


def _sequence(case: Asked, _procedure: object) -> Reading:
    used = performed(case.told.order)
    return Reading(None if used is None else "repeat" if used else "first")


def _records(case: Asked, _procedure: object) -> Reading:
    visit = case.told.procedure.visit
    needed = STEPS if case.occasion in ("plan", "needle_in") else STEPS[:-1]
    done = {step: getattr(case.told.records, step) for step in needed}
    if not visit:
        return Reading(None)
    if copied := [step for step, of in done.items() if of and of != visit]:
        return Reading("earlier visit", f"Of an earlier visit: {', '.join(copied)}.")
    left = [step for step, of in done.items() if not of]
    return Reading(None, f"Not done: {', '.join(left)}.") if left else Reading("this visit")


def _interval(case: Asked, _procedure: object) -> Reading:
    used, least = performed(case.told.order), case.parameter("repeat_min_days")
    if used is None:
        return Reading(None)
    if least is None or not used:
        return Reading("not set" if least is None else "long enough")
    from_day = used[-1] + timedelta(days=int(least))
    told = f"Last session {day_text(used[-1])}; not before {day_text(from_day)}."
    if case.day >= from_day:
        return Reading("long enough", told)
    return Reading("too short", told, until=start_of_day(from_day, case.told.zone))


def _validity(case: Asked, _procedure: object) -> Reading:
    ordered, most = case.told.order.on, case.parameter("order_valid_days")
    if most is None:
        return Reading("not set")
    if ordered is None:
        return Reading(None)
    last = ordered + timedelta(days=int(most))
    return Reading("valid" if case.day <= last else "expired", f"Valid to {day_text(last)}.")


def _decision(case: Asked, _procedure: object) -> Reading:
    told, used = case.told.repeat, performed(case.told.order)
    if told.decision is None or told.signed is None or used is None:
        return Reading(None)
    if told.signed.role != "radiologist":
        return Reading("not a radiologist")
    if used and day_of(case.known_moment(told.signed.at)) < used[-1]:
        return Reading("before the last session")
    return Reading(told.decision)


READERS = {
    "left": Reader(_left, ("order",)),
    "sequence": Reader(_sequence, ("order",)),
    "records": Reader(_records, ("records", "procedure")),
    "interval": Reader(_interval, ("order", "repeat_min_days")),
    "validity": Reader(_validity, ("order", "order_valid_days")),
    "decision": Reader(_decision, ("repeat", "order")),
}

REPEAT_ORDERS = table_policy("repeat-orders", RepeatPolicy, RepeatInputs, READERS, lambda content: content.examples)
