"""The API: who is let in, what is refused and how, and the same rules as on the pages."""

import hashlib
import json
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from foramen.clinic.api.tokens import end_token, make_token, scopes, verbs_by_token
from foramen.clinic.domain.errors import WrongInputError
from foramen.clinic.domain.verbs import VERBS
from foramen.clinic.models import AuditEvent, Delegation, Fact, Judgement, Patient, Request, Token
from foramen.clinic.rights.roles import Role
from foramen.clinic.urls import ROUTES
from tests.clinic.hospital import Hospital

DETAILS = {"number": "7000 0001", "family_name": "Alder", "given_name": "Signe", "born": "1995-02-03", "sex": "female"}


class Api:
    """A program that uses the API with one token."""

    def __init__(self, token: str) -> None:
        self.client, self.token = Client(), token

    def get(self, address: str) -> Any:
        return self.client.get(f"/api/{address}", headers={"Authorization": f"Bearer {self.token}"})

    def post(self, address: str, content: Any, key: Any = None, **more: str) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": str(key or uuid4())} | more
        body = content if isinstance(content, str) else json.dumps(content)
        return self.client.post(f"/api/{address}", body, content_type="application/json", headers=headers)


@pytest.fixture
def api(hospital: Hospital) -> Api:
    """The nurse's program, with every scope."""
    return Api(make_token(hospital.people["dahl"], hospital.site, "ward", scopes(), 30))


def api_of(hospital: Hospital, who: str, *wanted: str) -> Api:
    return Api(make_token(hospital.people[who], hospital.site, "test", wanted or scopes(), 30))


def register(hospital: Hospital) -> str:
    return f"site/{hospital.site.pk}/register_patient"


def facts(said: Any) -> list[str]:
    return [one["what"] for one in said.json()["faults"]]


class TestWhoIsLetIn:
    def test_a_token_lets_in_whom_it_was_made_for(self, hospital: Hospital, api: Api) -> None:
        said = api.post(register(hospital), DETAILS)
        assert said.status_code == 200
        patient = Patient.objects.get()
        assert said.json() == {"model": "Patient", "key": str(patient.pk), "again": False}

    @pytest.mark.parametrize("token", ["", "x", "Bearer"])
    def test_nobody_is_let_in_without_one(self, hospital: Hospital, token: str) -> None:
        assert Api(token).get("site").status_code == 401
        assert Api(token).post(register(hospital), DETAILS).status_code == 401

    @pytest.mark.requirement("ASVS V3.5.2")
    def test_a_session_is_no_token(self, hospital: Hospital) -> None:
        client = Client()
        client.force_login(hospital.people["dahl"], backend="django.contrib.auth.backends.ModelBackend")
        assert client.get("/api/site").status_code == 401

    def test_a_token_ends(self, hospital: Hospital, api: Api) -> None:
        hospital.time.at += timedelta(days=30)
        assert api.get("site").status_code == 401

    def test_a_token_is_ended(self, hospital: Hospital, api: Api) -> None:
        end_token(Token.objects.get())
        assert api.get("site").status_code == 401

    @pytest.mark.requirement("USR-1")
    def test_an_ended_account_ends_its_tokens(self, hospital: Hospital, api: Api) -> None:
        type(hospital.people["dahl"]).objects.filter(username="dahl").update(is_active=False)
        assert api.get("site").status_code == 401

    def test_the_roles_are_those_of_the_day(self, hospital: Hospital, api: Api) -> None:
        Delegation.objects.filter(person__username="dahl").update(last_day=date(2026, 11, 26))
        assert api.get("site").status_code == 200
        hospital.time.at += timedelta(days=1)
        assert api.get("site").status_code == 403
        assert api.post(register(hospital), DETAILS).status_code == 403

    def test_a_token_does_what_it_was_made_for_and_nothing_else(self, hospital: Hospital) -> None:
        reading = api_of(hospital, "dahl", "read")
        assert reading.get("site").status_code == 200
        assert reading.post(register(hospital), DETAILS).status_code == 403
        assert api_of(hospital, "dahl", "register_patient").get("site").status_code == 403

    def test_a_scope_gives_no_role(self, hospital: Hospital) -> None:
        said = api_of(hospital, "ferro").post(register(hospital), DETAILS)
        assert said.status_code == 403
        assert facts(said) == ["your roles at this site do not include this"]
        assert api_of(hospital, "hale", "read").get("site").status_code == 403

    @pytest.mark.requirement("ASVS V11.5.1")
    def test_only_a_hash_is_kept(self, hospital: Hospital, api: Api) -> None:
        token = Token.objects.get()
        assert token.sha256 == hashlib.sha256(api.token.encode()).hexdigest()
        assert len(api.token) >= 43
        rows = [json.dumps(list(AuditEvent.objects.values_list("new", "old", "context")), default=str)]
        assert all(api.token not in row for row in rows)

    @pytest.mark.parametrize("wanted", [["fly"], [], ["read", "override"], ["give_role"], ["sign_record"]])
    def test_no_token_is_made_for_what_no_token_does(self, hospital: Hospital, wanted: list[str]) -> None:
        with pytest.raises(WrongInputError):
            make_token(hospital.people["vance"], hospital.site, "x", wanted, 30)
        assert Token.objects.count() == 0

    @pytest.mark.parametrize("days", [0, -1, 367])
    def test_a_token_has_an_end(self, hospital: Hospital, days: int) -> None:
        with pytest.raises(WrongInputError):
            make_token(hospital.people["vance"], hospital.site, "x", ["read"], days)


