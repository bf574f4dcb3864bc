"""Studies that were asked for: a template of the library, run on a snapshot, passed through disclosure control."""

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from foramen.clinic.models import StudyRun
from foramen.clinic.work.folders import make_room, report_folder, snapshot_folder
from foramen.clinic.work.once import make_once
from foramen.clinic.work.registry import handles
from foramen.kernel.digests import digest
from foramen.kernel.errors import SnapshotError
from foramen.report.folder import Wish, write_report
from foramen.report.formats import Format
from foramen.snapshot.store import MANIFEST, open_snapshot
from foramen.study.run import load_study, plan_study, run_study
from foramen.study.templates import template_path

ENGINE = "duckdb"
WISH = Wish(formats=(Format.HTML, Format.DOCX, Format.PDF, Format.CSV), partial=True)


@handles("study")
def run_study_of(content: dict[str, Any]) -> None:
    """Run a study that was asked for, once."""
    run = StudyRun.objects.select_related("freeze").get(pk=content["run"])
    make_once(run, partial(_made, run))


def _made(run: StudyRun) -> Mapping[str, Any]:
    """What the row is told of its report; one that stands there finished is not made again."""
    folder = make_room(report_folder(run))
    if not (folder / MANIFEST).exists():
        _make(run, folder)
    manifest = json.loads((folder / MANIFEST).read_bytes())
    return {"sha256": digest(manifest), "left_out": manifest["left_out"]}


def _make(run: StudyRun, folder: Path) -> None:
    """Whole or not at all. Raises SnapshotError where the snapshot is not the one that was frozen."""
    snapshot = open_snapshot(snapshot_folder(run.freeze))
    if snapshot.digest != run.freeze.sha256:
        raise SnapshotError.single("the snapshot is not the one that was frozen", remedy="make a new snapshot")
    with template_path(run.study) as study:
        plan = plan_study(load_study(study), snapshot, partial=WISH.partial)
        write_report(plan.document, snapshot.codebook, run_study(plan, engine=ENGINE), folder, WISH)
