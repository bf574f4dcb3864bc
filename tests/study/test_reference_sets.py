"""The published numbers of two real data sets stand in the results, from the files as they were published."""

import csv
from pathlib import Path

import pytest

from foramen.intake.table import import_table
from foramen.kernel.rounding import rounded
from foramen.snapshot.store import open_snapshot
from foramen.statistics.result import Statistic
from foramen.study.results import Results
from foramen.study.run import load_study, plan_study, run_study
from tests.study.small import values

ROOT = Path(__file__).parents[2]
ARMS = {"PRT": "PRT", "placebo injection": "placebo", "usual care": "usual care"}


def results(source: Path, mapping: Path, study: Path, folder: Path, engine: str = "duckdb") -> Results:
    import_table([source], mapping, folder / "snapshot", quarantine=None, progress=lambda _rows, _share: None)
    return run_study(plan_study(load_study(study), open_snapshot(folder / "snapshot")), engine=engine)


@pytest.fixture(scope="module")
def trial(reference_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Results:
    source = reference_data / "ashar2022/Ashar2022_outcomes_demographics.csv"
    documents = ROOT / "examples/back-pain-trial"
    return results(source, documents / "mapping.toml", documents / "study.toml", tmp_path_factory.mktemp("trial"))


@pytest.fixture(scope="module")
def registry(reference_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Results:
    source = reference_data / "nhs_proms_hip_1718/hip_replacements_provider_1718.csv.gz"
    documents = ROOT / "tests/data"
    folder = tmp_path_factory.mktemp("registry")
    return results(source, documents / "nhs_proms_hip.toml", documents / "nhs_proms_hip_study.toml", folder)


@pytest.fixture(scope="module")
def expected(reference_data: Path) -> dict[str, tuple[str, float]]:
    """quantity -> (published, computed from the file)."""
    with (reference_data / "EXPECTED.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    return {r["quantity"]: (r["published"], float(r["computed_here"])) for r in rows if r["computed_here"]}


def one(found: Results, name: str, **dimensions: str) -> Statistic:
    matching = [r for r in found.statistics if r.name == name and dimensions.items() <= dict(r.about).items()]
    assert len(matching) == 1, (name, dimensions, len(matching))
    return matching[0]


def test_the_trial_allocates_and_follows_the_published_numbers(trial: Results) -> None:
    left = {step.group: step.n for step in trial.flow}
    assert left == {"all": 151, "PRT": 50, "placebo": 51, "usual care": 50}
    followed = {arm: one(trial, "n", outcome="nrs", timepoint="after", group=arm).estimate for arm in ARMS.values()}
    assert followed == {"PRT": 44, "placebo": 44, "usual care": 47}


@pytest.mark.parametrize("arm", ARMS)
@pytest.mark.parametrize(
    ("quantity", "name", "outcome", "timepoint"),
    [
        ("age mean", "mean", "age", None),
        ("NRS post mean", "mean", "nrs", "after"),
        ("NRS post SD", "sd", "nrs", "after"),
        ("ODI post mean", "mean", "odi", "after"),
        ("ODI post SD", "sd", "odi", "after"),
        (
            "NRS baseline mean (published = mean of two sessions; file = the second session only)",
            "mean",
            "nrs",
            "before",
        ),
        ("satisfaction 0-100 mean", "mean", "satisfaction", "after"),
        ("satisfaction SD", "sd", "satisfaction", "after"),
        ("PGIC 1-7 mean", "mean", "global_impression", "after"),
        ("PGIC SD", "sd", "global_impression", "after"),
        (">=50% responders, % of randomised, missing = non-responder", "responder_percent", "half_gone", "after"),
    ],
)
def test_the_trial_has_the_published_value(
    trial: Results, expected, arm: str, quantity: str, name: str, outcome: str, timepoint: str | None
) -> None:
    dimensions = {"outcome": outcome, "group": ARMS[arm]} | ({"timepoint": timepoint} if timepoint else {})
    row = one(trial, name, **dimensions)
    assert row.estimate == pytest.approx(expected[f"{arm}: {quantity}"][1], rel=1e-7)


def test_nearly_pain_free_of_those_randomised(trial: Results, expected) -> None:
    for arm, label in ARMS.items():
        row = one(trial, "responder_percent", outcome="nearly_pain_free", group=label)
        assert row.n == expected[f"{arm}: NRS 0 or 1 at post, n of randomised"][1]


def test_the_mixed_model_gives_the_published_t(trial: Results) -> None:
    for arm, published in (("placebo", "6.06"), ("usual care", "8.13")):
        row = one(trial, "fixed_effect", term=f"time after × group {arm}")
        assert row.statistic is not None
        assert rounded(row.statistic, 2) == published


def test_the_registry_has_the_published_gains(registry: Results, expected) -> None:
    assert registry.flow[0].n == 39_323
    for kind, group in (("primary", "no"), ("revision", "yes")):
        for quantity, name, outcome in (
            ("Oxford Hip Score mean gain", "mean", "oxford_gain"),
            ("% improved on Oxford Hip Score", "responder_percent", "oxford_improved"),
            ("EQ-5D index mean gain", "mean", "eq5d_gain"),
        ):
            key = f"2017/18 {kind}: {quantity}"
            key = key if key in expected else f"2017/18 {kind}: {quantity.removeprefix('% ')}"
            row = one(registry, name, outcome=outcome, group=group)
            assert row.estimate == pytest.approx(expected[key][1], rel=1e-7), key


def test_the_registry_prints_the_published_gains_of_primary_operations(registry: Results) -> None:
    printed = [values(registry, "mean", outcome="oxford_gain", group=group)[0] or 0 for group in ("no", "yes")]
    assert [rounded(value, 1) for value in printed] == ["22.7", "13.9"]
    improved = one(registry, "responder_percent", outcome="oxford_improved", group="no").estimate or 0
    assert rounded(improved, 1) == "97.8"
    assert rounded(one(registry, "mean", outcome="eq5d_gain", group="no").estimate or 0, 3) == "0.468"


def test_the_registry_keeps_suppressed_ages_apart(registry: Results) -> None:
    assert one(registry, "suppressed", outcome="age_band", group="all").estimate == 3122
