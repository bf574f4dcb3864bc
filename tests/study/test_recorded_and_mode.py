"""Whether there is an answer, how it was given, doses that never meet: counted by hand, the same on every engine."""

from pathlib import Path

import pytest

from foramen.kernel.errors import DefinitionError
from foramen.snapshot.codebook import SUPPRESSED, Variable
from foramen.study.results import Results
from tests.study.small import EACH, VARIABLES, run, snapshot, values

S = SUPPRESSED
ENGINES = ("reference", "duckdb", "sqlite")

COLUMNS = {
    "patient_id": [1, 2, 3, 4, 5, 6, 7, 8],
    "arm": [0, 0, 0, 0, 1, 1, 1, 1],
    "nrs__before": [8, 7, 6, 5, 4, 3, 2, None],
    "nrs__after": [4, None, 0, 3, S, None, 5, 2],
    "nrs__after__day": [30, None, 90, None, 30, None, 31, 32],
    "nrs__after__mode": [0, None, 1, 1, 0, None, 1, None],
}
"""After: inside the window 4, 5, 2 and one withheld; one too late, one of unknown day, two absent."""

STUDY = (
    EACH
    + """
[groups]
variable = "arm"
levels = ["A", "B"]
[[timepoints]]
name = "before"
[[timepoints]]
name = "after"
days = [28, 35]
[[outcomes]]
name = "nrs"
kind = "score"
variable = "nrs"
timepoints = ["before", "after"]
[[outcomes]]
name = "answer"
kind = "recorded"
variable = "nrs"
timepoints = ["before", "after"]
[[outcomes]]
name = "road"
kind = "category"
variable = "nrs"
role = "mode"
timepoints = ["after"]
"""
)


def asked(folder: Path, analysis: str, columns=COLUMNS, study: str = STUDY, variables=VARIABLES) -> Results:
    """The results of one analysis, after every engine has given the same."""
    held = snapshot(folder / "snapshot", columns, variables)
    text = study + '\n[[analyses]]\nname = "asked"\n' + analysis
    found = [run(folder, held, text, engine=engine) for engine in ENGINES]
    for other in found[1:]:
        assert (other.statistics, other.flow, other.inputs) == (found[0].statistics, found[0].flow, found[0].inputs)
    return found[0]


def shares(found: Results, **dimensions: str) -> list[tuple[int | None, int | None]]:
    """Numerator and denominator of the percentages."""
    wanted = dimensions.items()
    return [
        (r.n, r.denominator)
        for r in found.statistics
        if r.name in ("responder_percent", "percent") and wanted <= dict(r.about).items()
    ]


def describe(outcomes: str, more: str = 'missing = "available"') -> str:
    return f'kind = "describe"\noutcomes = [{outcomes}]\n{more}\n'


def test_whether_there_is_an_answer_is_yes_or_no_and_never_missing(tmp_path: Path) -> None:
    found = asked(tmp_path, describe('"answer"'))
    assert shares(found, timepoint="before", group="all") == [(7, 8)]
    assert shares(found, timepoint="after", group="A") == [(1, 4)]
    assert values(found, "missing", timepoint="after", group="all") == [0]
    assert values(found, "outside_window", timepoint="after", group="A") == [2]


def test_an_answer_that_the_source_withheld_is_neither_there_nor_absent(tmp_path: Path) -> None:
    found = asked(tmp_path, describe('"answer"'))
    assert shares(found, timepoint="after", group="B") == [(2, 3)]
    assert values(found, "suppressed", timepoint="after", group="B") == [1]


@pytest.mark.parametrize("missing", ["complete", "failure"])
def test_no_missing_rule_changes_whether_there_is_an_answer(tmp_path: Path, missing: str) -> None:
    found = asked(tmp_path, describe('"answer"', f'timepoints = ["after"]\nmissing = "{missing}"'))
    assert shares(found, group="all") == [(3, 7)]


def test_groups_are_compared_by_whether_they_answered(tmp_path: Path) -> None:
    text = """kind = "compare"
outcomes = ["answer"]
timepoints = ["after"]
missing = "available"
tests = ["risk_difference", "fisher"]
"""
    found = asked(tmp_path, text)
    (row,) = [r for r in found.statistics if r.name == "risk_difference"]
    assert row.estimate == pytest.approx(2 / 3 - 1 / 4)
    assert (row.n, row.denominator) == (7, 8)


