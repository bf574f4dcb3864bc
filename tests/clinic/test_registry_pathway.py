"""From asking for a snapshot to a report that opens; a worker that is killed, a disk that is full, an error of ours."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from foramen.clinic.domain.errors import NotAllowedError, WrongInputError
from foramen.clinic.models import AuditEvent, Freeze, Outgoing, StudyRun, Visit
from foramen.clinic.rights.roles import Role
from foramen.clinic.work import freezing, once, studies
from foramen.clinic.work.folders import report_folder, snapshot_folder
from foramen.clinic.work.loop import StoppedError, run_once
from foramen.kernel.errors import OutputError
from tests.clinic.hospital import TODAY, Hospital
from tests.clinic.journey import Journey
from tests.clinic.people import signed_in
from tests.clinic.registry_rows import PAGE_ALONE, frozen
from tests.clinic.test_visits_races import at_once

pytestmark = pytest.mark.django_db

YES = {
    "form": "Research, version 3", "language": "en", "contact": "yes", "new_data": "yes", "use": "yes",
}  # fmt: skip


def treated(hospital: Hospital, start: str, agreed: bool = True, **patient: Any) -> Visit:
    """A treatment from beginning to end, of somebody who has agreed to research before, or was never asked."""
    visit = hospital.visit(start, **patient)
    if agreed:
        hospital.sign(visit, "research_consent", "07:30", Role.NURSE, YES, visit=None, order=None, referral=None)
    hospital.walk(visit, "the end")
    return visit


@pytest.fixture
def clinic(hospital: Hospital) -> Hospital:
    """Two treatments of people who have agreed, one of somebody who was never asked."""
    for start, agreed in (("09:30", True), ("10:00", True), ("10:30", False)):
        treated(hospital, start, agreed)
    hospital.time.at = hospital.local("12:00")
    return hospital


def asked(hospital: Hospital, **changes: Any) -> Freeze:
    done = Journey(hospital).do("byrd", "ask_freeze", hospital.site, {"detail": "limited"} | changes)
    return Freeze.objects.get(pk=done.key)


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.requirement("H28")
def test_a_snapshot_is_asked_for_made_studied_and_its_report_opens(clinic: Hospital, settings: Any) -> None:
    settings.FORAMEN_DEMO = False
    form = {"detail": "limited", "key": "00000000-0000-4000-8000-000000000001"}
    for _ in range(2):
        assert byrd(clinic).post("/registry/freeze/", form).headers["Location"] == "/registry/"
    freeze = Freeze.objects.get()
    assert (freeze.number, freeze.day, freeze.state, str(freeze.asked_by)) == (1, TODAY, "waiting", "N. Byrd")
    assert Outgoing.objects.filter(kind="freeze").count() == 1, "the same request is not two"
    run_once()
    freeze.refresh_from_db()
    assert (freeze.state, freeze.failed) == ("done", "")
    assert (freeze.told["treatments"], sum(freeze.told["treatments_not_in"].values())) == (2, 1)
    for _ in range(2):
        answer = byrd(clinic).post(f"/registry/{freeze.pk}/study/", {"study": "service-review", "key": str(uuid4())})
        assert answer.headers["Location"] == f"/registry/{freeze.pk}/"
        run_once()
    first, second = StudyRun.objects.order_by("asked_at", "pk")
    assert {(one.state, one.failed) for one in (first, second)} == {("done", "")}
    assert files_of(report_folder(first)) == files_of(report_folder(second)), "run twice, the same bytes"
    manifest = json.loads((report_folder(first) / "manifest.json").read_bytes())
    assert manifest["snapshot"]["sha256"] == freeze.sha256, "the report names the snapshot as the page does"
    assert manifest["snapshot"]["treatments_not_in"] is None, "one treatment that is not in it is too few to be told"
    assert manifest["disclosure"]["threshold"] == 11, "it has passed disclosure control"
    assert first.left_out == manifest["left_out"]
    page = byrd(clinic).get(f"/registry/reports/{first.pk}/")
    assert page.status_code == 200 and "Review of a spine injection service" in page.content.decode()
    assert said_of(freeze) == ["insert", "update", "update"]
    verbs = AuditEvent.objects.filter(table="clinic_freeze").values_list("context__verb", "context__shown_as")
    assert set(verbs) == {("ask_freeze", "N. Byrd"), ("make freeze", "the worker")}


def byrd(hospital: Hospital) -> Client:
    """The analyst, who has just signed in: a job of the worker ends sessions that are over."""
    return signed_in(Client(), hospital.people["byrd"])


def said_of(row: Freeze) -> list[str]:
    events = AuditEvent.objects.filter(table="clinic_freeze", row=str(row.pk)) | AuditEvent.objects.filter(
        table="clinic_freeze", row=row.pk.hex
    )
    return [one.lower() for one in events.order_by("pk").values_list("operation", flat=True)]


def test_a_killed_worker_leaves_a_snapshot_that_the_next_one_makes(clinic: Hospital, monkeypatch) -> None:
    """Killed before anything is written, and killed between the finished folder and the row that tells of it."""
    freeze, made = asked(clinic), freezing.make_snapshot
    for name in ("make_snapshot", "open_snapshot"):
        with monkeypatch.context() as patch, pytest.raises(StoppedError):
            patch.setattr(freezing, name, stopped)
            freezing.freeze_site({"freeze": str(freeze.pk)})
        freeze.refresh_from_db()
        assert freeze.state == "running"
        assert (snapshot_folder(freeze) / "manifest.json").exists() == (name == "open_snapshot")
    before = files_of(snapshot_folder(freeze))
    monkeypatch.setattr(freezing, "make_snapshot", stopped)
    freezing.freeze_site({"freeze": str(freeze.pk)})
    freeze.refresh_from_db()
    assert (freeze.state, freeze.told["treatments"], made is stopped) == ("done", 2, False)
    assert files_of(snapshot_folder(freeze)) == before, "what was finished is not made again"
    assert not [path.name for path in snapshot_folder(freeze).parent.iterdir() if path.name.startswith(".")]
    ended = freeze.version
    freezing.freeze_site({"freeze": str(freeze.pk)})
    freeze.refresh_from_db()
    assert freeze.version == ended, "asked again of what has ended: nothing is done"


def stopped(*_args: Any, **_named: Any) -> Any:
    raise StoppedError


def test_a_finished_report_is_not_made_again(hospital: Hospital, monkeypatch) -> None:
    freeze = frozen(hospital)
    run = StudyRun.objects.create(
        freeze=freeze, site=hospital.site, study="service-review", asked_by=freeze.asked_by, asked_at=freeze.asked_at
    )
    monkeypatch.setattr(studies, "WISH", PAGE_ALONE)
    with monkeypatch.context() as patch, pytest.raises(StoppedError):
        patch.setattr(studies, "digest", stopped)
        studies.run_study_of({"run": str(run.pk)})
    before = {path: path.stat().st_mtime_ns for path in report_folder(run).rglob("*")}
    studies.run_study_of({"run": str(run.pk)})
    run.refresh_from_db()
    assert (run.state, run.left_out) == ("done", [])
    assert {path: path.stat().st_mtime_ns for path in report_folder(run).rglob("*")} == before


def test_nobody_who_agreed_is_a_failure_in_words_that_can_be_asked_anew(hospital: Hospital) -> None:
    treated(hospital, "09:30", agreed=False)
    freeze = asked(hospital)
    run_once()
    freeze.refresh_from_db()
    assert freeze.state == "failed" and not snapshot_folder(freeze).exists()
    assert freeze.failed.startswith("there is no treatment that may be frozen")
    page = signed_in(Client(), hospital.people["byrd"]).get("/registry/").content.decode()
    assert "not made" in page and "there is no treatment that may be frozen" in page
    assert asked(hospital).number == 2


@pytest.mark.parametrize(("error", "said"), [
    (OutputError.single("the disk is full; nothing was written", where="/srv/secret/place"),
     "the disk is full; nothing was written"),
    (PermissionError(13, "Permission denied", "/srv/secret/place"),
     "the data folder cannot be used: Permission denied"),
    (KeyError("Sorrel, Nadia"), "an error of Foramen itself (KeyError)"),
])  # fmt: skip
def test_a_failure_says_why_without_a_place_or_a_value(
    hospital: Hospital, monkeypatch, caplog, error: Exception, said: str
) -> None:
    freeze = asked(hospital)
    monkeypatch.setattr(freezing, "make_snapshot", _raising(error))
    freezing.freeze_site({"freeze": str(freeze.pk)})
    freeze.refresh_from_db()
    assert (freeze.state, freeze.failed) == ("failed", said)
    assert "Sorrel" not in caplog.text and "secret" not in caplog.text


def _raising(error: Exception) -> Any:
    def fail(*_args: Any, **_named: Any) -> None:
        raise error

    return fail


def test_a_snapshot_that_was_changed_is_not_studied(hospital: Hospital) -> None:
    """One byte of the rows, and another snapshot in its place."""
    freeze = frozen(hospital)
    rows = snapshot_folder(freeze) / "rows" / "treatment.parquet"
    data = rows.read_bytes()
    rows.write_bytes(data[:100] + bytes([data[100] ^ 1]) + data[101:])
    assert _run(hospital, freeze).failed.startswith("the file was changed after it was frozen")
    rows.write_bytes(data)
    Freeze.objects.filter(pk=freeze.pk).update(sha256="0" * 64)
    assert _run(hospital, freeze).failed == "the snapshot is not the one that was frozen: make a new snapshot"


def _run(hospital: Hospital, freeze: Freeze) -> StudyRun:
    done = Journey(hospital).do("stone", "ask_study", freeze, {"study": "service-review"})
    run_once()
    run = StudyRun.objects.get(pk=done.key)
    assert run.state == "failed" and not report_folder(run).exists()
    return run


def test_a_reason_fits_its_row(hospital: Hospital) -> None:
    assert len(once.reason_of(OutputError.single("x" * 500))) == 200


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_get_two_numbers(hospital: Hospital) -> None:
    results = at_once(*(lambda: asked(hospital) for _ in range(4)))
    assert [one for one in results if isinstance(one, Exception)] == []
    assert sorted(Freeze.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


def test_what_may_be_asked_and_by_whom(hospital: Hospital) -> None:
    journey, freeze = Journey(hospital), frozen(hospital)
    assert isinstance(journey.refused("stone", "ask_freeze", hospital.site, {"detail": "limited"}), NotAllowedError)
    assert isinstance(journey.refused("dahl", "ask_study", freeze, {"study": "service-review"}), NotAllowedError)
    assert isinstance(journey.refused("stone", "ask_study", freeze, {"study": "../etc"}), WrongInputError)
    Freeze.objects.filter(pk=freeze.pk).update(state="running")
    assert isinstance(journey.refused("stone", "ask_study", freeze, {"study": "service-review"}), WrongInputError)
    Freeze.objects.filter(pk=freeze.pk).update(state="done")
    journey.do("stone", "ask_study", freeze, {"study": "service-review"})
    assert isinstance(journey.refused("vance", "ask_study", freeze, {"study": "service-review"}), WrongInputError)
    assert Outgoing.objects.filter(kind="study").count() == 1