class TestWriting:
    def test_every_verb_of_the_pathway_has_an_address(self) -> None:
        document = Client().get("/api/openapi.json").json()
        posts = {one["post"]["operationId"] for one in document["paths"].values() if "post" in one}
        in_person = {
            "override", "add_person", "end_account", "reset_sign_in", "give_role", "end_role", "propose_record",
            "sign_record", "sign_visit_record", "ask_freeze", "ask_study", "confirm_restored",
            "erase_identifiers",
        }  # fmt: skip
        assert posts == set(VERBS) - in_person
        for one in document["paths"].values():
            for operation in one.values():
                assert {"400", "401", "403", "404", "409", "422", "429"} <= set(operation["responses"])

    def test_the_same_key_is_answered_again_and_done_once(self, hospital: Hospital, api: Api) -> None:
        key = uuid4()
        first, second = (api.post(register(hospital), DETAILS, key).json() for _ in range(2))
        assert (first["key"], first["again"], second["again"]) == (second["key"], False, True)
        assert Patient.objects.count() == 1

    def test_the_same_key_for_something_else_is_refused(self, hospital: Hospital, api: Api) -> None:
        key = uuid4()
        api.post(register(hospital), DETAILS, key)
        assert api.post(register(hospital), DETAILS | {"number": "7000 0002"}, key).status_code == 422
        assert Patient.objects.count() == 1

    @pytest.mark.parametrize("headers", [{"Idempotency-Key": ""}, {"Idempotency-Key": "one"}])
    def test_a_write_without_a_key_is_refused(self, hospital: Hospital, api: Api, headers: dict[str, str]) -> None:
        assert api.post(register(hospital), DETAILS, **headers).status_code == 400
        assert (Patient.objects.count(), Request.objects.count()) == (0, 0)

    @pytest.mark.parametrize(
        ("body", "status", "where"),
        [
            ("{", 400, ""), ("", 400, ""), ("[]", 422, ""), (DETAILS | {"born": "soon"}, 422, "born"),
            (DETAILS | {"extra": 1}, 422, "extra"), ({"number": "1"}, 422, "family_name"),
            (DETAILS | {"family_name": "A\0"}, 422, ""), (DETAILS | {"family_name": "A" * 81}, 422, "family_name"),
            (DETAILS | {"born": "2030-01-01"}, 422, "born"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_is_refused_with_its_place(
        self, hospital: Hospital, api: Api, body: Any, status: int, where: str
    ) -> None:
        said = api.post(register(hospital), body)
        assert (said.status_code, said.json()["faults"][0]["where"]) == (status, where)
        assert Patient.objects.count() == 0

    def test_another_site_is_as_unknown_as_none(self, hospital: Hospital, api: Api) -> None:
        theirs = Patient.objects.create(site=hospital.other, **DETAILS)
        asked = DETAILS | {"version": 1}
        unknown, other = (api.post(f"patient/{pk}/change_patient", asked) for pk in (uuid4(), theirs.pk))
        assert (unknown.status_code, other.status_code) == (404, 404)
        assert unknown.json() == other.json()
        site = api.post(f"site/{hospital.other.pk}/register_patient", DETAILS)
        assert site.status_code == 404

    def test_a_stale_change_is_told_what_stands(self, hospital: Hospital, api: Api) -> None:
        patient = Patient.objects.create(site=hospital.site, **DETAILS)
        asked = DETAILS | {"version": 1, "phone": "1"}
        assert api.post(f"patient/{patient.pk}/change_patient", asked).status_code == 200
        said = api.post(f"patient/{patient.pk}/change_patient", asked | {"phone": "2"})
        assert said.status_code == 409
        assert (said.json()["theirs"]["phone"], said.json()["theirs"]["version"]) == ("1", 2)

    @pytest.mark.parametrize("verb", ["needle_in", "needle_out", "discharge", "score_pain", "arrive"])
    def test_no_step_can_be_skipped(self, hospital: Hospital, verb: str) -> None:
        visit, content = (
            hospital.visit(),
            {"score_pain": {"time": "before", "score": 3}, "discharge": {"left_with": "A"}},
        )
        before = Fact.objects.count()
        said = api_of(hospital, "okafor").post(
            f"visit/{visit.pk}/{verb}",
            content.get(verb, {"identifiers": ["name", "number"]} if verb == "arrive" else {}),
        )
        assert said.status_code == 422
        assert "first" in said.json()["faults"][0]["what"]
        assert Fact.objects.count() == before

    def test_a_gate_lets_no_program_pass_and_says_why(self, hospital: Hospital) -> None:
        visit = hospital.visit()
        hospital.walk(visit, "time_out_technologist", consent=None, consent_again=None)
        said = {"identifiers": ["name", "date of birth"], "plan": 1} | dict.fromkeys(
            ("procedure", "level", "side", "allergies", "consent", "images"), "agrees"
        )
        answer = api_of(hospital, "ferro").post(f"visit/{visit.pk}/sign_time_out", said)
        assert answer.status_code == 422
        assert {one["rule"] for one in answer.json()["decisions"]} >= {"G-CONSENT"}
        assert Judgement.objects.filter(visit=visit, verb="sign_time_out", outcome="STOP").exists()
        assert not Fact.objects.filter(visit=visit, kind="time_out_technologist").exists()

    def test_a_program_is_told_from_a_page_for_ever(self, hospital: Hospital, api: Api) -> None:
        visit = hospital.visit()
        hospital.walk(visit, "pain_before")
        assert api.post(f"visit/{visit.pk}/score_pain", {"time": "before", "score": 6}).status_code == 200
        fact = Fact.objects.get(visit=visit, kind="pain_before")
        assert (fact.channel, fact.by.username, fact.role) == ("api", "dahl", Role.NURSE)

    @pytest.mark.requirement("ASVS V7.5.3")
    def test_nobody_overrides_by_token(self, hospital: Hospital) -> None:
        assert "override" not in {verb.name for verb in verbs_by_token()}
        assert api_of(hospital, "okafor").post(f"visit/{hospital.visit().pk}/override", {}).status_code == 404


@pytest.mark.parametrize("role", list(Role))
def test_every_address_answers_the_token_of_every_role_as_the_matrix_says(hospital: Hospital, role: Role) -> None:
    """403 exactly where the role is not in the line, whatever the token was made for."""
    person = next(one.person for one in Delegation.objects.filter(site=hospital.site, role=role))
    api = Api(make_token(person, hospital.site, "any", scopes(), 1))
    for route in (one for one in ROUTES if one.by_token):
        address = route.address.removeprefix("api/").replace("<id>", str(uuid4())).replace("<day>", "2026-11-26")
        if route.writes:
            assert (api.post(address, {}).status_code == 403) is (role not in route.writes)
            assert api.get(address).status_code == 405
        else:
            assert (api.get(address).status_code == 403) is (role not in route.allowed)
            assert api.post(address, {}).status_code == 405


class TestReading:
    def test_a_board_is_that_of_the_site_and_the_day(self, hospital: Hospital, api: Api) -> None:
        first, second = hospital.visit("09:30"), hospital.visit("08:30")
        board = api.get("board/2026-11-26").json()
        assert [one["number"] for one in board["visits"]] == [second.number, first.number]
        assert api.get("board/2026-11-27").json()["visits"] == []
        assert api.get("board/soon").status_code == 422
        theirs = Api(make_token(hospital.people["elsewhere"], hospital.other, "x", ["read"], 1))
        assert theirs.get("board/2026-11-26").json()["visits"] == []

    def test_a_record_is_shown_whole_and_the_reading_is_kept(self, hospital: Hospital, api: Api) -> None:
        visit = hospital.visit()
        signed = hospital.walk(visit, "arrival")
        record = api.get(f"visit/{visit.pk}").json()
        assert [one["kind"] for one in record["facts"]] == list(signed)
        assert record["facts"][0]["by"] == "dahl"
        event = AuditEvent.objects.filter(operation="read").get()
        assert (event.patient, event.context["shown_as"]) == (visit.patient_id, "R. Dahl")

    def test_another_sites_records_are_as_unknown_as_none(self, hospital: Hospital, api: Api) -> None:
        theirs = Patient.objects.create(site=hospital.other, **DETAILS)
        for address in (f"patient/{theirs.pk}", f"patient/{uuid4()}", "patient/x", f"visit/{uuid4()}", "visit/7"):
            assert api.get(address).status_code == 404, address

    def test_lists_ask_as_many_questions_for_three_as_for_one(self, hospital: Hospital, api: Api) -> None:
        counts = []
        for times in (("08:00",), ("08:30", "09:00")):
            for start in times:
                hospital.visit(start)
            with CaptureQueriesContext(
                connection,
            ) as asked:
                assert len(api.get("orders").json()["orders"]) == hospital.count
                assert len(api.get("board/2026-11-26").json()["visits"]) == hospital.count
            counts.append(len(asked))
        assert counts[0] == counts[1]

    def test_orders_that_wait_are_found(self, hospital: Hospital, api: Api) -> None:
        waiting = hospital.visit().order
        hospital.visit("10:00")
        type(waiting).objects.filter(pk=waiting.pk).update(waiting_since=hospital.time.at)
        assert [one["id"] for one in api.get("orders?waiting=true").json()["orders"]] == [str(waiting.pk)]
        assert len(api.get("orders").json()["orders"]) == 2
        assert api.get("orders?page=0").status_code == 422
