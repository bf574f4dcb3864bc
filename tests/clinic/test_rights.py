"""The matrix of rights: every address × every role × own and other site × GET and POST answers what it declares.

What an address names is a real row of the own site, one of the other site, and one that does not
exist. Whoever adds an address with a new kind of row adds its converter here, or the test fails.
"""

import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, clear_url_caches, get_resolver, path
from django.urls.exceptions import Resolver404

from foramen.clinic.models import Delegation, Letter, Person, Room
from foramen.clinic.rights.matrix import ANYBODY, SIGNED_IN, Route
from foramen.clinic.rights.roles import CARE, Role
from foramen.clinic.rights.table import matrix_rows, matrix_text
from foramen.clinic.urls import ROUTES, urlpatterns
from foramen.clinic.work.loop import beat
from tests.clinic.hospital import STORY, TODAY, Hospital
from tests.clinic.people import signed_in
from tests.clinic.registry_rows import frozen, reported

PAGES = [one for one in ROUTES if not one.name.startswith("api-")]
"""The API has its own sign-in, and its own test of who may do what."""

NAMED = [one for one in PAGES if re.search("<(uuid|int):", one.address)]
"""Those that name a row; a day or the name of a policy in an address is of no site."""
KEYS = ("uuid", "int")
BY_ROLE = {
    Role.NURSE: "dahl", Role.TECHNOLOGIST: "ferro", Role.RADIOLOGIST: "okafor", Role.LEAD: "vance",
    Role.COORDINATOR: "lind", Role.READER: "roe", Role.STATISTICIAN: "stone", Role.ANALYST: "byrd",
    Role.ADMIN: "hale",
}  # fmt: skip
ANSWER = {
    "instrument": "nrs-pain", "version": "2026-11-20", "timepoint": "two_days", "answers": {"pain": 3}, "mode": "phone",
    "language": "en",
}  # fmt: skip
UNKNOWN = {"uuid": str(uuid4()), "int": "999999999", "str": "2026-11-26", "slug": "nothing", "date": "2026-11-26"}


def address_of(route: Route) -> str:
    """The address with keys that name nothing."""
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda found: UNKNOWN[found[1] or "str"], route.address)


def may(route: Route, role: Role, method: str) -> bool:
    """What the line of the matrix declares, read here without the code that reads it there."""
    allowed = route.writes if method == "POST" else route.allowed
    return allowed in (ANYBODY, SIGNED_IN) or role in allowed


def ask(client: Client, method: str, address: str):
    return client.post(address, {}) if method == "POST" else client.get(address)


@pytest.mark.one_database
@pytest.mark.requirement("USR-1", "ASVS V8.2.1", "ASVS V8.3.1")
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("role", list(Role))
def test_every_address_answers_every_role_as_declared(hospital: Hospital, role: Role, method: str) -> None:
    """403 exactly where the role is not in the line; 405 where nobody may; never an error of ours."""
    beat()
    client, wrong = signed_in(Client(raise_request_exception=False), hospital.people[BY_ROLE[role]]), []
    for route in sorted(PAGES, key=lambda one: one.name == "account_logout"):
        answer = ask(client, method, address_of(route))
        declared = route.writes if method == "POST" else route.allowed
        if not declared:
            fits = answer.status_code == 405
        elif not may(route, role, method):
            fits = answer.status_code == 403
        else:
            fits = answer.status_code in ({404} if route in NAMED else {200, 204, 302, 400, 404, 409, 422})
        if not fits:
            wrong.append((route.name, answer.status_code))
    assert wrong == []


@pytest.mark.requirement("ASVS V8.2.1")
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_without_a_sign_in_every_address_leads_to_it(client: Client, hospital: Hospital, method: str) -> None:
    wrong = []
    for route in PAGES:
        if route.allowed == ANYBODY:
            continue
        answer = ask(client, method, address_of(route))
        if answer.status_code != 302 or not answer.headers["Location"].startswith("/sign-in/?next="):
            wrong.append((route.name, answer.status_code))
    assert wrong == []


