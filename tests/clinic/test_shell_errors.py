"""Pages for what went wrong: what was stored, what was not, the way out."""

import json
import logging
import re
from uuid import uuid4

import pytest
from django.http import HttpRequest
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.urls import clear_url_caches, path

from foramen.clinic import urls
from foramen.clinic.domain.errors import NotAllowedError, StaleError, UnknownError, WrongInputError, WrongPatientError
from foramen.clinic.logs import JsonLines
from foramen.clinic.pages.acting import check_patient
from foramen.clinic.rights.matrix import ALL, ROUTE_OF, Route
from foramen.kernel.errors import Fault
from tests.clinic.hospital import Hospital
from tests.clinic.people import signed_in

RAISES = {
    "unknown": (UnknownError.single("there is no such visit here"), 404),
    "not-allowed": (NotAllowedError.single("your roles do not include this", remedy="ask a nurse"), 403),
    "other-patient": (WrongPatientError.single("this form belongs to the record of another patient"), 409),
    "wrong": (WrongInputError.single("this cannot be", remedy="try another"), 422),
    "stale": (StaleError(Fault("somebody else saved this"), theirs={"name": "theirs", "version": 3}), 409),
    "ours": (ZeroDivisionError("of Sorrel, Nadia"), 500),
}


def raising(request: HttpRequest, name: str) -> None:
    raise RAISES[name][0]


@pytest.fixture
def broken(client: Client, hospital: Hospital, monkeypatch: pytest.MonkeyPatch):
    """A client of the administrator, with an address at which errors are raised."""
    route = Route("broken", "broken/<name>/", raising, ALL, ALL)
    monkeypatch.setitem(ROUTE_OF, "broken", route)
    monkeypatch.setattr(urls, "urlpatterns", [*urls.urlpatterns, path(route.address, raising, name="broken")])
    clear_url_caches()
    client.raise_request_exception = False
    yield signed_in(client, hospital.people["hale"])
    monkeypatch.undo()
    clear_url_caches()


@pytest.mark.requirement("ASVS V16.5.1")
@pytest.mark.parametrize("name", sorted(RAISES))
@pytest.mark.parametrize("method", ["get", "post"])
def test_every_error_has_a_page_in_the_frame(broken: Client, name: str, method: str) -> None:
    answer = getattr(broken, method)(f"/broken/{name}/")
    page = answer.content.decode()
    assert answer.status_code == RAISES[name][1]
    assert "<h1" in page and '<main id="main"' in page and 'href="/start/"' in page
    assert "Traceback" not in page and "Sorrel" not in page and "ZeroDivision" not in page
    assert answer.headers["Content-Security-Policy"] and answer.headers["Cache-Control"] == "no-store"


@pytest.mark.requirement("ASVS V16.5.1", "ASVS V16.5.4")
def test_an_error_of_ours_is_found_by_its_number(broken: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger="foramen.clinic"):
        page = broken.post("/broken/ours/", {"name": "Sorrel, Nadia"}).content.decode()
    number = re.search(r"E-[0-9A-F]{4}-[0-9A-F]{4}", page)[0]
    assert "Nothing of this page was stored" in page and "late entry" in page and "day sheet" in page
    said = [json.loads(JsonLines().format(one)) for one in caplog.records if one.name == "foramen.clinic"]
    (told,) = [one for one in said if one["event"] == "server error"]
    assert (told["report"], told["error"], told["route"]) == (number, "ZeroDivisionError", "broken")
    assert told["at"].startswith("test_shell_errors.py:")
    assert "Sorrel" not in json.dumps(said), "no value of a patient in a log"
    assert "This page could not be shown" in broken.get("/broken/ours/").content.decode()


@pytest.mark.requirement("H22")
def test_two_versions_stand_line_by_line(broken: Client) -> None:
    page = broken.post("/broken/stale/", {"name": "mine", "other": "same", "version": "2", "key": "k"}).content.decode()
    assert re.findall(r'type="radio" name="name" value="(\w+)"( checked)?', page) == [
        ("mine", ""),
        ("theirs", " checked"),
    ]
    assert '<input type="hidden" name="other" value="same">' in page
    assert re.findall(r'name="version" value="(\d)"', page) == ["3"]
    assert 'action="/broken/stale/"' in page and "Not saved" in page


