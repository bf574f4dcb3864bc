"""No row of results passes because nobody thought of it."""

import ast
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from foramen.disclosure.rules import RULES, Rule, rule_of
from foramen.statistics.result import Statistic, about
from foramen.study import analysis_definition as definitions
from tests.disclosure.wide import WIDE, wide_columns
from tests.study.small import run, snapshot

SOURCE = Path(__file__).parents[2] / "src/foramen"
MAKERS = {"Statistic", "replace", "count_row", "percent", "row"}
"""What is called with the name of a row."""


def names_in(path: Path) -> set[str]:
    """Every constant that names a row in a file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            named = [keyword.value for keyword in node.keywords if keyword.arg == "name"]
            named += node.args[:1] if called in ("count_row", "percent", "row") else []
            if called in MAKERS:
                found |= {
                    n.value for n in named if isinstance(n, ast.Constant) and isinstance(n.value, str) and n.value
                }
    return found


def test_every_name_that_is_written_in_the_sources_has_a_rule() -> None:
    files = [*(SOURCE / "statistics").glob("*.py"), *(SOURCE / "study").rglob("*.py")]
    found = {name: path.name for path in files for name in names_in(path)}
    assert {"mean", "percent", "transition", "left_out_incomplete", "roc_sensitivity", "friedman_pairs"} <= found.keys()
    assert {name: file for name, file in found.items() if name not in RULES} == {}


def test_every_name_that_a_study_of_all_analyses_makes_has_a_rule(tmp_path: Path) -> None:
    held = snapshot(tmp_path / "snapshot", wide_columns(np.random.default_rng(1), 90))
    found = {row.name for row in run(tmp_path, held, WIDE).statistics}
    assert len(found) > 70
    assert found - RULES.keys() == set()


def test_every_test_and_measure_has_a_rule_for_when_it_cannot_be_computed() -> None:
    asked = set()
    for kind in (definitions.Compare, definitions.Within, definitions.Normality, definitions.Correlate):
        (choice,) = get_args(kind.model_fields["tests"].annotation)
        asked |= set(get_args(choice))
    (measures,) = get_args(definitions.Agreement.model_fields["measures"].annotation)
    assert (asked | set(get_args(measures))) - RULES.keys() == set()


@pytest.mark.parametrize("name", ["roc", "roc_sensitivity", "calibration_expected"])
def test_points_of_curves_are_judged_by_their_steps(name: str) -> None:
    assert RULES[name] is Rule.STEP


def test_an_odds_ratio_of_a_model_is_judged_as_a_model() -> None:
    row = Statistic(name="odds_ratio", method="")
    assert rule_of(row) is Rule.CELLS
    assert rule_of(Statistic(name="odds_ratio", method="", about=about(model="m"))) is Rule.MODEL
    assert rule_of(Statistic(name="something new", method="")) is None