@pytest.mark.one_database
@pytest.mark.requirement("ASVS V8.2.2", "ASVS V8.4.1")
def test_what_another_site_has_is_as_unknown_as_nothing(hospital: Hospital) -> None:
    """Every address that names a row: with a row of the other site, the page of an unknown one, letter by letter."""
    theirs, wrong = rows_of(at_the_other_site(hospital)), []
    for route in NAMED:
        for method in ("GET", "POST"):
            role = next((one for one in Role if may(route, one, method)), None)
            if role is None:
                continue
            client = signed_in(Client(raise_request_exception=False), hospital.people[BY_ROLE[role]])
            unknown = ask(client, method, address_of(route))
            for key in theirs:
                other = ask(client, method, named(route, key))
                if (other.status_code, body(other)) != (404, body(unknown)):
                    wrong.append((route.name, method, other.status_code))
    assert wrong == []


@pytest.mark.one_database
def test_what_the_own_site_has_opens_for_the_roles_of_its_line(hospital: Hospital) -> None:
    """Every address that names one row opens for some row of the own site to each of its roles, and that row to no
    other role."""
    ours, wrong = rows_of(hospital), []
    clients = {role: signed_in(Client(raise_request_exception=False), hospital.people[BY_ROLE[role]]) for role in Role}
    for route in (one for one in NAMED if one.allowed and one.address.count("<") == 1):
        keys = [key for key in ours if isinstance(key, int) == ("<int:" in route.address)]
        first = next(role for role in Role if may(route, role, "GET"))
        opening = [key for key in keys if ask(clients[first], "GET", named(route, key)).status_code in (200, 302)]
        for role in Role:
            answers = {ask(clients[role], "GET", named(route, key)).status_code for key in opening}
            fits = answers and answers <= ({200, 302} if may(route, role, "GET") else {403})
            if not fits:
                wrong.append((route.name, str(role), answers))
    assert wrong == []


def named(route: Route, key: object) -> str:
    """The address with the key of a row; other parts name nothing."""
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda at: str(key) if at[1] in KEYS else UNKNOWN[at[1]], route.address)


def at_the_other_site(hospital: Hospital) -> Hospital:
    """The same hospital seen from the other site."""
    room = Room.objects.create(
        site=hospital.other, code="fl1", name="Fluoroscopy 1", modality="fluoroscopy", opens="07:30", closes="16:30"
    )
    return replace(hospital, site=hospital.other, other=hospital.site, rooms={"fl1": room})


def rows_of(hospital: Hospital) -> list[object]:
    """Keys of one row of each kind that addresses name, at the site of this hospital."""
    visit = hospital.visit()
    fact, answer = hospital.sign(visit, *STORY[0]), hospital.sign(visit, "assessment", "09:10", Role.NURSE, ANSWER)
    letter = Letter.objects.create(
        site=hospital.site, patient=visit.patient, visit=visit, kind="hold plan", number=1, start=visit.start,
        language="en", content={}, made_at=hospital.time.at, by=hospital.people["dahl"],
    )  # fmt: skip
    role = Delegation.objects.filter(site=hospital.site).exclude(person=hospital.people["hale"]).first()
    record = hospital.site.policy_records.first()
    freeze = frozen(hospital)
    rows = (
        visit, visit.order, visit.order.referral, visit.patient, letter, role, role.person, record, freeze,
        reported(freeze),
    )  # fmt: skip
    return [*(row.pk for row in rows), fact.pk, answer.pk]


def body(answer) -> str:
    """The page without what changes from one answer to the next: a token, and the seconds that the session lasts."""
    changing = r'name="csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": "\w+"|data-(?:left|most)="\d+"'
    return re.sub(changing, "", answer.content.decode())


@pytest.mark.requirement("ASVS V8.2.2")
def test_an_administrator_and_an_analyst_see_no_patient(hospital: Hospital) -> None:
    """No address that names or lists patients is open to a role outside care."""
    about = ("board", "bookings", "referrals", "patients", "patient", "screening", "visit", "history", "letters")
    open_to = [
        (one.name, str(role)) for one in PAGES for role in set(Role) - CARE
        if one.name.startswith(about) and may(one, role, "GET")
    ]  # fmt: skip
    assert open_to == []