def test_a_model_can_explain_who_answers_and_those_out_of_the_window_did_not(tmp_path: Path) -> None:
    columns = {
        "nrs__before": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
        "nrs__after": [1, 1, None, 1, None, 1, None, 1, None, None],
        "nrs__after__day": [30, 31, None, 30, None, 90, None, 30, None, None],
    }
    text = """kind = "logistic"
missing = "complete"
outcome = { outcome = "answer", at = "after" }
predictors = [{ variable = "nrs", at = "before" }]
"""
    study = STUDY.replace('[groups]\nvariable = "arm"\nlevels = ["A", "B"]\n', "")
    study = study[: study.index('[[outcomes]]\nname = "road"')]
    found = asked(tmp_path, text, columns, study)
    answered = {r.name: r.denominator for r in found.statistics if r.name in ("sensitivity", "specificity")}
    assert answered == {"sensitivity": 4, "specificity": 6}


def test_how_an_answer_was_given_is_a_category_with_the_labels_of_the_mode(tmp_path: Path) -> None:
    found = asked(tmp_path, describe('"road"'))
    assert shares(found, group="all", category="link") == [(2, 3)]
    assert shares(found, group="all", category="phone") == [(1, 3)]
    assert values(found, "missing", group="all") == [5]


def test_scores_are_described_by_how_they_were_given(tmp_path: Path) -> None:
    by = 'missing = "available"\ntimepoints = ["after"]\nby = { outcome = "road", at = "after" }'
    found = asked(tmp_path, describe('"nrs"', by))
    assert values(found, "mean", group="link") == [4]
    assert values(found, "mean", group="phone") == [5]
    assert values(found, "mean", group="all") == pytest.approx([11 / 3])
    assert values(found, "not_grouped") == [5]


@pytest.mark.parametrize(
    ("old", "new", "what", "remedy"),
    [
        ('kind = "recorded"', 'kind = "recorded"\nat_least = 3', "a responder has one of", ""),
        ('kind = "recorded"', 'kind = "recorded"\nbands = [{ label = "x" }]', "only an outcome of kind category", ""),
        ('kind = "recorded"', 'kind = "recorded"\nbands_of = "change"\nbaseline = "before"', "no bands", "leave"),
        ('kind = "recorded"', 'kind = "recorded"\nrole = "mode"', "given is a category", "kind category"),
        ('kind = "category"', 'kind = "score"', "given is a category", "kind category"),
        ('timepoints = ["after"]\n', 'timepoints = ["before"]\n', "does not hold the mode", "it is held at after"),
        ('role = "mode"', 'role = "day"', "not known here", "one of"),
    ],
)  # fmt: skip
def test_what_cannot_be_recorded_or_has_no_mode_is_refused_with_a_remedy(
    tmp_path: Path, old: str, new: str, what: str, remedy: str
) -> None:
    assert old in STUDY
    with pytest.raises(DefinitionError) as refused:
        asked(tmp_path, describe('"answer", "road"'), study=STUDY.replace(old, new))
    fault = refused.value.faults[0]
    assert what in fault.what
    assert "outcomes[" in fault.where
    assert remedy in fault.remedy


DOSES = (
    Variable("arm", "treatments", "category", labels=("fluoroscopy", "CT", "ultrasound")),
    Variable("dap", "doses", "number", "Dose-area product", "mGy·cm²", low=0),
    Variable("dlp", "doses", "number", "Dose-length product", "mGy·cm", low=0),
    Variable("kerma", "doses", "number", "Kerma-area product", "mGy·cm²", low=0),
)
DOSE_STUDY = (
    EACH
    + '\n[groups]\nvariable = "arm"\nlevels = ["fluoroscopy", "CT"]\n'
    + "".join(f'[[outcomes]]\nname = "{v}"\nkind = "score"\nvariable = "{v}"\n' for v in ("dap", "dlp", "kerma"))
    + '[[outcomes]]\nname = "low"\nkind = "responder"\nvariable = "dap"\nat_most = 300\n'
    + '[[outcomes]]\nname = "kept"\nkind = "recorded"\nvariable = "dap"\n'
)
DOSE_COLUMNS = {
    "arm": [0, 0, 0, 1, 1, 1],
    "dap": [300, 250, 410, None, None, None],
    "dlp": [None, None, None, 120, 90, 77],
    "kerma": [301, 260, 400, 7, None, None],
}
ONE_GROUP = "recorded in one group only: another quantity is not compared"


