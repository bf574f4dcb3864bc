"""Where the files of snapshots and of reports are: in the data folder, under keys that say nothing."""

from pathlib import Path

from django.conf import settings

from foramen.clinic.models import Freeze, StudyRun

SNAPSHOTS, REPORTS = "snapshots", "reports"
PRIVATE = 0o700


def snapshot_folder(freeze: Freeze) -> Path:
    """The folder of a snapshot; it is there when the state says so."""
    return Path(settings.FORAMEN_DATA_DIR) / SNAPSHOTS / freeze.pk.hex


def report_folder(run: StudyRun) -> Path:
    """The folder of a report and of everything beside it."""
    return Path(settings.FORAMEN_DATA_DIR) / REPORTS / run.pk.hex


def make_room(folder: Path) -> Path:
    """The folder, to be written: the one above it is there, and is the service's alone."""
    folder.parent.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    return folder
