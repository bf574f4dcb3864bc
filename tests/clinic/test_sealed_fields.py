"""Sealed columns: read and made as any other, bound to their row, and never compared or set in the clear (DEI-7)."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from foramen.clinic.domain.errors import StaleError
from foramen.clinic.models import AuditEvent, Draft, Fact, Letter, Patient, Task, Visit
from foramen.clinic.records.versions import save_changes
from foramen.clinic.sealed.cipher import DoesNotOpenError
from tests.clinic.hospital import Hospital
from tests.clinic.lists import booked

TOLD = {"number": "4158 2093", "family_name": "Heron", "given_name": "Josef", "phone": "+41 79 555 01 02"}


def stored(table: str, column: str, key: Any) -> str:
    """What the database itself holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT "{column}" FROM "{table}" WHERE id = %s', [Patient._meta.pk.get_db_prep_value(key, connection)]
        )
        return str(cursor.fetchone()[0])


def put(table: str, column: str, key: Any, value: str) -> None:
    with connection.cursor() as cursor:
        sql = f'UPDATE "{table}" SET "{column}" = %s WHERE id = %s'
        cursor.execute(sql, [value, Patient._meta.pk.get_db_prep_value(key, connection)])


@pytest.fixture
def patient(hospital: Hospital) -> Patient:
    return hospital.visit(**TOLD, born=date(1957, 3, 2)).patient


def test_a_patient_reads_as_entered_and_the_database_holds_none_of_it(patient: Patient) -> None:
    read = Patient.objects.get(pk=patient.pk)
    assert {name: getattr(read, name) for name in TOLD} == TOLD
    assert (read.born, read.email, read.name) == (date(1957, 3, 2), "", "Heron, Josef")
    for column in (*TOLD, "born"):
        assert stored("clinic_patient", column, patient.pk).startswith("v1.")
    assert len({stored("clinic_patient", column, patient.pk) for column in TOLD}) == 4


@pytest.mark.parametrize("other", ["row", "column", "cut"])
def test_a_value_that_stands_in_another_place_does_not_open(hospital: Hospital, patient: Patient, other: str) -> None:
    theirs = hospital.visit("10:00", family_name="Ash").patient
    taken = {
        "row": stored("clinic_patient", "family_name", theirs.pk),
        "column": stored("clinic_patient", "given_name", patient.pk),
        "cut": stored("clinic_patient", "family_name", patient.pk)[:-2] + "AA",
    }[other]
    put("clinic_patient", "family_name", patient.pk, taken)
    read = Patient.objects.get(pk=patient.pk)
    with pytest.raises(DoesNotOpenError) as caught:
        _ = read.family_name
    assert "clinic_patient:family_name" in str(caught.value)
    assert not any(name in str(caught.value) for name in ("Heron", "Ash", "Josef", taken))


def test_a_letter_of_another_visit_of_the_same_patient_does_not_open(hospital: Hospital, patient: Patient) -> None:
    visit = Visit.objects.get(patient=patient)
    about = {"site": visit.site, "patient": patient, "visit": visit, "start": visit.start, "language": "en"}
    more: dict[str, Any] = {"made_at": hospital.time.at, "by": hospital.people["dahl"], "kind": "hold plan"}
    one, two = (Letter.objects.create(**about, **more, number=n, content={"said": n}) for n in (1, 2))
    assert [Letter.objects.get(pk=letter.pk).content for letter in (one, two)] == [{"said": 1}, {"said": 2}]
    read = Letter.objects.get(pk=one.pk)
    read.__dict__["content"].text = stored("clinic_letter", "content", two.pk)
    with pytest.raises(DoesNotOpenError):
        _ = read.content


