"""What is missing, suppressed, outside a window or undefined never passes for a value, nor vanishes from the counts."""

from pathlib import Path

import pytest

from foramen.kernel.errors import DefinitionError
from foramen.snapshot.codebook import SUPPRESSED, Variable
from foramen.study.results import Results
from tests.study.small import EACH, PAIN, VARIABLES, run, snapshot

S = SUPPRESSED


def pain(analysis: str, *, window: str = "") -> str:
    return EACH + PAIN.format(window=window) + '\n[[analyses]]\nname = "asked"\n' + analysis


def describe(outcomes: str, missing: str = "available") -> str:
    return f'kind = "describe"\noutcomes = [{outcomes}]\nmissing = "{missing}"\n'


def rows(found: Results, *names: str, **dimensions: str) -> dict[str, tuple[float | None, int | None]]:
    """(estimate, denominator) of the statistics of everybody, by name."""
    wanted = {"group": "all", **dimensions}.items()
    return {
        r.name: (r.estimate, r.denominator)
        for r in found.statistics
        if r.name in names and wanted <= dict(r.about).items()
    }


def asked(folder: Path, columns: dict, text: str, variables=VARIABLES) -> Results:
    return run(folder, snapshot(folder / "snapshot", columns, variables), text)


def test_a_suppressed_answer_is_no_failure_and_stays_apart_in_every_derived_outcome(tmp_path: Path) -> None:
    columns = {"nrs__before": [8] * 4, "nrs__after": [2, S, S, None]}
    found = asked(tmp_path, columns, pain(describe('"half"', "failure")))
    assert rows(found, "responder_percent", "missing", "suppressed") == {
        "responder_percent": (50.0, 2),
        "missing": (1.0, 4),
        "suppressed": (2.0, 4),
    }
    (tmp_path / "again").mkdir()
    found = asked(tmp_path / "again", columns, pain(describe('"change", "percent"')))
    for outcome in ("change", "percent"):
        assert rows(found, "n", "missing", "suppressed", outcome=outcome) == {
            "n": (1.0, 4),
            "missing": (1.0, 4),
            "suppressed": (2.0, 4),
        }


def test_a_suppressed_answer_is_left_out_of_a_comparison_that_counts_the_missing_as_failures(tmp_path: Path) -> None:
    columns = {"arm": [0, 0, 0, 1, 1], "nrs__before": [8] * 5, "nrs__after": [2, S, None, 8, 8]}
    compare = 'kind = "compare"\noutcomes = ["half"]\nmissing = "failure"\ntests = ["risk_difference"]\n'
    found = asked(tmp_path, columns, pain(compare) + '[groups]\nvariable = "arm"\nlevels = ["A", "B"]\n')
    (row,) = [r for r in found.statistics if r.name == "risk_difference"]
    assert (row.n, row.denominator) == (4, 5)
    assert row.estimate == pytest.approx(0 / 2 - 1 / 2)
    assert "1 missing counted as failure" in (row.warning or "")


def test_an_answer_without_a_day_is_outside_every_window(tmp_path: Path) -> None:
    columns = {
        "nrs__before": [8] * 6,
        "nrs__after": [2, 2, 2, None, 7, None],
        "nrs__after__day": [30, 30, None, 30, 31, None],
    }
    found = asked(tmp_path, columns, pain(describe('"nrs"'), window="days = [20, 40]"))
    assert rows(found, "n", "mean", "outside_window", timepoint="after") == {
        "n": (3.0, 6),
        "mean": (pytest.approx(11 / 3), 6),
        "outside_window": (1.0, 6),
    }


@pytest.mark.parametrize(
    ("keep", "left"),
    [
        ('{ not = { variable = "nrs", at = "after", at_least = 4 } }', [(2, 4, "not known")]),
        ('{ variable = "nrs", at = "after", at_least = 4 }', [(4, 2, "not so"), (0, 4, "not known")]),
        ('{ variable = "nrs", at = "after", is_not = 9 }', [(2, 4, "not known")]),
        ('{ variable = "nrs", at = "after", recorded = false }', [(4, 2, "not so")]),
        ('{ variable = "nrs", at = "after", recorded = true }', [(2, 4, "not so")]),
    ],
)
def test_in_a_condition_what_lies_outside_the_window_is_unknown(tmp_path: Path, keep: str, left: list) -> None:
    columns = {
        "nrs__before": [8] * 6,
        "nrs__after": [2, 2, 2, None, 7, None],
        "nrs__after__day": [30, 30, None, 30, 90, None],
    }
    steps = f'\n[[population]]\nname = "step"\nkeep = {keep}\n'
    found = asked(tmp_path, columns, pain(describe('"nrs"'), window="days = [20, 40]") + steps)
    assert [(s.n, s.excluded, s.reason) for s in found.flow][1:] == left


