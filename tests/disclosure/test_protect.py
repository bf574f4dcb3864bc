"""Complementary suppression against an attacker who tries every table there is."""

from collections.abc import Sequence
from functools import cache
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foramen.disclosure.ledger import Ledger, Line, Number, is_small
from foramen.disclosure.protect import Protection, protect, shift
from foramen.disclosure.withhold import reason

MOST = 7
"""Highest count that the attacker tries in a cell."""

Cells = list[list[int]]


@cache
def every_table(cells: int) -> np.ndarray:
    return np.array(list(product(range(MOST + 1), repeat=cells)), dtype=np.int8)


class Printed:
    """A table of groups by classes as a report prints it: each cell with its group's total, and both for everybody."""

    def __init__(self, cells: Cells) -> None:
        self.ledger, self.lines = Ledger(), list[Line]()
        self.meaning: dict[Number, np.ndarray] = {}
        groups, classes = len(cells), len(cells[0])
        self.weights = np.eye(groups * classes, dtype=np.int8).reshape(groups, classes, -1)
        self.counts = np.array(cells)
        for group in (*range(groups), None):
            rows = slice(None) if group is None else slice(group, group + 1)
            base = self._enter(group, "all", rows, slice(None))
            parts = [self._enter(group, column, rows, slice(column, column + 1)) for column in range(classes)]
            self.ledger.tie(base, parts)
            self.lines.append(Line((base,), base, weight=0.5))
            self.lines += [Line((part, base), part, (base,)) for part in parts]
        for column in ("all", *range(classes)):
            names = [number for number in self.meaning if number[1] == column]
            self.ledger.tie(names[-1], names[:-1])

    def _enter(self, group: int | None, column: object, rows: slice, columns: slice) -> Number:
        number = self.ledger.enter(group, column, count=int(self.counts[rows, columns].sum()))
        self.meaning[number] = self.weights[rows, columns].sum(axis=(0, 1), dtype=np.int8)
        return number

    def protect(self, threshold: int) -> Protection:
        return protect(self.ledger, self.lines, threshold)

    def possible(self, found: Protection) -> np.ndarray:
        """Every table that fits what is printed: the counts that are shown, and the reasons of those that are not."""
        tables = every_table(self.counts.size)
        for line in self.lines:
            tables = tables[self._fits(line, found, tables)]
        return tables

    def _fits(self, line: Line, found: Protection, tables: np.ndarray) -> np.ndarray:
        assert line.own is not None
        why, small = reason(line, self.ledger, found), range(1, found.threshold)
        own = tables @ self.meaning[line.own]
        if why is None:
            fits = [tables @ self.meaning[need] == self.ledger.count(need) for need in line.needs]
            return np.logical_and.reduce(fits)
        if why.startswith("from fewer"):
            return np.isin(tables @ self.meaning[line.enough[0]], small)
        if why.endswith("or is one"):
            return np.full(len(tables), True)
        return np.isin(own, small) if why[0].isdigit() else ~np.isin(own, small)


@st.composite
def tables_of_counts(draw: st.DrawFn) -> tuple[int, Cells]:
    """A threshold, and counts of two groups by two or three classes."""
    row = st.lists(st.integers(0, 4), min_size=(classes := draw(st.integers(2, 3))), max_size=classes)
    return draw(st.integers(3, 4)), draw(st.lists(row, min_size=2, max_size=2))


@pytest.mark.requirement("DEI-5", "H28")
@settings(max_examples=150, deadline=None)
@given(tables_of_counts())
def test_whoever_tries_every_table_cannot_tell_a_small_number(drawn: tuple[int, Cells]) -> None:
    threshold, cells = drawn
    printed = Printed(cells)
    found = printed.protect(threshold)
    possible = printed.possible(found)
    assert (possible == printed.counts.ravel()).all(axis=1).any()
    for number, weights in printed.meaning.items():
        if is_small(printed.ledger, number, threshold):
            values = np.unique(possible @ weights)
            away = np.abs(values - printed.ledger.count(number))
            assert len(values) > 1
            assert away.max() >= shift(threshold)


@pytest.mark.requirement("DEI-5", "H28")
@settings(max_examples=150, deadline=None)
@given(tables_of_counts())
def test_no_small_number_is_printed_and_none_is_left_over_of_a_total(drawn: tuple[int, Cells]) -> None:
    threshold, cells = drawn
    printed = Printed(cells)
    found = printed.protect(threshold)
    shown = {need for line in printed.lines if reason(line, printed.ledger, found) is None for need in line.needs}
    assert not any(is_small(printed.ledger, number, threshold) for number in shown)
    for total, parts in printed.ledger.sums:
        hidden = sum(printed.ledger.count(part) for part in parts if part not in shown)
        assert total not in shown or hidden not in range(1, threshold)


def withheld(cells: Cells, threshold: int) -> set[tuple[object, object]]:
    """(group, class) of every number withheld."""
    return {(number[0], number[1]) for number in Printed(cells).protect(threshold).withheld}


def test_nothing_goes_where_nothing_is_small() -> None:
    assert withheld([[11, 0, 30], [40, 0, 12]], 11) == set()


def test_a_single_small_cell_takes_the_smallest_others_that_hide_it() -> None:
    found = withheld([[3, 20, 60], [25, 18, 70]], 11)
    assert found == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_zero_is_shown_and_never_withheld_for_another_cell() -> None:
    assert (0, 1) not in withheld([[3, 0, 60], [25, 18, 70]], 11)


def test_two_small_cells_that_add_to_a_small_number_take_a_third() -> None:
    found = withheld([[2, 2, 60], [30, 30, 30]], 5)
    assert {(0, 0), (0, 1), (0, 2)} <= found or (0, "all") in found


def test_ten_categories_of_one_person_each_stay_undetermined() -> None:
    printed = Printed([[1] * 10, [12] * 10])
    found = printed.protect(11)
    assert all(number in found.proofs for number in printed.meaning if number[0] == 0)


@pytest.mark.parametrize("threshold", [3, 4, 5, 11, 20])
def test_the_shift_always_fits_in_one_direction(threshold: int) -> None:
    for count in range(1, threshold):
        assert count + shift(threshold) < threshold or count - shift(threshold) > 0


def order(cells: Cells) -> Sequence[Number]:
    return [*Printed(cells).protect(5).withheld]


@settings(max_examples=150, deadline=None)
@given(tables_of_counts())
def test_the_same_table_gives_the_same_suppression(drawn: tuple[int, Cells]) -> None:
    assert order(drawn[1]) == order(drawn[1])
