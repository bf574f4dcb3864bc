"""Each kind of analysis, from rows through the engine to numbers that scipy, statsmodels or plain counting give."""

from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from foramen.snapshot.codebook import Variable
from foramen.snapshot.store import Snapshot
from foramen.statistics.result import Statistic
from foramen.study.analyses import logistic
from foramen.study.results import Results
from tests.study.small import EACH, VARIABLES, run, snapshot, values

N = 300
CHANCE = np.random.default_rng(7)


def drawn() -> dict[str, list[int | None]]:
    """Invented rows with ties, missing follow-ups and two readers who mostly agree."""
    before = CHANCE.integers(1, 11, N)
    after = np.clip(before - CHANCE.integers(-2, 8, N), 0, 10)
    late = np.clip(after + CHANCE.integers(-2, 3, N), 0, 10)
    grade = CHANCE.integers(0, 3, N)
    other = np.where(CHANCE.random(N) < 0.7, grade, CHANCE.integers(0, 3, N))
    slip = CHANCE.integers(0, 120, N)
    columns: dict[str, list[int | None]] = {
        "sex": CHANCE.integers(0, 2, N).tolist(),
        "age": CHANCE.integers(20, 80, N).tolist(),
        "arm": CHANCE.integers(0, 3, N).tolist(),
        "nrs__before": before.tolist(),
        "nrs__after": after.tolist(),
        "nrs__late": late.tolist(),
        "grade__r1": grade.tolist(),
        "grade__r2": other.tolist(),
        "slip__r1": slip.tolist(),
        "slip__r2": (slip + CHANCE.integers(-9, 10, N)).tolist(),
    }
    for i in range(0, N, 11):
        columns["nrs__late"][i] = None
    return columns


COLUMNS = drawn()
NUMBERS = {name: np.array([np.nan if v is None else v for v in column], float) for name, column in COLUMNS.items()}

STUDY = EACH.replace("each", "first") + """
[groups]
variable = "arm"

[[timepoints]]
name = "before"
[[timepoints]]
name = "after"
[[timepoints]]
name = "late"

[[outcomes]]
name = "nrs"
kind = "score"
variable = "nrs"
timepoints = ["before", "after", "late"]

[[outcomes]]
name = "half"
kind = "responder"
variable = "nrs"
baseline = "before"
relief_percent = 50
timepoints = ["after", "late"]

[[outcomes]]
name = "class"
kind = "category"
variable = "nrs"
baseline = "before"
bands_of = "relief_percent"
bands = [{ label = "less", below = 50 }, { label = "half", at_least = 50 }]
timepoints = ["after", "late"]
"""  # fmt: skip


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return snapshot(tmp_path_factory.mktemp("analyses") / "snapshot", COLUMNS)


@pytest.fixture
def analysed(held: Snapshot, tmp_path: Path):
    def of(text: str, engine: str = "duckdb") -> Results:
        return run(tmp_path, held, STUDY + '[[analyses]]\nname = "asked"\n' + text, engine=engine)

    return of


def one(found: Results, name: str, **dimensions: str) -> Statistic:
    (row,) = [r for r in found.statistics if r.name == name and dimensions.items() <= dict(r.about).items()]
    return row


def arm(name: str, code: int) -> np.ndarray:
    column = NUMBERS[name][NUMBERS["arm"] == code]
    return column[~np.isnan(column)]


def test_comparisons_between_groups_equal_scipy(analysed) -> None:
    found = analysed("""
kind = "compare"
outcomes = ["nrs"]
missing = "available"
tests = ["t", "mann_whitney", "kruskal_wallis"]
pairs = "all"
""")
    a, b, c = (arm("nrs__late", code) for code in range(3))
    row = one(found, "mean_difference", timepoint="late", group="C", against="B")
    assert (row.statistic, row.p) == pytest.approx(tuple(stats.ttest_ind(c, b, equal_var=False)), rel=1e-10)
    row = one(found, "mann_whitney", timepoint="late", group="B", against="A")
    assert row.estimate == stats.mannwhitneyu(b, a).statistic
    row = one(found, "kruskal_wallis", timepoint="late")
    assert (row.statistic, row.p) == pytest.approx(tuple(stats.kruskal(a, b, c)), rel=1e-10)


