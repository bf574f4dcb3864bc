"""A database of before the sealing: its rows and its audit are sealed by migrating, and read the same afterwards."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from foramen.clinic.models import Draft, Fact, Judgement, Letter, Patient, Site, Task, Visit
from foramen.clinic.records import triggers
from foramen.clinic.records.checks import missing_triggers
from foramen.clinic.records.finding import find_patients
from foramen.clinic.records.history import events_of, lines_of

OLD, NOW = datetime(2026, 11, 1, 8, 0, tzinfo=UTC), "0005_identifiers_sealed"
BEFORE = "0002_records_and_evidence"
CANARIES = ("Quetzal", "Ximena", "7700 1234", "079 555 99 88", "quetzal@example.org", "1961-03-24", "sting of a wasp",
            "sister Orla", "said by the canary", "drops of ink", "letter for Quetzal", "half a word")  # fmt: skip


def whole_database() -> str:
    """Every value of every table, as text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [str(row) for row in cursor.fetchall()]
    return "\n".join(found)


def migrate_to(name: str) -> Any:
    executor = MigrationExecutor(connection)
    executor.migrate([("clinic", name)])
    return MigrationExecutor(connection).loader.project_state([("clinic", name)]).apps


def fill_old(apps: Any) -> dict[str, Any]:
    """One patient of the old version, with everything that holds words."""

    def make(model: str, /, **columns: Any) -> Any:
        return apps.get_model("clinic", model).objects.create(**columns)

    site = make("Site", code="old", name="Old Hospital", service="Spine", zone="Europe/Zurich")
    person = make("Person", username="old", shown_as="O. Old")
    room = make("Room", site=site, code="r", name="R", modality="CT", opens="08:00", closes="16:00")
    patient = make(
        "Patient", site=site, number="7700 1234", family_name="Quetzal", given_name="Ximena", born=date(1961, 3, 24),
        sex="female", phone="079 555 99 88", email="quetzal@example.org",
    )  # fmt: skip
    about = {"site": site, "patient": patient}
    referral = make("Referral", **about, number="R-1", received_at=OLD, referrer="Dr W")
    order = make("Order", **about, referral=referral, number="O-1", ordered_on=OLD, modality="CT", targets_text="L5")
    visit = make(
        "Visit", **about, order=order, room=room, number="V-1", start=OLD, state_at=OLD, targets_text="L5",
        readiness={"cells": [], "why": [{"says": "sting of a wasp"}]},
    )  # fmt: skip
    content = {"asked": [{"root": "L5"}], "indication": "said by the canary", "referrer": "Dr W", "note": ""}
    fact = make(
        "Fact", **about, referral=referral, kind="referral", content=content, by=person, role="nurse", happened_at=OLD,
        recorded_at=OLD, reason="sister Orla",
    )  # fmt: skip
    of_visit = about | {"visit": visit}
    make("Letter", **of_visit, kind="hold plan", number=1, start=OLD, language="en", made_at=OLD, by=person,
         content={"patient": {"name": "letter for Quetzal"}})  # fmt: skip
    make("Draft", **of_visit, kind="screening", content={"driver": "half a word"}, saved_by=person, saved_at=OLD)
    make(
        "Judgement", **of_visit, verb="book", occasion="plan", policy="p", policy_version="1", policy_sha256="0",
        record_sha256="0", outcome="OK", content={"told": ["drops of ink"]}, asked_at=OLD, shown_to=person,
    )  # fmt: skip
    make(
        "Task", **of_visit, kind="k", label="k", due_on=OLD, opens_on=OLD, closes_on=OLD,
        content={"for": "old", "deviations": ["sting of a wasp"]},
    )  # fmt: skip
    _audit(apps, patient, fact, content)
    return {"site": site.pk, "patient": patient.pk, "fact": fact.pk}


def _audit(apps: Any, patient: Any, fact: Any, content: dict[str, Any]) -> None:
    """What the triggers of the old version wrote."""
    told = {
        "id": patient.pk.hex, "number": "7700 1234", "family_name": "Kea", "given_name": "Ximena", "sex": "female",
        "born": "1961-03-24", "phone": "079 555 99 88", "email": "quetzal@example.org",
    }  # fmt: skip
    events = apps.get_model("clinic", "AuditEvent").objects
    about = {"at": OLD, "patient": patient.pk, "context": {}}
    events.create(**about, table="clinic_patient", operation="insert", row=patient.pk.hex, new=told)
    events.create(
        **about, table="clinic_patient", operation="update", row=patient.pk.hex, old=told,
        new=told | {"family_name": "Quetzal"},
    )  # fmt: skip
    events.create(
        **about, table="clinic_fact", operation="insert", row=str(fact.pk), old=None,
        new={"id": fact.pk, "kind": "referral", "content": content, "reason": "sister Orla", "corrects_id": None,
             "late": False, "void": False},
    )  # fmt: skip


@pytest.fixture
def old(transactional_db: None) -> Any:
    triggers.remove()
    made = fill_old(migrate_to(BEFORE))
    triggers.remove()
    assert all(one in whole_database() for one in CANARIES)
    yield made
    migrate_to(NOW)


@pytest.mark.django_db(transaction=True)
def test_an_old_database_reads_the_same_and_holds_nothing_in_the_clear(old: dict[str, Any]) -> None:
    migrate_to(NOW)
    triggers.install()
    kept = whole_database()
    assert [one for one in (*CANARIES, "Kea") if one in kept] == []
    patient = Patient.objects.get(pk=old["patient"])
    assert (patient.name, patient.number, patient.born) == ("Quetzal, Ximena", "7700 1234", date(1961, 3, 24))
    assert (patient.phone, patient.email) == ("079 555 99 88", "quetzal@example.org")
    fact = Fact.objects.get()
    assert (fact.content["indication"], fact.content["asked"], fact.reason) == (
        "said by the canary", [{"root": "L5"}], "sister Orla"
    )  # fmt: skip
    assert Letter.objects.get().content == {"patient": {"name": "letter for Quetzal"}}
    assert Draft.objects.get().content == {"driver": "half a word"}
    assert Judgement.objects.get().content == {"told": ["drops of ink"]}
    assert Task.objects.get().content == {"for": "old", "deviations": ["sting of a wasp"]}
    assert Visit.objects.get().readiness["why"] == [{"says": "sting of a wasp"}]
    site = Site.objects.get(pk=old["site"])
    assert [one.pk for one in find_patients(site, "quet 24.3.1961").patients] == [patient.pk]
    lines = lines_of(list(events_of(patient)), site, {})
    assert [line.new.get("indication") or line.new.get("family name") for line in lines] == [
        "said by the canary", "Quetzal", "Kea"
    ]  # fmt: skip
    assert missing_triggers() == ()
