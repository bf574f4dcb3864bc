"""What can be looked at with the scope “read”, by those who see patients."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Annotated, Any, TypeVar, cast

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from ninja import Path as InPath
from ninja import Query, Router

from foramen.catalogue import inputs
from foramen.catalogue.instants import start_of_day
from foramen.clinic import clock
from foramen.clinic.api.answers import REFUSALS, Problem
from foramen.clinic.api.shown import (
    Board,
    FactShown,
    JudgementShown,
    Orders,
    OrderShown,
    PatientRecord,
    PatientShown,
    Record,
    RoomShown,
    SiteShown,
    VisitShown,
)
from foramen.clinic.api.tokens import READ, Holder
from foramen.clinic.api.writing import Name, holder_of_request
from foramen.clinic.domain.errors import NotAllowedError, UnknownError
from foramen.clinic.models import Fact, Judgement, Order, Patient, Site, Visit
from foramen.clinic.records.reading import note_reading
from foramen.clinic.rights.gatekeeper import ClinicRequest
from foramen.clinic.rights.roles import CARE
from foramen.clinic.rules.readiness import keep_fresh

PAGE_SIZE = 50
LAST_PAGE = 100_000

Day = Annotated[inputs.Day, InPath(description="a day of the site's zone, such as 2026-11-26")]
Page = Annotated[int, Query(ge=1, le=LAST_PAGE)]
Kind = TypeVar("Kind", bound=models.Model)


def add_reads(router: Router) -> None:
    """The addresses, with what each answers."""
    for address, name, summary, shown, read in READS:
        router.get(
            address, response={200: shown} | dict.fromkeys(REFUSALS, Problem), operation_id=name, url_name=name,
            summary=summary, tags=["read"],
        )(read)  # fmt: skip


def read_site(request: HttpRequest) -> Any:
    site = _reader(request).site
    rooms = [RoomShown.model_validate(one) for one in site.rooms.all()]
    return SiteShown(id=site.pk, code=site.code, name=site.name, zone=site.zone, rooms=rooms)


def read_board(request: HttpRequest, day: Day) -> Any:
    holder = _reader(request)
    zone = holder.site.zone
    first, last = start_of_day(day, zone).utc, start_of_day(day + timedelta(days=1), zone).utc
    found = Visit.objects.filter(site=holder.site, start__gte=first, start__lt=last).order_by("room__place", "start")
    return Board(day=day, zone=zone, visits=_visits(found))


def read_visit(request: HttpRequest, id: Name) -> Any:
    holder = _reader(request)
    visit = _row(Visit, holder.site, id)
    note_reading(cast(ClinicRequest, request), visit.patient, "visit, by the API")
    facts = Fact.objects.filter(visit=visit).select_related("by").order_by("id")
    judgements = Judgement.objects.filter(visit=visit).order_by("asked_at", "id")
    return Record(
        visit=_visits([visit])[0],
        facts=[_fact(one) for one in facts],
        judgements=[JudgementShown.model_validate(one) for one in judgements],
    )


def read_patient(request: HttpRequest, id: Name) -> Any:
    holder = _reader(request)
    patient = _row(Patient, holder.site, id)
    note_reading(cast(ClinicRequest, request), patient, "patient, by the API")
    orders, visits = patient.orders.order_by("-ordered_on", "id"), patient.visits.order_by("-start", "id")
    return PatientRecord(
        patient=PatientShown.model_validate(patient),
        orders=[OrderShown.model_validate(one) for one in orders],
        visits=_visits(visits),
    )


def read_orders(request: HttpRequest, page: Page = 1, *, waiting: bool = False) -> Any:
    holder = _reader(request)
    found = Order.objects.filter(site=holder.site).order_by("-ordered_on", "id")
    if waiting:
        found = found.filter(waiting_since__isnull=False, state=Order.State.OPEN)
    pages = Paginator(found, PAGE_SIZE)
    shown = pages.get_page(page)
    return Orders(
        page=shown.number, pages=pages.num_pages, orders=[OrderShown.model_validate(one) for one in shown.object_list]
    )


READS: tuple[tuple[str, str, str, type[Any], Callable[..., Any]], ...] = (
    ("/site", "read_site", "The site of the token, with its rooms", SiteShown, read_site),
    ("/board/{day}", "read_board", "The visits of a day", Board, read_board),
    ("/visit/{id}", "read_visit", "A visit with its facts and what the rules said", Record, read_visit),
    ("/patient/{id}", "read_patient", "A patient with orders and visits", PatientRecord, read_patient),
    ("/orders", "read_orders", "Orders, newest first", Orders, read_orders),
)
"""Address, name, what it says, what it answers, and how."""


def _reader(request: HttpRequest) -> Holder:
    holder = holder_of_request(request, READ)
    if not holder.roles & CARE:
        raise NotAllowedError.single(
            "your roles at this site do not include reading records", where=holder.site.name,
            remedy=f"ask a {' or a '.join(sorted(CARE))}",
        )  # fmt: skip
    return holder


def _row(model: type[Kind], site: Site, name: str) -> Kind:
    """The row of this site; another site's is as unknown as none."""
    key = model._meta.pk
    try:
        found = model._default_manager.filter(site=site, pk=key.to_python(name)).first()
    except ValidationError:
        found = None
    if found is None:
        raise UnknownError.single(f"there is no such {model._meta.verbose_name} here")
    return found


def _visits(rows: Iterable[Visit]) -> list[VisitShown]:
    """The visits, with what the rules say of them now."""
    visits = list(rows)
    keep_fresh(visits, clock.now())
    return [VisitShown.model_validate(one) for one in visits]


def _fact(fact: Fact) -> FactShown:
    named = {name: getattr(fact, name) for name in FactShown.model_fields if name != "by"}
    return FactShown(**named, by=fact.by.username)
