"""A signature under a record says who, when and what it means, and holds for that record alone (SIG-1 to SIG-5)."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pydantic import ValidationError

from foramen.clinic.domain.asked import Correction
from foramen.clinic.domain.errors import NotAllowedError, OutOfOrderError, StaleError
from foramen.clinic.domain.signatures import Signature, record_sha256, signatures_of
from foramen.clinic.domain.verbs import VERBS, Done, perform
from foramen.clinic.models import AuditEvent, Fact, PolicyRecord, Visit
from foramen.clinic.records import triggers
from foramen.clinic.records.history import events_of, lines_of, people_of
from foramen.clinic.rights.roles import Role
from foramen.clinic.rules.policies import records_of
from foramen.kernel.errors import DefinitionError, UserError
from tests.clinic.hospital import Hospital
from tests.clinic.people import signed_in
from tests.clinic.treatment_forms import address, client_of, said, send

PASSWORD = "a long enough password"


@pytest.fixture
def home(hospital: Hospital) -> Visit:
    """A visit whose patient is at home."""
    return complete(hospital)


def complete(hospital: Hospital, start: str = "09:30") -> Visit:
    visit = hospital.visit(start)
    hospital.walk(visit, "nothing")
    hospital.sign(visit, "discharge", "10:00", Role.NURSE, {"left_with": "Elsa Heron"})
    Visit.objects.filter(pk=visit.pk).update(state="home", needle_in_at=visit.start, needle_out_at=visit.start)
    visit.refresh_from_db()
    return visit


def facts(visit: Visit) -> Any:
    from foramen.clinic.records.facts import facts_of_visit

    return facts_of_visit(visit)


def sign(hospital: Hospital, visit: Visit, who: str = "okafor", meaning: str = "responsible", **more: Any) -> Done:
    content = {
        "meaning": meaning, "shown": record_sha256(visit, facts(visit)), "authenticated_at": hospital.time.at,
    } | {name: more.pop(name) for name in ("shown", "authenticated_at") if name in more}  # fmt: skip
    act = hospital.act(who, **more)
    verb = VERBS["sign_visit_record"]
    return perform(act, verb.name, visit.pk, verb.content.model_validate(content, strict=False))


def now(visit: Visit) -> list[Signature]:
    return list(signatures_of(visit, facts(visit)))


def correct_pain(hospital: Hospital, visit: Visit) -> None:
    fact = Fact.objects.get(visit=visit, kind="pain_after")
    wanted = Correction(content={"time": "after", "score": 2}, reason="misread on the form")
    perform(hospital.act("dahl"), "correct", str(fact.pk), wanted)


@pytest.mark.requirement("SIG-1", "SIG-4")
def test_a_signature_says_who_when_and_what_it_means(hospital: Hospital, home: Visit) -> None:
    sign(hospital, home)
    sign(hospital, home, "vance", "reviewed")
    first, second = now(home)
    assert (first.content.printed_name, first.content.meaning, first.valid) == ("Dr H. Okafor", "responsible", True)
    assert (first.fact.recorded_at, first.fact.by) == (hospital.time.at, hospital.people["okafor"])
    assert (second.content.printed_name, second.content.meaning, second.valid) == ("Dr L. Vance", "reviewed", True)
    with pytest.raises(OutOfOrderError, match="signed this record"):
        sign(hospital, home)
    with pytest.raises(NotAllowedError, match="performing radiologist"):
        sign(hospital, home, "vance", "responsible")


@pytest.mark.requirement("SIG-2")
def test_a_correction_ends_it_and_another_signature_holds_for_what_stands_then(hospital: Hospital, home: Visit) -> None:
    sign(hospital, home)
    correct_pain(hospital, home)
    assert [one.valid for one in now(home)] == [False]
    sign(hospital, home)
    assert [one.valid for one in now(home)] == [False, True]
    hospital.sign(home, "deviation", "10:05", Role.NURSE, {"what": "no second look", "reason": "forgotten"})
    assert [one.valid for one in now(home)] == [False, False]


@pytest.mark.requirement("SIG-2")
def test_what_the_patient_answers_weeks_later_ends_no_signature(hospital: Hospital, home: Visit) -> None:
    sign(hospital, home)
    Fact.objects.create(
        site=home.site, patient=home.patient, order=home.order, visit=home, kind="assessment", role="nurse",
        content={
            "instrument": "nrs", "version": "1", "timepoint": "two_weeks", "answers": {"pain": 2}, "mode": "phone",
            "language": "en",
        },
        by=hospital.people["dahl"], happened_at=hospital.time.at, recorded_at=hospital.time.at,
    )  # fmt: skip
    assert [one.valid for one in now(home)] == [True]


@pytest.mark.requirement("SIG-2")
def test_copied_to_another_visit_or_put_under_another_name_it_is_not_valid(hospital: Hospital, home: Visit) -> None:
    sign(hospital, home)
    other = complete(hospital, "10:30")
    signature = Fact.objects.get(kind="signature")
    about = {"visit": other, "patient": other.patient, "order": other.order, "referral": other.order.referral}
    Fact.objects.create(**{**columns(signature), **about})
    assert [one.valid for one in now(other)] == [False]
    triggers.remove()
    Fact.objects.filter(pk=signature.pk).update(by=hospital.people["ito"])
    assert [one.valid for one in now(home)] == [False]


def columns(fact: Fact) -> dict[str, Any]:
    return {one.name: getattr(fact, one.name) for one in fact._meta.local_concrete_fields if one.name != "id"}


@pytest.mark.requirement("SIG-3")
@pytest.mark.parametrize("minutes", [-6, 1])
def test_whoever_signs_has_just_given_the_password(hospital: Hospital, home: Visit, minutes: int) -> None:
    with pytest.raises(NotAllowedError, match="own password"):
        sign(hospital, home, authenticated_at=hospital.time.at + timedelta(minutes=minutes))
    with pytest.raises(ValidationError):
        sign(hospital, home, authenticated_at=None)
    assert now(home) == []


@pytest.mark.requirement("SIG-2")
def test_what_was_read_is_what_is_signed_and_only_a_record_that_is_complete(hospital: Hospital, home: Visit) -> None:
    read = record_sha256(home, facts(home))
    correct_pain(hospital, home)
    with pytest.raises(StaleError, match="has changed"):
        sign(hospital, home, shown=read)
    booked = hospital.visit("11:00")
    with pytest.raises(OutOfOrderError, match="not complete"):
        sign(hospital, booked)


@pytest.mark.requirement("SIG-5")
@pytest.mark.parametrize(("who", "channel"), [("okafor", "api"), ("dahl", "page"), ("ito", "page")])
def test_a_token_and_another_session_are_refused_and_leave_an_event(
    hospital: Hospital, home: Visit, who: str, channel: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A program in the name of the radiologist; a nurse; a radiologist who did not perform."""
    with pytest.raises(UserError):
        sign(hospital, home, who, channel=channel)
    assert now(home) == []
    event = AuditEvent.objects.filter(operation="refused").latest("pk")
    assert event.context["verb"] == "sign_visit_record"
    assert (event.context["shown_as"], event.context["channel"]) == (str(hospital.people[who]), channel)
    line = lines_of([event], home.site, people_of(home.site))[0]
    assert (line.who, line.what) == (str(hospital.people[who]), "was refused: Sign the record")
    assert list(events_of(home.patient, group="reads")) == [event]
    assert [one.fields["person"] for one in caplog.records if one.message == "refused"] == [event.context["person"]]


