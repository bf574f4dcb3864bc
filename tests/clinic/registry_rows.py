"""Rows of the registry with folders that stand in for what a worker makes: an invented service of 1,275 treatments."""

import shutil
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from foramen.clinic.models import Freeze, StudyRun
from foramen.clinic.work.folders import make_room, report_folder, snapshot_folder
from foramen.clinic.work.studies import WISH
from foramen.intake.table import import_table
from foramen.report.formats import Format
from foramen.snapshot.store import open_snapshot
from tests.clinic.hospital import TODAY, Hospital

TOLD = {
    "patients": 1100, "treatments": 1275, "treatments_not_in": {"never asked": 31, "use withdrawn": 4}, "answers": 2900,
    "answers_not_in": {}, "apart": {},
}  # fmt: skip


@cache
def stand_in() -> Path:
    """A snapshot of the invented service of the library, as if its people were recorded ones."""
    folder = Path(mkdtemp(prefix="foramen-stand-in-"))
    cohort = Path(str(files("foramen.library").joinpath("cohorts", "service-review")))
    mapping = (
        (cohort / "mapping.toml").read_text(encoding="utf-8").replace('people = "invented"', 'people = "recorded"')
    )
    (folder / "mapping.toml").write_text(mapping, encoding="utf-8")
    import_table([cohort / "cohort.csv"], folder / "mapping.toml", folder / "snapshot")
    return folder / "snapshot"


PAGE_ALONE = replace(WISH, formats=(Format.HTML,))
"""What a report is written as where no other format is looked at: it takes a third of the time."""


def frozen(hospital: Hospital, number: int = 1, **changes: Any) -> Freeze:
    """A snapshot that is made."""
    made = {
        "number": number, "detail": "limited", "day": TODAY, "asked_by": hospital.people["byrd"],
        "asked_at": hospital.time.at, "done_at": hospital.time.at, "state": "done", "told": TOLD,
        "sha256": open_snapshot(stand_in()).digest,
    }  # fmt: skip
    freeze = Freeze.objects.create(site=hospital.site, **(made | changes))
    shutil.copytree(stand_in(), make_room(snapshot_folder(freeze)))
    return freeze


def reported(freeze: Freeze, **changes: Any) -> StudyRun:
    """A report that is made: a folder with the files that addresses hand out."""
    made = {"study": "service-review", "asked_by": freeze.asked_by, "asked_at": freeze.asked_at, "state": "done"}
    run = StudyRun.objects.create(freeze=freeze, site=freeze.site, **(made | changes))
    folder = make_room(report_folder(run))
    folder.mkdir()
    for name in ("manifest.json", "report.html", "report.docx", "report.pdf"):
        (folder / name).write_text("{}", encoding="utf-8")
    return run
