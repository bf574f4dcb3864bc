"""What a browser is told, what is taken from one and what is refused, requirement by requirement (CLINICAL.md 10.1,
OWASP ASVS 5.0.0). Limits are in test_limits, sessions in test_sessions, rights in test_rights."""

import math
import re
from collections.abc import Callable, Mapping
from http.cookies import Morsel
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from foramen import __version__
from foramen.clinic import settings as service
from foramen.clinic.models import AuditEvent, Patient, Person
from foramen.clinic.pages.gate.demonstration import code_of
from foramen.clinic.urls import ROUTES
from tests.clinic.hospital import Hospital
from tests.clinic.people import PASSWORD, signed_in

pytestmark = pytest.mark.one_database
TRIED = ("/sign-in/", "/account/", "/people/", "/nothing/", "/people/known/", "/api/openapi.json", "/")
"""A page for anybody, pages of somebody, an address that is none, one that takes no GET, the API, a refusal."""

NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def https(settings: Settings) -> Settings:
    """As a service runs behind a proxy that speaks https."""
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31_536_000, True
    settings.SECURE_HSTS_PRELOAD = True
    return settings


def enter(client: Client, person: Person, **more: Any) -> list[HttpResponse]:
    """Everything that is answered on the way in."""
    code = code_of(Authenticator.objects.get(user=person, type="totp"))
    return [
        client.get("/sign-in/", **more),
        client.post("/sign-in/", {"login": person.username, "password": PASSWORD}, **more),
        client.post("/sign-in/code/", {"code": code}, **more),
        client.get("/account/", **more),
    ]


# Headers (CLINICAL.md 10.1)


def policy_of(headers: Mapping[str, str]) -> dict[str, list[str]]:
    return {one.split()[0]: one.split()[1:] for one in headers["Content-Security-Policy"].split("; ")}


CHECKS: Mapping[str, Callable[[Mapping[str, str]], bool]] = {
    "ASVS V3.4.1": lambda found: (
        {"max-age=31536000", "includeSubDomains"} <= set(found["Strict-Transport-Security"].split("; "))
    ),
    "ASVS V3.4.3": lambda found: (
        policy_of(found)["default-src"] == policy_of(found)["object-src"] == ["'none'"]
        and policy_of(found)["base-uri"] == ["'none'"]
        and policy_of(found)["script-src"]
        == policy_of(found)["style-src"]
        == policy_of(found)["form-action"]
        == ["'self'"]
        and not re.search(r"unsafe|\*|http", found["Content-Security-Policy"])
    ),
    "ASVS V3.4.4": lambda found: found["X-Content-Type-Options"] == "nosniff",
    "ASVS V3.4.5": lambda found: found["Referrer-Policy"] == "same-origin",
    "ASVS V3.4.6": lambda found: (
        policy_of(found)["frame-ancestors"] == ["'none'"] and found["X-Frame-Options"] == "DENY"
    ),
    "ASVS V3.4.8": lambda found: found["Cross-Origin-Opener-Policy"] == "same-origin",
    "ASVS V3.5.8": lambda found: found["Cross-Origin-Resource-Policy"] == "same-origin",
    "ASVS V3.4.2": lambda found: "Access-Control-Allow-Origin" not in found,
    "ASVS V13.4.6": lambda found: not {"Server", "X-Powered-By", "Via"} & set(found),
    "ASVS V14.3.2": lambda found: found["Cache-Control"] == "no-store",
    "ASVS V4.1.1": lambda found: bool(
        re.fullmatch(r"text/html; charset=utf-8|application/json(; charset=utf-8)?", found["Content-Type"])
    ),
}
"""Each row of the table with what it asks of every answer."""


@pytest.mark.requirement(
    "ASVS V3.4.1", "ASVS V3.4.2", "ASVS V3.4.3", "ASVS V3.4.4", "ASVS V3.4.5", "ASVS V3.4.6", "ASVS V3.4.8",
    "ASVS V3.5.8", "ASVS V4.1.1", "ASVS V13.4.6", "ASVS V14.3.2",
)  # fmt: skip
@pytest.mark.parametrize(("row", "check"), CHECKS.items(), ids=CHECKS)
def test_every_answer_says_so(
    hospital: Hospital, https: Settings, row: str, check: Callable[[Mapping[str, str]], bool]
) -> None:
    client = signed_in(Client(), hospital.people["hale"])
    answers = [client.get(one, secure=True, follow=one == "/") for one in TRIED]
    answers.append(client.post("/site/", {"site": "x"}, secure=True))
    assert [one.wsgi_request.path for one in answers if not check(one.headers)] == []


