"""Every agreement row of the reference data's EXPECTED.csv, from the data files to the printed digits."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from foramen.kernel.rounding import rounded
from foramen.statistics.icc import icc
from foramen.statistics.kappa import cohen_kappa, percent_agreement
from foramen.statistics.multirater import fleiss_kappa, gwet_ac1
from foramen.statistics.tables import CountTable


def ratings(folder: Path, name: str) -> CountTable:
    """One axis per reader; numbers as integers, categories as text."""
    with (folder / "agreement" / name).open(newline="") as stream:
        rows = [{key: value for key, value in row.items() if key != "subject"} for row in csv.DictReader(stream)]
    return CountTable.from_rows(
        **{key: [int(row[key]) if row[key].isdigit() else row[key] for row in rows] for key in rows[0]}
    )


def abstractors(folder: Path) -> CountTable:
    with (folder / "agreement" / "irrcac_cont3x3abstractors.csv").open(newline="") as stream:
        (_, *columns), *rows = csv.reader(stream)
    return CountTable.from_matrix({row[0]: [int(count) for count in row[1:]] for row in rows}, columns)


def judges(folder: Path, form: str) -> float | None:
    return icc(ratings(folder, "shrout_fleiss_1979.csv"), level=0.95, form=form)[0].estimate


def psychiatrists(folder: Path, *readers: str) -> float | None:
    table = ratings(folder, "irr_diagnoses.csv").margin(*readers)
    return cohen_kappa(table, weights="none", level=0.95)[0].estimate


def proportion_agreed(folder: Path) -> float | None:
    row = percent_agreement(abstractors(folder), level=0.95, method="wilson")
    return None if row.estimate is None else row.estimate / 100


QUANTITIES: dict[str, Callable[[Path], float | None]] = {
    "ICC(1,1)": lambda folder: judges(folder, "1_1"),
    "ICC(2,1)": lambda folder: judges(folder, "a_1"),
    "ICC(3,1)": lambda folder: judges(folder, "c_1"),
    "ICC(1,k)": lambda folder: judges(folder, "1_k"),
    "ICC(2,k)": lambda folder: judges(folder, "a_k"),
    "ICC(3,k)": lambda folder: judges(folder, "c_k"),
    "Fleiss kappa, 30 subjects, 6 raters": lambda folder: (
        fleiss_kappa(ratings(folder, "irr_diagnoses.csv"), level=0.95)[0].estimate
    ),
    "Cohen kappa rater1 v rater2": lambda folder: psychiatrists(folder, "rater1", "rater2"),
    "Cohen kappa rater1 v rater3": lambda folder: psychiatrists(folder, "rater1", "rater3"),
    "Cohen kappa rater2 v rater3": lambda folder: psychiatrists(folder, "rater2", "rater3"),
    "Cohen kappa (SE 0.05891, 95% CI 0.680-0.913)": lambda folder: (
        cohen_kappa(abstractors(folder), weights="none", level=0.95)[0].estimate
    ),
    "per cent agreement": proportion_agreed,
    "Gwet AC1": lambda folder: gwet_ac1(abstractors(folder), level=0.95)[0].estimate,
}


def expected(folder: Path) -> list[dict[str, str]]:
    with (folder / "EXPECTED.csv").open(newline="") as stream:
        return [row for row in csv.DictReader(stream) if "/agreement/" in row["file"]]


def test_every_agreement_row_is_known(reference_data: Path) -> None:
    assert {row["quantity"] for row in expected(reference_data)} == set(QUANTITIES)


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_published_value_is_reproduced(reference_data: Path, quantity: str) -> None:
    (row,) = [row for row in expected(reference_data) if row["quantity"] == quantity]
    found = QUANTITIES[quantity](reference_data)
    assert found is not None
    digits = len(row["published"].partition(".")[2])
    assert rounded(found, digits) == f"{float(row['published']):.{digits}f}"
    assert found == pytest.approx(float(row["computed_here"]), abs=6e-9)


def test_published_standard_error_and_interval_of_kappa(reference_data: Path) -> None:
    kappa, error = cohen_kappa(abstractors(reference_data), weights="none", level=0.95)
    assert error.estimate is not None and kappa.lower is not None and kappa.upper is not None
    assert rounded(error.estimate, 5) == "0.05891"
    assert (rounded(kappa.lower, 3), rounded(kappa.upper, 3)) == ("0.680", "0.913")


def test_fleiss_z_of_the_diagnoses_is_the_one_irr_prints(reference_data: Path) -> None:
    kappa, *_ = fleiss_kappa(ratings(reference_data, "irr_diagnoses.csv"), level=0.95)
    assert kappa.statistic is not None
    assert rounded(kappa.statistic, 1) == "17.7"