def test_an_address_without_a_line_is_refused(client: Client, hospital: Hospital, monkeypatch) -> None:
    monkeypatch.setattr("foramen.clinic.urls.urlpatterns", [*urlpatterns, path("stray/", lambda request: None)])
    clear_url_caches()
    try:
        assert signed_in(client, hospital.people["vance"]).get("/stray/").status_code == 403
    finally:
        monkeypatch.undo()
        clear_url_caches()


def test_every_address_has_one_line() -> None:
    names = [one.name for one in ROUTES]
    assert len(set(names)) == len(names)
    assert all(isinstance(one, URLPattern) for one in get_resolver().url_patterns)
    assert sorted(one.name for one in get_resolver().url_patterns) == sorted(names)


@pytest.mark.requirement("USR-2", "ASVS V8.3.2")
@pytest.mark.parametrize(("first", "last", "status"), [
    (-10, None, 200), (0, 0, 200), (-10, 0, 200), (-10, -1, 403), (1, None, 403),
])  # fmt: skip
def test_a_role_holds_by_day(client: Client, hospital: Hospital, first: int, last: int | None, status: int) -> None:
    person = hospital.people["hale"]
    Delegation.objects.filter(person=person).update(
        first_day=TODAY + timedelta(days=first), last_day=None if last is None else TODAY + timedelta(days=last)
    )
    assert signed_in(client, person).get("/people/").status_code == status


def test_a_day_is_a_day_of_the_site(client: Client, hospital: Hospital) -> None:
    """At 00:30 in Zurich it is still yesterday in UTC."""
    from datetime import datetime

    person = hospital.people["hale"]
    Delegation.objects.filter(person=person).update(last_day=TODAY)
    hospital.time.at = datetime.fromisoformat("2026-11-26T23:30:00+00:00")
    assert signed_in(client, person).get("/people/").status_code == 403
    hospital.time.at = datetime.fromisoformat("2026-11-26T22:30:00+00:00")
    assert signed_in(Client(), person).get("/people/").status_code == 200


def test_roles_are_those_of_the_site_at_which_one_works(client: Client, hospital: Hospital) -> None:
    person: Person = hospital.people["dahl"]
    Delegation.objects.create(person=person, site=hospital.other, role=Role.ADMIN, first_day=TODAY)
    assert signed_in(client, person).get("/people/").status_code == 403
    assert client.post("/site/", {"site": str(hospital.other.pk)}).headers["Location"] == "/start/"
    assert client.get("/people/").status_code == 200
    assert client.post("/site/", {"site": str(uuid4())}).status_code == 404


def test_a_site_of_others_cannot_be_chosen(client: Client, hospital: Hospital) -> None:
    person = hospital.people["hale"]
    assert signed_in(client, person, hospital.other).get("/people/").status_code == 200
    assert client.post("/site/", {"site": str(hospital.other.pk)}).status_code == 404
    assert "Lake Practice" not in client.get("/people/").content.decode()


def test_the_printed_matrix_says_what_is_declared() -> None:
    rows = {row[1]: row for row in matrix_rows()}
    roles = [role.value for role in Role]
    assert rows["people"][2:] == ("-", "-", "-", "GET", "-", "-", "-", "-", "GET", "-", "-")
    assert rows["change-site"][2:] == ("POST",) * len(roles) + ("POST signed in", "-")
    assert rows["account_login"][-2] == "GET anybody POST anybody"
    assert rows["role-give"][-1] == "yes"
    text = matrix_text()
    assert len(text.split("\n\n")[0].splitlines()) == len(ROUTES) + 2
    assert all(f"  {one.name} " in text for one in ROUTES)


def test_an_unknown_address_is_a_page(client: Client, hospital: Hospital) -> None:
    with pytest.raises(Resolver404):
        get_resolver().resolve("/nothing/")
    page = signed_in(client, hospital.people["hale"]).get("/nothing/")
    assert page.status_code == 404 and "There is no such page or record here" in page.content.decode()
    assert "People" in page.content.decode(), "the way on is there"