@pytest.mark.requirement("ASVS V3.4.1")
def test_plain_http_leads_to_https_and_to_nothing_else(https: Settings, client: Client, db: None) -> None:
    answer = client.get("/sign-in/?next=/people/")
    assert (answer.status_code, answer.headers["Location"]) == (301, "https://testserver/sign-in/?next=/people/")
    assert not answer.content and not answer.cookies


def test_things_that_a_page_may_not_use_are_off(client: Client, db: None) -> None:
    said = client.get("/sign-in/").headers["Permissions-Policy"]
    assert {"camera=()", "microphone=()", "geolocation=()", "payment=()", "usb=()"} <= set(said.split(", "))


def test_the_score_of_the_observatory_is_at_least_120(dahl: Person, https: Settings) -> None:
    """By the published table of the Mozilla HTTP Observatory: 100, less what is missing, and what is better than asked
    for on top."""
    answers = enter(Client(), dahl, secure=True)
    assert score(answers[-1].headers, [one for answer in answers for one in answer.cookies.values()]) >= 120


def score(found: Mapping[str, str], cookies: list[Morsel[str]]) -> int:
    """Content security policy −25/+10, transport −20, framing −20/+5, sniffing −5, referrer −5/+5, cookies −20/+5."""
    total, policy = 100, policy_of(found) if "Content-Security-Policy" in found else {}
    unsafe = not policy or "unsafe" in found["Content-Security-Policy"]
    total += -25 if unsafe else 10 if policy.get("default-src") == ["'none'"] else 5
    age = re.search(r"max-age=(\d+)", found.get("Strict-Transport-Security", ""))
    total += 0 if age and int(age[1]) >= 15_768_000 else -20
    total += 5 if "frame-ancestors" in policy else 0 if found.get("X-Frame-Options") else -20
    total += 0 if found.get("X-Content-Type-Options") == "nosniff" else -5
    total += 5 if found.get("Referrer-Policy") in ("no-referrer", "same-origin", "strict-origin") else -5
    strict = all(one["secure"] and one["httponly"] and one["samesite"] in ("Lax", "Strict") for one in cookies)
    return total + (5 if cookies and strict else -20)


# Cookies


@pytest.mark.requirement("ASVS V3.3.1", "ASVS V3.3.2", "ASVS V3.3.3", "ASVS V3.3.4", "ASVS V3.3.5")
def test_every_cookie_on_the_way_in_is_strict(dahl: Person, https: Settings) -> None:
    found = {one.key: one for answer in enter(Client(), dahl, secure=True) for one in answer.cookies.values()}
    assert set(found) == {"__Host-session", "__Host-csrf", "__Host-device"}
    for one in found.values():
        assert one["secure"] and one["httponly"] and one["samesite"] == "Lax" and one["path"] == "/"
        assert not one["domain"] and len(one.key) + len(one.value) < 4096


def test_what_pages_say_is_in_no_cookie(hospital: Hospital) -> None:
    """A remark for the next page stays on the server."""
    client = signed_in(Client(), hospital.people["hale"])
    client.post("/account/sessions/")
    assert "messages" not in client.cookies
    assert "You are signed out everywhere else." in client.get("/account/").content.decode()


@pytest.mark.requirement("ASVS V7.2.3", "ASVS V11.5.1")
def test_what_nobody_may_guess_has_128_bits(dahl: Person) -> None:
    from foramen.clinic.api.tokens import BYTES

    client = Client()
    enter(client, dahl)
    assert re.fullmatch("[a-z0-9]{32}", client.session.session_key) and 32 * math.log2(36) >= 128
    assert 8 * BYTES >= 128


# Sessions


