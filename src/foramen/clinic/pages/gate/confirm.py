"""Who it is, once more: password or code, before what matters most."""

from collections.abc import Sequence
from http import HTTPStatus

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from foramen.clinic.rights.gatekeeper import ClinicRequest, page_of_form
from foramen.clinic.rights.matrix import ROUTE_OF
from foramen.clinic.rights.step_up import is_shown

OURS = "confirm"
"""Before the names of the fields of this page, beside which the fields of another form may be carried."""

NOT_CARRIED = ("csrfmiddlewaretoken", "password")
"""Of what was sent, what no page shows: whoever sets a password types it again."""


class ConfirmForm(forms.Form):
    """Password or code; where to go then; and where what was sent before goes on to."""

    typed = forms.CharField(
        label="Your password, or a code of your device", max_length=200,
        widget=forms.PasswordInput({"autocomplete": "current-password", "autofocus": True}),
    )  # fmt: skip
    next = forms.CharField(widget=forms.HiddenInput, required=False)
    then = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, request: HttpRequest, sent: bool, **first: str) -> None:
        super().__init__(request.POST if sent else None, prefix=OURS, initial=first)
        self.request = request

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"]
        right = is_shown(self.request, typed)
        if right is None:
            raise forms.ValidationError("Too many wrong ones. Wait five minutes, or sign out and in again.")
        if not right:
            raise forms.ValidationError("This is neither your password nor a code that your device shows now.")
        return typed


def confirm(request: ClinicRequest) -> HttpResponse:
    """Ask, and go on to the page that was wanted, or with what was sent before."""
    if request.method != "POST":
        return _asked(request, ConfirmForm(request, sent=False, next=_safe(request.GET.get("next", ""))))
    form = ConfirmForm(request, sent=True)
    if not form.is_valid():
        return _asked(request, form, HTTPStatus.UNPROCESSABLE_ENTITY, sent=bool(form["then"].value()))
    if _takes_it(then := form.cleaned_data["then"]):
        return HttpResponseRedirect(then, preserve_request=True)
    return redirect(_safe(form.cleaned_data["next"]))


def confirm_first(request: HttpRequest) -> HttpResponse:
    """Instead of what was sent, of which nothing is stored: once it is clear who it is, it is sent on as it was."""
    form = ConfirmForm(request, sent=False, next=_safe(page_of_form(request)), then=request.path)
    return _asked(request, form, HTTPStatus.FORBIDDEN, sent=True)


def _asked(
    request: HttpRequest, form: ConfirmForm, status: HTTPStatus = HTTPStatus.OK, *, sent: bool = False
) -> HttpResponse:
    told = {"form": form, "sent": sent, "carried": _carried(request) if sent else (), "leave": form["next"].value()}
    return render(request, "clinic/gate/confirm.html", told, status=status)


def _carried(request: HttpRequest) -> Sequence[tuple[str, str]]:
    """What was sent, field by field."""
    sent = [(name, value) for name, values in request.POST.lists() for value in values]
    return [one for one in sent if not one[0].startswith(f"{OURS}-") and not any(no in one[0] for no in NOT_CARRIED)]


def _safe(address: str) -> str:
    """An address of this site; the first page in place of any other."""
    ours = url_has_allowed_host_and_scheme(address, allowed_hosts=None) and address.startswith("/")
    return address if ours and address != "/" else reverse("start")


def _takes_it(address: str) -> bool:
    """Whether this is a line of the matrix that takes what is sent and asks for this page. Nothing else is sent on."""
    try:
        route = ROUTE_OF.get(resolve(address).view_name)
    except Resolver404:
        return False
    return route is not None and route.step_up and "POST" in route.methods
