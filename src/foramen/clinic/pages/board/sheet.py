"""The day sheet: one page of paper for each room, with boxes to write in when nothing else works."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from foramen.clinic import clock
from foramen.clinic.facts.screening import MedicineTold, ScreeningSigned
from foramen.clinic.models import Visit
from foramen.clinic.pages.board.day import Card, Free, RoomDay, Shut, day_of_site
from foramen.clinic.pages.board.readiness import GRAVITY, Why
from foramen.clinic.pages.board.views import day_named
from foramen.clinic.pages.patients.thinners import last_dose
from foramen.clinic.records.facts import facts_of_visits
from foramen.clinic.rights.gatekeeper import ClinicRequest

FRESH = timedelta(hours=2)
"""How long a sheet is trusted, from its full hour on: one is printed every hour, and one may be missed."""

_OVER = (Visit.State.ROOM, Visit.State.HOME, Visit.State.ABORTED)
NOT_ASKED = "not asked yet"
NOT_ANSWERED = "not answered"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a sheet. `left` is everything that is not OK, the gravest first."""

    card: Card
    allergies: str
    thinners: str
    left: Sequence[Why]

    @property
    def over(self) -> bool:
        """The state says more than the readiness."""
        return self.card.visit.state in _OVER

    @property
    def started(self) -> bool:
        """Whether any gate has an outcome yet."""
        return any(one["outcome"] != "later" for one in self.card.shown.cells)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page of one room."""

    room: RoomDay
    rows: Sequence[Line | Free | Shut]


def day_sheet(request: ClinicRequest, on: str) -> HttpResponse:
    """All rooms of a day on paper."""
    now = clock.now()
    day = day_of_site(request.at_site, day_named(on), now)
    cards = list(day.cards)
    screened = screenings([card.visit for card in cards])
    sheets = [Sheet(room, [_row(one, screened) for one in room.rows]) for room in day.rooms]
    context = {"day": day, "sheets": sheets, "older_than": now.replace(minute=0, second=0, microsecond=0) + FRESH}
    return render(request, "clinic/board/sheet.html", context)


def screenings(visits: Sequence[Visit]) -> Mapping[Any, ScreeningSigned | None]:
    """The screening that counts, by visit. One query."""
    found = facts_of_visits(visits, ("screening",))
    return {key: facts.content("screening", ScreeningSigned) for key, facts in found.items()}


def _row(row: Card | Free | Shut, screened: Mapping[Any, ScreeningSigned | None]) -> Line | Free | Shut:
    if not isinstance(row, Card):
        return row
    screening = screened.get(row.visit.pk)
    left = sorted(row.shown.whys, key=lambda one: GRAVITY.index(one.outcome), reverse=True)
    return Line(row, allergies_text(screening), thinners_text(screening), left)


def allergies_text(screening: ScreeningSigned | None) -> str:
    """Never blank: what, or none, or not asked."""
    if screening is None:
        return NOT_ASKED
    return ", ".join(screening.allergies) or ("none" if screening.no_allergies else NOT_ANSWERED)


def thinners_text(screening: ScreeningSigned | None) -> str:
    """Medicines with their last doses; never blank."""
    if screening is None:
        return NOT_ASKED
    return "; ".join(map(_medicine, screening.medicines)) or ("none" if screening.no_medicines else NOT_ANSWERED)


def _medicine(told: MedicineTold) -> str:
    dose = last_dose(told)
    return f"{told.name}, last {dose}" if dose else told.name
