"""When a drug may be taken again, counted from the recorded needle-out (T4)."""

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta

from foramen.catalogue.antithrombotics.asked import Asked
from foramen.catalogue.decision import Finding, Moment, Outcome, Override
from foramen.catalogue.instants import day_of, earliest_after, moment_text, safer_moment


def restart_moments(asked: Asked) -> Mapping[str, Moment]:
    """The earliest and the usual restart; none before needle-out is recorded, and none where nothing was stopped."""
    needle_out, earliest = asked.case.times.needle_out, earliest_hours(asked)
    if needle_out is None or earliest is None or not was_stopped(asked):
        return {}
    first = earliest_after(needle_out, earliest)
    return {"earliest_restart": first, "usual_restart": max(first, _usual(asked, needle_out, earliest))}


def earliest_hours(asked: Asked) -> int | None:
    """Hours to the earliest restart. The lower end of a range is not offered to stratum HIGH (A13); the earlier restart
    of a standard dose needs that dose, without a loading dose (A22)."""
    restart = asked.row.restart
    if restart.is_range and asked.is_high and isinstance(restart.usual, int):
        return restart.usual
    standard = restart.standard_dose
    if standard is not None and all(
        _same(one.dose, standard.dose) and one.loading_dose == "no" for one in asked.medicines
    ):
        return standard.earliest
    return restart.earliest


def was_stopped(asked: Asked) -> bool:
    return not (asked.row.hold.continues or asked.stays)


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


def restart_findings(asked: Asked) -> Iterator[Finding]:
    """What is found at discharge."""
    row, moments = asked.row, restart_moments(asked)
    if not was_stopped(asked):
        yield Finding(Outcome.NA, f"{asked.name} was not stopped, so there is no restart.")
    elif asked.case.times.needle_out is None:
        text = "No needle-out is recorded, so no restart can be told: record it before the patient leaves."
        yield Finding(Outcome.STOP, text, Override.O0)
    elif not moments:
        outcome = Outcome.STOP if row.outcome == "STOP" else Outcome.DECIDE
        text = f"No restart of {asked.name} is in this policy: prescriber and radiologist decide and record it."
        yield Finding(outcome, text, Override.O2 if outcome is Outcome.STOP else Override.O1)
    else:
        yield Finding(Outcome.OK, f"Start {asked.name} not before {moment_text(moments['earliest_restart'])}.")
    if asked.stratum is not None and asked.stratum.is_assumed and row.restart.is_range:
        yield Finding(
            Outcome.DECIDE,
            "The bleeding stratum is not known and counts as HIGH: the later restart is used.",
            Override.O1,
        )


def _usual(asked: Asked, needle_out: Moment, earliest: int) -> Moment:
    usual = asked.row.restart.usual
    if usual == "next day":
        tomorrow = datetime.combine(day_of(needle_out) + timedelta(days=1), time())
        return safer_moment(tomorrow, needle_out.zone, "restart")
    return earliest_after(needle_out, earliest if usual is None else usual)


def _same(dose: str, other: str) -> bool:
    return "".join(dose.split()).casefold() == "".join(other.split()).casefold()
