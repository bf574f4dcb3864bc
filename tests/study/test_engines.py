"""Every engine gives the reference engine's integers, on drawn rows and drawn requests."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foramen.statistics.tables import Axis, CountTable
from foramen.study.engines.duckdb import open_duckdb
from foramen.study.engines.engine import EACH, Engine, Rows, Selection, answer
from foramen.study.engines.postgres import open_postgres
from foramen.study.engines.reference import ReferenceEngine
from foramen.study.engines.request import ALWAYS, Column, Compare, Counts, Key
from foramen.study.engines.sqlite import open_sqlite
from tests.conftest import unavailable
from tests.postgres import programs, running_server
from tests.study import strategies

SCHEMA = pa.schema([(name, pa.int64()) for name in ("row_id", "patient_id", "sequence", *strategies.ALL)])
SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
selections = st.builds(
    Selection, st.sampled_from(["first", "each", "last"]), st.one_of(st.just(ALWAYS), strategies.conditions)
)


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    binaries = programs()
    if binaries is None:
        unavailable("PostgreSQL (initdb and pg_ctl)")
        return
    with running_server(binaries) as connection:
        yield connection


def written(folder: Path, rows: Sequence[dict], selection: Selection = EACH) -> Rows:
    file = folder / "rows.parquet"
    pq.write_table(pa.Table.from_pylist(list(rows), schema=SCHEMA), file)
    return Rows(file, "", selection)


def check_equal(engine: Engine, rows: Rows, asked: Sequence) -> None:
    reference = ReferenceEngine.open(rows)
    try:
        for request in asked:
            assert answer(engine, request) == answer(reference, request)
    finally:
        engine.close()


@given(rows=strategies.rows(), selection=selections, asked=st.lists(strategies.requests, min_size=1, max_size=4))
@SETTINGS
def test_duckdb_gives_the_integers_of_the_reference(tmp_path: Path, rows, selection, asked) -> None:
    file = written(tmp_path, rows, selection)
    check_equal(open_duckdb(file), file, asked)


@given(rows=strategies.rows(), selection=selections, asked=st.lists(strategies.requests, min_size=1, max_size=4))
@SETTINGS
def test_sqlite_gives_the_integers_of_the_reference(tmp_path: Path, rows, selection, asked) -> None:
    file = written(tmp_path, rows, selection)
    check_equal(open_sqlite(file), file, asked)


@given(rows=strategies.rows(), selection=selections, asked=st.lists(strategies.requests, min_size=1, max_size=4))
@SETTINGS
def test_postgresql_gives_the_integers_of_the_reference(tmp_path: Path, database: str, rows, selection, asked) -> None:
    file = written(tmp_path, rows, selection)
    check_equal(open_postgres(file, database), file, asked)


@given(
    rows=strategies.rows(),
    cut=st.integers(0, 30),
    request=st.one_of(strategies.counts, strategies.ranks, strategies.moments),
)
@SETTINGS
def test_two_sites_added_give_the_pooled_integers(rows, cut, request) -> None:
    parts = [answer(ReferenceEngine(part), request) for part in (rows[:cut], rows[cut:])]
    assert parts[0] + parts[1] == answer(ReferenceEngine(rows), request)


@given(
    rows=strategies.rows(), model=strategies.scores(), other=strategies.scores(), groups=st.sampled_from([1, 50, 10**6])
)
@SETTINGS
def test_steps_of_one_model_after_another_give_the_integers_of_the_reference(
    tmp_path: Path, rows, model, other, groups
) -> None:
    steps = [model, replace(model, beta=tuple(b / 2 for b in model.beta)), other, model]
    file = written(tmp_path, rows, EACH)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("foramen.study.engines.scores.GROUPS", groups)
        check_equal(open_duckdb(file), file, steps)
        check_equal(open_sqlite(file), file, steps)


def test_a_missing_value_is_a_level_and_a_comparison_with_it_is_unknown(tmp_path: Path) -> None:
    rows = [{"patient_id": 1, "sequence": 1, "sex": None}, {"patient_id": 2, "sequence": 1, "sex": 1}]
    file = written(tmp_path, [{**dict.fromkeys(SCHEMA.names), **row} for row in rows])
    key = Key(Axis("sex"), Column("sex"))
    engine = open_duckdb(file)
    assert engine.counts(Counts((key,))) == CountTable.build([key.axis], {(1,): 1, (None,): 1})
    assert engine.counts(Counts((key,), Compare(Column("sex"), "<>", 0))).cells == (((1,), 1),)


def test_the_first_of_a_person_is_the_first_that_is_eligible() -> None:
    rows = [{"patient_id": 1, "sequence": i, "level": level} for i, level in ((1, 4), (2, 5), (3, 5))]
    selection = Selection("first", Compare(Column("level"), "=", 5))
    engine = ReferenceEngine(rows, selection)
    key = Key(Axis("sequence"), Column("sequence"))
    assert engine.counts(Counts((key,))).cells == (((2,), 1),)
