"""Whoever changes the audit behind its triggers is found out, and what was changed is named (AUD-8, H23)."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test import override_settings

from foramen.clinic.models import AuditEvent, Installation, Patient, Seal, Site
from foramen.clinic.records import chain, events, triggers
from foramen.clinic.records.chain import last_seal_age, seal_all, seal_events
from foramen.clinic.records.chain_check import TamperedError, verify
from foramen.clinic.records.checks import require_clock
from foramen.clinic.records.event_digests import digests
from foramen.clinic.records.heads import FILE, head, keep_head, kept_heads, read_heads
from foramen.clinic.work.sealing import put_head_away
from foramen.kernel.errors import OutputError, UserError
from tests.clinic.hospital import Hospital

pytestmark = pytest.mark.requirement("AUD-8", "H23")


@pytest.fixture
def sealed(hospital: Hospital) -> Hospital:
    """Two visits whose events stand under three seals; the triggers are gone, as for whoever owns the database."""
    visit = hospital.visit()
    hospital.walk(visit, "needle_in")
    seal_events(20)
    seal_events(15)
    hospital.visit("10:00")
    seal_all()
    assert [one.number for one in Seal.objects.order_by("number")] == [1, 2, 3]
    triggers.remove()
    return hospital


def event_under(seal: int, place: int = 3) -> AuditEvent:
    """One of the events that a seal covers."""
    found = Seal.objects.get(number=seal)
    return AuditEvent.objects.filter(pk__gte=found.first, pk__lte=found.last).order_by("pk")[place]


def told() -> list[str]:
    return [f"{one.where}: {one.what}" for one in verify().faults]


def test_an_audit_that_nobody_touched_is_whole(sealed: Hospital) -> None:
    found = verify(read_heads(str(head())))
    assert (found.faults, found.waiting) == ([], 0)
    assert found.events == AuditEvent.objects.count() == sum(one.events for one in Seal.objects.all())
    found.require()


BYTES: tuple[tuple[str, Callable[[AuditEvent], object]], ...] = (
    ("new", lambda one: one.new | {"reason": "!"}),
    ("old", lambda one: {"content": {}}),
    ("context", lambda one: one.context | {"shown_as": "R. Dahm"}),
    ("at", lambda one: one.at + timedelta(microseconds=1)),
    ("row", lambda one: one.row + "0"),
    ("operation", lambda one: "update"),
    ("table", lambda one: "clinic_fact2"),
    ("patient", lambda one: UUID(int=7)),
)


@pytest.mark.parametrize(("column", "change"), BYTES, ids=[name for name, _ in BYTES])
def test_a_changed_event_is_named(sealed: Hospital, column: str, change: Callable[[AuditEvent], object]) -> None:
    one = event_under(2)
    AuditEvent.objects.filter(pk=one.pk).update(**{column: change(one)})
    assert told() == [f"event {one.pk}: was changed after it was sealed"]
    with pytest.raises(TamperedError, match=f"event {one.pk}"):
        verify().require()


def test_bytes_that_are_no_text_and_no_json_any_more_are_named_too(sealed: Hospital) -> None:
    """As after a flip of one bit in the file: nothing of the program may trip over it."""
    if connection.vendor != "sqlite":
        return  # PostgreSQL refuses to store either
    one, other = event_under(1), event_under(2)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        cursor.execute("UPDATE clinic_auditevent SET new = CAST(x'7bff7d' AS TEXT) WHERE id = %s", [one.pk])
        cursor.execute("UPDATE clinic_auditevent SET at = replace(at, ' ', '!') WHERE id = %s", [other.pk])
        cursor.execute("PRAGMA ignore_check_constraints = OFF")
    assert told() == [f"event {pk}: was changed after it was sealed" for pk in (one.pk, other.pk)]


def test_an_event_that_is_gone_put_in_or_exchanged_is_named(sealed: Hospital) -> None:
    gone, (first, second) = event_under(1), (event_under(2, 3), event_under(2, 5))
    AuditEvent.objects.filter(pk=gone.pk).delete()
    other = {name: getattr(first, name) for name in ("row", "new", "context", "at")}
    AuditEvent.objects.filter(pk=first.pk).update(
        **{name: getattr(second, name) for name in ("row", "new", "context", "at")}
    )
    AuditEvent.objects.filter(pk=second.pk).update(**other)
    assert told() == [
        f"event {gone.pk}: is gone after it was sealed",
        *(f"event {one.pk}: was changed after it was sealed" for one in (first, second)),
    ]
    AuditEvent.objects.filter(pk=event_under(3).pk).update(id=10**9)
    assert "is gone" in told()[3]


def test_an_event_in_a_gap_between_numbers_is_named(hospital: Hospital) -> None:
    """A gap is nothing to worry about; what stands in it afterwards is."""
    seal_all()
    gap = AuditEvent.objects.latest("pk").pk + 1
    triggers.remove()
    later = {"at": hospital.time.at, "table": "clinic_fact", "operation": "insert", "row": "1", "context": {}}
    AuditEvent.objects.create(pk=gap + 5, **later)
    seal_all()
    assert verify().faults == []
    AuditEvent.objects.create(pk=gap, **later)
    assert told() == [f"event {gap}: was put in after it was sealed"]


def test_a_changed_seal_and_one_that_is_gone_are_named(sealed: Hospital) -> None:
    """The chain of a database that somebody edits by hand: each thing is told where it is, and in order."""
    Seal.objects.filter(number=2).update(at=sealed.time.at + timedelta(seconds=1))
    assert told() == ["seal 2: was changed"]
    Seal.objects.filter(number=2).delete()
    assert told() == ["seal 2: is gone"]
    Seal.objects.filter(number=1).update(events=5)
    assert told()[0] == "seal 1: was changed"


def test_marks_that_are_changed_with_their_event_do_not_hide_it(sealed: Hospital) -> None:
    one = event_under(2)
    seal = Seal.objects.get(number=2)
    AuditEvent.objects.filter(pk=one.pk).update(operation="update")
    marks = chain.marks_of(digests(seal.first, seal.last))
    Seal.objects.filter(number=2).update(marks=marks)
    assert told() == ["seal 2: was changed"]


def make_anew(number: int) -> None:
    """As whoever owns the database would: every seal from one on is made again, over what stands there now."""
    for seal in Seal.objects.filter(number__gte=number).order_by("number"):
        before = Seal.objects.filter(number=number - 1).first()
        lines = list(digests(seal.first, seal.last))
        seal.marks, seal.events = chain.marks_of(lines), len(lines)
        seal.previous = before.sha256 if before else chain.NOTHING
        seal.sha256 = chain.seal_digest(seal, lines)
        seal.save()
        number += 1


def test_a_chain_that_is_made_anew_is_found_by_the_head_and_by_nothing_else(sealed: Hospital, tmp_path: Path) -> None:
    with override_settings(FORAMEN_SEALS_DIR=str(tmp_path)):
        assert keep_head()
        hospital_goes_on(sealed)
        put_head_away()
        assert len((tmp_path / FILE).read_text().splitlines()) == 2
        heads = kept_heads()
    assert verify(heads).faults == []
    one = event_under(4, 0)
    AuditEvent.objects.filter(pk=one.pk).update(operation="update")
    make_anew(4)
    assert verify().faults == []
    seal = Seal.objects.get(number=4)
    assert [f"{one.where}: {one.what}" for one in verify(heads).faults] == [
        f"seal 4, events {seal.first} to {seal.last}: made anew: not what the head that was kept of {heads[1].at} says"
    ]


def hospital_goes_on(hospital: Hospital, start: str = "11:00") -> None:
    triggers.install()
    hospital.visit(start)
    triggers.remove()


def test_seals_that_are_taken_from_the_end_are_found_by_the_head(sealed: Hospital) -> None:
    kept = read_heads(str(head()))
    last = Seal.objects.get(number=3)
    AuditEvent.objects.filter(pk__gte=last.first).delete()
    last.delete()
    assert verify().faults == []
    assert "seal 3" in verify(kept).faults[0].where
    assert "is gone" in verify(kept).faults[0].what


@pytest.mark.requirement("AUD-8", "H24")
def test_after_a_restore_the_heads_that_it_left_behind_no_longer_count_and_it_is_said(
    sealed: Hospital, tmp_path: Path
) -> None:
    """The chain of the copy goes on from an older seal. Nobody can tell it from a forgery but who restored it."""
    with override_settings(FORAMEN_SEALS_DIR=str(tmp_path)):
        keep_head()
        hospital_goes_on(sealed)
        seal_all()
        keep_head()
        AuditEvent.objects.filter(pk__gte=Seal.objects.get(number=4).first).delete()
        Seal.objects.filter(number=4).delete()
        sealed.time.at += timedelta(hours=1)
        Installation.objects.update_or_create(pk=1, defaults={"restored_at": sealed.time.at})
        hospital_goes_on(sealed, "12:00")
        seal_all()
        assert next(one.where for one in verify(kept_heads()).faults).startswith("seal 4, events ")
        keep_head()
        heads = kept_heads()
        assert verify(heads).faults == []
    assert [one.number for one in heads] == [3, 4]
    assert heads[1].restored.endswith("after seal 3 the chain is another one")


def test_events_since_the_last_seal_are_counted_and_told_for_how_long_they_wait(sealed: Hospital) -> None:
    assert last_seal_age() is None
    hospital_goes_on(sealed)
    sealed.time.at += timedelta(minutes=3)
    waiting = verify().waiting
    assert waiting > 0
    assert last_seal_age() is not None
    assert sum(one.events for one in seal_all()) == waiting
    assert (verify().waiting, last_seal_age()) == (0, None)


def test_a_digest_is_the_same_on_either_database(db: None) -> None:
    """Worked out by hand: key order, numbers, instants and letters are told in one way."""
    triggers.remove()
    at = datetime(2026, 11, 26, 8, 12, 0, 120000, tzinfo=UTC)
    content = {"b": [1.0, 0.1, 1e22], "a": "L5 – ü", "": None}
    AuditEvent.objects.create(
        pk=7, at=at, table="clinic_fact", operation="insert", row="1", old=None, new=content, context={},
        patient="0b7d2f6e-0000-4000-8000-000000000001",
    )  # fmt: skip
    told = (
        '[7,"2026-11-26 08:12:00.120000","clinic_fact","insert","1","0b7d2f6e000040008000000000000001",null,'
        '[{"":null,"a":"L5 \\u2013 \\u00fc","b":[1,0.1,10000000000000000000000]}],[{}]]'
    )
    assert list(digests(7, 7)) == [(7, sha256(told.encode()).hexdigest())]


def test_a_folder_that_cannot_be_written_and_a_text_that_is_no_head_are_told(
    sealed: Hospital, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        override_settings(FORAMEN_SEALS_DIR=str(tmp_path / "not there")),
        pytest.raises(OutputError, match="not there"),
    ):
        keep_head()
    with override_settings(FORAMEN_SEALS_DIR=""), caplog.at_level("INFO", "foramen.clinic"):
        put_head_away()
    seal = Seal.objects.get(number=3)
    assert [one.fields["sha256"] for one in caplog.records if one.message == "audit head"] == [seal.sha256]
    for text in ("", "seal 3", "yesterday's"):
        with pytest.raises(UserError, match="no head"):
            read_heads(text)


def test_a_clock_behind_the_last_event_is_told_in_one_line(sealed: Hospital) -> None:
    require_clock()
    sealed.time.at = AuditEvent.objects.latest("pk").at - timedelta(hours=1)
    assert events.clock_is_behind() == timedelta(hours=1)
    with pytest.raises(UserError, match="behind the last event"):
        require_clock()


@pytest.mark.django_db(transaction=True)
def test_events_of_writers_that_run_meanwhile_are_all_sealed_once(time: object) -> None:
    """Numbers are given before events are seen: a writer that ends late must neither be left out nor look put in."""
    site = Site.objects.create(code="a", name="A", service="Spine", zone="Europe/Zurich")
    born = datetime(1970, 1, 1).date()
    done, errors = threading.Event(), list[Exception]()

    def write(writer: int) -> None:
        try:
            for n in range(12):
                with transaction.atomic():
                    Patient.objects.create(site=site, number=f"{writer}-{n}", born=born, sex="female")
                    if n % 3 == writer % 3:
                        threading.Event().wait(0.02)
        except Exception as error:  # noqa: BLE001 - told by the test
            errors.append(error)
        finally:
            connection.close()

    def seal() -> None:
        try:
            while not done.is_set():
                seal_events(7)
        except Exception as error:  # noqa: BLE001 - told by the test
            errors.append(error)
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=[n]) for n in range(6)]
    sealers = [threading.Thread(target=seal) for _ in range(2)]
    for one in (*writers, *sealers):
        one.start()
    for one in writers:
        one.join()
    done.set()
    for one in sealers:
        one.join()
    seal_all()
    found = verify()
    assert errors == []
    assert (found.faults, found.waiting) == ([], 0)
    assert found.events == AuditEvent.objects.count() >= 72