@pytest.mark.requirement("SIG-3", "SIG-5")
def test_on_the_page_the_password_is_the_signers_own_and_what_changes_is_seen(
    hospital: Hospital, home: Visit, client: Client
) -> None:
    for name in ("okafor", "ito"):
        person = hospital.people[name]
        person.set_password(f"{PASSWORD} of {name}")
        person.save()
    page = said(client_of(hospital, "okafor").get(address(home)))
    assert "Nobody has signed this record yet." in page
    assert "Sign the record" not in said(client_of(hospital, "dahl").get(address(home)))
    asked = {"meaning": "responsible", "shown": record_sha256(home, facts(home))}
    wrong = send(hospital, home, "okafor", "sign-record", **asked, password=f"{PASSWORD} of ito")
    assert wrong.status_code == 422
    assert AuditEvent.objects.filter(operation="failed").latest("pk").context["what"] == "password once more"
    assert now(home) == []
    right = send(hospital, home, "okafor", "sign-record", **asked, password=f"{PASSWORD} of okafor")
    assert right.status_code == 303
    page = said(client_of(hospital, "vance").get(address(home)))
    assert "<b>Dr H. Okafor</b>, responsible" in page
    assert "Thu 26 Nov 2026, 09:12, as radiologist" in page
    correct_pain(hospital, home)
    assert "Signature no longer valid for the current version" in said(client_of(hospital, "vance").get(address(home)))
    papers = said(signed_in(client, hospital.people["vance"]).get(f"/patients/{home.patient_id}/"))
    assert "signature no longer valid for the current version" in papers


@pytest.mark.requirement("SIG-2")
def test_a_policy_record_whose_text_was_changed_after_its_signatures_is_not_used(hospital: Hospital) -> None:
    """Its digest is of the text that both have signed."""
    row = PolicyRecord.objects.get(site=hospital.site, policy="antithrombotics")
    assert records_of(hospital.site).in_force("antithrombotics")
    PolicyRecord.objects.filter(pk=row.pk).update(text=row.text + "\n")
    with pytest.raises(DefinitionError, match="not the one that was signed"):
        records_of(hospital.site).in_force("antithrombotics")
