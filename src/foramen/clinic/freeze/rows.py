"""One row for each treatment, in words and plain numbers: what the variables of a treatment hold."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from foramen.clinic.facts.procedure import DoseValue, dose_in_base
from foramen.clinic.freeze import procedures
from foramen.clinic.freeze.days import Calendar, minutes
from foramen.clinic.freeze.reading import Course, Session
from foramen.clinic.freeze.variables import DOSES, OLDEST
from foramen.snapshot.codebook import SUPPRESSED

WITH_NEEDLE = "with the needle in"
Row = dict[str, Any]


def ages(course: Course) -> list[int | None]:
    """The age at each treatment; 90 stands for 90 or more. Of somebody who turns 90 between two treatments the ages
    before are withheld: with the days between, they would tell the age after."""
    found = [one.age for one in course.sessions]
    if max((age for age in found if age is not None), default=0) < OLDEST:
        return found
    return [None if age is None else OLDEST if age >= OLDEST else SUPPRESSED for age in found]


def visit(session: Session, calendar: Calendar) -> Row:
    """The slot: the year and the month are those of the site's calendar."""
    day = calendar.day(session.needle_in)
    return {
        "period": str(day.year), "month": f"{day.year}-{day.month:02d}",
        "booking": "same-day add-on" if session.add_on else "planned",
        "of_set": "repeat injection" if session.repeat else "first injection",
    }  # fmt: skip


def treatment(session: Session, targets: Sequence[Mapping[str, Any]]) -> Row:
    """What was done, and how it went until the patient left."""
    broken = session.last("broken_off")
    facts = [one for found in session.facts.values() for one in found]
    return {
        "procedure": procedures.procedure(session), "guidance": session.modality,
        "localised_by": _said(session, "localised", "by"), "targets_given": len(targets),
        "broken_off": _yes(broken is not None and broken.content["stage"] == WITH_NEEDLE),
        "steroid_total": procedures.steroid_total(targets),
        "off_label_asked": _said(session, "consent", "off_label_asked"),
        "radio_frequency": _radio_frequency(session), "overrides": len(session.each("override")),
        "harmful_deviations": sum(bool(one.content.get("adverse")) for one in session.each("deviation")),
        "from_paper": _yes(session.needle_late), "late_entries": sum(one.late for one in facts),
        **_recovery(session),
    }  # fmt: skip


def _recovery(session: Session) -> Row:
    out, observed = session.last("needle_out"), session.last("observed")
    ended = out.at if out else None
    return {
        "needle_minutes": _between(session.needle_in, ended),
        "observed_minutes": _between(ended, observed.at if observed else None),
        "observation": _observation(session), "walks": _said(session, "walks", "walks"),
        "motor_weakness": _said(session, "walks", "motor_weakness"),
    }  # fmt: skip


def _observation(session: Session) -> str | None:
    """None as long as nobody has said that observation is over, unless something was noted."""
    if session.each("observation_event"):
        return "with an event"
    return "without an event" if session.last("observed") else None


def _radio_frequency(session: Session) -> str | None:
    """None where nothing is recorded as given."""
    given = session.each("given")
    return _yes(any(one.content.get("radio_frequency") for one in given)) if given else None


def doses(session: Session) -> Iterator[tuple[str, Decimal]]:
    """Each quantity in its one unit, exact."""
    typed = session.last("dose")
    for one in typed.content["values"] if typed else ():
        yield DOSES[one["quantity"]], dose_in_base(DoseValue(**one))[0]


def _between(start: datetime | None, end: datetime | None) -> int | None:
    return minutes(start, end) if start and end else None


def _said(session: Session, kind: str, leaf: str) -> str | None:
    fact = session.last(kind)
    return fact.content.get(leaf) if fact else None


def _yes(true: bool) -> str:
    return "yes" if true else "no"
