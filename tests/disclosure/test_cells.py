"""Which rows a count table behind them forbids."""

import numpy as np
import pytest

from foramen.disclosure.blocks import STUDY
from foramen.disclosure.cells import Judge
from foramen.disclosure.reader import Reader
from foramen.disclosure.reasons import UNSEEN, Reasons
from foramen.statistics.result import Statistic, about
from foramen.statistics.sums import Moment, MomentTable
from foramen.statistics.tables import Axis, CountTable

WORDS = Reasons(11)
SEX = Axis("sex", labels=((0, "female"), (1, "male")))
GRADE = Axis("grade", labels=((0, "none"), (1, "mild"), (2, "severe")))
OUTCOME = Axis("the outcome", labels=((0, "no"), (1, "yes")))


def ruled(table: CountTable | MomentTable | None, *rows: Statistic) -> list[str | None]:
    """Why each row is ruled out, where it is."""
    judge = Judge(Reader(rows, {"m": STUDY}), 11, "the group")
    return [judge.line(row, table).ruled for row in rows]


def model_row(name: str, n: int, **dimensions: str) -> Statistic:
    row = Statistic(name=name, method="logistic", estimate=1.0, n=n, denominator=n, inputs="t")
    return row.describing(analysis="m", model="m", **dimensions)


def model_rows(n: int, *terms: str) -> list[Statistic]:
    return [model_row("coefficient", n, term=term) for term in ("(intercept)", *terms)]


def with_age(first: Axis, counts: dict[tuple[int, int], int]) -> CountTable:
    """Each (level, outcome) count spread over ages, so that there are many patterns."""
    cells = [((code, 30 + i, y), 1) for (code, y), count in counts.items() for i in range(count)]
    return CountTable.build([first, Axis("age"), OUTCOME], cells)


def test_a_model_of_one_category_gives_its_cells_away() -> None:
    table = CountTable.build([SEX, OUTCOME], {(0, 0): 40, (0, 1): 30, (1, 0): 50, (1, 1): 4})
    rows = model_rows(124, "sex: male against female")
    assert ruled(table, *rows) == [WORDS.gives_away] * 2
    enough = CountTable.build([SEX, OUTCOME], {(0, 0): 40, (0, 1): 30, (1, 0): 50, (1, 1): 14})
    assert ruled(enough, *model_rows(134, "sex: male against female")) == [None, None]


def test_a_model_of_many_patterns_is_shown_but_for_terms_of_few() -> None:
    table = with_age(GRADE, {(0, 0): 40, (0, 1): 30, (1, 0): 20, (1, 1): 20, (2, 0): 3, (2, 1): 4})
    rows = model_rows(117, "age", "grade: mild against none", "grade: severe against none")
    assert ruled(table, *rows) == [None, None, None, WORDS.few]


@pytest.mark.parametrize(("successes", "said"), [(4, WORDS.gives_away), (20, None)])
def test_a_model_needs_enough_with_the_outcome(successes: int, said: str | None) -> None:
    table = with_age(SEX, {(0, 0): 40, (1, 0): 40, (0, 1): successes // 2, (1, 1): successes // 2})
    assert ruled(table, model_row("auc", 80 + successes)) == [said]


def test_a_model_of_moments_needs_enough_in_every_group_at_every_time() -> None:
    def table(late: int) -> MomentTable:
        cells = {((0,), (True, True)): Moment(late, (), ()), ((0,), (True, False)): Moment(30 - late, (), ())}
        return MomentTable.build(("early", "late"), (0, 0), ("the group",), cells)

    row = model_row("adjusted_mean", 30)
    assert ruled(table(4), row) == [WORDS.gives_away]
    assert ruled(table(19), row) == [None]


def test_a_number_whose_table_was_not_kept_cannot_be_judged() -> None:
    assert ruled(None, model_row("aic", 20_000)) == [UNSEEN]
    assert ruled(None, Statistic(name="mean", method="", estimate=1.0)) == [UNSEEN]


def test_kappa_needs_every_cell() -> None:
    def needs(small: int) -> set[int]:
        axes = [Axis("r1", labels=GRADE.labels), Axis("r2", labels=GRADE.labels)]
        table = CountTable.build(axes, {(0, 0): 50, (1, 1): 40, (2, 2): 30, (0, 1): small})
        row = Statistic(name="cohen_kappa", method="", estimate=0.9, n=120 + small, denominator=120 + small)
        row = Statistic(**{f: getattr(row, f) for f in row.__slots__} | {"about": about(analysis="m", finding="grade")})
        judge = Judge(Reader([row], {"m": STUDY}), 11, "the group")
        return {judge.reader.ledger.count(number) for number in judge.line(row, table).needs}

    assert needs(3) == {3, 30, 40, 50, 123}
    assert needs(12) == {12, 30, 40, 50, 132}


def test_an_extreme_needs_company() -> None:
    def extremes(values: list[int]) -> list[str | None]:
        table = CountTable.from_rows(age=values)
        rows = [
            Statistic(name=name, method="", estimate=1.0, n=len(values), denominator=len(values)).describing(
                analysis="m"
            )
            for name in ("minimum", "maximum")
        ]
        return ruled(table, *rows)

    spread = np.arange(30, 60).tolist()
    assert extremes([20] * 11 + spread + [80] * 10) == [None, WORDS.extreme]