def test_tests_over_time_use_the_complete_pairs_and_rows(analysed) -> None:
    found = analysed("""
kind = "within"
outcomes = ["nrs"]
missing = "available"
tests = ["paired_t", "wilcoxon", "friedman"]
""")
    rows = np.column_stack([NUMBERS[f"nrs__{t}"] for t in ("before", "after", "late")])
    complete = rows[~np.isnan(rows).any(axis=1)]
    row = one(found, "friedman", group="all")
    assert (row.statistic, row.p) == pytest.approx(tuple(stats.friedmanchisquare(*complete.T)), rel=1e-10)
    assert row.n == len(complete)
    pairs = rows[~np.isnan(rows[:, 2])]
    row = one(found, "mean_change", group="all", timepoint="late", against="before")
    assert (row.statistic, row.p) == pytest.approx(tuple(stats.ttest_rel(pairs[:, 2], pairs[:, 0])), rel=1e-10)
    row = one(found, "mean_change", group="all", timepoint="after", against="before")
    assert row.n == N


def test_gained_and_lost_responses_are_those_of_the_pairs(analysed) -> None:
    found = analysed("""
kind = "within"
outcomes = ["half"]
missing = "complete"
tests = ["mcnemar"]
""")
    keep = ~np.isnan(NUMBERS["nrs__late"])
    half = {t: (2 * NUMBERS[f"nrs__{t}"] <= NUMBERS["nrs__before"])[keep] for t in ("after", "late")}
    lost, gained = int((half["after"] & ~half["late"]).sum()), int((~half["after"] & half["late"]).sum())
    expected = stats.binomtest(min(lost, gained), lost + gained).pvalue
    row = next(r for r in found.statistics if dict(r.about).get("group") == "all" and r.name.startswith("mcnemar"))
    assert row.p == pytest.approx(expected, rel=1e-10)
    moved = analysed("""
kind = "transition"
missing = "complete"
first = { outcome = "class", at = "after" }
second = { outcome = "class", at = "late" }
""")
    assert values(moved, "transition", group="all", from_category="half", category="less") == [lost]
    assert sum(values(moved, "transition", group="all")) == keep.sum()


def test_a_correlation_is_over_the_complete_pairs(analysed) -> None:
    found = analysed("""
kind = "correlate"
missing = "complete"
tests = ["spearman", "pearson"]
first = { outcome = "nrs", at = "after" }
second = { outcome = "nrs", at = "late" }
""")
    keep = ~np.isnan(NUMBERS["nrs__late"])
    x, y = NUMBERS["nrs__after"][keep], NUMBERS["nrs__late"][keep]
    assert one(found, "spearman", group="all").estimate == pytest.approx(stats.spearmanr(x, y)[0], rel=1e-12)
    assert one(found, "pearson", group="all").estimate == pytest.approx(stats.pearsonr(x, y)[0], rel=1e-12)


def test_groups_can_be_an_outcome(analysed) -> None:
    found = analysed("""
kind = "compare"
outcomes = ["nrs"]
timepoints = ["before"]
missing = "available"
tests = ["mann_whitney"]
by = { outcome = "half", at = "after" }
""")
    success = 2 * NUMBERS["nrs__after"] <= NUMBERS["nrs__before"]
    row = one(found, "mann_whitney", group="yes", against="no")
    before = NUMBERS["nrs__before"]
    assert row.estimate == stats.mannwhitneyu(before[success], before[~success]).statistic


