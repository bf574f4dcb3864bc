"""An engine over any database that runs our SQL; adapters give it a way to execute a statement."""

from collections.abc import Callable, Sequence
from typing import Any

from foramen.kernel.errors import Defect
from foramen.statistics.sums import Moment, MomentTable, RankSum, RankSums, ScoreSums
from foramen.statistics.tables import CountTable
from foramen.study.engines.request import PERSON_ROWS, Counts, Moments, Persons, Ranks, Scores
from foramen.study.engines.scores import drop_patterns_sql, extents_sql, grouped_columns, patterns_sql, scores_sql
from foramen.study.engines.sql import counts_sql, moments_sql, persons_sql, ranks_sql

Execute = Callable[[str], Sequence[Sequence[Any]]]


class DatabaseEngine:
    """Sends one statement per request and turns the rows into exact integers."""

    def __init__(self, name: str, execute: Execute, close: Callable[[], None]) -> None:
        self.name = name
        self._execute = execute
        self._close = close
        self._model: tuple[object, ...] = ()
        self._grouped: tuple[int, ...] = ()

    def close(self) -> None:
        self._close()

    def _rows(self, statement: str) -> Sequence[Sequence[Any]]:
        try:
            return self._execute(statement)
        except Exception as error:
            raise Defect(f"{self.name} could not run a statement of ours: {error}\n{statement}") from error

    def counts(self, request: Counts) -> CountTable:
        rows = self._rows(counts_sql(request))
        return CountTable.build([key.axis for key in request.keys], ((tuple(row[:-1]), row[-1]) for row in rows))

    def persons(self, request: Persons) -> CountTable:
        return CountTable.build(
            [PERSON_ROWS], (((rows,), persons) for rows, persons in self._rows(persons_sql(request)))
        )

    def rank_sums(self, request: Ranks) -> RankSums:
        sums, total = {}, {}
        for group, rows, complete, *doubled, squares in self._rows(ranks_sql(request)):
            total[group] = int(rows)
            if complete:
                sums[group] = RankSum(int(complete), tuple(int(s) for s in doubled), int(squares))
        return RankSums.build(tuple(key.name for key in request.columns), sums, total)

    def moments(self, request: Moments) -> MomentTable:
        groups, columns = len(request.groups), len(request.columns)
        cells = {}
        for row in self._rows(moments_sql(request)):
            flags = tuple(bool(flag) for flag in row[groups : groups + columns])
            n, *sums = (int(value or 0) for value in row[groups + columns :])
            cells[tuple(row[:groups]), flags] = Moment(n, tuple(sums[:columns]), tuple(sums[columns:]))
        names = tuple(key.name for key in request.columns)
        decimals = tuple(key.axis.decimals for key in request.columns)
        return MomentTable.build(names, decimals, tuple(key.name for key in request.groups), cells)

    def score_sums(self, request: Scores) -> ScoreSums:
        self._hold_patterns(request)
        (row,) = self._rows(scores_sql(request, self._grouped))
        n, successes, loglik, *sums = (int(value or 0) for value in row)
        size = len(request.design) + 1
        terms = ("(intercept)", *(key.name for key in request.design))
        return ScoreSums(terms, request.bits, n, successes, loglik, tuple(sums[:size]), tuple(sums[size:]))

    def _hold_patterns(self, request: Scores) -> None:
        """Make the table of a model's patterns at its first step; it is held until another model comes."""
        model = (request.outcome, request.design, request.bits, request.where)
        if model == self._model:
            return
        self._rows(drop_patterns_sql())
        self._rows(patterns_sql(request))
        ((largest, *ends),) = self._rows(extents_sql(request))
        extents = [(int(low or 0), int(high or 0)) for low, high in zip(ends[::2], ends[1::2], strict=True)]
        self._model, self._grouped = model, grouped_columns(request, int(largest or 0), extents)