def test_rows_and_times_stand_in_words_in_both_versions(broken: Client, hospital: Hospital) -> None:
    """A room by its name, a start without the letter between; several ticks of one name are all sent on."""
    fl1, fl2 = hospital.rooms["fl1"], hospital.rooms["fl2"]
    RAISES["moved"] = (
        StaleError(Fault("moved"), theirs={"room": fl2, "start": hospital.local("10:00"), "version": 3}),
        409,
    )
    asked = {"room": fl1.pk, "start": "2026-11-26T11:00", "patient": "p", "ticks": ["a", "b"], "version": 2}
    page = broken.post("/broken/moved/", asked).content.decode()
    del RAISES["moved"]
    radios = re.findall(r'name="(\w+)" value="([^"]+)"(?: checked)?>([^<]+)</label>', page)
    assert radios == [
        ("room", str(fl1.pk), "Fluoroscopy 1"), ("room", str(fl2.pk), "Fluoroscopy 2"),
        ("start", "2026-11-26T11:00", "2026-11-26 11:00"), ("start", "2026-11-26T10:00", "2026-11-26 10:00"),
    ]  # fmt: skip
    assert re.findall(r'type="hidden" name="(patient|ticks)" value="(\w)"', page) == [
        ("patient", "p"), ("ticks", "a"), ("ticks", "b"),
    ]  # fmt: skip


def test_a_part_of_a_page_gets_the_page_and_a_sign_in_as_a_whole(broken: Client, hospital: Hospital) -> None:
    htmx = {"HX-Request": "true", "HX-Current-URL": "http://testserver/people/?text=a"}
    for name, (_, status) in RAISES.items():
        part = broken.post(f"/broken/{name}/", headers=htmx)
        assert part.status_code == status
        assert (part.headers["HX-Retarget"], part.headers["HX-Reswap"]) == ("#main", "innerHTML")
        assert part.headers["HX-Reselect"] == "#main > *"
    assert "HX-Retarget" not in broken.post("/broken/unknown/").headers
    answer = Client().get("/people/", headers=htmx)
    assert answer.headers["HX-Redirect"] == "/sign-in/?next=/people/%3Ftext%3Da"


@pytest.mark.requirement("ASVS V3.5.1")
def test_a_form_without_its_token_is_refused_with_a_page(hospital: Hospital) -> None:
    strict = signed_in(Client(enforce_csrf_checks=True), hospital.people["hale"])
    answer = strict.post("/people/new/", {})
    assert answer.status_code == 403 and "This form was open for too long" in answer.content.decode()


@pytest.mark.requirement("ASVS V4.1.4")
@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_refused_with_a_page(client: Client, hospital: Hospital, method: str) -> None:
    answer = getattr(signed_in(client, hospital.people["hale"]), method)("/people/")
    assert answer.status_code == 405 and answer.headers["Allow"] == "GET, HEAD"
    assert "Nothing of this page was stored" in answer.content.decode()


def test_403_says_who_may(client: Client, hospital: Hospital) -> None:
    page = signed_in(client, hospital.people["dahl"]).get("/people/")
    assert page.status_code == 403 and "It is for: lead radiologist, site administrator." in page.content.decode()


# A form of another patient (H01)


@pytest.mark.requirement("H01")
def test_a_form_of_another_patient_is_refused(hospital: Hospital) -> None:
    visit, other = hospital.visit(), hospital.visit("10:00")
    for sent, refused in ((visit.patient.pk, False), (other.patient.pk, True), ("", True), (uuid4(), True)):
        request = RequestFactory().post("/", {"patient": str(sent)})
        request.at_site = hospital.site
        if refused:
            with pytest.raises(WrongPatientError):
                check_patient(request, "arrive", visit.pk)
        else:
            check_patient(request, "arrive", visit.pk)
    hidden = Template("{% of_patient p %}").render(Context({"p": visit.patient}))
    assert hidden == f'<input type="hidden" name="patient" value="{visit.patient.pk}">'
