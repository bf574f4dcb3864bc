"""Analysis of covariance from moments against statsmodels over rows."""

import json
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from foramen.kernel.errors import StatisticError
from foramen.statistics.ancova import ancova
from foramen.statistics.sums import Moment, MomentTable
from foramen.statistics.tables import Axis

ARMS = Axis("arm", labels=((0, "control"), (1, "injection"), (2, "sham")))
ROW = st.tuples(st.integers(0, 2), st.integers(0, 100), st.integers(20, 80), st.one_of(st.none(), st.integers(0, 100)))


def moments_of(rows, decimals=(1, 0, 1)):
    """Rows of (arm, baseline, age, outcome); None is missing."""
    cells = {}
    for arm, *values in rows:
        known = tuple(value is not None for value in values)
        filled = tuple(value or 0 for value in values)
        products = tuple(filled[i] * filled[j] for i in range(3) for j in range(i, 3))
        part = Moment(1, filled, products)
        key = ((arm,), known)
        cells[key] = cells[key] + part if key in cells else part
    return MomentTable.build(("baseline", "age", "outcome"), decimals, ("arm",), cells)


def run(rows, **changes):
    asked = {
        "outcome": "outcome",
        "baseline": "baseline",
        "covariates": ["age"],
        "group": ARMS,
        "reference": 0,
        "level": 0.95,
    }
    return ancova(moments_of(rows), **{**asked, **changes})


def named(rows, name):
    return [row for row in rows if row.name == name]


def least_squares(rows):
    whole = np.array([row for row in rows if None not in row], float)
    arm, baseline, age, outcome = whole[:, 0], whole[:, 1] / 10, whole[:, 2], whole[:, 3] / 10
    design = np.column_stack([arm == 0, arm == 1, arm == 2, baseline - baseline.mean(), age - age.mean()]).astype(float)
    return sm.OLS(outcome, design).fit()


def drawn(seed, n=60):
    generator = np.random.default_rng(seed)
    made = []
    for i in range(n):
        baseline = int(generator.integers(20, 100))
        outcome = int(np.clip(0.5 * baseline - 10 * (i % 3) + generator.normal(0, 12), 0, 100))
        made.append((i % 3, baseline, int(generator.integers(20, 80)), outcome if generator.random() > 0.1 else None))
    return made


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_ancova_equals_least_squares_over_rows(seed):
    rows = drawn(seed)
    model, found = least_squares(rows), run(rows)
    contrasts = {
        ("injection", "control"): [-1, 1, 0, 0, 0],
        ("sham", "control"): [-1, 0, 1, 0, 0],
        ("sham", "injection"): [0, -1, 1, 0, 0],
    }
    for row in named(found, "adjusted_mean_difference"):
        where = dict(row.about)
        test = model.t_test(contrasts[where["group"], where["against"]])
        interval = test.conf_int()[0]
        assert (row.estimate, row.lower, row.upper) == pytest.approx((test.effect[0], *interval), rel=1e-8, abs=1e-10)
        assert (row.statistic, row.p, row.df) == (
            pytest.approx(test.tvalue.item(), rel=1e-8),
            pytest.approx(test.pvalue.item(), rel=1e-7),
            model.df_resid,
        )
    means = named(found, "adjusted_mean")
    assert [row.estimate for row in means] == pytest.approx(model.params[:3], rel=1e-10)
    assert [row.lower for row in means] == pytest.approx(model.conf_int()[:3, 0], rel=1e-9)
    slopes = named(found, "fixed_effect")
    assert [dict(row.about)["term"] for row in slopes] == ["baseline", "age"]
    assert [row.statistic for row in slopes] == pytest.approx(model.tvalues[3:], rel=1e-8, abs=1e-9)
    assert named(found, "residual_standard_deviation")[0].estimate == pytest.approx(np.sqrt(model.scale), rel=1e-10)
    assert {(row.n, row.denominator) for row in found} == {(sum(None not in r for r in rows), 60)}


def test_two_sites_added_give_the_pooled_result():
    rows = drawn(1)
    asked = {
        "outcome": "outcome",
        "baseline": "baseline",
        "covariates": [],
        "group": ARMS,
        "reference": 1,
        "level": 0.9,
    }
    assert ancova(moments_of(rows[:25]) + moments_of(rows[25:]), **asked) == ancova(moments_of(rows), **asked)


def test_the_reference_comes_first_and_labels_are_printed():
    found = run(drawn(2), reference=2, labels={"baseline": "NRS before"})
    pairs = [(dict(r.about)["group"], dict(r.about)["against"]) for r in named(found, "adjusted_mean_difference")]
    assert pairs == [("control", "sham"), ("injection", "sham"), ("injection", "control")]
    assert dict(named(found, "fixed_effect")[0].about)["term"] == "NRS before"


def test_a_two_arm_trial_is_adjusted_for_baseline():
    """The drawn trial of the mixed-model oracle, complete rows, against statsmodels."""
    columns = json.loads((Path(__file__).parents[1] / "oracles" / "mixed.json").read_text())["synthetic"]["rows"]
    rows = list(zip(columns["group"], columns["y1"], columns["age"], columns["y3"], strict=True))
    axis = Axis("arm", labels=((0, "control"), (1, "injection")))
    whole = np.array([row for row in rows if None not in row], float)
    model = sm.OLS(whole[:, 3], sm.add_constant(whole[:, :3])).fit()
    found = ancova(
        moments_of(rows, (0, 0, 0)),
        outcome="outcome",
        baseline="baseline",
        covariates=["age"],
        group=axis,
        reference=0,
        level=0.95,
    )
    row = named(found, "adjusted_mean_difference")[0]
    assert (row.estimate, row.statistic) == pytest.approx((model.params[1], model.tvalues[1]), rel=1e-9)


def faults(rows):
    assert all(row.estimate is row.lower is row.statistic is row.p is None for row in rows)
    (text,) = {row.error for row in rows}
    return text


def test_degenerate_data_give_rows_that_say_why():
    rows = drawn(3)
    assert "group “sham”" in faults(run([row for row in rows if row[0] != 2]))
    assert "“outcome” does not vary" in faults(run([(a, b, c, 50) for a, b, c, _ in rows]))
    assert "“outcome” does not vary" in faults(run([(a, b, c, b) for a, b, c, _ in rows]))
    assert "“baseline” has the same value" in faults(run([(a, 50, c, d) for a, _, c, d in rows]))
    assert "told apart" in faults(run([(a, c, c, d) for a, _, c, d in rows]))
    assert "too few" in faults(run([row for row in rows if row[3] is not None][:5]))
    assert "nobody in group “control”" in faults(run([(a, b, c, None) for a, b, c, _ in rows]))


def test_a_wrong_call_is_refused():
    with pytest.raises(StatisticError, match="named twice"):
        run(drawn(3), covariates=["baseline"])
    with pytest.raises(StatisticError, match="no group to serve"):
        run(drawn(3), reference=9)
    with pytest.raises(StatisticError, match="no column"):
        run(drawn(3), outcome="nrs")
