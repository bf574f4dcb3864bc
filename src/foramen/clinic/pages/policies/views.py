"""Policies: what is in force at this site, who signed it, what is printed and what it comes to; proposals to sign."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from foramen.catalogue.definition import PolicyDefinition
from foramen.catalogue.document import Document
from foramen.catalogue.policies import POLICIES
from foramen.catalogue.policy import GRACE, Policy
from foramen.catalogue.site_record import InForce
from foramen.clinic.domain.asked import RecordProposed, RecordSigned
from foramen.clinic.models import PolicyRecord
from foramen.clinic.pages.acting import perform_form
from foramen.clinic.pages.paging import page_of
from foramen.clinic.pages.people.views import today_at
from foramen.clinic.rights.gatekeeper import ClinicRequest
from foramen.clinic.rights.roles import DOCTORS, Role
from foramen.clinic.rules.policies import Records, records_of
from foramen.kernel.errors import Fault, UserError

State = PolicyRecord.State
REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


class ProposeForm(forms.Form):
    """A record as TOML."""

    text = forms.CharField(
        label="Record", strip=False, widget=forms.Textarea({"rows": 18, "class": "mono", "spellcheck": "false"}),
        help_text="A copy of the record in force, to be changed. Two doctors sign it; the second puts it in force.",
    )  # fmt: skip


class SignForm(forms.Form):
    """The version that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput)


@dataclass(frozen=True, slots=True)
class Shown:
    """A policy as a site has it: the version in force, or why there is none."""

    policy: Policy[Any, Any]
    document: Document[PolicyDefinition]
    row: PolicyRecord | None
    in_force: InForce[Any] | None
    faults: Sequence[Fault]
    today: date

    @property
    def reviews(self) -> Sequence[tuple[str, date, str]]:
        """Each file with the day of its review, and the outcome that this day means now."""
        found = self.policy.reviews(self.in_force) if self.in_force else {}
        return [(name, day, self._of_review(day)) for name, day in found.items()]

    @property
    def worst(self) -> str:
        """The outcome of the whole: STOP where nothing is in force, DECIDE long past a review, HOLD past it."""
        if self.in_force is None:
            return "STOP"
        outcomes = {outcome for _, _, outcome in self.reviews}
        return next((one for one in ("DECIDE", "HOLD") if one in outcomes), "OK")

    def _of_review(self, day: date) -> str:
        return "OK" if self.today <= day else "HOLD" if self.today <= day + GRACE else "DECIDE"

    @property
    def values(self) -> Sequence[tuple[Any, Any]]:
        """What the source does not print: each value with what the site has set, None where it has set nothing."""
        parameters = self.document.content.parameters
        return [(one, self.in_force.parameter(one.name) if self.in_force else None) for one in parameters]


def policies(request: ClinicRequest) -> HttpResponse:
    """Every policy of the library with what this site has put in force. Two queries."""
    records, today = records_of(request.at_site), today_at(request.at_site)
    shown = [_shown(policy, records, today) for policy in POLICIES.values()]
    return render(request, "clinic/policies/policies.html", {"shown": shown, "waiting": _waiting(request)})


def _waiting(request: ClinicRequest) -> Sequence[PolicyRecord]:
    """Records that wait for a signature."""
    rows = PolicyRecord.objects.filter(site=request.at_site, state__in=(State.DRAFT, State.REVIEWED))
    return list(rows.select_related("first_by").order_by("policy", F("first_at").asc(nulls_last=True), "pk"))


def _shown(policy: Policy[Any, Any], records: Records, today: date) -> Shown:
    row = records.by_policy.get(policy.id)
    try:
        in_force = records.in_force(policy.id)
        faults = [*policy.not_standing(in_force)]
    except UserError as error:
        return Shown(policy, policy.load(), row, None, error.faults, today)
    return Shown(policy, in_force.policy, row, None if faults else in_force, faults, today)


def policy(request: ClinicRequest, policy: str) -> HttpResponse:
    """One policy: record in force, rules as printed beside what they come to, values of the site, history."""
    return _one(request, policy)


def propose(request: ClinicRequest, policy: str) -> HttpResponse:
    """A new record of a policy, to be signed."""
    form, asked = ProposeForm(request.POST), {"policy": _known(policy).id}
    entered = form.cleaned_data if form.is_valid() else {}
    if perform_form(request, form, "propose_record", request.at_site.pk, RecordProposed, entered | asked):
        messages.success(request, "The record is proposed. Two doctors sign it to put it in force.")
        return redirect("policy", policy)
    return _one(request, policy, form)


def sign(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """A signature under the version of a record that was read."""
    row = get_object_or_404(PolicyRecord, site=request.at_site, pk=pk)
    form = SignForm(request.POST)
    if perform_form(request, form, "sign_record", row.pk, RecordSigned):
        messages.success(request, "Your signature stands.")
        return redirect("policy", row.policy)
    return _one(request, row.policy, refused=form)


def _known(identifier: str) -> Policy[Any, Any]:
    if identifier not in POLICIES:
        raise Http404
    return POLICIES[identifier]


def _one(
    request: ClinicRequest, identifier: str, form: forms.Form | None = None, refused: forms.Form | None = None
) -> HttpResponse:
    found = _shown(_known(identifier), records_of(request.at_site), today_at(request.at_site))
    rows = PolicyRecord.objects.filter(site=request.at_site, policy=identifier).select_related("first_by", "second_by")
    standing, wrong = found.document.content, form or refused
    told = {
        "shown": found, "lines": list(found.policy.lines(standing)), "notes": _grouped(found.policy.notes(standing)),
        "page": page_of(request, rows.order_by(F("first_at").desc(nulls_first=True), "pk")), "form": wrong,
        "waiting": [one for one in _waiting(request) if one.policy == identifier],
        "propose": form or ProposeForm(initial={"text": found.row.text if found.row else ""}),
        "may_sign": bool(request.roles & DOCTORS), "may_propose": Role.LEAD in request.roles, "person": request.person,
    }  # fmt: skip
    return render(request, "clinic/policies/policy.html", told, status=REFUSED if wrong else HTTPStatus.OK)


def _grouped(notes: Iterable[tuple[str, str]]) -> Sequence[tuple[str, Sequence[str]]]:
    """Each heading once, with its texts."""
    return [(heading, [text for _, text in group]) for heading, group in groupby(notes, key=itemgetter(0))]
