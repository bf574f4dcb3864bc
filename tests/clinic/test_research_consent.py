"""Consent to research and its withdrawal through the verbs: at once, corrected, and never in the way of care."""

from datetime import timedelta
from typing import Any

import pytest

from foramen.clinic.domain.asked import Correction, ResearchSignature, Voiding
from foramen.clinic.domain.errors import NotAllowedError, StaleError, WrongInputError
from foramen.clinic.domain.research import (
    KINDS,
    ScopesNow,
    Word,
    scopes_at,
    standing_of,
    words_of,
)
from foramen.clinic.domain.verbs import perform
from foramen.clinic.facts.research import ResearchConsent, ResearchWithdrawn
from foramen.clinic.models import Fact, Patient
from foramen.clinic.records.facts import standing_facts
from tests.clinic.hospital import Hospital

pytestmark = pytest.mark.django_db

ALL_YES = {"form": "Research, version 3", "language": "en", "contact": "yes", "new_data": "yes", "use": "yes"}
ALL = ["contact", "new_data", "use"]
REASON = "recorded for somebody else"


def sign(hospital: Hospital, patient: Patient, who: str = "dahl", seen: int | None = None, **said: str) -> Fact:
    last = Fact.objects.filter(patient=patient, kind__startswith="research", corrected_by=None, void=False).last()
    told = ResearchSignature(
        consent=ResearchConsent(**(ALL_YES | said)), seen=seen if seen is not None else last.pk if last else 0
    )
    return Fact.objects.get(pk=perform(hospital.act(who), "sign_research_consent", patient.pk, told).key)


def withdraw(hospital: Hospital, patient: Patient, scopes: list[Any], who: str = "dahl", **act: Any) -> Fact:
    told = ResearchWithdrawn(scopes=scopes, told_by="by phone")
    return Fact.objects.get(pk=perform(hospital.act(who, **act), "withdraw_research", patient.pk, told).key)


def words(patient: Patient) -> tuple[Word, ...]:
    """Everything that a patient has said and that stands."""
    return words_of(standing_facts(KINDS, patient=patient))


def now_of(patient: Patient) -> tuple[bool, ...]:
    return scopes_at(words(patient))[1:]


@pytest.fixture
def patient(hospital: Hospital) -> Patient:
    return hospital.visit().patient


@pytest.mark.requirement("H31")
def test_a_withdrawal_holds_in_the_next_request_and_what_stood_stays_readable(
    hospital: Hospital, patient: Patient
) -> None:
    assert scopes_at(words(patient)) == ScopesNow()
    sign(hospital, patient)
    assert now_of(patient) == (True, True, True)
    hospital.time.at += timedelta(minutes=1)
    withdraw(hospital, patient, ["new_data"])
    assert now_of(patient) == (True, False, True)
    assert Fact.objects.filter(patient=patient, kind="research_consent").get().content == ALL_YES
    said = words(patient)
    before, after = (standing_of(said, hospital.time.at + timedelta(seconds=n)) for n in (-30, 30))
    assert (before, after) == ("in", "new data withdrawn")


def test_nobody_has_to_say_why_nor_to_have_been_asked(hospital: Hospital, patient: Patient) -> None:
    fact = withdraw(hospital, patient, ALL)
    assert (fact.reason, fact.content["reason"]) == ("", "")
    assert scopes_at(words(patient)) == ScopesNow(asked=True)


def test_a_letter_counts_from_the_day_on_which_it_came_but_not_past_a_newer_consent(
    hospital: Hospital, patient: Patient
) -> None:
    sign(hospital, patient)
    signed_at = hospital.time.at
    hospital.time.at += timedelta(days=3)
    came = hospital.time.at - timedelta(days=1)
    assert withdraw(hospital, patient, ["new_data"], happened_at=came).happened_at == came
    for wrong in (signed_at - timedelta(hours=1), hospital.time.at + timedelta(minutes=5)):
        with pytest.raises(WrongInputError):
            withdraw(hospital, patient, ALL, happened_at=wrong)
    assert now_of(patient) == (True, False, True)


def test_a_consent_does_not_go_over_a_withdrawal_that_its_page_has_not_seen(
    hospital: Hospital, patient: Patient
) -> None:
    first = sign(hospital, patient)
    withdraw(hospital, patient, ALL, who="lind")
    with pytest.raises(StaleError):
        sign(hospital, patient, seen=first.pk)
    assert now_of(patient) == (False, False, False)


def test_who_asks_patients_may_and_others_may_not(hospital: Hospital, patient: Patient) -> None:
    for who in ("dahl", "lind", "okafor", "vance"):
        hospital.time.at += timedelta(minutes=1)
        sign(hospital, patient, who=who)
        withdraw(hospital, patient, ["contact"], who=who)
    for who in ("ferro", "roe", "stone", "byrd", "hale"):
        with pytest.raises(NotAllowedError):
            sign(hospital, patient, who=who)
        with pytest.raises(NotAllowedError):
            withdraw(hospital, patient, ALL, who=who)


@pytest.mark.requirement("DEI-7", "H31")
def test_a_correction_of_an_old_consent_does_not_undo_a_later_withdrawal(hospital: Hospital, patient: Patient) -> None:
    """The corrected fact is the newest row; it is as old as what it corrects."""
    consent = sign(hospital, patient, contact="no")
    hospital.time.at += timedelta(days=2)
    withdraw(hospital, patient, ["use"])
    hospital.time.at += timedelta(days=2)
    right = Correction(content=ALL_YES, reason="the form says yes to contact")
    perform(hospital.act("dahl"), "correct", str(consent.pk), right)
    assert now_of(patient) == (True, True, False)
    assert Fact.objects.filter(patient=patient, kind="research_consent").count() == 2


def test_a_consent_recorded_for_somebody_else_is_void_and_was_never_asked(hospital: Hospital, patient: Patient) -> None:
    consent = sign(hospital, patient)
    perform(hospital.act("vance"), "void", str(consent.pk), Voiding(reason=REASON))
    assert scopes_at(words(patient)) == ScopesNow()
