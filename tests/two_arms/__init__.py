"""A small trial of invented patients with everything a run needs, as users have it: a spreadsheet and two documents."""

from pathlib import Path

from foramen.intake.table import import_table
from tests.two_arms.cohort import write_two_arms

HERE = Path(__file__).parent
MAPPING, STUDY = HERE / "mapping.toml", HERE / "study.toml"
SEED = 20_261_120


def two_arms_snapshot(folder: Path, *, patients: int = 200) -> Path:
    """Write the spreadsheet and import it; the snapshot's folder."""
    table, snapshot = folder / "cohort.csv", folder / "snapshot"
    write_two_arms(table, patients=patients, seed=SEED)
    import_table([table], MAPPING, snapshot, quarantine=None, progress=lambda _done, _of: None)
    return snapshot
