"""Attacks on records that last: who was erased comes back, guesses without end, a password on a page."""

import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory

from foramen.clinic.domain.asked import Cancellation, Erasure
from foramen.clinic.domain.errors import NotAllowedError, StaleError
from foramen.clinic.domain.verbs import perform
from foramen.clinic.freeze.by_hand import TRIES, WITHIN, Wanted, freeze_by_hand
from foramen.clinic.models import AuditEvent, Patient, Visit
from foramen.clinic.pages import conflict
from foramen.clinic.records.erasures import keep_erased_list, listed
from foramen.clinic.records.history import events_of, lines_of, people_of
from foramen.kernel.errors import OutputError
from tests.clinic.hospital import Hospital

pytestmark = pytest.mark.django_db


def erase(hospital: Hospital, patient: Patient) -> None:
    told = Erasure(number=patient.number, reason="the patient asked for it", version=patient.version)
    perform(hospital.act("vance"), "erase_identifiers", patient.pk, told)


@pytest.fixture
def patient(hospital: Hospital) -> Patient:
    return Patient.objects.create(
        site=hospital.site, number="9977 5533", family_name="Quetzal", given_name="Q", born="1931-07-09", sex="female"
    )


@pytest.mark.requirement("DEI-7")
def test_who_is_erased_is_put_on_the_list_that_a_restore_reads(
    hospital: Hospital, patient: Patient, tmp_path: Path, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.FORAMEN_SEALS_DIR = str(tmp_path)
    with django_capture_on_commit_callbacks(execute=True):
        erase(hospital, patient)
    assert (tmp_path / "erased").read_text() == f"{patient.pseudonym}\n"
    assert (keep_erased_list(), listed()) == (0, [patient.pseudonym])
    (tmp_path / "erased").unlink()
    assert (keep_erased_list(), listed()) == (1, [patient.pseudonym])


@pytest.mark.requirement("DEI-7")
def test_nobody_is_erased_whom_no_list_can_hold(
    hospital: Hospital, patient: Patient, tmp_path: Path, settings: Any
) -> None:
    settings.FORAMEN_SEALS_DIR = str(tmp_path / "not mounted")
    with pytest.raises(OutputError, match="list of the erased"):
        erase(hospital, patient)
    assert Patient.objects.get(pk=patient.pk).family_name == "Quetzal"
    assert stat.S_ISDIR(tmp_path.stat().st_mode) and not (tmp_path / "not mounted").exists()


def test_passwords_are_not_guessed_for_ever_at_the_command_line(hospital: Hospital, tmp_path: Path) -> None:
    byrd = hospital.people["byrd"]
    byrd.set_password("a-password-for-tests")
    byrd.save()
    wanted = Wanted("example", tmp_path / "out")
    for _ in range(TRIES):
        with pytest.raises(NotAllowedError, match="do not belong together"):
            freeze_by_hand(wanted, "byrd", "guessed")
    with pytest.raises(NotAllowedError, match="not looked at"):
        freeze_by_hand(wanted, "byrd", "a-password-for-tests")
    hospital.time.at += WITHIN + timedelta(seconds=1)
    with pytest.raises(Exception, match="no treatment"):
        freeze_by_hand(wanted, "byrd", "a-password-for-tests")


def test_the_password_of_a_form_that_was_sent_on_is_on_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever confirms sends password and form together; the form may then be in conflict with another one."""
    shown: dict[str, Any] = {}
    monkeypatch.setattr(conflict, "conflict", lambda _request, _stale, mine, *_more, **_named: shown.update(mine))
    sent = {"confirm-typed": "a-password-for-tests", "password": "another-password", "role": "nurse"}
    conflict.conflict_of_form(RequestFactory().post("/people/", sent), StaleError.single("it has changed"))
    assert shown == {"role": "nurse"}


@pytest.mark.requirement("DEI-7", "AUD-1")
def test_a_reason_that_names_somebody_is_sealed_in_the_audit_and_goes_with_the_key(hospital: Hospital) -> None:
    """The fact holds it sealed; its twin in the context of every event must not stand in the clear."""
    visit = hospital.visit()
    act = hospital.act("lind", why="Quetzal of bed 9 rang and cannot come")
    perform(act, "cancel", visit.pk, Cancellation(reason="the patient rang", version=visit.version))
    events = AuditEvent.objects.filter(context__verb="cancel")
    assert events.exists() and not any("Quetzal" in str([one.context, one.old, one.new]) for one in events)
    assert "Quetzal of bed 9 rang and cannot come" in reasons(visit)
    erase(hospital, visit.patient)
    assert "(erased)" in reasons(visit) and "Quetzal" not in str(reasons(visit))


def reasons(visit: Visit) -> set[str]:
    patient = Patient.objects.get(pk=visit.patient_id)
    return {one.why for one in lines_of(list(events_of(patient)), visit.site, people_of(visit.site))}
