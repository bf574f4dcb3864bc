"""Words and numbers beside a decision on one medicine: as it was told, its last dose, what the prescriber said."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from foramen.catalogue.antithrombotics.asked import Asked
from foramen.catalogue.antithrombotics.inputs import Medicine
from foramen.catalogue.antithrombotics.times import Dose
from foramen.catalogue.inputs import moment_entered
from foramen.catalogue.instants import MONTHS, WEEKDAYS, Moment, local_of

FIGURE = re.compile(r"(\d+)(?: ?(?:-|–|to) ?(\d+))? (days?|h)\b")
"""A figure of another source, such as 10-14 days."""

State = Literal["agreed", "refused", "missing", "not asked"]


@dataclass(frozen=True, slots=True)
class Coordination:
    """What the prescriber said: agreed, refused, missing where the policy asks for it, or not asked by the policy."""

    state: State
    words: str


def name_told(medicines: Sequence[Medicine]) -> str:
    """The names as they were told, with dose and how often: Eliquis 5 mg twice a day."""
    told = (" ".join(part for part in (one.name, one.dose, one.frequency) if part) for one in medicines)
    return "; ".join(dict.fromkeys(told))


def dose_told(medicines: Sequence[Medicine], dose: Dose | None, zone: str) -> str:
    """The last dose as people read it; of several entries the one that counts."""
    if dose is None:
        days = [one.last_dose for one in medicines if isinstance(one.last_dose, date)]
        return "not known" if not days else short_day(days[-1])
    if dose.by_day:
        return f"{short_day(local_of(dose.latest).date())}, hour not known: taken as {local_of(dose.latest):%H:%M}"
    return short_moment(Moment(dose.latest.utc, zone))


def short_moment(moment: Moment) -> str:
    """Mon 23 Nov 07:00, in the zone of the moment."""
    local = local_of(moment)
    return f"{short_day(local.date())} {local:%H:%M}"


def short_day(day: date) -> str:
    """Mon 23 Nov."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1][:3]}"


def coordination_of(asked: Asked, zone: str) -> Coordination:
    """What was recorded for the booked start."""
    words = "; ".join(dict.fromkeys(_said(asked.medicines, zone)))
    if asked.refused:
        return Coordination("refused", words)
    if not asked.row.coordination:
        return Coordination("not asked", words)
    return Coordination("agreed" if asked.agreed else "missing", words)


def _said(medicines: Sequence[Medicine], zone: str) -> Iterator[str]:
    for one in medicines:
        if one.coordination is not None:
            said = one.coordination
            at = short_moment(moment_entered(said.at, zone, "procedure", "coordination"))
            words = f", {said.words}" if said.words else ""
            yield f"{said.name}, {said.role}, {said.channel}, {at}: {said.answer}{words}"


def band_of(text: str) -> tuple[int, int] | None:
    """The figure with which another source's text begins, in hours, as a ruler shows it; None: it begins with none."""
    found = FIGURE.match(text)
    if found is None:
        return None
    least, most, unit = found.groups()
    factor = 1 if unit == "h" else 24
    return int(least) * factor, int(most or least) * factor
