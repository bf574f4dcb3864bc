"""The planner asks little, answers rightly, and remembers."""

import json
from collections.abc import Sequence
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from foramen.statistics.tables import Axis
from foramen.study.engines.engine import Rows, answer
from foramen.study.engines.reference import ReferenceEngine
from foramen.study.engines.request import Column, Compare, Counts, Key
from foramen.study.planner import JOINT_LIMIT, Planner
from tests.study import strategies

ROWS = [{"patient_id": i, "sequence": 1, "a": i % 2, "b": i % 3, "c": i % 5} for i in range(30)]
A, B, C = (Key(Axis(name), Column(name), size) for name, size in (("a", 3), ("b", 4), ("c", 6)))


class Watched:
    """A reference engine that keeps a list of what it was asked."""

    name = "watched"

    def __init__(self, rows: Sequence[dict]) -> None:
        self._engine = ReferenceEngine(rows)
        self.asked: list[object] = []

    def __getattr__(self, name: str):
        def ask(request):
            self.asked.append(request)
            return getattr(self._engine, name)(request)

        return ask


def planned(requests: Sequence, rows: Sequence[dict] = ROWS, cache: Path | None = None):
    """Answers by the planner, and what the engine was asked."""
    engine = Watched(rows)
    planner = Planner(engine, Rows(Path("rows.parquet"), "digest"), cache)
    for request in planner.prepare(requests):
        planner.send(request)
    return [planner.ask(request) for request in requests], engine.asked


def test_equal_requests_and_margins_cost_one_question() -> None:
    asked = [Counts((A, B)), Counts((A,)), Counts((A, B)), Counts((B,)), Counts(())]
    found, questions = planned(asked)
    assert len(questions) == 1
    reference = ReferenceEngine(ROWS)
    assert found == [reference.counts(request) for request in asked]


def test_small_tables_share_a_question_and_large_ones_do_not() -> None:
    large = [Key(Axis(name), Column(name), JOINT_LIMIT) for name in ("a", "b")]
    assert len(planned([Counts((A,)), Counts((B,)), Counts((C,))])[1]) == 1
    assert len(planned([Counts((key,)) for key in large])[1]) == 2


def test_keys_of_one_name_but_different_meaning_are_told_apart() -> None:
    one, other = (Key(Axis("group"), Column(name), 3) for name in ("a", "b"))
    found, questions = planned([Counts((one, C)), Counts((other, C))])
    assert len(questions) == 1
    reference = ReferenceEngine(ROWS)
    assert found == [reference.counts(Counts((one, C))), reference.counts(Counts((other, C)))]


def test_different_filters_are_never_mixed() -> None:
    only = Compare(Column("c"), "=", 0)
    found, questions = planned([Counts((A,)), Counts((A,), only)])
    assert len(questions) == 2
    assert [table.total for table in found] == [30, 6]


def test_a_second_run_with_the_same_cache_asks_nothing(tmp_path: Path) -> None:
    requests = [Counts((A, B)), Counts((C,))]
    first, _ = planned(requests, cache=tmp_path)
    again, questions = planned(requests, cache=tmp_path)
    assert questions == []
    assert again == first


def test_an_answer_changed_on_disk_is_not_believed(tmp_path: Path) -> None:
    first, _ = planned([Counts((A,))], cache=tmp_path)
    for path in tmp_path.iterdir():
        path.write_text(path.read_text().replace("15", "16"))
    again, questions = planned([Counts((A,))], cache=tmp_path)
    assert len(questions) == 1
    assert again == first


@given(rows=strategies.rows(), request=st.one_of(strategies.counts, strategies.ranks, strategies.moments))
@settings(max_examples=40, deadline=None)
def test_every_kept_answer_reads_back_equal(rows, request) -> None:
    found = answer(ReferenceEngine(rows), request)
    assert type(found).from_json(json.loads(json.dumps(found.to_json()))) == found


def test_other_rows_never_meet_the_same_cache(tmp_path: Path) -> None:
    planned([Counts((A,))], cache=tmp_path)
    engine = Watched(ROWS[:3])
    planner = Planner(engine, Rows(Path("rows.parquet"), "another digest"), tmp_path)
    found = planner.ask(Counts((A,)))
    assert sum(count for _, count in found.cells) == 3


@given(rows=strategies.rows(), requests=st.lists(strategies.requests, min_size=1, max_size=6))
@settings(max_examples=50, deadline=None)
def test_the_planner_never_changes_an_answer(rows, requests) -> None:
    found, _ = planned(requests, rows)
    reference = ReferenceEngine(rows)
    assert found == [answer(reference, request) for request in requests]
