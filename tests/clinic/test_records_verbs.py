"""A write that is sent twice is done once, on both databases, however many send it at once."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from foramen.clinic.domain.act import Act
from foramen.clinic.domain.asked import PatientDetails
from foramen.clinic.domain.errors import (
    GateError,
    NotAllowedError,
    SameKeyError,
    StaleError,
    UnknownError,
    WrongInputError,
)
from foramen.clinic.domain.verbs import VERBS, Done, Verb, perform
from foramen.clinic.models import AuditEvent, Patient, Request, Site, Visit
from foramen.clinic.records.versions import save_changes
from foramen.clinic.rights.roles import CARE, Role
from foramen.kernel.errors import Fault
from tests.clinic.hospital import Hospital

HERON = PatientDetails(number="4158 2093", family_name="Heron", given_name="Josef", born=date(1957, 3, 2), sex="male")


def admit(act: Act, site: Site, content: PatientDetails) -> Patient:
    return Patient.objects.create(site=site, **content.model_dump(exclude={"version"}))


@pytest.fixture(autouse=True)
def admitting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """A verb that makes a patient; what it does can be exchanged."""

    def runs(run: Callable[..., Any], on: type = Site) -> None:
        monkeypatch.setitem(VERBS, "admit", Verb("admit", "Admit", on, PatientDetails, CARE, run))

    runs(admit)
    yield runs


def all_at_once(times: int, does: Callable[[], Done]) -> list[Done]:
    start = Barrier(times)

    def one(_turn: int) -> Done:
        start.wait(30)
        try:
            return does()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


@pytest.mark.requirement("ASVS V15.4.2")
@pytest.mark.django_db(transaction=True)
def test_twenty_duplicates_at_once_make_one_record_and_get_one_answer(hospital: Hospital) -> None:
    act = hospital.act("lind")
    answers = all_at_once(20, lambda: perform(act, "admit", hospital.site.pk, HERON))
    patient = Patient.objects.get()
    assert {(one.model, one.key) for one in answers} == {("Patient", str(patient.pk))}
    assert Counter(one.again for one in answers) == {True: 19, False: 1}
    assert Request.objects.count() == 1
    assert AuditEvent.objects.filter(table="clinic_patient").count() == 1


@pytest.mark.requirement("H22")
@pytest.mark.django_db(transaction=True)
def test_two_who_change_the_same_version_at_once_do_not_overwrite_each_other(
    hospital: Hospital, admitting: Callable[..., None]
) -> None:
    """H22: eight at once, of whom one wins; the others are told."""
    patient = hospital.visit().patient

    def change(act: Act, row: Patient, content: PatientDetails) -> Patient:
        return save_changes(row, content.version, phone=str(act.key))

    def ask() -> Done:
        try:
            return perform(hospital.act("lind"), "admit", patient.pk, HERON.model_copy(update={"version": 1}))
        except StaleError:
            return Done("StaleError", "")

    admitting(change, on=Patient)
    answers = all_at_once(8, ask)
    assert Counter(one.model for one in answers) == {"Patient": 1, "StaleError": 7}
    assert Patient.objects.get().version == 2


@pytest.mark.requirement("H22")
@pytest.mark.django_db(transaction=True)
def test_two_hundred_changes_of_one_row_by_eight_people_lose_none(
    hospital: Hospital, admitting: Callable[..., None]
) -> None:
    """H22: whoever is told that somebody else was first does it again on what stands now."""
    visit = hospital.visit()

    def count(act: Act, row: Visit, content: PatientDetails) -> Visit:
        return save_changes(row, minutes=row.minutes + 1)

    def count_once() -> Done:
        while True:
            with suppress(StaleError):
                return perform(hospital.act("lind"), "admit", visit.pk, HERON)

    def count_often() -> Done:
        return [count_once() for _ in range(25)][-1]

    admitting(count, on=Visit)
    all_at_once(8, count_often)
    visit.refresh_from_db()
    assert (visit.minutes, visit.version) == (30 + 200, 1 + 200)
    assert AuditEvent.objects.filter(table="clinic_visit", operation="update").count() == 200
    assert Request.objects.count() == 200


@pytest.mark.parametrize(
    "otherwise",
    [
        {"content": HERON.model_copy(update={"given_name": "Ivo"})},
        {"why": "another reason"},
        {"who": "dahl"},
    ],
)
def test_the_same_key_for_something_else_is_refused(hospital: Hospital, otherwise: dict[str, Any]) -> None:
    key = uuid4()

    def ask(content: PatientDetails = HERON, why: str = "", who: str = "lind") -> Done:
        person = hospital.people[who]
        roles = frozenset({Role.NURSE, Role.COORDINATOR})
        return perform(Act(person, hospital.site, roles, key=key, why=why), "admit", hospital.site.pk, content)

    first = ask()
    assert ask() == Done(first.model, first.key, again=True)
    with pytest.raises(SameKeyError):
        ask(**otherwise)
    assert Patient.objects.count() == 1


def test_a_first_that_failed_leaves_its_key_free(hospital: Hospital, admitting: Callable[..., None]) -> None:
    act = hospital.act("lind")

    def fail(act: Act, site: Site, content: PatientDetails) -> Patient:
        admit(act, site, content)
        raise WrongInputError.single("this cannot be", where="number")

    admitting(fail)
    with pytest.raises(WrongInputError):
        perform(act, "admit", hospital.site.pk, HERON)
    assert (Patient.objects.count(), Request.objects.count()) == (0, 0)
    admitting(admit)
    assert perform(act, "admit", hospital.site.pk, HERON).again is False
    assert Patient.objects.count() == 1


@pytest.mark.requirement("ASVS V2.3.3")
def test_a_gate_that_stays_shut_keeps_what_it_said_and_nothing_else(
    hospital: Hospital, admitting: Callable[..., None]
) -> None:
    visit = hospital.visit()
    patients, requests = Patient.objects.count(), Request.objects.count()

    def stop(act: Act, site: Site, content: PatientDetails) -> Patient:
        admit(act, site, content)
        raise GateError(Fault("STOP"), keep=lambda: Visit.objects.filter(pk=visit.pk).update(targets_text="STOP"))

    admitting(stop)
    with pytest.raises(GateError):
        perform(hospital.act("lind"), "admit", hospital.site.pk, HERON)
    assert (Patient.objects.count(), Request.objects.count()) == (patients, requests)
    assert Visit.objects.get().targets_text == "STOP"


def test_whoever_has_no_role_for_it_does_nothing(hospital: Hospital) -> None:
    with pytest.raises(NotAllowedError):
        perform(hospital.act("hale"), "admit", hospital.site.pk, HERON)
    assert (Patient.objects.count(), Request.objects.count()) == (0, 0)


@pytest.mark.parametrize("key", ["elsewhere", "7b1f5a52-0c3e-4b7e-9b0a-1f2d3c4b5a69", "no key", "9" * 40])
def test_a_row_of_another_site_is_as_unknown_as_none(
    hospital: Hospital, admitting: Callable[..., None], key: str
) -> None:
    visit = hospital.visit()
    admitting(lambda act, row, content: row, on=Patient)
    subject = str(visit.patient.pk) if key == "elsewhere" else key
    with pytest.raises(UnknownError) as caught:
        perform(hospital.act("elsewhere", site=hospital.other), "admit", subject, HERON)
    assert str(caught.value) == "there is no such patient here"


def test_the_audit_names_the_verb_and_the_request(hospital: Hospital) -> None:
    act = hospital.act("lind")
    perform(act, "admit", hospital.site.pk, HERON)
    event = AuditEvent.objects.get(table="clinic_patient")
    assert (event.context["verb"], event.context["role"]) == ("admit", "coordinator")
    assert event.context["key"] == act.key.hex
    assert event.at == hospital.time.at