BANDS = """
[[outcomes]]
name = "class"
kind = "category"
variable = "odi"
timepoints = ["before"]
bands = [{bands}]

[[timepoints]]
name = "before"

[[analyses]]
name = "asked"
kind = "describe"
outcomes = ["class"]
missing = "available"
"""


def banded(folder: Path, bands: str) -> Results:
    return asked(folder, {"odi__before": [100, 101, 99, None, S]}, EACH + BANDS.format(bands=bands))


def test_an_open_band_holds_no_missing_and_no_suppressed_value(tmp_path: Path) -> None:
    found = banded(tmp_path, '{ label = "all" }')
    assert rows(found, "percent", "missing", "suppressed") == {
        "percent": (100.0, 3),
        "missing": (1.0, 5),
        "suppressed": (1.0, 5),
    }


@pytest.mark.parametrize(
    ("bands", "said"),
    [
        ('{ label = "low", below = 10 }, { label = "high", at_least = 10.2 }', "between two bands stand in none"),
        ('{ label = "low", below = 10 }, { label = "high", above = 10 }', "between two bands stand in none"),
        ('{ label = "low", below = 11 }, { label = "high", at_least = 10 }', "two bands hold the same values"),
        ('{ label = "low", below = 10 }, { label = "other" }', "two bands hold the same values"),
        ('{ label = "low", below = 10 }, { label = "low", at_least = 10 }', "two bands have one label"),
        ('{ label = "low", below = 10 }', "above the last band stand in none"),
        ('{ label = "some", above = 5 }', "below the first band stand in none"),
    ],
)
def test_bands_hold_every_value_once(tmp_path: Path, bands: str, said: str) -> None:
    with pytest.raises(DefinitionError, match=said):
        banded(tmp_path, bands)


@pytest.mark.parametrize(
    "bands",
    [
        '{ label = "low", below = 10 }, { label = "high", at_least = 10 }',
        '{ label = "low", below = 10 }, { label = "ten", is = 10 }, { label = "high", above = 10 }',
        '{ label = "low", at_least = 0, below = 10 }, { label = "high", at_least = 10 }',
        '{ label = "low", below = 10.1 }, { label = "high", above = 10 }',
    ],
)
def test_bands_that_meet_at_the_resolution_of_the_variable_are_in_order(tmp_path: Path, bands: str) -> None:
    found = banded(tmp_path, bands)
    counted = {dict(r.about)["category"]: r.n for r in found.statistics if r.name == "percent"}
    assert counted.pop("low") == (2 if "10.1" in bands else 1)
    assert sum(n or 0 for n in counted.values()) == (1 if "10.1" in bands else 2)


def test_complete_cases_say_how_many_were_left_out(tmp_path: Path) -> None:
    columns = {"nrs__before": list(range(10)), "nrs__after": [1, None, None, None, None, None, 2, 3, 4, 4]}
    found = asked(tmp_path, columns, pain(describe('"nrs"', "complete")))
    assert rows(found, "n", "left_out_incomplete", timepoint="after") == {"n": (5.0, 5)}
    assert rows(found, "left_out_incomplete") == {"left_out_incomplete": (5.0, 10)}


def test_a_baseline_of_zero_or_below_is_undefined_whoever_answered_later(tmp_path: Path) -> None:
    variables = (Variable("nrs", "assessments", "number", better="higher"),)
    columns = {"nrs__before": [-10, -10, 10, 0, 0, 10], "nrs__after": [10, None, 20, 5, None, None]}
    found = asked(tmp_path, columns, pain(describe('"half"', "failure")), variables)
    assert rows(found, "responder_percent", "undefined") == {"responder_percent": (50.0, 2), "undefined": (4.0, 6)}


