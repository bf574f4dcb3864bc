"""One referral: what was asked, what the radiologist made of it, the orders on it; the forms for what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from foramen.clinic.domain.verbs import Done
from foramen.clinic.facts.referral import AddOnAsked, OrderPlaced, ReferralAsked, RepeatDecided, Triage
from foramen.clinic.models import Fact, Order, Referral, Visit
from foramen.clinic.pages.acting import perform_form
from foramen.clinic.pages.links import link_for
from foramen.clinic.pages.patients.band import band_context
from foramen.clinic.pages.referrals.forms import AddOnForm, OrderForm, RepeatForm, TriageForm
from foramen.clinic.records.facts import Known, facts_of_referral, standing_facts
from foramen.clinic.records.reading import note_reading
from foramen.clinic.rights.gatekeeper import ClinicRequest


@dataclass(frozen=True, slots=True)
class OnReferral:
    """An order with its visits, what was decided on its second session, and what may be done with it now."""

    order: Order
    visits: Sequence[Visit]
    repeat: Known | None
    book: str
    ask_add_on: str
    decide_repeat: str
    repeat_form: Form


def show(request: ClinicRequest, key: str) -> HttpResponse:
    """The page of a referral."""
    referral = _referral(request, key)
    note_reading(request, referral.patient, "referral")
    return _page(request, referral)


def triage(request: ClinicRequest, key: str) -> HttpResponse:
    """The radiologist's decision."""
    referral = _referral(request, key)
    form = TriageForm(request.POST)
    if form.is_valid() and perform_form(request, form, "triage", referral.pk, Triage, form.content()):
        messages.success(request, "The decision is recorded.")
        return redirect("referral", referral.pk)
    return _page(request, referral, triage=form)


def place_order(request: ClinicRequest, key: str) -> HttpResponse:
    """An order for what the triage says."""
    referral = _referral(request, key)
    form = OrderForm(request.POST)
    if form.is_valid() and perform_form(request, form, "place_order", referral.pk, OrderPlaced, form.content()):
        messages.success(request, "The order is placed. A slot can be booked now.")
        return redirect("referral", referral.pk)
    return _page(request, referral, order=form)


def ask_add_on(request: ClinicRequest, key: str) -> HttpResponse:
    """The patient waits for a slot today."""
    return _on_order(request, key, "ask_add_on", AddOnForm(request.POST), AddOnAsked, "The patient waits for a slot.")


def decide_repeat(request: ClinicRequest, key: str) -> HttpResponse:
    """The second session is released, or not."""
    said = "The decision on the second session is recorded."
    return _on_order(request, key, "decide_repeat", RepeatForm(request.POST), RepeatDecided, said)


def _on_order(request: ClinicRequest, key: str, verb: str, form: Form, model: Any, said: str) -> HttpResponse:
    order = get_object_or_404(Order.objects.select_related("referral__patient"), site=request.at_site, pk=key)
    done: Done | None = perform_form(request, form, verb, order.pk, model)
    if done:
        messages.success(request, said)
        return redirect("referral", order.referral_id)
    return _page(request, order.referral, on_order={order.pk: form})


def _referral(request: ClinicRequest, key: str) -> Referral:
    return get_object_or_404(Referral.objects.select_related("patient"), site=request.at_site, pk=key)


def _page(request: ClinicRequest, referral: Referral, **sent: Any) -> HttpResponse:
    """The page with its forms; one that was sent and refused is shown as it was typed."""
    facts = facts_of_referral(referral)
    asked, decided = facts.content("referral", ReferralAsked), facts.content("triage", Triage)
    orders = _orders(request, referral, sent.get("on_order", {}))
    forms = {
        "triage_form": sent.get("triage") or TriageForm(spots=asked.asked if asked else ()),
        "order_form": sent.get("order") or _order_form(decided),
    }
    refused = next((one for one in (*sent.values(), *sent.get("on_order", {}).values()) if isinstance(one, Form)), None)
    has_open = any(one.order.state == Order.State.OPEN for one in orders)
    context = {
        "referral": referral, "asked": facts.last("referral"), "decided": facts.last("triage"), "orders": orders,
        "may_triage": referral.state == Referral.State.NEW and link_for(request, "triage", referral.pk, method="POST"),
        "may_order": referral.state == Referral.State.ACCEPTED and not has_open
        and link_for(request, "place-order", referral.pk, method="POST"),
        "refused": refused,
    }  # fmt: skip
    context |= forms | band_context(referral.patient)
    return render(request, "clinic/referrals/one.html", context, status=422 if refused else 200)


def _order_form(decided: Triage | None) -> OrderForm:
    modality = decided.modality if decided and decided.modality else "fluoroscopy"
    return OrderForm(spots=decided.targets if decided else (), initial={"modality": modality})


def _orders(request: ClinicRequest, referral: Referral, sent: dict[Any, Form]) -> list[OnReferral]:
    """Three queries, however many orders."""
    visits = list(Visit.objects.filter(order__referral=referral).select_related("room").order_by("start"))
    decided = {one.order_id: one for one in standing_facts(["repeat"], referral=referral)}
    return [
        _on_referral(request, one, [visit for visit in visits if visit.order_id == one.pk], decided, sent)
        for one in Order.objects.filter(referral=referral).order_by("ordered_on", "number")
    ]


def _on_referral(
    request: ClinicRequest, order: Order, visits: Sequence[Visit], decided: dict[Any, Fact], sent: dict[Any, Form]
) -> OnReferral:
    fact = decided.get(order.pk)
    known = Known(fact, RepeatDecided.model_validate(fact.content, strict=False)) if fact else None
    is_open = order.state == Order.State.OPEN
    coming = any(one.state in _COMING for one in visits)
    free = is_open and not coming
    second = is_open and order.used and order.used < order.quantity
    return OnReferral(
        order, visits, known,
        link_for(request, "book", order.pk) if free else "",
        link_for(request, "ask-add-on", order.pk, method="POST") if free and not order.waiting_since else "",
        link_for(request, "decide-repeat", order.pk, method="POST") if second else "",
        sent.get(order.pk) or RepeatForm(),
    )  # fmt: skip


_COMING = (Visit.State.BOOKED, Visit.State.ARRIVED, Visit.State.READY, Visit.State.ROOM)
