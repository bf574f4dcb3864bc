"""The database writes down every change of every row: who, in which role, what was, what is, why (AUD-1, AUD-4)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connection, models, transaction
from django.db.migrations import Migration

from foramen.clinic.models import AuditEvent, Draft, Patient, Person, Visit
from foramen.clinic.records import triggers
from foramen.clinic.records.audited import audited_tables
from foramen.clinic.records.checks import check_triggers, missing_triggers, require_triggers
from foramen.clinic.records.context import acting, saying
from foramen.clinic.records.sealing import opened
from foramen.clinic.rights.roles import Role
from foramen.clinic.sealed.fields import key_of, sealed_changes
from foramen.kernel.errors import UserError
from tests.clinic.hospital import Hospital


def events(row: models.Model, since: int = 0) -> list[AuditEvent]:
    """The events of a row, oldest first."""
    wanted = {"table": row._meta.db_table, "row": getattr(row.pk, "hex", str(row.pk))}
    return list(AuditEvent.objects.filter(id__gt=since, **wanted).order_by("id"))


def last_event() -> int:
    return AuditEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0


def by_saving(patient: Patient) -> None:
    patient.language = "000 2"
    patient.save()


def by_updating(patient: Patient) -> None:
    Patient.objects.filter(pk=patient.pk).update(language="000 2")


def by_updating_in_bulk(patient: Patient) -> None:
    patient.language = "000 2"
    Patient.objects.bulk_update([patient], ["language"])


def by_sql(patient: Patient) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE clinic_patient SET language = '000 2' WHERE number_mark = %s", [patient.number_mark])


@pytest.mark.requirement("AUD-1", "H23")
@pytest.mark.parametrize("change", [by_saving, by_updating, by_updating_in_bulk, by_sql])
def test_a_change_is_seen_however_it_is_made(hospital: Hospital, change: Callable[[Patient], None]) -> None:
    patient = hospital.visit(language="000 1").patient
    before = last_event()
    change(patient)
    seen = events(patient, before)
    assert [one.operation for one in seen] == ["update"]
    assert (seen[0].old["language"], seen[0].new["language"]) == ("000 1", "000 2")
    assert seen[0].patient == patient.pk


def test_rows_that_are_made_in_bulk_are_each_seen(hospital: Hospital) -> None:
    patient = hospital.visit().patient
    before = last_event()
    made = Patient.objects.bulk_create(
        [
            Patient(site=patient.site, number=f"B-{n}", family_name="Heron", given_name="J", born=patient.born)
            for n in range(3)
        ]
    )
    assert [[one.operation for one in events(row, before)] for row in made] == [["insert"]] * 3
    told = [opened(Patient._meta.db_table, events(row)[0].new, key_of(row)) for row in made]
    assert [one["number"] for one in told] == ["B-0", "B-1", "B-2"]
    assert [events(row)[0].old for row in made] == [None] * 3


def test_an_event_holds_json_as_json_and_truth_as_truth(hospital: Hospital) -> None:
    visit = hospital.visit()
    fact = visit.order.referral.facts.get(kind="referral")
    told = events(fact)[0].new
    assert told["content"]["urgency"] == "routine"
    assert told["late"] is False
    assert told["corrects_id"] is None


@pytest.mark.requirement("AUD-1")
def test_an_event_says_who_in_which_role_and_why(hospital: Hospital) -> None:
    patient = hospital.visit().patient
    before = last_event()
    act = hospital.act("dahl", why="the number was misread")
    with acting(act, "change_patient", Role.NURSE):
        by_updating(patient)
    by_updating_again = Patient.objects.filter(pk=patient.pk).update(language="000 3")
    first, second = events(patient, before)
    assert by_updating_again == 1
    said = {name: first.context[name] for name in ("person", "shown_as", "role", "verb", "why")}
    assert said == {
        "person": act.person.pk.hex, "shown_as": "R. Dahl", "role": "nurse", "verb": "change_patient",
        "why": "the number was misread",
    }  # fmt: skip
    assert first.at == act.at
    assert second.context == {}


def test_a_savepoint_that_is_taken_back_takes_no_name_with_it(hospital: Hospital) -> None:
    patient = hospital.visit().patient
    before = last_event()
    with saying({"shown_as": "R. Dahl"}):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            Patient.objects.filter(pk=patient.pk).update(language="000 2")
            raise ZeroDivisionError
        Patient.objects.filter(pk=patient.pk).update(language="000 3")
    assert [(one.new["language"], one.context) for one in events(patient, before)] == [
        ("000 3", {"shown_as": "R. Dahl"})
    ]


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_is_taken_back_takes_no_name_with_it(hospital: Hospital) -> None:
    patient = hospital.visit().patient
    before = last_event()

    @transaction.atomic
    def change(language: str, *, fails: bool) -> None:
        Patient.objects.filter(pk=patient.pk).update(language=language)
        if fails:
            raise ZeroDivisionError

    with saying({"shown_as": "R. Dahl"}):
        with pytest.raises(ZeroDivisionError):
            change("000 2", fails=True)
        change("000 3", fails=False)
        Patient.objects.filter(pk=patient.pk).update(language="000 4")
    Patient.objects.filter(pk=patient.pk).update(language="000 5")
    seen = [(one.new["language"], one.context.get("shown_as")) for one in events(patient, before)]
    assert seen == [("000 3", "R. Dahl"), ("000 4", "R. Dahl"), ("000 5", None)]


@pytest.mark.requirement("AUD-2")
def test_no_hash_of_a_password_is_in_the_audit_but_that_it_changed_is(hospital: Hospital) -> None:
    person = hospital.people["dahl"]
    before = last_event()
    person.set_password("a long new password")
    person.save()
    seen = events(person, before)
    assert [one.operation for one in seen] == ["update"]
    assert seen[0].old == seen[0].new
    for event in AuditEvent.objects.filter(table=Person._meta.db_table):
        assert "password" not in (event.new or {})


def test_what_is_worked_out_anew_is_no_event(hospital: Hospital) -> None:
    visit = hospital.visit()
    before = last_event()
    Visit.objects.filter(pk=visit.pk).update(
        **sealed_changes(visit, {"readiness": {"cells": []}, "readiness_until": hospital.time.at})
    )
    assert events(visit, before) == []


@pytest.mark.requirement("AUD-4")
def test_a_clock_that_goes_back_leaves_the_order_as_it_was(hospital: Hospital) -> None:
    patient = hospital.visit().patient
    before = last_event()
    for language in ("first", "second"):
        with acting(hospital.act("dahl"), "change_patient", Role.NURSE):
            Patient.objects.filter(pk=patient.pk).update(language=language)
        hospital.time.at -= timedelta(hours=1)
    first, second = events(patient, before)
    assert (first.new["language"], second.new["language"]) == ("first", "second")
    assert first.at - second.at == timedelta(hours=1)


def test_every_table_of_the_clinic_is_watched(db: None) -> None:
    there = {name for name in connection.introspection.table_names() if name.startswith("clinic_")}
    assert {one.table for one in audited_tables()} == there
    unlogged = {one.table for one in audited_tables() if not one.logged}
    assert unlogged == {"clinic_auditevent", "clinic_seal", "clinic_job", "clinic_searchmark"}
    assert all(one.guard == "append" for one in audited_tables() if one.table in {"clinic_auditevent", "clinic_seal"})
    assert missing_triggers() == ()


def lose_some() -> str:
    """As a migration on SQLite does, which rebuilds the table; PostgreSQL keeps them until somebody meddles."""
    if connection.vendor == "sqlite":
        added = models.CharField(max_length=5, default="")
        added.set_attributes_from_name("added")
        with connection.schema_editor() as editor:
            editor.add_field(Draft, added)
            editor.remove_field(Draft, added)
        return "foramen_insert_clinic_draft"
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE clinic_draft DISABLE TRIGGER foramen_audit")
    return "foramen_audit.clinic_draft"


@pytest.mark.requirement("AUD-3")
@pytest.mark.django_db(transaction=True)
def test_lost_triggers_are_named_nothing_is_served_and_migrating_puts_them_back(time: object) -> None:
    lost = lose_some()
    assert lost in missing_triggers()
    assert lost in str([str(one) for one in check_triggers(databases=["default"])])
    with pytest.raises(UserError, match=lost):
        require_triggers()
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    assert missing_triggers() == ()
    require_triggers()


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_rebuilds_the_audit_itself_succeeds(time: object) -> None:
    emit_pre_migrate_signal(verbosity=0, interactive=False, db="default", plan=[(Migration("0099", "clinic"), False)])
    added = models.CharField(max_length=5, default="")
    added.set_attributes_from_name("added")
    with connection.schema_editor() as editor:
        editor.add_field(AuditEvent, added)
        editor.remove_field(AuditEvent, added)
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    assert missing_triggers() == ()


@pytest.mark.requirement("AUD-3")
@pytest.mark.django_db(transaction=True)
def test_a_function_that_somebody_emptied_is_found(time: object) -> None:
    if connection.vendor == "postgresql":
        name = "foramen_audit"
        emptied = f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
    else:
        name = "foramen_update_clinic_visit"
        emptied = f'DROP TRIGGER "{name}"'
    with connection.cursor() as cursor:
        cursor.execute(emptied)
    assert missing_triggers() == (name,)
    triggers.install()
    assert missing_triggers() == ()
