"""People and roles: who works here, from when to when, and the end of it. No patient is shown."""

from collections.abc import Sequence
from datetime import date, timedelta
from http import HTTPStatus
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from foramen.catalogue.instants import day_of
from foramen.clinic import clock
from foramen.clinic.domain.asked import AccountEnded, PersonDetails, RoleEnded, RoleGiven, SignInReset
from foramen.clinic.domain.errors import StaleError
from foramen.clinic.domain.people import people_of
from foramen.clinic.domain.verbs import Done
from foramen.clinic.facts.content import Content
from foramen.clinic.models import Delegation, Person, Site
from foramen.clinic.pages.acting import perform_form
from foramen.clinic.pages.conflict import conflict
from foramen.clinic.pages.paging import page_of, sort_addresses
from foramen.clinic.pages.people.forms import (
    ENDED,
    EndAccountForm,
    EndRoleForm,
    KnownForm,
    PeopleFilter,
    PersonForm,
    ResetForm,
    RoleForm,
)
from foramen.clinic.records.resets import last_resets
from foramen.clinic.rights.gatekeeper import ClinicRequest

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


def people(request: ClinicRequest) -> HttpResponse:
    """The list, by name or account, role of today and state."""
    shown, today = PeopleFilter(request), today_at(request.at_site)
    page = page_of(request, _listed(request.at_site, shown, today).order_by(*shown.order, "pk"))
    resets = last_resets(one.pk for one in page.rows)
    for one in page.rows:
        one.reset = resets.get(one.pk)
    told = {"filter": shown, "page": page, "sorts": sort_addresses(request, shown), "today": today}
    return render(request, "clinic/people/people.html", told)


def _listed(site: Site, shown: PeopleFilter, today: date) -> "QuerySet[Person]":
    here = Delegation.objects.filter(site=site).order_by("first_day", "role", "pk")
    held = here.filter(person=OuterRef("pk"))
    rows = Person.objects.filter(Exists(held)).annotate(
        second_factor=Exists(Authenticator.objects.filter(user=OuterRef("pk")))
    )
    if text := shown.asked("text"):
        rows = rows.filter(Q(shown_as__icontains=text) | Q(username__istartswith=text))
    if role := shown.asked("role"):
        rows = rows.filter(Exists(held.filter(Delegation.in_force(today), role=role)))
    if state := shown.asked("state"):
        rows = rows.filter(is_active=state != ENDED)
    in_force = here.filter(Delegation.in_force(today))
    return rows.prefetch_related(Prefetch("delegations", in_force, to_attr="roles_today"))


def new_person(request: ClinicRequest) -> HttpResponse:
    """A new account with its first role."""
    form = PersonForm(request.POST or None, initial={"first_day": today_at(request.at_site)})
    if request.method == "POST":
        done = perform_form(request, form, "add_person", request.at_site.pk, PersonDetails)
        if done is not None:
            messages.success(request, "The account is made. Tell the first password in person.")
            return redirect("person", done.key)
    return _new(request, form=form)


def known_person(request: ClinicRequest) -> HttpResponse:
    """A role for somebody who has an account at another site, by the exact user name."""
    form = KnownForm(request.POST)
    found = Person.objects.filter(username=request.POST.get("known", ""), is_active=True).first()
    if form.is_valid() and found is None:
        form.add_error("known", "There is no such account. Look at the spelling, or add the person.")
    elif found is not None:
        entered = {name: value for name, value in form.cleaned_data.items() if name != "known"}
        if perform_form(request, form, "give_role", request.at_site.pk, RoleGiven, entered | {"person": found.pk}):
            return redirect("person", found.pk)
    return _new(request, known=form)


def _new(request: ClinicRequest, form: Form | None = None, known: Form | None = None) -> HttpResponse:
    first = {"first_day": today_at(request.at_site)}
    bound = next((one for one in (form, known) if one is not None and one.is_bound), None)
    told = {
        "form": bound, "new": form or PersonForm(initial=first), "known": known or KnownForm(initial=first),
    }  # fmt: skip
    return render(request, "clinic/people/new.html", told, status=REFUSED if bound else HTTPStatus.OK)


