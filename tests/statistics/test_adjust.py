"""Adjusted p-values against statsmodels."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from foramen.kernel.errors import StatisticError
from foramen.statistics.adjust import adjusted, bonferroni, holm, in_words

PROBABILITIES = st.lists(st.floats(1e-12, 1), min_size=1, max_size=12)


@pytest.mark.parametrize("method", ["holm", "bonferroni"])
@settings(max_examples=40, deadline=None)
@given(values=PROBABILITIES)
def test_adjusted_equals_statsmodels_in_the_order_given(method, values):
    found = adjusted([(p, math.log10(p)) for p in values], method=method)
    assert [p for p, _ in found] == pytest.approx(multipletests(values, method=method)[1].tolist(), rel=1e-12)
    assert [10**log10_p for _, log10_p in found] == pytest.approx([p for p, _ in found], rel=1e-10)


def test_p_values_that_underflow_are_ordered_by_their_logarithm():
    values = [(0.0, -400.0), (0.0, -900.0), (0.01, -2.0)]
    assert [log10_p for _, log10_p in holm(values)] == pytest.approx([math.log10(2) - 400, math.log10(3) - 900, -2])
    assert bonferroni(values)[1][1] == pytest.approx(math.log10(3) - 900)


def test_none_changes_nothing_and_an_empty_list_stays_empty():
    assert adjusted([(0.5, -0.3)], method="none") == [(0.5, -0.3)]
    assert holm([]) == bonferroni([]) == []


def test_adjusted_refuses_an_unknown_procedure():
    with pytest.raises(StatisticError):
        adjusted([(0.5, -0.3)], method="sidak")


def test_in_words_counts_the_comparisons():
    assert in_words("holm", 15) == "Holm-adjusted for 15 comparisons"
    assert in_words("none", 15) == "not adjusted"
