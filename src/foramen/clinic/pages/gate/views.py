"""The way in and out: sign-in, second factor, one's own account, another site."""

from http import HTTPStatus
from typing import Any, cast

from allauth.account.views import LoginView, LogoutView, PasswordChangeView
from allauth.core.ratelimit import respond_429
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from foramen.clinic.models import Person, Site
from foramen.clinic.pages.frame import entries
from foramen.clinic.pages.gate.demonstration import demo_code_of, demo_codes
from foramen.clinic.pages.gate.forms import CodeForm, EnrolForm, PasswordForm
from foramen.clinic.records.events import failed_before
from foramen.clinic.rights import devices, limits, sessions, step_up
from foramen.clinic.rights.gatekeeper import SITE, ClinicRequest, place_at_site
from foramen.clinic.templatetags.marks import local

ENDED = {
    "idle": "You were signed out after 15 minutes without a touch. Sign in to go on where you were.",
    "long": "You were signed out: a sign-in holds for 8 hours. Sign in to go on where you were.",
}
"""What the sign-in page says to somebody whose session has ended."""


class SignIn(LoginView):  # type: ignore[misc]
    """User name and password."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Machines that nobody knows send so many in a minute, whatever they send."""
        if request.method == "POST" and not devices.is_any(request) and limits.take(request, limits.FLOOD) is None:
            return cast(HttpResponse, respond_429(request))
        return cast(HttpResponseBase, super().dispatch(request, *args, **kwargs))

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "login": self.request.GET.get("as", "")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ended = ENDED.get(self.request.GET.get("ended", ""), "")
        return {**super().get_context_data(**kwargs), **_place(), "ended": ended, "accounts": demo_codes()}


class SecondFactor(AuthenticateView):  # type: ignore[misc]
    """The code of the second factor, for somebody whose password was right."""

    def form_valid(self, form: CodeForm) -> HttpResponse:
        answer = cast(HttpResponse, super().form_valid(form))
        _is_in(self.request, answer)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        code = demo_code_of(self.stage.login.user.username)
        return {**super().get_context_data(**kwargs), **_place(), "code_now": code}


class Enrol(ActivateTOTPView):  # type: ignore[misc]
    """The second factor is set up, before anything else can be done."""

    def form_valid(self, form: EnrolForm) -> HttpResponse:
        answer = cast(HttpResponse, super().form_valid(form))
        sessions.add_second_factor(self.request)
        _is_in(self.request, answer)
        return answer

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_mfa_enabled(request.user):
            return _has_one(request)
        return cast(HttpResponseBase, super().dispatch(request, *args, **kwargs))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **_place()}


def _is_in(request: HttpRequest, answer: HttpResponse) -> None:
    """Somebody has signed in with both factors: what follows from that, and what has failed until now."""
    person = cast(Person, request.user)
    step_up.step_up(request)
    devices.remember(request, answer, person)
    count, last = failed_before(person)
    if last is not None:
        place_at_site(cast(ClinicRequest, request))
        tries = "1 try" if count == 1 else f"{count} tries"
        messages.warning(
            request, f"{tries} to sign in as you failed since you last did, the latest on {local(last)}. "
            "Was it not you? Change your password, and tell an administrator of your site.",
        )  # fmt: skip


def _has_one(request: HttpRequest) -> HttpResponse:
    """Somebody with a second factor sets up none here; a session that was begun without it begins anew."""
    if sessions.has_second_factor(request):
        return redirect("mfa_index")
    logout(request)
    return redirect("account_login")


class ChangePassword(PasswordChangeView):  # type: ignore[misc]
    """Another password, for somebody who knows the one until now."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not cast(ClinicRequest, request).person.has_usable_password():
            return redirect("mfa_index")
        return cast(HttpResponseBase, super().dispatch(request, *args, **kwargs))

    def form_valid(self, form: PasswordForm) -> HttpResponse:
        """Of the machines from which the account has signed in, only this one is still known."""
        answer = cast(HttpResponse, super().form_valid(form))
        devices.remember(self.request, answer, cast(Person, self.request.user))
        return answer


class SignOut(LogoutView):  # type: ignore[misc]
    """The way out."""


def cannot_sign_in(request: HttpRequest) -> HttpResponse:
    """Whom to ask. Nothing is sent by mail, and nobody is told whether an account exists."""
    return render(request, "clinic/gate/help.html", _place())


def account(request: ClinicRequest) -> HttpResponse:
    """One's own account: roles and their dates, password, where one is signed in."""
    held = request.person.delegations.select_related("site").order_by("site__name", "first_day", "id")
    return render(request, "clinic/gate/account.html", {"delegations": held, "own": sessions.sessions_of(request)})


def stay(request: ClinicRequest) -> HttpResponse:
    """Somebody is there, and says so; how long the session lasts now is said in a header."""
    sessions.touch(request)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def sign_out_elsewhere(request: ClinicRequest) -> HttpResponse:
    """End the own sessions on every other machine. This one goes on, and is the only one that is known."""
    sessions.end_elsewhere(request)
    messages.success(request, "You are signed out everywhere else.")
    answer = redirect("mfa_index")
    devices.remember(request, answer, request.person)
    return answer


def start(request: ClinicRequest) -> HttpResponse:
    """The first page of whoever signs in, by role."""
    first = next(iter(entries(request, request.roles)), None)
    return redirect(first.address if first else "mfa_index")


def change_site(request: ClinicRequest) -> HttpResponse:
    """Work at another of one's sites. One at which the person has no role is as unknown as one that does not exist."""
    wanted = next((one for one in request.sites if str(one.pk) == request.POST.get("site")), None)
    if wanted is None:
        raise Http404
    request.session[SITE] = str(wanted.pk)
    return redirect("start")


def _place() -> dict[str, Any]:
    """The name of the place, where there is only one; before the sign-in nobody is at a site."""
    sites = list(Site.objects.order_by("name")[:2])
    return {"place": sites[0] if len(sites) == 1 else None}