def person(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """One person: account, roles at this site with their dates."""
    return _one(request, _found(request, pk))


def give(request: ClinicRequest, pk: UUID) -> HttpResponse:
    found, form = _found(request, pk), RoleForm(request.POST)
    entered = form.cleaned_data if form.is_valid() else {}
    if perform_form(request, form, "give_role", request.at_site.pk, RoleGiven, entered | {"person": found.pk}):
        return _back(request, found, "The role is given.")
    return _one(request, found, give=form)


def end_role(request: ClinicRequest, pk: UUID) -> HttpResponse:
    role = get_object_or_404(Delegation.objects.select_related("person"), site=request.at_site, pk=pk)
    form = EndRoleForm(request.POST, auto_id=_ids(role))
    try:
        done = perform_form(request, form, "end_role", role.pk, RoleEnded)
    except StaleError as stale:
        mine, leave = request.POST.dict(), reverse("person", args=[role.person_id])
        return conflict(request, stale, mine, {"last_day": "Last day"}, request.path, leave_url=leave)
    if done is not None:
        return _back(request, role.person, "The last day is set.")
    return _one(request, role.person, ending=(role.pk, form))


def end_account(request: ClinicRequest, pk: UUID) -> HttpResponse:
    found, form = _found(request, pk), EndAccountForm(request.POST)
    if _do(request, form, "end_account", found, AccountEnded):
        return _back(request, found, "The account has ended, and its sessions with it.")
    return _one(request, found, end=form)


def reset(request: ClinicRequest, pk: UUID) -> HttpResponse:
    found, form = _found(request, pk), ResetForm(request.POST)
    if _do(request, form, "reset_sign_in", found, SignInReset):
        return _back(request, found, "Tell the new first password in person. The second factor is set up anew.")
    return _one(request, found, reset=form)


def _do(request: ClinicRequest, form: Form, name: str, found: Person, model: type[Content]) -> Done | None:
    """What is done to an account, for a reason."""
    entered = form.cleaned_data if form.is_valid() else {}
    why = entered.get("reason", "")
    return perform_form(request, form, name, request.at_site.pk, model, entered | {"person": found.pk}, why)


def _found(request: ClinicRequest, pk: UUID) -> Person:
    """Somebody of this site; one of another site is as unknown as none."""
    return get_object_or_404(Person.objects.filter(people_of(request.at_site)).distinct(), pk=pk)


def _back(request: ClinicRequest, found: Person, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("person", found.pk)


def _one(
    request: ClinicRequest, found: Person, *, ending: tuple[UUID, Form] | None = None, **bound: Form
) -> HttpResponse:
    """The page of one person; with a form that was refused, that form as it was sent."""
    today = today_at(request.at_site)
    refused = next(iter(bound.values()), ending[1] if ending else None)
    told = {
        "who": found, "form": refused, "rows": _rows(found, request.at_site, today, ending), "today": today,
        "is_oneself": found.pk == request.person.pk, "second_factor": Authenticator.objects.filter(user=found).exists(),
        "was_reset": last_resets([found.pk]).get(found.pk),
        "give": bound.get("give", RoleForm(initial={"first_day": today})),
        "end": bound.get("end", EndAccountForm()), "reset": bound.get("reset", ResetForm()),
    }  # fmt: skip
    return render(request, "clinic/people/person.html", told, status=REFUSED if refused else HTTPStatus.OK)


def _rows(
    found: Person, site: Site, today: date, ending: tuple[UUID, Form] | None
) -> Sequence[tuple[Delegation, Form | None]]:
    """Each role at this site, with the form that ends it where it has not ended."""
    held = found.delegations.filter(site=site).select_related("given_by").order_by("first_day", "role", "pk")
    return [(one, _ending(one, today, ending)) for one in held]


def _ending(role: Delegation, today: date, ending: tuple[UUID, Form] | None) -> Form | None:
    if role.last_day is not None and role.last_day < today:
        return None
    if ending is not None and ending[0] == role.pk:
        return ending[1]
    first = {"last_day": today - timedelta(days=1), "version": role.version}
    return EndRoleForm(initial=first, auto_id=_ids(role))


def _ids(role: Delegation) -> str:
    return f"{role.pk.hex[:8]}-%s"


def today_at(site: Site) -> date:
    """The local day of a site."""
    return day_of(clock.now_at(site.zone))
