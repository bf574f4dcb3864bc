"""Files larger than memory: sorted runs on disk come back in order, and give the snapshot of a small file."""

import random
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foramen.intake import source, spill
from foramen.intake.spill import Spill
from foramen.snapshot import parquet
from tests.intake.small import LONG, WIDE, all_bytes, changed, imported, written

SCHEMA = pa.schema([("site", pa.string()), ("patient", pa.string()), ("file", pa.int16()), ("row", pa.int64())])
keys = st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from(["1", "10", "2", "é", "z"])), max_size=60)


@given(keys, st.integers(1, 10), st.integers(1, 7))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_parts_are_sorted_and_never_divide_a_patient(
    tmp_path: Path, drawn: list[tuple[str, str]], run: int, batch: int
) -> None:
    rows = [(site, patient, 0, number) for number, (site, patient) in enumerate(drawn, 2)]
    with Spill(tmp_path, SCHEMA, run=run) as spilled:
        for start in range(0, len(rows), batch):
            columns = zip(*rows[start : start + batch], strict=True)
            spilled.append(pa.table(dict(zip(SCHEMA.names, map(list, columns), strict=True)), schema=SCHEMA))
        parts = [list(zip(*part.to_pydict().values(), strict=True)) for part in spilled.parts()]
    assert [row for part in parts for row in part] == sorted(rows)
    patients = [{row[:2] for row in part} for part in parts]
    assert sum(map(len, patients)) == len(set().union(*patients))


@pytest.mark.parametrize("shape", ["wide", "long"])
def test_many_small_parts_give_the_bytes_of_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shape: str) -> None:
    draw = random.Random(5)
    lines = [f"{i},{draw.randrange(90)},{draw.choice('AB')},{draw.randrange(11)}" for i in range(3_000)]
    if shape == "wide":
        mapping, header = WIDE, "pid,age,arm,n0,n1"
        lines = [f"{line},{draw.randrange(11)}" for line in lines]
    else:
        mapping, header = LONG, "pid,age,arm,n,time"
        lines = [f"{line},{time}" for line in lines for time in (1, 2)]
    draw.shuffle(lines)
    file = written(tmp_path, "data.csv", "\n".join([header, *lines]))
    monkeypatch.setattr(parquet, "ROW_GROUP", 700)
    whole, first = imported(tmp_path, file, mapping=mapping, out="whole")
    monkeypatch.setattr(spill, "CELLS", 5_000)
    monkeypatch.setattr(source, "BATCH", 170)
    monkeypatch.setattr("foramen.intake.delimited.BATCH", 170)
    pieces, second = imported(tmp_path, file, mapping=mapping, out="pieces")
    assert (first.index_events, first.patients) == (second.index_events, second.patients) == (3_000, 3_000)
    assert all_bytes(pieces) == all_bytes(whole)


def test_a_spilled_file_has_no_name(tmp_path: Path) -> None:
    table = pa.table({"site": ["A"] * 9, "patient": list("123456789"), "file": [0] * 9, "row": range(9)}, schema=SCHEMA)
    with Spill(tmp_path, SCHEMA, run=2) as spilled:
        spilled.append(table)
        assert list(tmp_path.iterdir()) == []
        assert sum(part.num_rows for part in spilled.parts()) == 9


def test_contradictions_are_found_across_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spill, "CELLS", 2_000)
    monkeypatch.setattr("foramen.intake.delimited.BATCH", 100)
    mapping = changed(WIDE, ('kind = "treatment"', 'kind = "treatment"\nkey = "no"'))
    lines = [f"{i % 900},{i // 900},{i % 900 % 90},A,1,1" for i in range(1_800)]
    lines[1_000] = "100,1,77,A,1,1"
    file = written(tmp_path, "data.csv", "\n".join(["pid,no,age,arm,n0,n1", *lines, "5,0,5,A,1,1"]))
    _, summary = imported(tmp_path, file, mapping=mapping, quarantine=tmp_path / "aside.csv")
    assert [line.split(",")[1] for line in (tmp_path / "aside.csv").read_text().splitlines()[1:]] == [
        "7",
        "102",
        "1002",
        "1802",
    ]
    assert (summary.source_rows, summary.index_events, summary.patients) == (1_801, 1_797, 899)