def test_readers_agree_as_statsmodels_finds(analysed) -> None:
    found = analysed("""
kind = "agreement"
findings = ["grade"]
readers = ["r1", "r2"]
measures = ["percent_agreement", "cohen_kappa", "gwet_ac1", "fleiss_kappa", "krippendorff_alpha"]
weights = ["none", "linear"]
metric = "ordinal"
missing = "available"
""")
    table = np.zeros((3, 3))
    np.add.at(table, (NUMBERS["grade__r1"].astype(int), NUMBERS["grade__r2"].astype(int)), 1)
    kappas = [r.estimate for r in found.statistics if r.name == "cohen_kappa"]
    expected = [sm.stats.cohens_kappa(table, wt=w).kappa for w in (None, "linear")]
    assert kappas == pytest.approx(expected, rel=1e-10)
    assert [dict(r.about)["weights"] for r in found.statistics if r.name == "cohen_kappa"] == ["none", "linear"]
    unnamed = analysed("""
kind = "agreement"
findings = ["grade"]
readers = ["r1", "r2"]
measures = ["cohen_kappa"]
missing = "available"
""")
    assert values(unnamed, "cohen_kappa") == pytest.approx(expected[:1], rel=1e-10)
    assert {r.name for r in found.statistics} >= {"percent_agreement", "gwet_ac1", "fleiss_kappa", "krippendorff_alpha"}
    slips = analysed("""
kind = "agreement"
findings = ["slip"]
readers = ["r1", "r2"]
measures = ["icc", "bland_altman"]
missing = "available"
""")
    gap = (NUMBERS["slip__r1"] - NUMBERS["slip__r2"]).mean() / 10
    assert abs(values(slips, "bland_altman_bias")[0] or 0) == pytest.approx(abs(gap), rel=1e-10)
    assert (values(slips, "icc_a_1")[0] or 0) > 0.9


MODEL = """
kind = "logistic"
outcome = { outcome = "half", at = "late" }
predictors = [
  { variable = "nrs", at = "before" },
  { variable = "arm", reference = "B" },
  { variable = "slip", reader = "r1" },
]
missing = "complete"
"""


def design() -> tuple[np.ndarray, np.ndarray]:
    keep = ~np.isnan(NUMBERS["nrs__late"])
    success = (2 * NUMBERS["nrs__late"] <= NUMBERS["nrs__before"])[keep]
    x = [np.ones(N), NUMBERS["nrs__before"], NUMBERS["arm"] == 0, NUMBERS["arm"] == 2, NUMBERS["slip__r1"] / 10]
    return np.column_stack(x)[keep].astype(float), success.astype(float)


def test_a_logistic_model_equals_statsmodels(analysed) -> None:
    found = analysed(MODEL)
    x, y = design()
    fit = sm.Logit(y, x).fit(disp=0, tol=1e-12)
    coefficients = [r for r in found.statistics if r.name == "coefficient"]
    assert [r.estimate for r in coefficients] == pytest.approx(list(fit.params), rel=1e-6)
    errors = values(found, "coefficient_standard_error")
    assert errors == pytest.approx(list(fit.bse), rel=1e-5)
    assert coefficients[0].n == len(y)
    assert dict(coefficients[4].about)["term"] == "slip__r1"


def test_newton_steps_in_the_engine_give_the_fit_of_the_patterns(analysed, monkeypatch: pytest.MonkeyPatch) -> None:
    by_patterns = analysed(MODEL)
    monkeypatch.setattr(logistic, "PATTERN_ROWS", 0)
    by_scores = analysed(MODEL)
    for name in ("coefficient", "coefficient_standard_error", "odds_ratio", "nagelkerke_r2"):
        assert values(by_scores, name) == pytest.approx(values(by_patterns, name), rel=1e-6), name
    for name in ("accuracy", "sensitivity", "specificity", "ppv", "npv"):
        assert values(by_scores, name) == values(by_patterns, name), name
    # Pairs of predictions in one bin count a half, which is off by less than the share of such pairs.
    assert values(by_scores, "auc") == pytest.approx(values(by_patterns, "auc"), abs=2e-4)


