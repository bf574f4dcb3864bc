"""The patient band: whose record this is, allergies, blood thinners, the visit. It never shows a blank."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from foramen.catalogue.decision import Moment
from foramen.catalogue.instants import MONTHS, WEEKDAYS
from foramen.clinic import clock
from foramen.clinic.facts.screening import ScreeningSigned
from foramen.clinic.models import LIVE, Fact, Patient, Visit
from foramen.clinic.pages.paging import age_on
from foramen.clinic.pages.patients.thinners import last_dose
from foramen.clinic.pages.targets import short
from foramen.clinic.records.facts import facts_of_visit, standing_facts
from foramen.clinic.rules.hold_plan import hold_plan

NOT_ASKED = "not asked yet"
HERE: Mapping[str, str] = {Visit.State.ROOM: "In room", Visit.State.RECOVERY: "Recovery"}
"""Where a patient is whose visit goes on, by its state."""


@dataclass(frozen=True, slots=True)
class Told:
    """One cell of the band. `look` is the outcome whose mark stands in it."""

    fact: str
    small: str = ""
    look: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """What the band shows."""

    patient: Patient
    age: int | str
    allergies: Told
    thinners: Told
    visit: Visit | None

    @property
    def visit_label(self) -> str:
        """What the cell of the visit is called: while the patient is here, where and since when."""
        words = HERE.get(self.visit.state) if self.visit else None
        return f"{words} since {timezone.localtime(self.visit.state_at):%H:%M}" if words and self.visit else "Visit"

    @property
    def visit_time(self) -> datetime | None:
        """When it is booked; what goes on needs no such time."""
        return self.visit.start if self.visit and self.visit.state not in HERE else None

    @property
    def visit_text(self) -> str:
        return short(self.visit.targets_text) if self.visit else ""


@dataclass(frozen=True, slots=True)
class Beside:
    """What a page knows of the blood thinners and the band shows too: the stratum, the earliest restart."""

    stratum: str = ""
    restart: datetime | None = None


def beside_of(visit: Visit) -> Beside:
    """What the hold plan of a visit says, where a medicine was named: the stratum before the needle, the earliest
    restart after it."""
    facts = facts_of_visit(visit)
    told = facts.content("screening", ScreeningSigned)
    if told is None or not told.medicines or visit.state not in LIVE:
        return Beside()
    is_out = visit.state == Visit.State.RECOVERY
    plan = hold_plan(visit, facts, Moment(clock.now(), visit.site.zone), "discharge" if is_out else None)
    if not is_out:
        return Beside(stratum=plan.stratum.value if plan.stratum else "")
    restarts = (row.earliest_restart.utc for row in plan.rows if row.earliest_restart)
    return Beside(restart=min(restarts, default=None))


def band_context(patient: Patient, visit: Visit | None = None, beside: Beside | None = None) -> dict[str, Any]:
    """The band of a patient for a template that includes it. Without a visit, the next one of the patient. At most two
    queries."""
    today = timezone.localtime(clock.now()).date()
    visit = visit or _next_visit(patient)
    return {"patient": patient, "band": band_of(patient, visit, _last_screening(patient), today, beside or Beside())}


def band_of(patient: Patient, visit: Visit | None, screened: Fact | None, day: date, beside: Beside) -> Band:
    """The band from what is at hand. No query."""
    told = ScreeningSigned.model_validate(screened.content, strict=False) if screened else None
    asked = f"asked {_day(screened.happened_at)}, {screened.by}" if screened else ""
    thinners = _thinners(told, asked, visit, beside)
    return Band(patient, age_on(patient.born, day), _allergies(told, asked), thinners, visit)


def _last_screening(patient: Patient) -> Fact | None:
    found = standing_facts(["screening"], patient=patient)
    return found[-1] if found else None


def _next_visit(patient: Patient) -> Visit | None:
    """The one that goes on or comes next."""
    return Visit.objects.filter(patient=patient, state__in=LIVE).order_by("start").first()


def _allergies(told: ScreeningSigned | None, asked: str) -> Told:
    if told is None:
        return Told(NOT_ASKED, look="later")
    if told.allergies:
        return Told(", ".join(told.allergies), asked, "stop")
    return Told("None", asked, "ok") if told.no_allergies else Told("not answered", asked, "stop")


def _thinners(told: ScreeningSigned | None, asked: str, visit: Visit | None, beside: Beside) -> Told:
    if told is None:
        return Told(NOT_ASKED, look="later")
    if not told.medicines:
        return Told("None", asked, "na") if told.no_medicines else Told("not answered", asked, "stop")
    doses = ", ".join(filter(None, map(last_dose, told.medicines)))
    small = f"last {doses}" if doses else asked
    small += f"; restart not before {_when(beside.restart)}" if beside.restart else ""
    small += f". Bleeding stratum {beside.stratum}" if beside.stratum else ""
    cells = visit.readiness.get("cells", ()) if visit else ()
    outcome = next((one["outcome"] for one in cells if one["name"] == "Blood"), "HOLD" if beside.restart else "later")
    return Told(", ".join(one.name for one in told.medicines), small, outcome.lower())


def _when(instant: datetime) -> str:
    """A day and a time; the day of today is called so."""
    here = timezone.localtime(instant)
    if here.date() == timezone.localtime(clock.now()).date():
        return f"today {here:%H:%M}"
    return f"{WEEKDAYS[here.weekday()]} {_day(instant)}"


def _day(instant: datetime) -> str:
    here = timezone.localtime(instant)
    return f"{here.day} {MONTHS[here.month - 1][:3]} {here:%H:%M}"
