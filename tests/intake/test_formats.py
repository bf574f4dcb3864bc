"""The same rows give the same snapshot, byte for byte, whatever file they come in."""

import datetime
import gzip
import hashlib
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from foramen.intake.table import import_table
from tests.intake.small import ROWS, WIDE, all_bytes, changed, imported, manifest_of, rows_of, written

DECIMAL = changed(WIDE, ("low = 0\nhigh = 10\n", "decimals = 1\nlow = 0\nhigh = 10\n"))
COMMA = changed(DECIMAL, ("[source]", '[source]\ndelimiter = ";"\ndecimal = ","'))
TYPED: list[list[object]] = [
    ["pid", "age", "arm", "n0", "n1"],
    [7, 50, "A", 8.5, 3],
    [2, 61.0, "B", None, "*"],
    [10, 0, "A", 0.0, 10],
]
TEXT = "pid,age,arm,n0,n1\n7,50,A,8.5,3\n2,61,B,,*\n10,0,A,0,10\n"


def content(snapshot: Path) -> dict[str, bytes]:
    """All files but the manifest, which names the sources."""
    return {name: held for name, held in all_bytes(snapshot).items() if name != "manifest.json"}


def reference(folder: Path) -> dict[str, bytes]:
    snapshot, _ = imported(folder, written(folder, "reference.csv", TEXT), mapping=DECIMAL, out="reference")
    return content(snapshot)


def sheet(folder: Path) -> Path:
    book = openpyxl.Workbook()
    for row in TYPED:
        book.active.append(row)
    book.active["H9"].number_format = "0.00"
    book.save(folder / "data.xlsx")
    return folder / "data.xlsx"


def columnar(folder: Path) -> Path:
    columns = {
        "pid": pa.array([7, 2, 10]),
        "age": pa.array([50.0, 61.0, 0.0]),
        "arm": pa.array(["A", "B", "A"]).dictionary_encode(),
        "n0": pa.array([8.5, None, -0.0]),
        "n1": pa.array(["3", "*", "10"]),
    }
    pq.write_table(pa.table(columns), folder / "data.parquet")
    return folder / "data.parquet"


def test_a_sheet_and_a_parquet_file_give_the_bytes_of_the_text_table(tmp_path: Path) -> None:
    expected = reference(tmp_path)
    for file in (sheet(tmp_path), columnar(tmp_path)):
        snapshot, _ = imported(tmp_path, file, mapping=DECIMAL)
        assert content(snapshot) == expected


@pytest.mark.parametrize(
    ("name", "bytes_of", "mapping"),
    [
        ("data.csv", TEXT.encode("utf-8-sig"), DECIMAL),
        ("data.csv", TEXT.replace("\n", "\r\n").encode(), DECIMAL),
        ("data.csv", (TEXT + "\n\n").encode(), DECIMAL),
        ("data.csv", TEXT.replace("arm", ' "arm" ').replace(' "', '"').replace('" ', '"').encode(), DECIMAL),
        ("data.csv.gz", gzip.compress(TEXT.encode(), mtime=0), DECIMAL),
        ("data.tsv", TEXT.replace(",", "\t").encode(), DECIMAL),
        ("data.csv", TEXT.replace(",", ";").replace(".", ",").encode(), COMMA),
        ("data.csv", TEXT.encode(), changed(DECIMAL, ("[source]", '[source]\nencoding = "windows-1252"'))),
    ],
)
def test_ways_of_writing_text_do_not_matter(tmp_path: Path, name: str, bytes_of: bytes, mapping: str) -> None:
    expected = reference(tmp_path)
    snapshot, _ = imported(tmp_path, written(tmp_path, name, bytes_of), mapping=mapping)
    assert content(snapshot) == expected


def test_the_same_import_gives_the_same_bytes_and_replaces_the_folder(tmp_path: Path) -> None:
    file = written(tmp_path, "data.csv", ROWS)
    snapshot, first = imported(tmp_path, file)
    held = all_bytes(snapshot)
    _, again = imported(tmp_path, file)
    assert all_bytes(snapshot) == held
    assert again == first


