"""A complete copy of one patient's record opens without this software, and is an event (AUD-5, AUD-6, DEI-7)."""

import csv
import io
import json
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
from django.apps import apps
from django.test import Client

from foramen.clinic.domain.asked import Correction
from foramen.clinic.domain.verbs import perform
from foramen.clinic.models import AuditEvent, Delegation, Fact, Judgement, Letter, Patient, Visit
from foramen.clinic.records.chain import seal_all
from foramen.clinic.records.patient_export import export_patient, find_patient
from foramen.clinic.records.patient_rows import OF_PATIENT
from foramen.kernel.errors import OutputError, UserError
from tests.clinic.hospital import Hospital
from tests.clinic.people import signed_in

FAMILY, OTHER = "Sorrel", "Quillfeather"


@pytest.fixture
def patient(hospital: Hospital) -> Patient:
    """With a day's record, a correction, a letter, a judgement, and words that a spreadsheet would run."""
    visit = hospital.visit(phone="+41 00 000 00 00")
    facts = hospital.walk(visit, "nothing")
    wanted = Correction(content={"time": "after", "score": 2}, reason="misread on the form")
    perform(hospital.act("dahl"), "correct", str(facts["pain_after"].pk), wanted)
    about = {"site": visit.site, "patient": visit.patient, "visit": visit}
    Judgement.objects.create(
        **about, verb="needle_in", occasion="needle_in", policy="before-needle", policy_version="1",
        policy_sha256="0" * 64, record_sha256="0" * 64, outcome="OK", content={"told": []},
        asked_at=hospital.time.at, shown_to=hospital.people["dahl"],
    )  # fmt: skip
    Letter.objects.create(
        **about, kind="hold plan", number=1, start=visit.start, language="en", content={"greeting": "=HYPERLINK(1)"},
        made_at=hospital.time.at, by=hospital.people["dahl"],
    )  # fmt: skip
    hospital.visit("10:30", family_name=OTHER, number="9999")
    seal_all()
    return Patient.objects.select_related("site").get(pk=visit.patient_id)


@pytest.fixture
def copy(patient: Patient, tmp_path: Path) -> Path:
    export_patient(patient, tmp_path / "copy", {"shown_as": "S. Lind", "why": "asked by letter"})
    return tmp_path / "copy"


def rows(copy: Path, name: str) -> list[dict[str, object]]:
    return list(json.loads((copy / "rows" / f"{name}.json").read_text()))


@pytest.mark.requirement("AUD-6", "DEI-7")
def test_every_file_is_in_the_manifest_with_its_digest_and_nothing_else_is_there(copy: Path) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    there = {str(path.relative_to(copy)) for path in copy.rglob("*") if path.is_file()} - {"manifest.json"}
    assert set(manifest["files"]) == there
    for name, told in manifest["files"].items():
        assert sha256((copy / name).read_bytes()).hexdigest() == told["sha256"]
    assert manifest["audit_head"].startswith("seal 1 ")
    assert manifest["made_by"] == "S. Lind"


@pytest.mark.requirement("AUD-5", "AUD-6", "DEI-7")
def test_it_holds_every_row_with_what_was_corrected_and_the_audit(copy: Path, patient: Patient) -> None:
    facts = rows(copy, "facts")
    assert len(facts) == Fact.objects.filter(patient=patient).count()
    correction = next(one for one in facts if one["corrects_id"])
    old = next(one for one in facts if one["id"] == correction["corrects_id"])
    assert (old["content"]["score"], correction["content"]["score"]) == (3, 2)
    assert (correction["reason"], correction["by_name"]) == ("misread on the form", "R. Dahl")
    assert len(rows(copy, "audit")) == AuditEvent.objects.filter(patient=patient.pk).count()
    assert [len(rows(copy, name)) for name in ("patient", "visits", "letters", "judgements")] == [1, 1, 1, 1]
    assert rows(copy, "patient")[0]["family_name"] == FAMILY
    told = json.loads((copy / "manifest.json").read_text())["rows"]
    assert told["facts"] == len(facts)