def test_newton_steps_in_the_engine_hold_for_codes_in_the_millions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fine = Variable("slip", "reads", "number", decimals=6, unit="mm")
    columns = {**COLUMNS, "slip__r1": [(v or 0) * 100_003 for v in COLUMNS["slip__r1"]], "slip__r2": [0] * N}
    held = snapshot(tmp_path / "snapshot", columns, [v for v in VARIABLES if v.name != "slip"] + [fine])
    text = STUDY + '[[analyses]]\nname = "asked"\n' + MODEL
    by_patterns = run(tmp_path, held, text)
    monkeypatch.setattr(logistic, "PATTERN_ROWS", 0)
    by_scores = run(tmp_path, held, text)
    # Codes this large leave few bits to the weights; the rounding averages out over rows, of which 273 are few.
    for name in ("coefficient", "coefficient_standard_error"):
        assert values(by_scores, name) == pytest.approx(values(by_patterns, name), rel=1e-3), name
    assert values(by_scores, "sensitivity") == values(by_patterns, "sensitivity")
    said = {r.name: r.error for r in by_scores.statistics if r.error}
    assert said.keys() == {"hosmer_lemeshow"}


def test_models_of_scores_come_from_moments(analysed) -> None:
    found = analysed("""
kind = "ancova"
outcome = "nrs"
at = "late"
baseline = "before"
missing = "complete"
""")
    keep = ~np.isnan(NUMBERS["nrs__late"])
    x = [np.ones(N), NUMBERS["nrs__before"], NUMBERS["arm"] == 1, NUMBERS["arm"] == 2]
    fit = sm.OLS(NUMBERS["nrs__late"][keep], np.column_stack(x)[keep].astype(float)).fit()
    differences = [
        r for r in found.statistics if r.name == "adjusted_mean_difference" and dict(r.about)["against"] == "A"
    ]
    assert [r.estimate for r in differences] == pytest.approx(list(fit.params[2:]), rel=1e-10)
    assert [r.p for r in differences] == pytest.approx(list(fit.pvalues[2:]), rel=1e-8)
    mixed = analysed("""
kind = "mixed"
outcome = "nrs"
covariance = "unstructured"
covariates = [{ variable = "age" }]
missing = "available"
""")
    assert len(values(mixed, "fixed_effect")) == 3 * 3 + 1
    assert all(r.error is None for r in mixed.statistics)


def test_definitions_follow_the_preset_and_its_overrides(held: Snapshot, tmp_path: Path) -> None:
    asked = (
        '\n[[analyses]]\nname = "asked"\nkind = "compare"\noutcomes = ["nrs"]\nmissing = "available"\ntests = ["t"]\n'
    )
    methods = {}
    for head in ('preset = "foramen"', 'preset = "spss"', 'preset = "spss"\ndefinitions = { t = "welch" }'):
        found = run(tmp_path, held, head + STUDY + asked)
        methods[head] = next(r.method for r in found.statistics if r.name == "mean_difference")
    welch, student, overridden = methods.values()
    assert welch == overridden != student


def test_a_group_with_nobody_and_equal_values_are_said_in_place(tmp_path: Path) -> None:
    columns = {
        "arm": [0, 0, 1, 1],
        "nrs__before": [5, 5, 5, 5],
        "nrs__after": [3, 3, 3, 3],
        "nrs__late": [None, 1, 1, 1],
    }
    held = snapshot(tmp_path / "snapshot", columns)
    asked = """
[[analyses]]
name = "asked"
kind = "compare"
outcomes = ["nrs", "half"]
missing = "available"
tests = ["{test}"]
"""
    for test, outcome in (("t", "nrs"), ("mann_whitney", "nrs"), ("chi_square", "half"), ("odds_ratio", "half")):
        text = STUDY + asked.format(test=test).replace('["nrs", "half"]', f'["{outcome}"]')
        rows = [r for r in run(tmp_path, held, text).statistics if dict(r.about).get("analysis") == "asked"]
        assert rows
        for row in rows:
            assert row.error or row.warning or row.estimate is not None, row
            assert row.p is None or row.error is None
