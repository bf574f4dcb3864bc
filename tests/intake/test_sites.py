"""Two hospitals in one table that is said to be of one."""

from pathlib import Path

import pytest

from foramen.kernel.errors import DataError
from tests.intake.small import WIDE, changed, imported, written

IGNORING = changed(
    WIDE,
    ('kind = "treatment"', 'kind = "treatment"\nrepeats = "each_row"'),
    ("[source]", '[source]\nother_columns = "ignore"'),
)
TWO = "pid,{},age,arm,n0,n1\n1,Nord,50,A,8,3\n1,Süd,50,A,6,1\n"


@pytest.mark.parametrize("header", ["site", "Klinik", "HOSPITAL", "Name of the centre", "provider_code"])
def test_an_ignored_column_that_looks_like_a_site_stops_the_merging_of_patients(tmp_path: Path, header: str) -> None:
    with pytest.raises(DataError) as caught:
        imported(tmp_path, written(tmp_path, "data.csv", TWO.format(header)), mapping=IGNORING)
    (fault,) = caught.value.faults
    assert fault.where == f"data.csv, column “{header}”"
    assert f'column = "{header}" under [site]' in fault.remedy
    assert f'"{header}" = {{ ignore = true }} under [columns]' in fault.remedy


def test_setting_rows_aside_does_not_help(tmp_path: Path) -> None:
    content = TWO.format("site") + "2,Nord,50,A,99,1\n"
    aside = tmp_path / "aside.csv"
    with pytest.raises(DataError, match="may tell sites apart"):
        imported(tmp_path, written(tmp_path, "data.csv", content), mapping=IGNORING, quarantine=aside)
    assert not aside.exists()


def test_other_faults_are_reported_beside_it(tmp_path: Path) -> None:
    content = TWO.format("site") + "2,Nord,50,A,99,1\n"
    with pytest.raises(DataError) as caught:
        imported(tmp_path, written(tmp_path, "data.csv", content), mapping=IGNORING)
    assert [fault.where for fault in caught.value.faults] == ["data.csv, column “site”", "data.csv, row 4, column “n0”"]


@pytest.mark.parametrize(
    ("header", "change"),
    [
        ("site", ("[columns]", "[columns]\nsite = { ignore = true }")),
        ("site", ('constant = "North"', 'column = "site"')),
        ("opposite", ("[columns]", "[columns]")),
    ],
)
def test_a_column_named_on_purpose_and_a_word_within_a_word_are_let_pass(
    tmp_path: Path, header: str, change: tuple[str, str]
) -> None:
    mapping = changed(IGNORING, change)
    _, summary = imported(tmp_path, written(tmp_path, "data.csv", TWO.format(header)), mapping=mapping)
    assert (summary.index_events, summary.patients) == (2, 2 if "column =" in change[1] else 1)


def test_where_no_patient_repeats_nothing_can_merge(tmp_path: Path) -> None:
    content = "pid,site,age,arm,n0,n1\n1,Nord,50,A,8,3\n2,Süd,50,A,6,1\n"
    _, summary = imported(tmp_path, written(tmp_path, "data.csv", content), mapping=IGNORING)
    assert summary.patients == 2
