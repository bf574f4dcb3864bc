"""When a drug may be taken again, counted from the recorded needle-out (T4)."""

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Literal

from foramen.catalogue.antithrombotics.asked import Asked
from foramen.catalogue.antithrombotics.hold import unsourced
from foramen.catalogue.antithrombotics.together import Together
from foramen.catalogue.decision import Finding, Moment, Outcome, Override
from foramen.catalogue.instants import day_of, earliest_after, elapsed_since, moment_text, safer_moment

Course = Literal["went on", "stopped", "not known"]
"""What became of a drug before the procedure."""


def restart_moments(asked: Asked) -> Mapping[str, Moment]:
    """The earliest and the usual restart of a row; none before needle-out is recorded for a booked start, and none
    where nothing was stopped."""
    times, earliest = asked.case.times, earliest_hours(asked)
    out = times.needle_out
    if out is None or times.start is None or earliest is None or course_of(asked) != "stopped":
        return {}
    first = earliest_after(out, earliest)
    return {"earliest_restart": first, "usual_restart": max(first, _usual(asked, out, earliest))}


def restart_together(together: Together) -> Mapping[str, Moment]:
    """The latest of the restarts of what is taken together; none, if one of the rows has none."""
    found = [restart_moments(one) for one in together.rows]
    if not all(found):
        return {}
    return {name: max(one[name] for one in found) for name in ("earliest_restart", "usual_restart")}


def usual_by_day(together: Together, usual: Moment) -> bool:
    """The usual restart is the start of a day, because the source prints the next day."""
    out = together.case.times.needle_out
    return any(
        one.row.restart.usual == "next day" and out is not None and usual == _next_day(out) for one in together.rows
    )


def earliest_hours(asked: Asked) -> int | None:
    """Hours to the earliest restart. The lower end of a range is not offered to stratum HIGH (A13); the earlier restart
    of a standard dose needs that dose, without a loading dose (A22), and is never offered for a combination."""
    restart = asked.row.restart
    if restart.is_range and asked.is_high and isinstance(restart.usual, int):
        return restart.usual
    standard = restart.standard_dose
    if standard is not None and all(
        one.product is None and _same(one.medicine.dose, standard.dose) and one.medicine.loading_dose == "no"
        for one in asked.taken.told
    ):
        return standard.earliest
    return restart.earliest


def was_stopped(asked: Asked) -> bool:
    """Whether the policy means the drug to be stopped."""
    return not (asked.row.hold.continues or asked.stays or asked.row.outcome == "NA")


def course_of(asked: Asked) -> Course:
    """Whether a drug was stopped. What the policy has stopped counts as stopped. Of what it never stops, of what the
    prescriber refused to stop and of what was to be continued the patient is asked."""
    row, answers = asked.row, {one.stopped for one in asked.medicines}
    if row.hold.continues or row.outcome == "NA":
        return "went on"
    went_on = row.stopping_not_essential and answers == {False}
    if row.outcome == "STOP" or not (row.outcome or asked.refused or asked.to_continue or went_on):
        return "stopped"
    if answers == {True} or (True not in answers and asked.refused and _was_held(asked)):
        return "stopped"
    if answers == {False} or (True not in answers and (asked.refused or asked.stays)):
        return "went on"
    return "not known"


def _was_held(asked: Asked) -> bool:
    """The last dose lies as long before the needle as the hold asks for: it was stopped, whatever was refused."""
    dose, out, check = asked.dose, asked.case.times.needle_out, asked.check
    return bool(dose and out and check and elapsed_since(dose.latest, out) >= timedelta(hours=check))


def restart_text(asked: Asked) -> str:
    """The rule of the restart in words."""
    earliest, usual = earliest_hours(asked), asked.row.restart.usual
    if not was_stopped(asked):
        return "no restart, because it is not stopped"
    if earliest is None:
        return "restart by decision, no number"
    if usual == "next day":
        return f"restart {earliest} h after needle-out at the earliest, usually the next day"
    if usual == earliest:
        return f"restart {earliest} h after needle-out"
    return f"restart {earliest} h after needle-out at the earliest, usually {usual} h"


def restart_findings(asked: Asked, together: Together) -> Iterator[Finding]:
    """What is found at discharge."""
    course = course_of(asked)
    if asked.row.outcome == "NA":
        yield Finding(Outcome.NA, asked.row.reason)
    elif course == "went on":
        yield Finding(Outcome.NA, f"{asked.name} was not stopped, so there is no restart: go on as before.")
    elif course == "not known":
        text = f"Nobody has recorded whether {asked.name} was stopped: ask, and decide what comes next."
        yield Finding(Outcome.DECIDE, text, Override.O1)
    else:
        yield _restart(asked, together)
    yield from unsourced(asked)
    if asked.stratum is not None and asked.stratum.is_assumed and asked.row.restart.is_range:
        yield Finding(
            Outcome.DECIDE,
            "The bleeding stratum is not known and counts as HIGH: the later restart is used.",
            Override.O1,
        )


def _restart(asked: Asked, together: Together) -> Finding:
    times, moments = asked.case.times, restart_together(together)
    if times.needle_out is None:
        text = "No needle-out is recorded, so no restart can be told: record it before the patient leaves."
        return Finding(Outcome.STOP, text, Override.O0)
    if times.start is None:
        text = "The booked start is missing, so nobody knows whether this needle-out is of this visit: enter it."
        return Finding(Outcome.STOP, text, Override.O0)
    if not moments:
        outcome = Outcome.STOP if asked.row.outcome == "STOP" else Outcome.DECIDE
        text = f"No restart of {together.name} is in this policy: prescriber and radiologist decide and record it."
        return Finding(outcome, text, Override.O2 if outcome is Outcome.STOP else Override.O1)
    return Finding(Outcome.OK, f"Start {together.name} not before {moment_text(moments['earliest_restart'])}.")


def _usual(asked: Asked, needle_out: Moment, earliest: int) -> Moment:
    usual = asked.row.restart.usual
    if usual == "next day":
        return _next_day(needle_out)
    return earliest_after(needle_out, earliest if usual is None else usual)


def _next_day(out: Moment) -> Moment:
    tomorrow = datetime.combine(day_of(out) + timedelta(days=1), time())
    return safer_moment(tomorrow, out.zone, "restart")


def _same(dose: str, other: str) -> bool:
    return "".join(dose.split()).casefold() == "".join(other.split()).casefold()
