"""From the version before to this one: rows and audit are kept, and nothing is served half way."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from foramen.cli import serving
from foramen.clinic import clock
from foramen.clinic.backup.making import back_up
from foramen.clinic.backup.restoring import check
from foramen.clinic.models import AuditEvent, Outgoing, Patient, Person, Site
from foramen.clinic.records.checks import missing_triggers
from foramen.kernel.errors import UserError
from tests.clinic.installations import Place, Places, empty_template, lasting, places

__all__ = ["empty_template", "lasting", "places"]

FIRST = ("clinic", "0001_initial")
NOW = datetime.fromisoformat("2026-11-26T09:12:00+01:00")
NAMES = ("Sorrel", "Heron", "Ash")


@pytest.fixture(scope="session")
def before_template(lasting: Places) -> Place:
    """A database of the first version with three patients, an event and something to be sent."""
    place = lasting.bare()
    place.folder.mkdir()
    with place.entered():
        executor = MigrationExecutor(connection)
        apps = executor.migrate([FIRST, ("sessions", "0001_initial")]).apps
        site = apps.get_model("clinic", "Site").objects.create(code="north", name="North", service="S", zone="UTC")
        person = apps.get_model("clinic", "Person").objects.create(username="marsh", shown_as="A. Marsh", password="!x")
        patients = apps.get_model("clinic", "Patient").objects
        for number, name in enumerate(NAMES):
            patients.create(
                site=site,
                number=str(number),
                family_name=name,
                given_name="Nadia",
                born=date(1979, 6, 14),
                sex="female",
            )
        apps.get_model("clinic", "Outgoing").objects.create(kind="letter", content={}, made_at=NOW)
        apps.get_model("clinic", "AuditEvent").objects.create(
            at=NOW, table="clinic_person", operation="insert", row=person.pk.hex, new={"username": "marsh"}
        )
    return place


@pytest.fixture
def before(places: Places, before_template: Place) -> Iterator[Place]:
    place = places.copy_of(before_template)
    with clock.standing_at(NOW):
        yield place


def not_ready() -> str:
    with pytest.raises(UserError) as refused:
        serving.check_ready()
    return str(refused.value).splitlines()[0]


def check_upgraded() -> None:
    """Everything is there, audited from now on, and may be served."""
    serving.check_ready()
    assert missing_triggers() == ()
    assert sorted(one.family_name for one in Patient.objects.all()) == sorted(NAMES)
    assert len(set(Patient.objects.values_list("pseudonym", flat=True)) - {None}) == len(NAMES)
    assert Person.objects.get().shown_as == "A. Marsh"
    assert Outgoing.objects.get().due_at is not None
    assert AuditEvent.objects.get(table="clinic_person", operation="insert").new == {"username": "marsh"}
    events = AuditEvent.objects.count()
    Site.objects.create(code="south", name="South", service="S", zone="UTC")
    assert AuditEvent.objects.count() == events + 1


def test_migrated_it_is_ready_and_holds_what_it_held(before: Place) -> None:
    with before.entered():
        assert not_ready() == "the database is not of this version of Foramen"
        serving.migrate()
        check_upgraded()
        serving.migrate()
        serving.check_ready()


def test_left_half_way_it_is_not_served_and_goes_on(before: Place) -> None:
    """As a kill leaves it: some migrations are made, and the triggers are not there yet."""
    with before.entered():
        executor = MigrationExecutor(connection)
        executor.migrate([("clinic", "0002_records_and_evidence")])
        assert not_ready() == "the database is not of this version of Foramen"
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        from foramen.clinic.records import triggers

        triggers.remove()
        assert not_ready() == "the database does not write its audit"
        serving.migrate()
        check_upgraded()


def test_a_backup_of_the_version_before_can_be_made_by_this_one(before: Place, tmp_path: Path) -> None:
    """This is what foramen migrate --backup does first."""
    with before.entered():
        made = back_up(tmp_path / "before.backup")
        assert made.manifest.rows["clinic_patient"] == 3
        manifest, proof = check(made.file)
        assert manifest == made.manifest and proof.restored


def test_a_newer_database_is_left_as_it_is(places: Places, empty_template: Place) -> None:
    with places.copy_of(empty_template).entered():
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO django_migrations (app, name, applied) VALUES ('clinic', '0999_x', '2027-01-01 00:00:00Z')"
            )
        assert not_ready() == "the database is of a newer Foramen than this one (0.1.0)"
        with pytest.raises(UserError, match="newer Foramen"):
            serving.migrate()