@pytest.mark.requirement("ASVS V7.2.4")
def test_a_session_that_was_put_there_is_not_the_one_that_is_in(dahl: Person) -> None:
    """Whoever knows the number from before the sign-in, or from between its two steps, has nothing."""
    client, seen = Client(), []
    client.cookies["session"] = "a" * 32
    for answer in enter(client, dahl):
        seen.append(answer.wsgi_request.session.session_key)
    assert len({*seen[1:3], "a" * 32}) == 3
    for key in ("a" * 32, seen[1]):
        thief = Client()
        thief.cookies["session"] = key
        assert thief.get("/account/").status_code == 302


@pytest.mark.requirement("ASVS V7.4.4")
@pytest.mark.parametrize("who", ["dahl", "ferro", "vance", "byrd", "roe"])
def test_every_page_has_the_way_out(hospital: Hospital, who: str) -> None:
    client = signed_in(Client(), hospital.people[who])
    for address in ("/account/", "/policies/", "/nothing/", "/start/"):
        page = client.get(address, follow=True).content.decode()
        assert '<form method="post" action="/sign-out/">' in page


# What is sent


@pytest.mark.requirement("ASVS V3.5.1")
@pytest.mark.parametrize("headers", [
    {}, {"Origin": "https://evil.example"}, {"Referer": "https://evil.example/"}, {"X-CSRFToken": "x" * 64},
])  # fmt: skip
def test_a_form_of_another_place_is_refused(hospital: Hospital, headers: dict[str, str]) -> None:
    """Every address that takes anything: with the session of somebody, and without what our pages hold."""
    client = signed_in(Client(enforce_csrf_checks=True), hospital.people["hale"])
    before, wrong = AuditEvent.objects.count(), []
    for route in (one for one in ROUTES if one.writes and not one.by_token):
        address = "/" + re.sub(r"<(\w+):\w+>", lambda at: NOBODY if at[1] == "uuid" else "1", route.address)
        if client.post(address, {"x": "1"}, headers=headers).status_code != 403:
            wrong.append(route.name)
    assert (wrong, AuditEvent.objects.count()) == ([], before)


@pytest.mark.requirement("ASVS V3.5.3", "ASVS V4.1.4")
@pytest.mark.parametrize("more", [
    {"headers": {"X-HTTP-Method-Override": "POST"}}, {"headers": {"X-Method-Override": "POST"}},
    {"query_params": {"_method": "POST"}},
])  # fmt: skip
def test_a_look_does_not_become_a_write(hospital: Hospital, more: dict[str, Any]) -> None:
    client = signed_in(Client(), hospital.people["hale"])
    assert client.get("/account/sessions/", **more).status_code == 405
    assert client.get("/sign-out/", **more).status_code == 200 and client.get("/account/").status_code == 200


@pytest.mark.requirement("ASVS V4.1.4", "ASVS V13.4.4")
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY"])
def test_other_methods_are_none(hospital: Hospital, method: str) -> None:
    client = signed_in(Client(), hospital.people["hale"])
    for address in ("/people/", "/sign-in/", "/account/sessions/", "/api/openapi.json"):
        assert client.generic(method, address, b"x=1").status_code == 405


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver@evil.example", "a b"])
def test_another_host_is_refused(client: Client, db: None, host: str) -> None:
    """No address is ever put together from what a header says."""
    answer = client.get("/people/", headers={"Host": host, "X-Forwarded-Host": host})
    assert answer.status_code == 400 and "evil" not in answer.content.decode()
    assert client.get("/people/", headers={"X-Forwarded-Host": host}).headers["Location"] == "/sign-in/?next=/people/"


@pytest.mark.requirement("ASVS V1.2.1", "ASVS V1.2.4", "ASVS V1.3.2")
@pytest.mark.parametrize("typed", [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' OR 1=1 --", "{{ 7*7 }}{% debug %}", "${7*7}",
    "__import__('os')", "Robert'); DROP TABLE clinic_patient;--",
])  # fmt: skip
def test_what_is_typed_is_text_and_nothing_else(hospital: Hospital, typed: str) -> None:
    """Back in the field, and on the page of the patient; in a search, no statement."""
    client = signed_in(Client(), hospital.people["dahl"])
    patient = hospital.visit().patient
    patient.family_name = typed
    patient.save()
    for address in (f"/patients/{patient.pk}/", "/patients/"):
        page = client.get(address).content.decode()
        assert typed not in page or not set(typed) & set("<>'\""), "it is encoded"
        assert "49" not in re.findall(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)[0]
    answer = client.get("/patients/", {"text": typed, "sort": typed, "page": typed})
    assert answer.status_code == 200 and Patient.objects.filter(pk=patient.pk).exists()


