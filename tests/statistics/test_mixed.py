"""Mixed models from moments against lme4, lmerTest, emmeans, nlme, and the published back-pain trial."""

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from foramen.kernel.errors import StatisticError
from foramen.statistics.mixed import mixed_model
from foramen.statistics.sums import Moment, MomentTable
from foramen.statistics.tables import Axis

ORACLE = json.loads((Path(__file__).parents[1] / "oracles" / "mixed.json").read_text())
SYNTHETIC = ORACLE["synthetic"]["rows"]
ARMS = Axis("group", labels=((0, "control"), (1, "injection")))
TRIAL_ARMS = Axis("group", labels=((2, "placebo"), (3, "usual care"), (1, "PRT")))
PLAIN = {"group": ARMS, "reference": 0, "df_method": "normal", "level": 0.95}
STRUCTURES = ("random_intercept", "unstructured")


def moments_of(rows, columns, group=("group",), decimals=None):
    """Rows as mappings; None is missing."""
    size, cells = len(columns), {}
    for row in rows:
        known = tuple(row[column] is not None for column in columns)
        filled = tuple(row[column] or 0 for column in columns)
        products = tuple(filled[i] * filled[j] for i in range(size) for j in range(i, size))
        key = (tuple(row[name] for name in group), known)
        part = Moment(1, filled, products)
        cells[key] = cells[key] + part if key in cells else part
    return MomentTable.build(tuple(columns), decimals or (0,) * size, group, cells)


def synthetic_rows():
    return [dict(zip(SYNTHETIC, values, strict=True)) for values in zip(*SYNTHETIC.values(), strict=True)]


def run(rows, structure="random_intercept", **changes):
    asked = {
        "scores": ["y1", "y2", "y3"], "covariates": ["age"], "group": ARMS, "reference": 0, "covariance": structure,
        "df_method": "satterthwaite", "level": 0.95, "labels": {"y1": "1", "y2": "2", "y3": "3"}, **changes,
    }  # fmt: skip
    columns = [*asked["covariates"], *asked["scores"]]
    return mixed_model(moments_of(rows, columns, ("group",) if asked["group"] else ()), **asked)


def named(rows, name):
    return [row for row in rows if row.name == name]


def by_r_name(rows, levels):
    """Fixed effects under R's names: "time2:group3"."""
    found = {}
    for row in named(rows, "fixed_effect"):
        where = dict(row.about)
        parts = ([f"time{where['timepoint']}"] if "timepoint" in where else []) + (
            [f"group{levels[where['group']]}"] if "group" in where else []
        )
        found[":".join(parts) or where["term"].replace("(intercept)", "(Intercept)")] = row
    return found


def effects(rows, oracle, levels):
    found = by_r_name(rows, levels)
    assert len(found) == len(oracle["effects"])
    return [found[name] for name in oracle["effects"]]


def check_lme4_effects(chosen, oracle):
    assert [row.estimate for row in chosen] == pytest.approx(oracle["estimates"], rel=1e-6)
    assert [row.estimate / row.statistic for row in chosen] == pytest.approx(oracle["errors"], rel=1e-6)


def check_lme4(rows, oracle, levels):
    chosen = effects(rows, oracle, levels)
    check_lme4_effects(chosen, oracle)
    assert [row.statistic for row in chosen] == pytest.approx(oracle["t"], rel=1e-6)
    assert [row.df for row in chosen] == pytest.approx(oracle["df"], rel=1e-4)
    assert [row.p for row in chosen] == pytest.approx(oracle["p"], rel=1e-4)
    assert [row.estimate for row in named(rows, "variance_component")] == pytest.approx(oracle["variances"], rel=1e-6)
    assert named(rows, "minus_2_reml_loglik")[0].estimate == pytest.approx(oracle["criterion"], rel=1e-9)
    printed = {(dict(row.about)["group"], dict(row.about)["timepoint"]): row for row in named(rows, "adjusted_mean")}
    labels = {str(code): name for name, code in levels.items()}
    for group, time, mean, error, df in zip(*oracle["means"].values(), strict=True):
        row = printed[labels[group], time]
        assert (row.estimate, row.df) == (pytest.approx(mean, rel=1e-6), pytest.approx(df, rel=1e-4))
        assert row.upper - row.estimate == pytest.approx(error * stats.t.ppf(0.975, df), rel=1e-5)
        assert row.p is row.statistic is None


