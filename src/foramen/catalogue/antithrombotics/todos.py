"""What has to happen about one drug, and by when."""

from collections.abc import Iterator
from datetime import date, timedelta

from foramen.catalogue.antithrombotics.asked import Asked
from foramen.catalogue.antithrombotics.restart import course_of, restart_together, was_stopped
from foramen.catalogue.antithrombotics.together import Together
from foramen.catalogue.decision import Moment, Todo
from foramen.catalogue.instants import day_of, earliest_after, moment_text

FIRST_CALL = timedelta(days=2)
"""The follow-up call asks whether a held drug has been started again."""
AFTER_USUAL = 24
"""Hours after the usual restart at which a drug that has not been started again is told to the doctors (H05)."""


def todos_of(asked: Asked, together: Together, until: Moment | None) -> Iterator[Todo]:
    """Tasks; `until` is when the HOLD of this drug ends, if there is one."""
    if until is not None and until.utc > asked.case.needle.utc:
        yield Todo(f"Move the injection to {moment_text(until)} or later, for {asked.name}; or book another day.")
    if asked.case.planning:
        yield from _planned(asked, together)
    elif asked.case.occasion == "discharge" and course_of(asked) == "stopped":
        yield from _after(asked, together)


def _planned(asked: Asked, together: Together) -> Iterator[Todo]:
    row, case, name = asked.row, asked.case, asked.name
    by = together.last_dose_by
    before: Moment | date = case.day
    if by is not None and by.utc > case.now.utc:
        before = day_of(by) if together.is_told_by_day else by
    if row.coordination and not asked.coordinated:
        bridging = (
            " Ask also whether to bridge; a bridging drug goes on the list." if row.inr_at_most is not None else ""
        )
        what = f"Ask the prescriber whether {name} may be stopped. Record who answered, how and when.{bridging}"
        yield Todo(what, before)
    undecided = row.always_decide and not asked.decided
    if row.outcome != "NA" and (asked.refused or row.outcome is not None or undecided or asked.to_continue):
        yield Todo(f"The radiologist decides about {name}; record the decision and its reason.", before)
    if row.inr_at_most is not None:
        yield Todo(f"Measure the INR of the day; at most {row.inr_at_most} is asked for.", case.day)
    if row.hold.check and was_stopped(asked):
        yield Todo(f"Ask at arrival when the last {name} was taken, and record day and hour.", case.day)
        yield Todo(f"Hand over at discharge when {name} is started again, in writing.", case.day)


def _after(asked: Asked, together: Together) -> Iterator[Todo]:
    moments = restart_together(together)
    out = asked.case.times.needle_out
    if out is None:
        yield Todo("Record needle-out.", asked.case.day)
        return
    yield Todo(f"Hand over in writing when {asked.name} is started again.", asked.case.day)
    yield Todo(
        f"Ask in the call after two days whether {asked.name} was started again, and when.", day_of(out) + FIRST_CALL
    )
    if moments:
        late: Moment = earliest_after(moments["usual_restart"], AFTER_USUAL)
        yield Todo(f"If {asked.name} has not been started again, tell the radiologist and the prescriber.", late)