@pytest.mark.requirement("AUD-6", "ASVS V1.2.10")
def test_the_same_rows_stand_in_the_sheets_and_no_cell_is_a_formula(copy: Path) -> None:
    for path in (copy / "rows").glob("*.csv"):
        lines = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
        assert len(lines) - bool(lines) == len(rows(copy, path.stem))
        assert not [cell for line in lines for cell in line if cell.startswith(("=", "+", "@"))]
    assert "'+41 00 000 00 00" in (copy / "rows" / "patient.csv").read_text(encoding="utf-8-sig")


@pytest.mark.requirement("AUD-6", "DEI-7")
def test_the_record_in_words_is_a_pdf_that_tells_the_same(copy: Path, patient: Patient) -> None:
    from foramen.clinic.records.patient_words import sections_of

    assert (copy / "record.pdf").read_bytes().startswith(b"%PDF-")
    sections = {one.title.split(",")[0]: one for one in sections_of(patient)}
    visit = sections[f"Visit {Visit.objects.get(patient=patient).number}"]
    corrected = next(row for row in visit.rows if "corrected by" in row[3])
    assert "score: 3" in corrected[4]
    assert any("reason: misread on the form" in row[4] for row in visit.rows)
    assert ("Family name", FAMILY) in sections["Patient"].rows
    assert "took a copy of: the whole record, because: asked by letter" in [row[3] for row in sections["Audit"].rows]
    history = rows(copy, "history")
    assert [one["number"] for one in history] == [one["id"] for one in rows(copy, "audit")]


@pytest.mark.requirement("AUD-2", "DEI-7")
def test_nothing_of_another_patient_is_in_it_and_that_it_was_made_is_an_event(copy: Path, patient: Patient) -> None:
    assert not [path for path in copy.rglob("*") if path.is_file() and OTHER.encode() in path.read_bytes()]
    event = AuditEvent.objects.filter(operation="export").get()
    assert (event.patient, event.context["shown_as"]) == (patient.pk, "S. Lind")


@pytest.mark.requirement("DEI-7")
def test_every_table_with_rows_of_a_patient_is_copied() -> None:
    """A new table has to be added, or named here with the reason why it is none of the record."""
    of_patients = {one for one in apps.get_app_config("clinic").get_models() if hasattr(one, "patient")}
    others = {"AuditEvent", "SearchMark"}  # copied apart; worked out from the names
    assert {one.__name__ for one in of_patients} - others == {one.__name__ for one in OF_PATIENT.values()}


def test_a_folder_of_somebody_elses_and_a_number_that_is_nobodys_are_told(patient: Patient, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("kept")
    with pytest.raises(OutputError, match="something other"):
        export_patient(patient, tmp_path, {"shown_as": "S. Lind"})
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert find_patient("example", patient.number.replace(" ", "")) == patient
    for site, number in (("lake", patient.number), ("example", "1")):
        with pytest.raises(UserError, match="no patient of that number"):
            find_patient(site, number)


@pytest.mark.requirement("AUD-6", "DEI-6")
def test_the_page_hands_it_over_to_whoever_may_and_says_what_for(hospital: Hospital, patient: Patient) -> None:
    address = f"/patients/{patient.pk}/copy/"
    lind = signed_in(Client(), hospital.people["lind"])
    assert f'href="{address}"' in lind.get(f"/patients/{patient.pk}/").content.decode()
    assert lind.post(address, {"why": "", "patient": str(patient.pk)}).status_code == 422
    assert lind.post(address, {"why": "asked by letter", "patient": "another"}).status_code == 409
    assert not AuditEvent.objects.filter(operation="export").exists()
    answer = lind.post(address, {"why": "asked by letter", "patient": str(patient.pk)})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="record-2026-11-26.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert {"record.pdf", "manifest.json", "rows/facts.json", "rows/audit.csv"} <= set(archive.namelist())
    assert AuditEvent.objects.get(operation="export").context["why"] == "asked by letter"
    for other in ("dahl", "byrd"):
        assert signed_in(Client(), hospital.people[other]).get(address).status_code == 403
    assert Delegation.objects.filter(person=hospital.people["lind"]).get().role == "coordinator"
