"""Patients: the list, one patient's page, registering, changing. Opening a record is written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from foramen.clinic import clock
from foramen.clinic.domain.asked import PatientDetails
from foramen.clinic.models import Order, Patient, Task
from foramen.clinic.pages.acting import perform_form
from foramen.clinic.pages.assessments.words import MODES, answer_words, delay_words, pain_of
from foramen.clinic.pages.board.day import Card, Day, RoomDay, day_of_site
from foramen.clinic.pages.board.views import today
from foramen.clinic.pages.board.ways import with_ways
from foramen.clinic.pages.links import link_for
from foramen.clinic.pages.paging import age_on, page_of
from foramen.clinic.pages.patients.band import band_context, beside_of
from foramen.clinic.pages.patients.course import Course, Session, course_of
from foramen.clinic.pages.patients.documents import documents_of
from foramen.clinic.pages.patients.forms import PatientFilter, PatientForm, as_registered
from foramen.clinic.pages.patients.timeline import timeline_of
from foramen.clinic.pages.research.standing import panel_of
from foramen.clinic.pages.targets import told
from foramen.clinic.records.reading import note_reading
from foramen.clinic.rights.gatekeeper import ClinicRequest
from foramen.clinic.rules.policies import set_by_site

DOCUMENTS_SHOWN = 6


def patients(request: ClinicRequest) -> HttpResponse:
    """Patients of the site."""
    narrowed = PatientFilter(request)
    page = page_of(request, narrowed.narrow(request.at_site))
    day = today(request.at_site)
    context = {
        "filter": narrowed, "page": page,
        "rows": [{"patient": one, "age": age_on(one.born, day)} for one in page.rows],
        "register": link_for(request, "patient-new", method="POST"),
    }  # fmt: skip
    return render(request, "clinic/patients/list.html", context)


def register(request: ClinicRequest) -> HttpResponse:
    """A new patient."""
    form = PatientForm(request.POST or None)
    if request.method == "POST":
        done = perform_form(request, form, "register_patient", request.at_site.pk, PatientDetails)
        if done:
            messages.success(request, "The patient is registered.")
            return redirect("patient", done.key)
    return render(request, "clinic/patients/register.html", {"form": form}, status=_status(form))


def change(request: ClinicRequest, key: str) -> HttpResponse:
    """What stands about a patient is changed, from the version that was seen."""
    patient = _patient(request, key)
    if request.method == "GET":
        note_reading(request, patient, "details")
    if patient.is_erased:
        return redirect("patient", patient.pk)
    form = PatientForm(request.POST or None, initial=as_registered(patient))
    if request.method == "POST" and perform_form(request, form, "change_patient", patient.pk, PatientDetails):
        messages.success(request, "The change is saved.")
        return redirect("patient", patient.pk)
    erase = link_for(request, "patient-erase", patient.pk, method="POST")
    context = {"form": form, "erase": erase} | band_context(patient)
    return render(request, "clinic/patients/change.html", context, status=_status(form))


def patient(request: ClinicRequest, key: str) -> HttpResponse:
    """The overview of one patient."""
    found = _patient(request, key)
    note_reading(request, found, "overview")
    course = course_of(found, today(request.at_site))
    current = course.current
    papers = documents_of(request, course)
    context = {
        "course": course, "timeline": timeline_of(course), "order": _order(course),
        "ledger": course.ledger(set_by_site(request.at_site, "steroids", "steroid_year_limit_mg")),
        "card": _card(request, current), "papers": papers[:DOCUMENTS_SHOWN], "paper_count": len(papers),
        "follow_up": _follow_up(course), "table": _table(request, course), "tabs": _tabs(request, course, len(papers)),
        "change": "" if found.is_erased else link_for(request, "patient-change", found.pk, method="POST"),
        "copy": link_for(request, "patient-export", found.pk),
        "research": panel_of(request, found, [one.fact for one in course.known]),
        "refer": "" if found.is_erased else link_for(request, "referral-for", found.pk, method="POST"),
    }  # fmt: skip
    context |= band_context(found, current.visit, beside_of(current.visit)) if current else band_context(found)
    return render(request, "clinic/patients/patient.html", context)


@dataclass(frozen=True, slots=True)
class OrderPanel:
    """The order that is used now, with its sessions."""

    order: Order
    places: Sequence[dict[str, str]]
    asked: Any
    repeat: Any
    says: str
    last_day: date | None
    address: str = ""


def _order(course: Course) -> OrderPanel | None:
    """The order of the next visit, else the latest open one, else the latest."""
    key = course.current.visit.order_id if course.current else None
    open_first = sorted(course.orders, key=lambda one: (one.pk != key, one.state != Order.State.OPEN))
    if not open_first:
        return None
    order = open_first[0]
    sessions = course.of_order(order)
    places = [_place(sessions, n, course) for n in range(1, order.quantity + 1)]
    asked, repeat = course.asked_for(order), course.repeat_of(order)
    return OrderPanel(order, places, asked, repeat, _says(course, order), _last_day(order))


def _last_day(order: Order) -> date | None:
    """Until when an order holds, as the site has set it; None: it has set nothing."""
    days = set_by_site(order.site, "repeat-orders", "order_valid_days")
    return order.ordered_on + timedelta(days=int(days)) if days is not None else None


def _place(sessions: Sequence[Session], n: int, course: Course) -> dict[str, str]:
    """One of the places of an order: used, next, or not booked."""
    done = [one for one in sessions if one.treated]
    coming = [one for one in sessions if not one.treated]
    if n <= len(done):
        return {"look": "used", "n": str(n), "small": _when(done[n - 1], course)}
    booked = coming[n - len(done) - 1] if n - len(done) <= len(coming) else None
    return {"look": "next", "n": str(n), "small": _when(booked, course) if booked else "not booked"}


def _when(session: Session, course: Course) -> str:
    day = "today" if session.on == course.day else f"{session.on.day} {session.on:%b}"
    return f"{day}, {told(session.visit.targets_text)[0].where}"


def _says(course: Course, order: Order) -> str:
    current = course.current
    if current and current.visit.order_id == order.pk and not current.treated:
        day = "today" if current.on == course.day else f"on {current.on.day} {current.on:%B}"
        return f"The next is planned {day}."
    left = order.quantity - order.used
    return "None is left." if left == 0 else "None is booked."


def _card(request: ClinicRequest, current: Session | None) -> Card | None:
    """The visit that goes on or comes next, as the board shows it, with its ways out."""
    if current is None:
        return None
    day: Day = with_ways(request, day_of_site(request.at_site, current.on, clock.now()))
    rooms: Sequence[RoomDay] = day.rooms
    return next((one for room in rooms for one in room.cards if one.visit.pk == current.visit.pk), None)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The follow-ups of a treatment, each with what was answered."""

    session: Session
    lines: Sequence[dict[str, Any]]