# Passwords


def change(client: Client, new: str) -> str:
    sent = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    return client.post("/account/password/", sent).headers.get("Location", "refused")


@pytest.mark.requirement("ASVS V6.2.1", "ASVS V6.2.4")
def test_short_and_common_passwords_are_refused(dahl: Person) -> None:
    common = next(one for one in sorted(CommonPasswordValidator().passwords) if len(one) >= 12)
    client = signed_in(Client(), dahl)
    assert [change(client, one) for one in ("elevensigns", common, common.upper())] == ["refused"] * 3


@pytest.mark.requirement("ASVS V6.2.5", "ASVS V6.2.8", "ASVS V6.2.9")
@pytest.mark.parametrize("new", ["correct horse battery", "  Spaces At Both Ends  ", "пароль и соль 盐 🧂", "x9" * 64])
def test_any_long_password_is_taken_as_it_is_typed(dahl: Person, new: str) -> None:
    assert change(signed_in(Client(), dahl), new) == "/account/"
    tried = [{"login": "dahl", "password": typed} for typed in (new, f"{new} ", new[:-1])]
    answers = [Client().post("/sign-in/", one).status_code for one in tried]
    assert answers == [302, 200, 200]


@pytest.mark.requirement("ASVS V6.2.6")
def test_passwords_are_not_shown_while_they_are_typed(hospital: Hospital) -> None:
    client, fields = signed_in(Client(), hospital.people["hale"]), []
    pages = [Client().get("/sign-in/")]
    person = hospital.people["dahl"].pk
    pages += [client.get(one) for one in ("/people/new/", f"/people/{person}/", "/confirm/")]
    for one in pages:
        fields += re.findall(r'<input[^>]*name="[\w-]*(?:password|typed)[\w-]*"[^>]*>', one.content.decode())
    assert len(fields) == 4 and all('type="password"' in one and "onpaste" not in one for one in fields)


# Addresses, settings, documents


@pytest.mark.requirement("ASVS V14.2.1")
def test_no_address_holds_a_secret(dahl: Person) -> None:
    """Neither what leads on nor what a page names holds password, code, token or the number of a session."""
    client = Client()
    answers = enter(client, dahl)
    secrets = [PASSWORD, client.session.session_key, client.cookies["csrf"].value, client.cookies["device"].value]
    for answer in answers:
        named = re.findall(r'(?:href|action|hx-\w+)="([^"]*)"', answer.content.decode())
        named.append(answer.headers.get("Location", ""))
        assert not [one for one in named if any(secret in one for secret in secrets)]
    assert [one.name for one in ROUTES if re.search("token|secret|password", one.address)] == [
        "account_change_password"
    ]


@pytest.mark.requirement("ASVS V13.4.2", "ASVS V13.4.6")
def test_a_service_shows_nothing_of_its_inside(client: Client, db: None) -> None:
    assert service.DEBUG is False
    page = client.get("/nothing/").content.decode()
    assert not [one for one in ("Traceback", "Django", "urlpatterns", f"{__version__}<") if one in page]


@pytest.mark.requirement("ASVS V6.1.1")
def test_the_manual_says_what_is_limited_and_why_it_locks_nobody_out() -> None:
    """Every limit of the program, with its numbers."""
    from foramen.clinic.rights.limits import LIMITS
    from foramen.clinic.rights.step_up import LASTS
    from tests.requirements import ROOT

    text = (ROOT / "docs/how-to/sign-in-and-sessions.md").read_text(encoding="utf-8")
    amounts = {rate.split("/")[0] for rates in LIMITS.values() for rate in rates.split(",")}
    rows = " ".join(re.findall(r"^\|.*$", text, re.MULTILINE))
    assert {one for one in amounts if not re.search(rf"\b{one}\b", rows)} == set()
    assert "lock" in text and f"{LASTS.seconds // 60} minutes" in text and "8 hours" in text
