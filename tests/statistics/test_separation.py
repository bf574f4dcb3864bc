"""What has no estimate: dependence seen in sums of products, separation seen by linear programming."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foramen.statistics.separation import dependent_columns, find_separation, quoted


@settings(max_examples=50, deadline=None)
@given(rows=st.lists(st.tuples(st.integers(-4, 4), st.booleans()), min_size=4, max_size=12))
def test_one_covariate_separates_exactly_when_its_values_do_not_overlap(rows):
    x, y = zip(*rows, strict=True)
    if len(set(y)) < 2 or len(set(x)) < 2:
        return
    successes = np.array(y, float)
    found = find_separation(np.column_stack((np.ones(len(x)), x)).astype(float), successes, 1 - successes)
    ones, zeros = ([a for a, b in rows if b is outcome] for outcome in (True, False))
    assert (found is None) == (min(ones) < max(zeros) and min(zeros) < max(ones))
    assert (found is not None and found.complete) == (min(ones) > max(zeros) or min(zeros) > max(ones))


def test_dependence_is_seen_whatever_the_units():
    generator = np.random.default_rng(4)
    free = generator.normal(size=(50, 4))
    columns = np.column_stack((free, 1e-6 * free[:, 0] - 1e5 * free[:, 2]))
    assert dependent_columns(columns.T @ columns) == (0, 2, 4) or dependent_columns(columns.T @ columns) == (2, 4)
    assert dependent_columns(free.T @ (free * 1e8)) == ()


@pytest.mark.parametrize(
    ("labels", "text"), [(["a"], "“a”"), (["a", "b"], "“a” and “b”"), (["a", "b", "c"], "“a”, “b” and “c”")]
)
def test_quoted_reads_as_a_sentence_does(labels, text):
    assert quoted(labels) == text
