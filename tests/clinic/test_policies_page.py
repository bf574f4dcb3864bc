"""The page of policies: what is in force, who signed, what is printed, and what waits for a signature."""

from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from foramen.catalogue.policies import POLICIES
from foramen.clinic.models import PolicyRecord
from foramen.clinic.rights.roles import DOCTORS, Role
from tests.clinic.hospital import BY_ROLE, Hospital
from tests.clinic.people import signed_in


@pytest.fixture
def vance(client: Client, hospital: Hospital) -> Client:
    """The lead radiologist, signed in."""
    return signed_in(client, hospital.people["vance"])


def test_every_policy_is_listed_with_who_signed_it(vance: Client, hospital: Hospital) -> None:
    page = vance.get("/policies/").content.decode()
    for policy in POLICIES.values():
        assert policy.load().content.title in page and policy.load().digest[:12] in page
    assert page.count("Dr L. Vance, Thu 26 Nov 09:12") == len(POLICIES)
    assert page.count(">in force<") == len(POLICIES)


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_printed_text_stands_beside_what_it_comes_to(vance: Client, hospital: Hospital, name: str) -> None:
    page = vance.get(f"/policies/{name}/")
    lines = list(POLICIES[name].lines(POLICIES[name].load().content))
    assert [one.rule for one in page.context["lines"]] == [one.rule for one in lines]
    text = page.content.decode()
    assert text.count('<tr><th scope="row">') == len(lines)
    assert POLICIES[name].load().digest in text


def test_a_policy_that_nobody_has_signed_says_so(vance: Client, hospital: Hospital) -> None:
    PolicyRecord.objects.filter(site=hospital.site, policy="steroids").update(state="superseded")
    assert vance.get("/policies/").content.decode().count("</svg>not in force<") == 1
    page = vance.get("/policies/steroids/").content.decode()
    assert "Not in force." in page and "Until two doctors do, it says STOP" in page


def test_a_text_that_was_changed_after_the_signature_is_not_in_force(vance: Client, hospital: Hospital) -> None:
    rows = PolicyRecord.objects.filter(site=hospital.site, policy="steroids")
    rows.update(text=rows.get().text + "\n# changed\n")
    page = vance.get("/policies/steroids/").content.decode()
    assert "Not in force." in page and "its text has changed" in page


@pytest.mark.parametrize(("days", "said"), [(0, ">in force<"), (1, "in force, past review"), (61, "long past review")])
def test_past_its_review_a_policy_says_so(vance: Client, hospital: Hospital, days: int, said: str) -> None:
    day = POLICIES["steroids"].load().content.review_by + timedelta(days=days)
    hospital.time.at = datetime.combine(day, time(12), tzinfo=UTC)
    page = vance.get("/policies/steroids/").content.decode()
    assert said in page
    assert ("Past review." in page) == (days > 0)


def test_everybody_reads_and_doctors_propose_and_sign(hospital: Hospital) -> None:
    PolicyRecord.objects.create(site=hospital.site, policy="steroids", text="draft = 1")
    for role, name in BY_ROLE.items():
        page = signed_in(Client(), hospital.people[name]).get("/policies/steroids/").content.decode()
        assert ("Propose another record" in page) == (role == Role.LEAD), role
        assert ("Sign this record" in page) == (role in DOCTORS), role
    analyst = signed_in(Client(), hospital.people["byrd"])
    assert analyst.get("/policies/steroids/").status_code == 200
    assert analyst.post("/policies/steroids/propose/", {}).status_code == 403


def send(client: Client, address: str, **data: object) -> HttpResponse:
    return client.post(address, {"key": str(uuid4()), **data})


def test_two_doctors_put_a_record_in_force(vance: Client, hospital: Hospital) -> None:
    older = PolicyRecord.objects.get(site=hospital.site, policy="steroids")
    assert send(vance, "/policies/steroids/propose/", text=older.text).headers["Location"] == "/policies/steroids/"
    draft = PolicyRecord.objects.get(site=hospital.site, policy="steroids", state="draft")
    sign = f"/policies/records/{draft.pk}/sign/"
    okafor = signed_in(Client(), hospital.people["okafor"])
    assert "Sign this record" in okafor.get("/policies/steroids/").content.decode()
    assert send(okafor, sign, version=1).status_code == 302
    page = okafor.get("/policies/steroids/").content.decode()
    assert "Sign this record" not in page and "You have signed." in page
    assert send(okafor, sign, version=2).status_code == 403, "one person is not two"
    assert "Signed by Dr H. Okafor" in vance.get("/policies/steroids/").content.decode()
    assert send(vance, sign, version=1).status_code == 409, "of the version that was read"
    assert send(vance, sign, version=2).status_code == 302
    draft.refresh_from_db()
    older.refresh_from_db()
    assert (draft.state, older.state) == ("active", "superseded")
    page = vance.get("/policies/steroids/").content.decode()
    assert "Dr H. Okafor, Thu 26 Nov 09:12" in page and "superseded Thu 26 Nov 09:12" in page


def test_a_record_that_cannot_be_read_comes_back(vance: Client, hospital: Hospital) -> None:
    before = PolicyRecord.objects.count()
    answer = send(vance, "/policies/steroids/propose/", text="no TOML [")
    page = answer.content.decode()
    assert answer.status_code == 422 and PolicyRecord.objects.count() == before
    assert '<a href="#id_text">' in page and "no TOML [" in page


@pytest.mark.parametrize("who", ["okafor", "dahl", "byrd", "hale"])
def test_only_the_lead_proposes(hospital: Hospital, who: str) -> None:
    own = signed_in(Client(), hospital.people[who])
    assert send(own, "/policies/steroids/propose/", text="x").status_code == 403


def test_an_unknown_policy_is_404(vance: Client, hospital: Hospital) -> None:
    assert vance.get("/policies/leeches/").status_code == 404
    assert vance.post("/policies/leeches/propose/", {}).status_code == 404


def test_the_list_costs_the_same_with_more_records(vance: Client, hospital: Hospital) -> None:
    counts = []
    for more in (0, 3):
        for _ in range(more):
            PolicyRecord.objects.create(site=hospital.site, policy="steroids", text="draft = 1")
        with CaptureQueriesContext(connection) as asked:
            vance.get("/policies/")
        counts.append(len(asked))
    assert counts[0] == counts[1]