def check_nlme(rows, oracle, levels):
    """nlme stops a little before the optimum (1e-6 of a standard error); the dense likelihood is polished by Newton."""
    chosen, dense = effects(rows, oracle, levels), oracle["dense"]
    criterion = named(rows, "minus_2_reml_loglik")[0].estimate
    errors = [row.estimate / row.statistic for row in chosen]
    for row, estimate, error in zip(chosen, oracle["estimates"], oracle["errors"], strict=True):
        assert row.estimate == pytest.approx(estimate, rel=1e-6, abs=5e-6 * error)
    assert errors == pytest.approx(oracle["errors"], rel=1e-5)
    assert criterion == pytest.approx(oracle["criterion"], rel=1e-9)
    assert [row.estimate for row in chosen] == pytest.approx(dense["estimates"], rel=1e-7)
    assert errors == pytest.approx(dense["errors"], rel=1e-7)
    assert criterion == pytest.approx(dense["criterion"], rel=1e-12)
    assert [row.df for row in chosen] == pytest.approx(dense["df"], rel=1e-5)
    lower = [value for i, line in enumerate(dense["covariance"]) for value in line[: i + 1]]
    assert [row.estimate for row in named(rows, "variance_component")] == pytest.approx(lower, rel=1e-6)


def test_random_intercept_equals_lme4_and_emmeans():
    check_lme4(run(synthetic_rows()), ORACLE["synthetic"]["random_intercept"], {"control": 0, "injection": 1})


def test_unstructured_equals_nlme_and_a_dense_satterthwaite():
    check_nlme(
        run(synthetic_rows(), "unstructured"), ORACLE["synthetic"]["unstructured"], {"control": 0, "injection": 1}
    )


def trial_rows(folder):
    people = {}
    with (folder / "ashar2022" / "Ashar2022_outcomes_demographics.csv").open() as file:
        for line in csv.DictReader(file):
            if line["is_patient"] == "1":
                known = {
                    name: None if line[name] == "NaN" else int(line[name])
                    for name in ("group", "age", "gender", "pain_avg")
                }
                score = {f"y{line['time']}": known.pop("pain_avg")}
                people.setdefault(line["id"], {**known, "y1": None, "y2": None}).update(score)
    return list(people.values())


def trial(folder, structure):
    return run(
        trial_rows(folder), structure, scores=["y1", "y2"], covariates=["age", "gender"], group=TRIAL_ARMS, reference=1,
        labels={"y1": "1", "y2": "2"},
    )  # fmt: skip


def test_the_back_pain_trial_is_reproduced(reference_data):
    """Printed: 1.79, t 6.06; t 8.13 (the printed 2.40 cannot be had from this file, EXPECTED.csv says 2.3735855). The t
    of EXPECTED.csv, 6.0594722 and 8.1276293, are statsmodels', which stops early and is off in the fourth digit."""
    rows = trial(reference_data, "random_intercept")
    check_lme4(rows, ORACLE["ashar2022"]["random_intercept"], {"PRT": 1, "placebo": 2, "usual care": 3})
    found = {dict(row.about)["term"]: row for row in named(rows, "fixed_effect")}
    placebo, usual = found["time 2 × group placebo"], found["time 2 × group usual care"]
    assert (round(placebo.estimate, 6), round(placebo.statistic, 2)) == (1.789372, 6.06)
    assert (usual.estimate, round(usual.statistic, 2)) == (pytest.approx(2.3735855, rel=1e-5), 8.13)
    assert (placebo.statistic, usual.statistic) == pytest.approx((6.0594722, 8.1276293), rel=1e-3)
    assert {(row.n, row.denominator) for row in rows} == {(151, 152)}


def test_the_back_pain_trial_unstructured_equals_nlme(reference_data):
    check_nlme(
        trial(reference_data, "unstructured"),
        ORACLE["ashar2022"]["unstructured"],
        {"PRT": 1, "placebo": 2, "usual care": 3},
    )


def test_differences_are_between_the_adjusted_means_and_the_interaction_is_their_change():
    rows = run(synthetic_rows(), "unstructured")
    mean = {row.about: row.estimate for row in named(rows, "adjusted_mean")}
    for row in named(rows, "adjusted_mean_difference"):
        where = dict(row.about)
        one, other = ((("group", where[side]), ("timepoint", where["timepoint"])) for side in ("group", "against"))
        assert row.estimate == pytest.approx(mean[one] - mean[other], rel=1e-10)
        assert (where["group"], where["against"]) == ("injection", "control")
        assert row.lower < row.estimate < row.upper and 0 < row.p < 1
    differences = [row.estimate for row in named(rows, "adjusted_mean_difference")]
    effect = {dict(row.about)["term"]: row.estimate for row in named(rows, "fixed_effect")}
    assert differences[2] - differences[0] == pytest.approx(effect["time 3 × group injection"], rel=1e-9)