def test_persons_with_several_units_are_those_of_the_units_analysed(tmp_path: Path) -> None:
    columns = {
        "patient_id": [1, 1, 2, 2, 3, 4, 4, 4],
        "nrs__before": [8, 5, 4, 9, 7, 3, 10, 2],
        "nrs__after": [1] * 8,
    }
    text = pain(describe('"nrs"')).replace(
        'which = "each"', 'which = "each"\nwhere = { variable = "nrs", at = "before", at_least = 5 }'
    )
    assert rows(asked(tmp_path, columns, text), "units_of_persons_with_several") == {
        "units_of_persons_with_several": (2.0, 5)
    }


def test_units_that_the_grouping_outcome_cannot_place_are_counted(tmp_path: Path) -> None:
    columns = {"nrs__before": [8] * 5, "nrs__after": [2, 8, None, S, 8]}
    by = describe('"nrs"') + 'timepoints = ["before"]\nby = { outcome = "half", at = "after" }\n'
    found = asked(tmp_path, columns, pain(by))
    (row,) = [r for r in found.statistics if r.name == "not_grouped"]
    assert (row.n, row.denominator) == (2, 5)


def test_a_variable_may_have_any_name(tmp_path: Path) -> None:
    names = ("group", "outcome", "value", "state", "after")
    variables = (*VARIABLES, *(Variable(name, "patients", "number") for name in names))
    columns = {"arm": [0, 1] * 6, "nrs__before": [8] * 12, "nrs__after": [2, 8, 7, 1, 8, 3] * 2}
    columns |= {name: [(i * 7 + len(name)) % 5 for i in range(12)] for name in names}
    outcomes = "".join(f'[[outcomes]]\nname = "{n}"\nkind = "score"\nvariable = "{n}"\n' for n in names)
    predictors = ", ".join(f'{{ variable = "{name}" }}' for name in names)
    models = f"""
[[analyses]]
name = "model"
kind = "logistic"
outcome = {{ outcome = "half", at = "after" }}
predictors = [{{ variable = "{names[0]}" }}, {{ variable = "{names[1]}" }}]
missing = "complete"
[[analyses]]
name = "mixed"
kind = "mixed"
outcome = "nrs"
covariates = [{predictors}]
covariance = "random_intercept"
missing = "available"
"""
    text = pain(describe(", ".join(f'"{name}"' for name in names))) + outcomes + models
    text += '[groups]\nvariable = "arm"\nlevels = ["A", "B"]\n'
    found = asked(tmp_path, columns, text, variables)
    assert {r.error for r in found.statistics if r.name == "mean"} == {None}
    effects = [dict(r.about)["term"] for r in found.statistics if r.name == "fixed_effect"]
    assert len(effects) == len(set(effects)) == 4 + len(names)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("relief_percent = 50", "at_least = 1", "is a category: it has no more and no less"),
        ('timepoints = ["before"]\n', 'timepoints = ["bfore"]\n', "no such time point"),
        ('by = { outcome = "half"', 'by = { outcome = "nrs"', "groups are classes, not numbers"),
    ],
)
def test_what_makes_no_sense_is_refused_before_counting(tmp_path: Path, old: str, new: str, said: str) -> None:
    analysis = describe('"nrs"') + 'timepoints = ["before"]\nby = { outcome = "half", at = "after" }\n'
    text = pain(analysis)
    assert old in text
    if new == "at_least = 1":
        text = text.replace('variable = "nrs"\nbaseline = "before"\nrelief', 'variable = "sex"\nrelief')
        text = text.replace('timepoints = ["after"]\n[[outcomes]]\nname = "change"', '[[outcomes]]\nname = "change"')
        text = text.replace('by = { outcome = "half", at = "after" }', 'by = { outcome = "half" }')
    columns = {"sex": [0, 1], "nrs__before": [8, 8], "nrs__after": [2, 3]}
    with pytest.raises(DefinitionError, match=said):
        asked(tmp_path, columns, text.replace(old, new))


def test_percent_changes_from_thousands_of_baselines_stay_exact_enough(tmp_path: Path) -> None:
    before = list(range(1, 1001))
    columns = {"odi__before": before, "odi__after": [value // 2 for value in before]}
    text = pain(describe('"percent"')).replace('variable = "nrs"', 'variable = "odi"')
    found = asked(tmp_path, columns, text)
    expected = sum(100 * (b // 2 - b) / b for b in before) / 1000
    assert rows(found, "mean")["mean"][0] == pytest.approx(expected, rel=1e-12)
