"""The reference engine: plain Python over a list of rows. Slow, obvious, and the judge of the others."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

from pyarrow.parquet import read_table

from foramen.statistics.sums import Moment, MomentTable, RankSum, RankSums, ScoreSums
from foramen.statistics.tables import Cell, Code, CountTable
from foramen.study.engines.engine import EACH, Rows, Selection
from foramen.study.engines.interpret import Row, truth, value
from foramen.study.engines.request import PERSON_ROWS, Condition, Counts, Key, Moments, Persons, Ranks, Scores


def select(rows: Sequence[Row], selection: Selection) -> list[Row]:
    """The rows that count for each person: all of the chosen index event, which may have several targets or reads."""
    kept = [row for row in rows if truth(selection.where, row)]
    if selection.which == "each":
        return kept
    choose = min if selection.which == "first" else max
    sequences: dict[int | None, list[int]] = defaultdict(list)
    for row in kept:
        sequences[row["patient_id"]].append(row["sequence"] or 0)
    return [row for row in rows if row["sequence"] == choose(sequences.get(row["patient_id"], [0]))]


class ReferenceEngine:
    """Answers requests by walking the rows."""

    name = "reference"

    def __init__(self, rows: Sequence[Row], selection: Selection = EACH) -> None:
        self._rows = select(rows, selection)

    @classmethod
    def open(cls, rows: Rows) -> "ReferenceEngine":
        return cls(read_table(rows.file).to_pylist(), rows.selection)

    def close(self) -> None:
        """Nothing is held open."""

    def _kept(self, where: Condition) -> list[Row]:
        return [row for row in self._rows if truth(where, row)]

    def counts(self, request: Counts) -> CountTable:
        found = Counter(_codes(request.keys, row) for row in self._kept(request.where))
        return CountTable.build([key.axis for key in request.keys], found)

    def persons(self, request: Persons) -> CountTable:
        rows_of = Counter(row["patient_id"] for row in self._kept(request.where))
        return CountTable.build([PERSON_ROWS], [((number,), 1) for number in rows_of.values()])

    def rank_sums(self, request: Ranks) -> RankSums:
        sums: dict[Code, RankSum] = {}
        total: Counter[Code] = Counter()
        for row in self._kept(request.where):
            group = value(request.group.term, row) if request.group else 0
            total[group] += 1
            codes = [value(key.term, row) for key in request.columns]
            known = [code for code in codes if code is not None]
            if len(known) == len(codes):
                part = _rank_sum(known)
                sums[group] = sums[group] + part if group in sums else part
        return RankSums.build(tuple(key.name for key in request.columns), sums, total)

    def moments(self, request: Moments) -> MomentTable:
        cells: dict[tuple[Cell, tuple[bool, ...]], Moment] = {}
        for row in self._kept(request.where):
            codes = [value(key.term, row) for key in request.columns]
            cell = (_codes(request.groups, row), tuple(code is not None for code in codes))
            part = _moment([code or 0 for code in codes])
            cells[cell] = cells[cell] + part if cell in cells else part
        names = tuple(key.name for key in request.columns)
        decimals = tuple(key.axis.decimals for key in request.columns)
        return MomentTable.build(names, decimals, tuple(key.name for key in request.groups), cells)

    def score_sums(self, request: Scores) -> ScoreSums:
        size = len(request.design) + 1
        total = ScoreSums(
            terms=("(intercept)", *(key.name for key in request.design)),
            bits=request.bits,
            n=0,
            successes=0,
            loglik=0,
            gradient=(0,) * size,
            information=(0,) * (size * (size + 1) // 2),
        )
        for row in self._kept(request.where):
            outcome = value(request.outcome.term, row)
            design = [value(key.term, row) for key in request.design]
            known = [code for code in design if code is not None]
            if outcome is not None and len(known) == len(design):
                total += _score_sums(total.terms, request, outcome, (1, *known))
        return total


def _codes(keys: Sequence[Key], row: Row) -> Cell:
    return tuple(value(key.term, row) for key in keys)


def _rank_sum(codes: Sequence[int]) -> RankSum:
    doubled = tuple(1 + sum(2 * (other < code) + (other == code) for other in codes) for code in codes)
    return RankSum(1, doubled, sum(rank * rank for rank in doubled))


def _moment(codes: Sequence[int]) -> Moment:
    products = tuple(codes[i] * codes[j] for i in range(len(codes)) for j in range(i, len(codes)))
    return Moment(1, tuple(codes), products)


def _score_sums(terms: tuple[str, ...], request: Scores, outcome: int, design: tuple[int, ...]) -> ScoreSums:
    scale = float(2**request.bits)
    predictor = request.beta[0]
    for coefficient, code in zip(request.beta[1:], design[1:], strict=True):
        predictor = predictor + coefficient * code
    small = math.exp(-abs(predictor))
    chance = 1.0 / (1.0 + small) if predictor >= 0 else small / (1.0 + small)
    loglik = outcome * predictor - max(predictor, 0.0) - math.log(1.0 + small)
    residual = math.floor((outcome - chance) * scale + 0.5)
    weight = math.floor(chance * (1.0 - chance) * scale + 0.5)
    size = range(len(design))
    return ScoreSums(
        terms=terms,
        bits=request.bits,
        n=1,
        successes=outcome,
        loglik=math.floor(loglik * scale + 0.5),
        gradient=tuple(code * residual for code in design),
        information=tuple(design[i] * design[j] * weight for i in size for j in size if j >= i),
    )
