"""What is signed is never changed, and nothing is ever deleted, by whatever way it is tried (H23, AUD-3, AUD-5)."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from foramen.clinic.models import AuditEvent, Fact, Judgement, Letter, Outgoing, Request, Visit
from foramen.clinic.records.audited import APPEND_ONLY, audited_tables
from tests.clinic.hospital import Hospital

OTHER = {Fact: {"late": True}, Judgement: {"verb": "other"}, Letter: {"language": "fr"}, AuditEvent: {"operation": "o"}}


def refused(sql: str, *parameters: object) -> str:
    """What the database says to a statement that it does not do."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
    return str(caught.value)


@pytest.fixture
def signed(hospital: Hospital) -> Visit:
    """A visit with a fact, a judgement, a letter, a request and something to send."""
    visit = hospital.visit()
    hospital.walk(visit, "needle_in")
    about = {"site": visit.site, "patient": visit.patient, "visit": visit}
    Judgement.objects.create(
        **about, verb="needle_in", occasion="needle_in", policy="before-needle", policy_version="1",
        policy_sha256="0" * 64, record_sha256="0" * 64, outcome="STOP", content={}, asked_at=hospital.time.at,
        shown_to=hospital.people["dahl"],
    )  # fmt: skip
    Letter.objects.create(
        **about, kind="hold plan", number=1, start=visit.start, language="en", content={}, made_at=hospital.time.at,
        by=hospital.people["dahl"],
    )  # fmt: skip
    Request.objects.create(key=uuid4(), person=hospital.people["dahl"], verb="arrive", digest="0", at=hospital.time.at)
    Outgoing.objects.create(kind="letter", content={}, made_at=hospital.time.at)
    return visit


@pytest.mark.requirement("AUD-3", "AUD-5", "H23")
@pytest.mark.parametrize("model", [Fact, Judgement, Letter, AuditEvent])
def test_a_signed_row_is_not_changed_by_any_statement(signed: Visit, model: type) -> None:
    assert model._meta.model_name in APPEND_ONLY
    before = list(model.objects.order_by("pk").values())
    column = {"fact": "reason", "auditevent": "operation"}.get(model._meta.model_name, "content")
    said = refused(f"UPDATE {model._meta.db_table} SET \"{column}\" = '{{}}'")
    assert f"a row of {model._meta.db_table} is never changed" in said
    row = model.objects.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.filter(pk=row.pk).update(**OTHER[model])
    assert list(model.objects.order_by("pk").values()) == before


@pytest.mark.requirement("AUD-3", "AUD-5", "H23")
def test_no_row_of_any_table_is_deleted(signed: Visit) -> None:
    tried = 0
    for one in (one for one in audited_tables() if one.guard != "free"):
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT count(*) FROM "{one.table}"')
            rows = cursor.fetchone()[0]
            if not rows:
                continue
            assert "is never deleted" in refused(f'DELETE FROM "{one.table}"')
            cursor.execute(f'SELECT count(*) FROM "{one.table}"')
            assert cursor.fetchone()[0] == rows
            tried += 1
    assert tried >= 15


@pytest.mark.requirement("AUD-3", "H23")
def test_no_table_is_emptied_or_replaced_behind_the_triggers(signed: Visit) -> None:
    if connection.vendor == "postgresql":
        connection.check_constraints()
        assert "never deleted" in refused("TRUNCATE clinic_auditevent CASCADE")
        assert "never deleted" in refused("TRUNCATE clinic_fact CASCADE")
    else:
        columns = ", ".join(f'"{field.column}"' for field in Fact._meta.local_concrete_fields)
        said = refused(f"INSERT OR REPLACE INTO clinic_fact ({columns}) SELECT {columns} FROM clinic_fact")
        assert "a row of clinic_fact is never deleted" in said


def test_a_request_is_answered_once_and_keeps_its_key(signed: Visit) -> None:
    request = Request.objects.get()
    assert "never changed" in refused("UPDATE clinic_request SET digest = 'other'")
    assert "never changed" in refused("UPDATE clinic_request SET key = %s", uuid4().hex)
    Request.objects.update(result={"model": "Fact", "key": "1"})
    with pytest.raises(IntegrityError), transaction.atomic():
        Request.objects.update(result={"model": "Fact", "key": "2"})
    assert Request.objects.get(key=request.key).result == {"model": "Fact", "key": "1"}
    assert "never deleted" in refused("DELETE FROM clinic_request")


@pytest.mark.requirement("AUD-1", "H23")
@pytest.mark.django_db(transaction=True)
def test_a_foreign_program_does_not_write_without_a_trace(hospital: Hospital) -> None:
    """It does not know who acts: SQLite refuses it, PostgreSQL writes the event and names nobody."""
    visit = hospital.visit()
    before = AuditEvent.objects.filter(table="clinic_visit").count()
    if connection.vendor == "sqlite":
        import sqlite3

        foreign = sqlite3.connect(connection.settings_dict["NAME"])
        try:
            with pytest.raises(sqlite3.OperationalError, match="foramen_"):
                foreign.execute("UPDATE clinic_visit SET minutes = 20")
        finally:
            foreign.close()
        visit.refresh_from_db()
        assert (visit.minutes, AuditEvent.objects.filter(table="clinic_visit").count()) == (30, before)
    else:
        import psycopg

        settings = connection.get_connection_params()
        with psycopg.connect(host=settings["host"], user="postgres", dbname=settings["dbname"]) as foreign:
            foreign.execute("UPDATE clinic_visit SET minutes = 20")
        event = AuditEvent.objects.filter(table="clinic_visit").latest("id")
        assert (event.operation, event.new["minutes"], event.context) == ("update", 20, {})