@pytest.mark.parametrize(
    "asked",
    [
        lambda: list(Patient.objects.filter(family_name="Heron")), lambda: Patient.objects.get(number="4158 2093"),
        lambda: list(Patient.objects.filter(family_name__startswith="H")),
        lambda: list(Patient.objects.order_by("family_name")), lambda: list(Patient.objects.order_by("-born")),
        lambda: list(Visit.objects.order_by("patient__family_name")),
        lambda: list(Visit.objects.filter(patient__family_name="Heron")),
        lambda: Patient.objects.update(phone="000"), lambda: Patient.objects.update(phone=F("email")),
        lambda: Letter.objects.filter(content={}).count(), lambda: Draft.objects.update(content={}),
        lambda: list(Fact.objects.filter(reason="x")),
    ],
)  # fmt: skip
def test_what_would_find_nothing_raises_at_once(patient: Patient, asked: Any) -> None:
    with pytest.raises(FieldError, match="is sealed"), transaction.atomic():
        asked()


def test_a_change_is_saved_with_the_version_that_was_seen(patient: Patient) -> None:
    old = Patient.objects.get(pk=patient.pk)
    save_changes(patient, family_name="Crane", born=date(1958, 3, 2))
    read = Patient.objects.get(pk=patient.pk)
    assert (patient.family_name, read.family_name, read.born, read.version) == ("Crane", "Crane", date(1958, 3, 2), 2)
    with pytest.raises(StaleError) as caught:
        save_changes(old, family_name="Egret")
    assert caught.value.theirs == {"family_name": "Crane", "version": 2}


def test_what_is_not_changed_is_written_as_it_was(patient: Patient) -> None:
    before = stored("clinic_patient", "family_name", patient.pk)
    read = Patient.objects.get(pk=patient.pk)
    assert read.family_name == "Heron"
    read.language = "de"
    read.save()
    assert stored("clinic_patient", "family_name", patient.pk) == before
    read.family_name = "Crane"
    read.save()
    assert stored("clinic_patient", "family_name", patient.pk) != before


def test_two_patients_of_a_site_never_have_one_number(hospital: Hospital, patient: Patient) -> None:
    about = {"family_name": "Ash", "given_name": "Ida", "born": date(1990, 1, 1), "sex": "female"}
    Patient.objects.create(site=hospital.other, number=TOLD["number"], **about)
    with pytest.raises(IntegrityError), transaction.atomic():
        Patient.objects.create(site=hospital.site, number=TOLD["number"], **about)
    theirs = Patient.objects.create(site=hospital.site, number="1", **about)
    with pytest.raises(IntegrityError), transaction.atomic():
        save_changes(theirs, number=TOLD["number"])


def test_the_words_of_a_fact_are_sealed_and_its_codes_are_not(hospital: Hospital) -> None:
    visit = hospital.visit()
    fact = visit.order.referral.facts.get(kind="referral")
    assert fact.content["indication"] == "sciatica" and fact.content["asked"][0]["root"] == "L5"
    kept = stored_fact(fact)
    assert "sciatica" not in kept and "MR-1" not in kept and '"L5"' in kept and "granted" in kept
    assert "sciatica" not in str(AuditEvent.objects.filter(table="clinic_fact").values_list("new", flat=True))
    assert Fact.objects.filter(kind="referral", content__urgency="routine").count() == 1


def stored_fact(fact: Fact) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM clinic_fact WHERE id = %s", [fact.pk])
        return str(cursor.fetchone()[0])


def test_what_a_task_tells_in_words_is_sealed_and_read_again(hospital: Hospital) -> None:
    visit = hospital.visit()
    day = hospital.time.at.date()
    task = Task.objects.create(
        site=visit.site, patient=visit.patient, visit=visit, kind="adverse deviation", label="follow", due_on=day,
        opens_on=day, closes_on=day, content={"for": "okafor", "deviations": ["needle too deep"]},
    )  # fmt: skip
    save_changes(task, content=task.content | {"deviations": ["needle too deep", "a second one"]})
    assert Task.objects.get().content == {"for": "okafor", "deviations": ["needle too deep", "a second one"]}
    assert "deep" not in stored("clinic_task", "content", task.pk) + stored("clinic_task", "words", task.pk)


def test_a_list_opens_its_rows_without_a_query_for_each(hospital: Hospital, django_assert_num_queries: Any) -> None:
    for n in range(3):
        booked(hospital, n)
    with django_assert_num_queries(2):
        assert [one.readiness["cells"] != [] for one in Visit.objects.all()] == [True] * 3
        assert all(one.content for one in Fact.objects.filter(kind="referral"))
