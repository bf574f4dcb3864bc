"""The two real data sets, imported by the mappings that ship as examples."""

import csv
import gzip
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from foramen.intake.table import import_table
from foramen.snapshot.codebook import SUPPRESSED
from foramen.snapshot.store import Snapshot, open_snapshot

EXAMPLES = Path(__file__).parents[1] / "data"
OXFORD = (
    "pain", "sudden_pain", "night_pain", "washing", "transport", "dressing", "shopping", "walking", "limping", "stairs",
    "standing", "work",
)  # fmt: skip


@pytest.fixture(scope="module")
def trial(reference_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    file = reference_data / "ashar2022" / "Ashar2022_outcomes_demographics.csv"
    return opened(file, "ashar2022.toml", tmp_path_factory.mktemp("trial") / "snapshot")


@pytest.fixture(scope="module")
def registry(reference_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    file = reference_data / "nhs_proms_hip_1718" / "hip_replacements_provider_1718.csv.gz"
    return opened(file, "nhs_proms_hip.toml", tmp_path_factory.mktemp("registry") / "snapshot")


def opened(file: Path, mapping: str, folder: Path) -> Snapshot:
    import_table([file], EXAMPLES / mapping, folder, quarantine=None, progress=lambda rows, percent: None)
    return open_snapshot(folder)


def columns(snapshot: Snapshot, *names: str) -> list[tuple[int | None, ...]]:
    table = pq.read_table(snapshot.rows_file("treatment"), columns=list(names))
    return list(zip(*(table[name].to_pylist() for name in names), strict=True))


def test_every_row_of_the_trial_is_accounted_for(trial: Snapshot) -> None:
    assert [source["rows"] for source in trial.manifest["sources"]] == [341]
    assert trial.manifest["quarantined"] == {"rows": 0, "faults": []}
    assert trial.manifest["files"]["rows/treatment.parquet"]["rows"] == 206
    assert trial.manifest["files"]["patients.parquet"]["rows"] == 206
    arms = trial.codebook.variables["arm"].labels
    assert arms == ("PRT", "placebo", "usual care")
    flags = Counter(columns(trial, "arm", "is_patient"))
    assert flags == {(0, 1): 50, (1, 1): 51, (2, 1): 50, (None, 0): 54, (None, 1): 1}
    answered = [row for row in columns(trial, "nrs__before", "nrs__after") if row != (None, None)]
    assert sum((before is not None) + (after is not None) for before, after in answered) == 340


def test_the_trial_holds_the_published_means(trial: Snapshot) -> None:
    expected = {0: (44, "1.18", "10.14", "92.40"), 1: (44, "2.84", "19.00", "57.61"), 2: (47, "3.13", "20.68", "36.86")}
    rows = columns(trial, "arm", "nrs__after", "odi__after", "tx_satisfaction__after")
    for arm, (n, *means) in expected.items():
        after = [row[1:] for row in rows if row[0] == arm and row[1] is not None]
        assert len(after) == n
        nrs, odi, satisfaction = (Fraction(sum(column), n) for column in zip(*after, strict=True))
        assert [f"{float(mean):.2f}" for mean in (nrs, odi, satisfaction / 10)] == means


def test_the_registry_holds_every_row(registry: Snapshot) -> None:
    assert registry.manifest["files"]["rows/treatment.parquet"]["rows"] == 39_323
    assert [source["rows"] for source in registry.manifest["sources"]] == [39_323]
    assert len(registry.codebook.variables["site"].labels) == 268
    assert Counter(columns(registry, "revision")) == {(0,): 37_179, (1,): 2_144}
    assert Counter(columns(registry, "sex")) == {(0,): 14_122, (1,): 22_079, (SUPPRESSED,): 3_122}
    missing = {c.name: c.missing for c in registry.codebook.columns["treatment"].values()}
    assert (missing["eq_vas__before"], missing["ohs_pain__before"], missing["bleeding"]) == (3_407, 58, 4_425)


def test_the_sum_of_every_complete_oxford_item_set_is_the_score_of_the_file(
    registry: Snapshot, reference_data: Path
) -> None:
    with gzip.open(reference_data / "nhs_proms_hip_1718" / "hip_replacements_provider_1718.csv.gz", "rt") as stream:
        source = list(csv.DictReader(stream))
    for timepoint, stage in (("before", "Pre-Op"), ("after", "Post-Op")):
        headers = [f"Hip Replacement {stage} Q {item.replace('_', ' ').title()}" for item in OXFORD]
        complete = sum(all(row[header] != "9" for header in headers) for row in source)
        names = [f"ohs_{item}__{timepoint}" for item in OXFORD]
        rows = columns(registry, f"ohs__{timepoint}", *names)
        full = [(score, sum(items)) for score, *items in rows if None not in items]
        assert len(full) == complete
        assert [pair for pair in full if pair[0] != pair[1]] == []


def test_the_registry_holds_the_published_gains(registry: Snapshot) -> None:
    rows = columns(registry, "revision", "ohs__before", "ohs__after", "eq5d_index__before", "eq5d_index__after")
    gains = {
        revision: [after - before for r, before, after, _, _ in rows if r == revision and None not in (before, after)]
        for revision in (0, 1)
    }
    assert [f"{sum(gain) / len(gain):.5f}" for gain in gains.values()] == ["22.68369", "13.86316"]
    index = [after - before for r, _, _, before, after in rows if r == 0 and None not in (before, after)]
    assert f"{sum(index) / len(index) / 1000:.8f}" == "0.46765135"
