"""What the requirements name leaves an event, and the role of the service cannot take one away (AUD-2, AUD-3)."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from foramen.clinic.domain.asked import RoleGiven
from foramen.clinic.domain.verbs import perform
from foramen.clinic.models import AuditEvent, Letter, Outgoing, Patient, Seal, Visit
from foramen.clinic.records import outbox
from foramen.clinic.records.audited import audited_tables
from foramen.clinic.records.chain import seal_all
from foramen.clinic.records.chain_check import verify
from foramen.clinic.records.grants import grants
from foramen.clinic.rights.roles import Role
from foramen.kernel.errors import UserError
from tests.clinic.hospital import TODAY, Hospital
from tests.clinic.people import signed_in
from tests.clinic.treatment import Day

ROLE = f"foramen_app_{uuid4().hex[:8]}"


def told(**wanted: object) -> int:
    return AuditEvent.objects.filter(**wanted).count()


@pytest.mark.requirement("AUD-2")
def test_what_people_do_beside_the_record_leaves_one_event_each(hospital: Hospital, client: Client) -> None:
    """Roles, views, policy evaluations, letters and what goes out; sign-ins and exports have tests of their own."""
    asked = RoleGiven(person=hospital.people["moss"].pk, role=Role.READER, first_day=TODAY)
    perform(hospital.act("hale"), "give_role", hospital.site.pk, asked)
    assert told(table="clinic_delegation", context__verb="give_role") == 1

    day = Day(hospital).walk("sign_time_out/radiologist")
    judged = told(table="clinic_judgement")
    day.do("sign_time_out/radiologist", at="09:08")
    assert told(table="clinic_judgement") > judged
    event = AuditEvent.objects.filter(table="clinic_judgement").latest("pk")
    assert (event.context["shown_as"], event.patient) == ("Dr H. Okafor", day.visit.patient_id)

    signed_in(client, hospital.people["moss"]).get(f"/visits/{day.visit.pk}/treatment/")
    assert told(operation="read", patient=day.visit.patient_id) == 1

    with transaction.atomic():
        outbox.put("letter", {"letter": "1"})
    outbox.done(Outgoing.objects.get())
    sent = AuditEvent.objects.filter(table="clinic_outgoing").order_by("pk")
    assert list(sent.values_list("operation", flat=True)) == ["insert", "update"]


@pytest.mark.requirement("AUD-2")
def test_an_account_that_ends_and_a_letter_that_is_made_are_events(hospital: Hospital) -> None:
    visit = hospital.visit()
    Letter.objects.create(
        site=visit.site, patient=visit.patient, visit=visit, kind="hold plan", number=1, start=visit.start,
        language="en", content={}, made_at=hospital.time.at, by=hospital.people["dahl"],
    )  # fmt: skip
    assert told(table="clinic_letter", patient=visit.patient_id) == 1
    person = hospital.people["moss"]
    person.is_active = False
    person.save()
    event = AuditEvent.objects.filter(table="clinic_person", operation="update").latest("pk")
    assert (event.old["is_active"], event.new["is_active"]) == (True, False)


@pytest.fixture
def as_service(hospital: Hospital) -> Iterator[Hospital]:
    """As the role that serves, which does not own the tables. SQLite has no roles: there the triggers stand alone."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE ROLE {ROLE}")
            for statement in grants(ROLE):
                cursor.execute(statement)
            cursor.execute(f"SET LOCAL ROLE {ROLE}")
    yield hospital
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


def refused(sql: str) -> str:
    with pytest.raises(Exception) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    return f"{type(caught.value).__name__}: {caught.value}"


@pytest.mark.requirement("AUD-3", "H23")
def test_the_role_of_the_service_writes_the_audit_and_cannot_take_it_away(as_service: Hospital) -> None:
    visit = as_service.visit()
    as_service.walk(visit, "needle_in")
    seal_all()
    assert (verify().faults, Seal.objects.count()) == ([], 1)
    before = AuditEvent.objects.count()
    for table in ("clinic_auditevent", "clinic_seal", "clinic_fact"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id" if table != "clinic_seal" else ""):
            if statement:
                said = refused(statement)
                assert ("permission denied" if connection.vendor == "postgresql" else "a row of") in said
    if connection.vendor == "postgresql":
        for statement in (
            "TRUNCATE clinic_auditevent", "ALTER TABLE clinic_auditevent DISABLE TRIGGER ALL",
            "DROP TRIGGER foramen_audit ON clinic_visit", "DROP TABLE clinic_seal CASCADE",
            "CREATE OR REPLACE FUNCTION foramen_audit() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
            "SET session_replication_role = replica",
        ):  # fmt: skip
            assert refused(statement).startswith(ProgrammingError.__name__), statement
    assert AuditEvent.objects.count() == before
    assert verify().faults == []


@pytest.mark.requirement("AUD-3")
def test_the_role_of_the_service_can_do_its_day(as_service: Hospital, client: Client) -> None:
    """Pages, verbs, sessions: what is granted is enough."""
    day = Day(as_service).walk("needle_out")
    assert day.now.state == Visit.State.ROOM
    vance = signed_in(client, as_service.people["vance"])
    assert vance.get(f"/patients/{day.visit.patient_id}/").status_code == 200
    assert vance.get(f"/visits/{day.visit.pk}/treatment/").status_code == 200
    vance.logout()


@pytest.mark.requirement("AUD-3")
def test_what_is_granted_names_every_table_and_no_delete_of_a_record(db: None) -> None:
    lines = list(grants("foramen_app"))
    named = {line.split('"')[1]: line for line in lines if '"' in line}
    assert set(named) == set(connection.introspection.table_names())
    for one in audited_tables():
        if one.guard != "free":
            assert "DELETE" not in named[one.table]
        assert ("UPDATE" in named[one.table]) == (one.guard != "append")
    for wrong in ("", "a b", "x;DROP TABLE clinic_fact", 'x"'):
        with pytest.raises(UserError, match="name of a role"):
            list(grants(wrong))
    assert Patient.objects.count() == 0
