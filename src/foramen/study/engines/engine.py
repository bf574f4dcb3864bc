"""The interface of an engine, and the choice of one by name."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from foramen.statistics.sums import MomentTable, RankSums, ScoreSums
from foramen.statistics.tables import CountTable
from foramen.study.engines.request import ALWAYS, Answer, Condition, Counts, Moments, Persons, Ranks, Request, Scores


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows of a person count: of the rows where `where` is true the first or the last by `sequence`, or each."""

    which: Literal["first", "each", "last"] = "each"
    where: Condition = ALWAYS


EACH = Selection()


@dataclass(frozen=True, slots=True)
class Rows:
    """Where an engine finds its rows: a Parquet file, its digest, and the selection."""

    file: Path
    digest: str
    selection: Selection = EACH


class Engine(Protocol):
    """Requests in, integers out. Implementations agree with `==`."""

    name: str

    def counts(self, request: Counts) -> CountTable: ...
    def persons(self, request: Persons) -> CountTable: ...
    def rank_sums(self, request: Ranks) -> RankSums: ...
    def moments(self, request: Moments) -> MomentTable: ...
    def score_sums(self, request: Scores) -> ScoreSums: ...
    def close(self) -> None: ...


def answer(engine: Engine, request: Request) -> Answer:
    """Dispatch a request to the method that answers it."""
    match request:
        case Counts():
            return engine.counts(request)
        case Persons():
            return engine.persons(request)
        case Ranks():
            return engine.rank_sums(request)
        case Moments():
            return engine.moments(request)
        case Scores():
            return engine.score_sums(request)
