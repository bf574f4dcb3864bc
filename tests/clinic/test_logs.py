"""The log tells what happened and never a patient's value, wherever that stood (DEI-8)."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.test import Client
from django.urls import clear_url_caches, path

from foramen.clinic import urls
from foramen.clinic.logs import JsonLines, log, log_error, within_request
from foramen.clinic.rights.matrix import ALL, ROUTE_OF, Route
from tests.clinic.hospital import Hospital
from tests.clinic.people import signed_in
from tests.clinic.test_api import api_of, register


@pytest.fixture
def lines() -> Iterator["Lines"]:
    """Every line that is logged, from any logger at any level, as it stands in the log."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    loggers = [logging.getLogger(name) for name in ("", "django.request", "_granian")]
    level = loggers[0].level
    for one in loggers:
        one.addHandler(handler)
    loggers[0].setLevel(logging.DEBUG)
    yield Lines(written)
    loggers[0].setLevel(level)
    for one in loggers:
        one.removeHandler(handler)


class Lines:
    """What stands in the log so far."""

    def __init__(self, written: io.StringIO) -> None:
        self.written = written

    def all(self) -> list[dict[str, Any]]:
        return [json.loads(one) for one in self.written.getvalue().splitlines()]

    def named(self, event: str) -> list[dict[str, Any]]:
        return [one for one in self.all() if one["event"] == event]


def failing(request: HttpRequest, name: str) -> None:
    raise ValueError(f"canary-exception {request.POST} {name}")


@pytest.fixture
def broken(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    route = Route("broken", "broken/<name>/", failing, ALL, ALL)
    monkeypatch.setitem(ROUTE_OF, "broken", route)
    monkeypatch.setattr(urls, "urlpatterns", [*urls.urlpatterns, path(route.address, failing, name="broken")])
    clear_url_caches()
    yield
    monkeypatch.undo()
    clear_url_caches()


def test_a_request_leaves_one_line(client: Client, hospital: Hospital, lines: Lines) -> None:
    visit = hospital.visit()
    nurse = signed_in(client, hospital.people["dahl"])
    answer = nurse.get(f"/visits/{visit.pk}/screening/?page=2")
    (line,) = lines.named("request")
    assert (line["method"], line["route"], line["status"]) == ("GET", "screening", answer.status_code)
    assert (line["person"], line["request"]) == (str(hospital.people["dahl"].pk), answer.headers["X-Request-Id"])
    assert line["ms"] > 0 and line["level"] == "info" and line["time"].endswith("+00:00")
    again = nurse.get("/nowhere/")
    assert lines.named("request")[1]["route"] == "none"
    assert answer.headers["X-Request-Id"] != again.headers["X-Request-Id"]


def test_a_number_of_the_request_that_comes_from_outside_is_not_believed(client: Client, db: None) -> None:
    assert client.get("/health", headers={"X-Request-Id": "mine"}).headers["X-Request-Id"] != "mine"


def test_monitors_leave_no_line(client: Client, db: None, lines: Lines) -> None:
    client.get("/health")
    assert lines.named("request") == []
    client.get("/ready")
    assert [one["status"] for one in lines.named("request")] == [503]


@pytest.mark.requirement("DEI-8")
def test_no_value_gets_into_the_log_from_wherever_it_comes(
    client: Client, hospital: Hospital, broken: None, lines: Lines
) -> None:
    """Canaries in address, query, form, upload, header, cookie, JSON body, host, user name and message of an error."""
    client.raise_request_exception = False
    nurse = signed_in(client, hospital.people["dahl"])
    nurse.cookies["canary-cookie"] = "canary-cookie"
    headers = {"User-Agent": "canary-agent", "Referer": "http://canary-referer/", "X-Request-Id": "canary-id"}
    sent = {"family_name": "canary-form", "file": SimpleUploadedFile("canary-file.txt", b"canary-content")}
    for address in ("/canary-path/", "/broken/canary-key/", f"/patients/{uuid4()}/", "/patients/"):
        assert nurse.get(f"{address}?q=canary-query", headers=headers).status_code in (200, 404, 405, 500)
        nurse.post(f"{address}?q=canary-query", sent, headers=headers)
    assert nurse.get("/start/", headers={"Host": "canary-host"}).status_code == 400
    Client().post("/sign-in/", {"login": "canary-user", "password": "canary-password"}, headers=headers)
    program = api_of(hospital, "dahl")
    program.client.raise_request_exception = False
    assert program.post(register(hospital), {"number": "canary-json", "born": "canary-day"}).status_code == 422
    assert program.post("broken/canary-key/", "canary-body").status_code == 404
    Client(enforce_csrf_checks=True).post("/sign-in/", {"login": "canary-csrf"}, headers=headers)
    assert len(lines.all()) > 12 and [one["status"] for one in lines.named("request")].count(500) == 2
    assert "canary" not in lines.written.getvalue()
    assert "Traceback" not in lines.written.getvalue()


def test_what_other_programs_say_is_told_without_their_words(lines: Lines) -> None:
    try:
        raise KeyError("Sorrel")
    except KeyError as error:
        logging.getLogger("some.library").exception("could not read %s", "Sorrel")
        log_error("ours", error, job="seal")
    log("plain", n=1)
    theirs, ours, plain = lines.all()
    assert (theirs["event"], theirs["logger"], theirs["error"]) == ("from elsewhere", "some.library", "KeyError")
    assert (ours["event"], ours["error"], ours["job"]) == ("ours", "KeyError", "seal")
    assert ours["at"].startswith("test_logs.py:") and plain["n"] == 1 and "request" not in plain
    assert "Sorrel" not in lines.written.getvalue()
    with within_request("7"):
        log("inside")
    assert lines.all()[-1]["request"] == "7"