def _follow_up(course: Course) -> FollowUp | None:
    """Those of the last treatment that has some."""
    session = next((one for one in course.treatments if one.tasks), None)
    return FollowUp(session, [_line(session, task) for task in session.tasks]) if session else None


def _line(session: Session, task: Task) -> dict[str, Any]:
    """A follow-up with what was answered: by phone, 1 day late: pain 3; change: much better."""
    answers = [one for _, one in session.answers if one.timepoint == task.kind]
    if not answers:
        return {"task": task, "says": ""}
    how = ", ".join(filter(None, (MODES[answers[0].mode], delay_words(answers[0].delay_days))))
    return {"task": task, "says": f"{how}: {'; '.join(answer_words(one) for one in answers)}"}


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line of the table of treatments."""

    session: Session
    targets: Any
    address: str
    follow_ups: Sequence[dict[str, str]]

    @property
    def on(self) -> bool:
        """Whether it is still to come."""
        return not self.session.treated


def _table(request: ClinicRequest, course: Course) -> Sequence[TableRow]:
    return [
        TableRow(
            one, told(one.visit.targets_text), link_for(request, "treatment", one.visit.pk),
            [_cell(one, one.task(label)) for label in course.follow_ups],
        )
        for one in course.rows
    ]  # fmt: skip


def _cell(session: Session, task: Task | None) -> dict[str, str]:
    """A follow-up in the table: the pain that was told, when it is due, or what came of it."""
    if task is None:
        return {"text": "–", "look": "muted"}
    told = [one for _, one in session.answers if one.timepoint == task.kind and pain_of(one) is not None]
    if told:
        return {"text": str(pain_of(told[-1])), "look": "", "small": delay_words(told[-1].delay_days)}
    if task.state == Task.State.OPEN:
        return {"text": f"{task.due_on.day} {task.due_on:%b}", "look": "muted"}
    return {"text": Task.State(task.state).label, "look": ""}


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab of the record."""

    label: str
    address: str
    count: int = 0
    here: bool = False


def _tabs(request: ClinicRequest, course: Course, papers: int) -> Sequence[Tab]:
    current, done = course.current, course.treatments
    latest = current.visit.pk if current else done[0].visit.pk if done else None
    found = [Tab("Overview", link_for(request, "patient", course.patient.pk), here=True)]
    if latest:
        found.append(Tab("Screening and hold plan", link_for(request, "screening", latest)))
        found.append(Tab("Treatments", link_for(request, "treatment", latest), len(done)))
    found += [
        Tab("Follow-up", "#followup"), Tab("Documents", "#documents", papers),
        Tab("History of changes", link_for(request, "history", course.patient.pk)),
    ]  # fmt: skip
    return [one for one in found if one.address]


def _patient(request: ClinicRequest, key: str) -> Patient:
    return get_object_or_404(Patient, site=request.at_site, pk=key)


def _status(form: Any) -> int:
    return 422 if form.errors else 200