def test_complete_rows_with_unstructured_covariance_have_the_degrees_of_freedom_of_a_t_test():
    rows = [row for row in synthetic_rows() if None not in row.values()]
    found = run(rows, "unstructured", covariates=[])
    for place, row in enumerate(named(found, "adjusted_mean_difference"), start=1):
        arms = [[r[f"y{place}"] for r in rows if r["group"] == code] for code in (1, 0)]
        test = stats.ttest_ind(*arms)
        assert (row.statistic, row.df) == (pytest.approx(test.statistic, rel=1e-7), pytest.approx(test.df, rel=1e-6))
        assert row.p == pytest.approx(test.pvalue, rel=1e-6)


def test_normal_degrees_of_freedom_give_z():
    row = next(r for r in run(synthetic_rows(), df_method="normal") if dict(r.about).get("term") == "time 3")
    assert row.df is None and row.p == pytest.approx(2 * stats.norm.sf(abs(row.statistic)), rel=1e-10)
    assert "normal approximation" in row.method


def test_one_group_needs_no_group():
    rows = run(synthetic_rows(), group=None, reference=None)
    assert [dict(r.about)["term"] for r in named(rows, "fixed_effect")] == ["(intercept)", "time 2", "time 3", "age"]
    assert named(rows, "adjusted_mean_difference") == []
    assert next(r.about for r in named(rows, "adjusted_mean")) == (("timepoint", "1"),)


def test_two_sites_added_give_the_pooled_result():
    rows = synthetic_rows()
    columns = ["age", "y1", "y2", "y3"]
    merged = moments_of(rows[:20], columns) + moments_of(rows[20:], columns)
    asked = {**PLAIN, "scores": columns[1:], "covariates": ["age"]}
    for structure in STRUCTURES:
        assert mixed_model(merged, covariance=structure, **asked) == mixed_model(
            moments_of(rows, columns), covariance=structure, **asked
        )


def test_a_reference_in_the_middle_turns_the_sign():
    plain, turned = run(synthetic_rows()), run(synthetic_rows(), reference=1)
    one = next(r for r in plain if dict(r.about).get("term") == "time 2 × group injection")
    other = next(r for r in turned if dict(r.about).get("term") == "time 2 × group control")
    assert one.estimate == pytest.approx(-other.estimate, rel=1e-9)


@settings(max_examples=15, deadline=None)
@given(shift=st.integers(10**6, 10**9), structure=st.sampled_from(STRUCTURES))
def test_a_million_added_to_every_score_and_age_changes_only_the_intercept(shift, structure):
    """Sums of squares reach 1e20 here: as floats they would not hold a variance of 4."""
    moved = [
        {**row, **{c: None if row[c] is None else row[c] + shift for c in ("age", "y1", "y2", "y3")}}
        for row in synthetic_rows()
    ]
    plain, far = run(synthetic_rows(), structure), run(moved, structure)
    for one, other in zip(plain, far, strict=True):
        if (
            one.name in ("adjusted_mean_difference", "variance_component")
            or dict(one.about).get("timepoint", "1") != "1"
        ):
            offset = shift if one.name == "adjusted_mean" else 0
            assert other.estimate - offset == pytest.approx(one.estimate, rel=1e-6, abs=1e-6)
            assert other.df == (one.df if one.df is None else pytest.approx(one.df, rel=1e-6))


@pytest.mark.parametrize("structure", STRUCTURES)
def test_a_million_rows_have_the_errors_of_their_number(structure):
    """Copies of the complete patients leave the estimates; standard errors shrink by the root of the residual count."""
    rows = [row for row in synthetic_rows() if None not in row.values()]
    few, times = moments_of(rows, ["age", "y1", "y2", "y3"]), 40_000
    cells = {
        key: Moment(m.n * times, tuple(x * times for x in m.sums), tuple(x * times for x in m.products))
        for key, m in few.cells
    }
    many = MomentTable.build(few.columns, few.decimals, few.groups, cells)
    asked = {**PLAIN, "scores": ["y1", "y2", "y3"], "covariates": []}
    small, large = (
        named(mixed_model(table, covariance=structure, **asked), "adjusted_mean_difference") for table in (few, many)
    )
    assert large[0].n == len(rows) * times > 1_000_000
    assert [r.estimate for r in large] == pytest.approx([r.estimate for r in small], rel=1e-9)
    if structure == "unstructured":
        shrinkage = (len(rows) * times - 2) / (len(rows) - 2)
        assert [r.statistic**2 for r in large] == pytest.approx([r.statistic**2 * shrinkage for r in small], rel=1e-8)


