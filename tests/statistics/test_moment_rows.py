"""Pseudo-rows stand for the rows: same n, sums and cross products, exact where sums of squares would cancel."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foramen.kernel.errors import StatisticError
from foramen.statistics.moment_rows import moment_cells, product_index, pseudo_rows
from foramen.statistics.sums import Moment, MomentTable


def moment_of(rows):
    k = len(rows[0])
    products = [sum(r[i] * r[j] for r in rows) for i in range(k) for j in range(i, k)]
    return Moment(len(rows), tuple(sum(r[i] for r in rows) for i in range(k)), tuple(products))


def cells_of(rows, decimals):
    columns = tuple(f"c{i}" for i in range(len(rows[0])))
    return moment_cells(
        MomentTable.build(columns, decimals, (), {((), (True,) * len(columns)): moment_of(rows)}), grouped=False
    )


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.tuples(*[st.integers(-1000, 1000)] * 3), min_size=1, max_size=15))
def test_pseudo_rows_have_the_products_of_the_rows(rows):
    cells = cells_of(rows, (0, 1, 2))
    scales = [cells.scale([column]) for column in cells.columns]
    made = pseudo_rows(cells, moment_of(rows), cells.columns, scales)
    values = np.array(rows) / [1, 10, 100]
    scaled = np.column_stack(
        [np.ones(len(rows)), *[(values[:, i] - float(s.centre)) / s.unit for i, s in enumerate(scales)]]
    )
    assert made.T @ made == pytest.approx(scaled.T @ scaled, abs=1e-9)
    assert [float(s.centre) for s in scales] == pytest.approx(values.mean(axis=0), abs=1e-9)


def test_a_million_rows_around_a_large_mean_keep_their_spread():
    """As floats, sums of squares near 1e24 would lose a variance of 1/4 altogether."""
    big = 10**9
    n = 1_000_000
    moment = Moment(n, (n * big + n // 2,), (n // 2 * big**2 + n // 2 * (big + 1) ** 2,))
    cells = moment_cells(MomentTable.build(("c",), (0,), (), {((), (True,)): moment}), grouped=False)
    scale = cells.scale(["c"])
    made = pseudo_rows(cells, moment, ["c"], [scale])
    assert scale.unit == pytest.approx(0.5, rel=1e-14)
    assert made.T @ made == pytest.approx(np.diag([n, n]), rel=1e-13, abs=1e-9)


def test_product_index_numbers_an_upper_triangle_row_by_row():
    order = [(i, j) for i in range(4) for j in range(i, 4)]
    assert [product_index(4, *pair) for pair in order] == list(range(10))
    assert product_index(4, 3, 1) == product_index(4, 1, 3)


def test_moments_with_other_groups_than_the_model_are_refused():
    table = MomentTable.build(("c",), (0,), ("arm",), {})
    with pytest.raises(StatisticError, match="with no group"):
        moment_cells(table, grouped=False)
    with pytest.raises(StatisticError, match="no column"):
        moment_cells(table, grouped=True).position("d")
