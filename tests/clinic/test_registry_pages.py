"""Pages of the registry: who may see what, what they say in every state, files that leave an event, numbers of
queries."""

import io
import re
import shutil
from datetime import timedelta
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from foramen.clinic.models import AuditEvent, Freeze, Installation, StudyRun
from foramen.clinic.rights.step_up import SHOWN_AT
from foramen.clinic.work.folders import report_folder, snapshot_folder
from foramen.snapshot.store import open_snapshot
from tests.clinic.hospital import Hospital
from tests.clinic.people import signed_in
from tests.clinic.registry_rows import TOLD, frozen, reported

pytestmark = pytest.mark.django_db

PATIENT = ("Sorrel", "Nadia", "4000", "1979")


@pytest.fixture
def analyst(hospital: Hospital) -> Client:
    return signed_in(Client(), hospital.people["byrd"])


def page(client: Client, address: str, status: int = 200, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == status, address
    return answer.content.decode()


def test_the_start_page_of_those_who_analyse_is_the_registry(hospital: Hospital) -> None:
    for who, start in (("byrd", "/registry/"), ("stone", "/registry/"), ("vance", "/"), ("dahl", "/")):
        client = signed_in(Client(), hospital.people[who])
        assert client.get("/start/").headers["Location"] == start
        assert ('href="/registry/"' in page(client, "/account/")) == (who != "dahl")


@pytest.mark.requirement("DEI-6")
def test_a_statistician_works_on_snapshots_and_makes_none(hospital: Hospital) -> None:
    freeze, client = frozen(hospital), signed_in(Client(), hospital.people["stone"])
    assert "Make a snapshot" not in page(client, "/registry/")
    assert client.post("/registry/freeze/", {"detail": "limited"}).status_code == 403
    assert 'value="service-review"' in page(client, f"/registry/{freeze.pk}/")
    for who in ("dahl", "ferro", "okafor", "lind", "roe", "hale"):
        other = signed_in(Client(), hospital.people[who])
        assert [other.get(at).status_code for at in ("/registry/", f"/registry/{freeze.pk}/files/")] == [403, 403]


@pytest.mark.requirement("ASVS V7.5.3")
def test_freezing_and_taking_a_snapshot_along_ask_once_more_who_it_is(hospital: Hospital, analyst: Client) -> None:
    freeze, session = frozen(hospital), analyst.session
    session[SHOWN_AT] -= 3600
    session.save()
    assert analyst.post("/registry/freeze/", {"detail": "limited"}).status_code == 403
    assert analyst.get(f"/registry/{freeze.pk}/files/").status_code == 302
    assert Freeze.objects.count() == 1 and not AuditEvent.objects.filter(operation="export").exists()
    assert analyst.get(f"/registry/{freeze.pk}/").status_code == 200


def test_an_empty_registry_says_what_comes_next(hospital: Hospital, analyst: Client) -> None:
    text = page(analyst, "/registry/")
    assert "No snapshot has been made yet" in text and "Make the first one here" in text
    assert "hx-get" not in text, "nothing is asked again while nothing is on its way"


def test_what_is_on_its_way_is_asked_for_again_and_again(hospital: Hospital, analyst: Client) -> None:
    freeze = frozen(hospital, state="running")
    for address, part in (("/registry/", "snapshots"), (f"/registry/{freeze.pk}/", "snapshot")):
        for text in (page(analyst, address), page(analyst, address, **{"HX-Request": "true", "Foramen-Poll": "1"})):
            assert re.search(rf'id="{part}"[^>]* data-poll hx-get="{address}"', text) and "being made" in text
        assert "<html" not in text, "a page that asks again gets the part alone"
    Freeze.objects.update(state="done")
    assert "data-poll" not in page(analyst, "/registry/", **{"HX-Request": "true"})


def test_a_study_on_its_way_is_asked_for_alone_and_after_an_hour_may_be_asked_anew(
    hospital: Hospital, analyst: Client
) -> None:
    run = reported(frozen(hospital), state="running")
    text = page(analyst, f"/registry/{run.freeze_id}/")
    assert re.findall(r'id="([\w-]+)"[^>]* data-poll', text) == ["study-service-review"], "what is read stays open"
    hospital.time.at += timedelta(minutes=61)
    form = {"study": "service-review", "key": "0" * 32}
    assert "Run again" in page(signed_in(analyst, hospital.people["byrd"]), f"/registry/{run.freeze_id}/")
    assert analyst.post(f"/registry/{run.freeze_id}/study/", form).status_code == 302
    answer = analyst.post(f"/registry/{run.freeze_id}/study/", form | {"key": "1" * 32})
    assert answer.status_code == 422 and "being run on this snapshot already" in answer.content.decode()


def test_a_form_without_a_choice_is_refused_on_its_page(hospital: Hospital, analyst: Client) -> None:
    answer = analyst.post("/registry/freeze/", {"detail": "everything", "key": "0" * 32})
    assert answer.status_code == 422 and "Error:" in answer.content.decode()
    assert not Freeze.objects.exists()


@pytest.mark.requirement("H17")
@pytest.mark.parametrize(("minutes", "quiet"), [(None, True), (14, False), (16, True)])
def test_a_worker_that_does_not_run_is_told(
    hospital: Hospital, analyst: Client, minutes: int | None, quiet: bool
) -> None:
    if minutes is not None:
        at = hospital.time.at - timedelta(minutes=minutes)
        Installation.objects.update_or_create(pk=1, defaults={"worker_at": at})
    assert ("No worker is running." in page(analyst, "/registry/")) == quiet
    assert ("No worker is running." in page(analyst, f"/registry/{frozen(hospital).pk}/")) == quiet


def test_one_snapshot_says_who_is_in_it_what_it_holds_and_what_runs(hospital: Hospital, analyst: Client) -> None:
    freeze = frozen(hospital)
    text = page(analyst, f"/registry/{freeze.pk}/")
    assert freeze.sha256 in text and "1275 of 1100 patients" in text
    told = re.findall(r'<th scope="row">([\w ]+)</th><td class="num">(\d+)<', text)
    assert told == [("Never asked", "31"), ("Use withdrawn", "4")]
    assert re.findall(r'name="study" value="([\w-]+)"', text) == ["service-review"]
    pars = text.split('id="study-pars-injections"')[1].split("</li>")[0]
    assert "Cannot run" in pars and "CT contrast pattern" in pars and "Pain (NRS), 0 to 10, 1 month" in pars
    rehabilitation = text.split('id="study-ultrasound-rehabilitation"')[1].split("</li>")[0]
    assert "odi; qbpds; rdq" in rehabilitation and "nrs, t1" in rehabilitation


@pytest.mark.requirement("DEI-8")
def test_nobody_is_named_on_any_page(hospital: Hospital, analyst: Client) -> None:
    visit = hospital.visit()
    freeze = frozen(hospital)
    texts = [page(analyst, at) for at in ("/registry/", f"/registry/{freeze.pk}/")]
    assert [one for one in (*PATIENT, str(visit.patient_id), visit.number) for text in texts if one in text] == []


def test_files_that_are_gone_or_another_are_told(hospital: Hospital, analyst: Client) -> None:
    freeze = frozen(hospital)
    manifest = snapshot_folder(freeze) / "manifest.json"
    kept = manifest.read_bytes()
    manifest.write_bytes(kept.replace(b"Spine injection service", b"Spine injection pervice"))
    assert "This is not the snapshot that was frozen." in page(analyst, f"/registry/{freeze.pk}/")
    manifest.unlink()
    assert "Its files are not there." in page(analyst, f"/registry/{freeze.pk}/")
    assert analyst.get(f"/registry/{freeze.pk}/files/").status_code == 404


def test_a_snapshot_of_the_command_line_is_listed_and_its_files_are_elsewhere(
    hospital: Hospital, analyst: Client
) -> None:
    freeze = frozen(hospital, told=TOLD | {"elsewhere": True})
    shutil.rmtree(snapshot_folder(freeze))
    assert "elsewhere" in page(analyst, "/registry/") and "Download" not in page(analyst, "/registry/")
    text = page(analyst, f"/registry/{freeze.pk}/")
    assert "Its files are elsewhere." in text and "1275 of 1100 patients" in text and "Run" not in text.split("<h1")[1]
    form = {"study": "service-review", "key": "0" * 32}
    assert analyst.post(f"/registry/{freeze.pk}/study/", form).status_code == 422


def test_a_failed_run_says_why_and_can_be_asked_anew(hospital: Hospital, analyst: Client) -> None:
    run = reported(frozen(hospital), state="failed", failed="the disk is full; nothing was written")
    text = page(analyst, f"/registry/{run.freeze_id}/")
    assert "not run" in text and "The disk is full; nothing was written" in text and "Run again" in text
    assert analyst.get(f"/registry/reports/{run.pk}/").status_code == 404
    StudyRun.objects.filter(pk=run.pk).update(
        state="done", left_out=[{"analysis": "dose", "outcome": "ctdi_vol", "timepoint": None, "reason": "not held"}]
    )
    text = page(analyst, f"/registry/{run.freeze_id}/")
    assert "dose ctdi vol: not held" in text and f'href="/registry/reports/{run.pk}/pdf/"' in text


@pytest.mark.requirement("AUD-2", "ASVS V3.2.1", "ASVS V5.4.2")
def test_a_download_is_the_folder_and_leaves_one_event(hospital: Hospital, analyst: Client, tmp_path: Path) -> None:
    freeze = frozen(hospital)
    answers = [analyst.get(f"/registry/{freeze.pk}/files/") for _ in range(2)]
    first, second = (b"".join(one.streaming_content) for one in answers)
    assert first == second, "the same folder is the same bytes"
    assert answers[0].headers["Content-Disposition"] == 'attachment; filename="snapshot-1.zip"'
    assert answers[0].headers["Cache-Control"] == "no-store"
    with ZipFile(io.BytesIO(first)) as archive:
        assert archive.testzip() is None and {one.compress_type for one in archive.infolist()} == {ZIP_STORED}
        archive.extractall(tmp_path)
    assert open_snapshot(tmp_path / "snapshot-1").digest == freeze.sha256
    ours = {path.relative_to(snapshot_folder(freeze)) for path in snapshot_folder(freeze).rglob("*")}
    assert {path.relative_to(tmp_path / "snapshot-1") for path in (tmp_path / "snapshot-1").rglob("*")} == ours
    told = AuditEvent.objects.filter(operation="export", table="clinic_freeze").values_list("row", "context")
    assert [(row, said["shown_as"], said["what"]) for row, said in told] == [
        (freeze.pk.hex, "N. Byrd", "snapshot 1 downloaded")
    ] * 2


@pytest.mark.requirement("AUD-2", "ASVS V3.2.1", "ASVS V5.4.2")
def test_a_report_is_served_under_its_own_policy_and_away_from_our_cookies(hospital: Hospital, analyst: Client) -> None:
    run = reported(frozen(hospital))
    policy = "default-src 'none'; script-src 'sha256-abc='"
    shown = policy.replace("'", "&#39;")
    text = f'<html><meta http-equiv="Content-Security-Policy" content="{shown}"><script>1</script></html>'
    (report_folder(run) / "report.html").write_text(text, encoding="utf-8")
    answer = analyst.get(f"/registry/reports/{run.pk}/")
    assert answer.content.decode() == text
    assert answer.headers["Content-Security-Policy"] == f"{policy}; frame-ancestors 'none'; sandbox allow-scripts"
    assert (answer.headers["X-Content-Type-Options"], answer.headers["Cache-Control"]) == ("nosniff", "no-store")
    (report_folder(run) / "report.html").write_text("<script>alert(1)</script>", encoding="utf-8")
    answer = analyst.get(f"/registry/reports/{run.pk}/")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox", "without a policy, nothing runs"
    for kind, type_ in (("pdf", "application/pdf"), ("docx", "officedocument"), ("zip", "application/zip")):
        file = analyst.get(f"/registry/reports/{run.pk}/{kind}/")
        assert type_ in file.headers["Content-Type"] and file.headers["Content-Security-Policy"].endswith("sandbox")
        assert file.headers["Content-Disposition"] == f'attachment; filename="service-review-snapshot-1.{kind}"'
    assert analyst.get(f"/registry/reports/{run.pk}/manifest/").status_code == 404
    assert AuditEvent.objects.filter(operation="export", table="clinic_studyrun", row=run.pk.hex).count() == 5


def test_more_rows_need_no_more_queries(hospital: Hospital, analyst: Client) -> None:
    freeze = frozen(hospital)
    reported(freeze)

    def queries(address: str) -> int:
        page(analyst, address)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            page(analyst, address)
        return len(caught)

    addresses = ("/registry/", f"/registry/{freeze.pk}/")
    before = [queries(one) for one in addresses]
    for number in range(2, 6):
        frozen(hospital, number)
        reported(freeze)
    assert [queries(one) for one in addresses] == before and max(before) <= 10