def faults(rows):
    assert all(row.estimate is row.lower is row.statistic is row.p is None for row in rows)
    (text,) = {row.error for row in rows}
    return text


def test_degenerate_data_give_rows_that_say_why():
    rows = synthetic_rows()
    assert "group “injection”" in faults(run([row for row in rows if row["group"] == 0]))
    assert "at “3”" in faults(run([row if row["group"] else {**row, "y3": None} for row in rows]))
    assert "do not vary" in faults(run([{**row, "y1": 5, "y2": 5, "y3": 5} for row in rows]))
    assert "“age” has the same value" in faults(run([{**row, "age": 50} for row in rows]))
    assert (
        "“age”" in (text := faults(run([{**row, "age": 50 + row["group"]} for row in rows]))) and "told apart" in text
    )
    assert "nobody" in faults(run([{**row, "age": None} for row in rows]))
    assert "too few" in faults(run([row for row in rows if None not in row.values()][:2]))
    names = {row.name for row in run([{**row, "age": 50} for row in rows])}
    assert names == {
        "fixed_effect",
        "adjusted_mean",
        "adjusted_mean_difference",
        "variance_component",
        "minus_2_reml_loglik",
    }


@pytest.mark.parametrize("structure", STRUCTURES)
def test_no_patient_with_two_scores_is_said(structure):
    rows = [
        {**row, **{f"y{t}": row[f"y{t}"] if i % 3 == t - 1 else None for t in (1, 2, 3)}}
        for i, row in enumerate(synthetic_rows())
    ]
    assert "no patient has" in faults(run(rows, structure))


def test_two_time_points_without_a_complete_row_are_said():
    rows = [
        {**row, "y1": row["y1"] if i % 4 < 2 else None, "y2": row["y2"] if i % 4 > 1 else None}
        for i, row in enumerate(synthetic_rows())
    ]
    for structure in STRUCTURES:
        assert "no patient has" in faults(run(rows, structure, scores=["y1", "y2"], labels=None))


def test_scores_that_follow_from_each_other_have_no_unstructured_covariance():
    rows = [{**row, "y3": row["y1"]} for row in synthetic_rows()]
    assert "do not determine an unstructured covariance" in faults(run(rows, "unstructured"))


def test_scores_that_move_only_with_time_leave_no_residual():
    rows = [
        {**row, "y2": (row["y1"] or 0) + 1, "y1": row["y1"] or 0, "y3": (row["y1"] or 0) + 3}
        for row in synthetic_rows()
    ]
    assert "do not vary beyond" in faults(run(rows))


def test_no_variance_between_patients_is_an_estimate_with_a_warning():
    """Scores that go up for a patient when another goes down: lme4 calls the fit singular and says 0."""
    rows = [{"group": i % 2, "age": 40 + i % 7, "y1": 4 + i % 3, "y2": 6 - i % 3} for i in range(30)]
    found = run(rows, scores=["y1", "y2"], labels=None)
    between, residual = named(found, "variance_component")
    assert between.estimate == 0 and residual.estimate > 0
    assert "estimated as 0" in between.warning
    assert {round(row.df, 6) for row in named(found, "fixed_effect")} == {60 - 5}


@pytest.mark.parametrize(
    "changes",
    [
        {"scores": ["y1"]},
        {"scores": ["y1", "y1"]},
        {"scores": ["y1", "y9"]},
        {"covariates": ["weight"]},
        {"covariance": "ar1"},
        {"df_method": "kenward"},
        {"reference": 7},
        {"group": None},
    ],
    ids=lambda changes: "-".join(changes),
)
def test_a_wrong_call_is_refused(changes):
    asked = {
        "scores": ["y1", "y2"], "covariates": [], "group": ARMS, "reference": 0, "covariance": "unstructured",
        "df_method": "normal", "level": 0.95, **changes,
    }  # fmt: skip
    with pytest.raises(StatisticError):
        mixed_model(moments_of(synthetic_rows(), ["y1", "y2"]), **asked)