def correlate(first: str, second: str) -> str:
    both = f'first = {{ outcome = "{first}" }}\nsecond = {{ outcome = "{second}" }}\n'
    return f'kind = "correlate"\nmissing = "complete"\ntests = ["spearman"]\n{both}'


def test_two_quantities_of_radiation_are_not_correlated_and_one_quantity_is(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=r"two quantities of radiation[^\0]*never compared") as refused:
        asked(tmp_path, correlate("dap", "dlp"), DOSE_COLUMNS, DOSE_STUDY, DOSES)
    assert refused.value.faults[0].remedy == "describe each by itself"
    (tmp_path / "again").mkdir()
    found = asked(tmp_path / "again", correlate("dap", "kerma"), DOSE_COLUMNS, DOSE_STUDY, DOSES)
    assert values(found, "spearman", group="all") == [1]


@pytest.mark.parametrize(
    ("outcome", "tests"),
    [("dap", '"t", "mann_whitney", "kruskal_wallis", "dunn"'), ("low", '"chi_square", "risk_difference"')],
)
@pytest.mark.parametrize("missing", ["available", "failure"])
def test_a_dose_of_one_group_is_not_compared_with_another_quantity_of_the_other(
    tmp_path: Path, outcome: str, tests: str, missing: str
) -> None:
    missing = "available" if outcome == "dap" else missing
    text = f'kind = "compare"\noutcomes = ["{outcome}"]\nmissing = "{missing}"\ntests = [{tests}]\n'
    found = asked(tmp_path, text, DOSE_COLUMNS, DOSE_STUDY, DOSES)
    rows = [r for r in found.statistics if dict(r.about).get("outcome") == outcome]
    assert rows
    assert {(r.estimate, r.error) for r in rows} == {(None, ONE_GROUP)}


def test_a_dose_of_both_groups_and_whether_it_was_kept_are_compared(tmp_path: Path) -> None:
    text = 'kind = "compare"\noutcomes = ["{}"]\nmissing = "available"\ntests = ["{}"]\n'
    found = asked(tmp_path, text.format("kerma", "mann_whitney"), DOSE_COLUMNS, DOSE_STUDY, DOSES)
    assert not any(r.error for r in found.statistics)
    (tmp_path / "again").mkdir()
    found = asked(tmp_path / "again", text.format("kept", "fisher"), DOSE_COLUMNS, DOSE_STUDY, DOSES)
    assert [r.p for r in found.statistics] == pytest.approx([0.1])


BANDS = """
[[outcomes]]
name = "pain"
kind = "category"
variable = "nrs"
timepoints = ["before"]
bands = [
  { label = "much", at_least = 6 }, { label = "some", at_least = 4, below = 6 }, { label = "little", below = 4 },
]
"""


def test_an_analysis_may_group_by_some_of_the_classes_and_counts_the_rest_apart(tmp_path: Path) -> None:
    """Before: 8, 7, 6 are much, 5, 4 some, 3, 2 little, one is missing."""
    by = 'kind = "describe"\noutcomes = ["answer"]\ntimepoints = ["after"]\nmissing = "available"\noverall = false\n'
    by += 'by = { outcome = "pain", at = "before", levels = ["little", "much"] }'
    found = asked(tmp_path, by, study=STUDY + BANDS)
    rows = [row for row in found.statistics if row.name == "responder_percent"]
    assert [(dict(row.about)["group"], row.n, row.denominator) for row in rows] == [("little", 1, 2), ("much", 1, 3)]
    (rest,) = [row for row in found.statistics if row.name == "not_grouped"]
    assert (rest.n, rest.denominator) == (3, 8)


def test_a_class_that_is_not_there_cannot_be_grouped_by(tmp_path: Path) -> None:
    by = 'kind = "describe"\noutcomes = ["answer"]\nmissing = "available"\n'
    by += 'by = { outcome = "pain", at = "before", levels = ["none"] }'
    with pytest.raises(DefinitionError, match="no such class to group by") as refused:
        asked(tmp_path, by, study=STUDY + BANDS)
    assert refused.value.faults[0].remedy == "much, some, little"