def test_the_order_of_rows_and_columns_does_not_matter(tmp_path: Path) -> None:
    one, _ = imported(tmp_path, written(tmp_path, "data.csv", ROWS), out="one")
    rows = [line.split(",")[::-1] for line in ROWS.splitlines()]
    turned = "\n".join(",".join(row) for row in [rows[0], *rows[:0:-1]])
    other, _ = imported(tmp_path, written(tmp_path, "data.csv", turned), out="other")
    assert content(one) == content(other)


def test_letters_beyond_ascii_are_read_in_the_declared_encoding(tmp_path: Path) -> None:
    mapping = changed(WIDE, ('A = "active"', '"ä" = "active"'), ("[source]", '[source]\nencoding = "iso-8859-1"'))
    file = written(tmp_path, "data.csv", ROWS.replace(",A,", ",ä,").encode("iso-8859-1"))
    snapshot, _ = imported(tmp_path, file, mapping=mapping)
    assert rows_of(snapshot, "arm") == [(1,), (0,)]


def test_dates_of_a_sheet_become_days(tmp_path: Path) -> None:
    mapping = changed(
        WIDE,
        ('kind = "treatment"', 'kind = "treatment"\ndate = "done"'),
        ("[columns]", '[columns]\nseen = { role = "date", timepoint = "after" }'),
    )
    book = openpyxl.Workbook()
    book.active.append(["pid", "done", "seen", "age", "arm", "n0", "n1"])
    book.active.append([7, datetime.date(2020, 2, 1), datetime.datetime(2020, 3, 1), 50, "A", 8, 3])
    book.save(tmp_path / "data.xlsx")
    snapshot, _ = imported(tmp_path, tmp_path / "data.xlsx", mapping=mapping)
    assert rows_of(snapshot, "nrs__after__day") == [(29,)]


def test_formulas_give_their_stored_results(tmp_path: Path) -> None:
    file = sheet(tmp_path)
    book = openpyxl.load_workbook(file)
    book.create_sheet("Elsewhere").append(["=1+1"])
    book.save(file)
    mapping = changed(DECIMAL, ("[source]", '[source]\nsheet = "Sheet"'))
    snapshot, _ = imported(tmp_path, file, mapping=mapping)
    assert content(snapshot) == reference(tmp_path)


def test_the_manifest_names_the_sources_by_digest(tmp_path: Path) -> None:
    file = written(tmp_path, "data.csv", ROWS)
    snapshot, _ = imported(tmp_path, file)
    manifest = manifest_of(snapshot)
    digest = hashlib.sha256(ROWS.encode()).hexdigest()
    assert manifest["sources"] == [{"name": "data.csv", "sha256": digest, "rows": 2}]
    assert (manifest["origin"], manifest["day"], manifest["index_event"]) == ("made up", "2026-01-31", "treatment")
    assert manifest["title"] == "Small"
    assert [timepoint["day"] for timepoint in manifest["timepoints"]] == [0, 28]


def test_progress_counts_rows_and_percent_of_all_files(tmp_path: Path) -> None:
    lines = "pid,age,arm,n0,n1\n" + "".join(f"{i},{i % 90},A,8,3\n" for i in range(30_000))
    files = [written(tmp_path, name, lines.replace("A", name[0].upper())) for name in ("a.csv", "b.csv")]
    mapping = written(
        tmp_path, "mapping.toml", changed(WIDE, ('constant = "North"', 'files = { "a.csv" = "A", "b.csv" = "B" }'))
    )
    seen: list[tuple[int, int | None]] = []
    import_table(files, mapping, tmp_path / "out", quarantine=None, progress=lambda *step: seen.append(step))
    assert [rows for rows, _ in seen] == [20_000, 30_000, 50_000, 60_000]
    percents = [percent for _, percent in seen if percent is not None]
    assert percents == sorted(percents)
    assert (percents[1], percents[-1]) == (50, 100)
