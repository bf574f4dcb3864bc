"""The published schemas describe what the program reads and writes, and refuse what it refuses."""

import copy
import json
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from foramen.statistics.result import Statistic
from foramen.study.results import DIMENSIONS
from tests.docs.pages import ROOT

LIBRARY = ROOT / "src/foramen/library"
STUDIES = [*sorted(LIBRARY.glob("studies/*/study.toml")), ROOT / "examples/back-pain-trial/study.toml"]
MAPPINGS = [*sorted(LIBRARY.glob("cohorts/*/mapping.toml")), ROOT / "examples/back-pain-trial/mapping.toml"]

EVIDENCE = sorted(LIBRARY.glob("evidence/*.toml"))
STYLES = sorted(LIBRARY.glob("styles/*/*.toml"))


def validator(name: str) -> Draft202012Validator:
    text = files("foramen.library").joinpath("schemas", f"{name}.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def faults(name: str, value: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in validator(name).iter_errors(value)]


def document(path: Path) -> dict[str, Any]:
    """A document as a program without TOML would have it: decimals as floats, dates as text."""
    return json.loads(json.dumps(tomllib.loads(path.read_text(encoding="utf-8")), default=date.isoformat))


@pytest.mark.parametrize("name", ["demonstration", "trial"])
def test_real_results_keep_the_contract(name: str, request: pytest.FixtureRequest) -> None:
    found = request.getfixturevalue(name)
    assert faults("results", found) == []
    assert len(found["statistics"]) > 50


def test_the_contract_names_exactly_the_keys_of_a_statistic() -> None:
    statistic = validator("results").schema["properties"]["statistics"]["items"]
    names = [field.name for field in fields(Statistic)]
    assert sorted(statistic["properties"]) == sorted(statistic["required"]) == sorted(names)
    assert tuple(statistic["properties"]["about"]["properties"]) == DIMENSIONS


def _without_p(results: dict[str, Any]) -> None:
    del results["statistics"][0]["p"]


def _unknown_dimension(results: dict[str, Any]) -> None:
    results["statistics"][0]["about"]["patient"] = "7"


def _text_for_number(results: dict[str, Any]) -> None:
    results["statistics"][0]["estimate"] = "1.18"


def _unknown_definition(results: dict[str, Any]) -> None:
    results["manifest"]["definitions"]["t"] = "pooled"


def _half_a_person(results: dict[str, Any]) -> None:
    results["flow"][0]["n"] = 1.5


@pytest.mark.parametrize(
    "spoil", [_without_p, _unknown_dimension, _text_for_number, _unknown_definition, _half_a_person]
)
def test_results_that_break_the_contract_are_refused(trial: Mapping[str, Any], spoil) -> None:
    spoiled = copy.deepcopy(dict(trial))
    spoil(spoiled)
    assert len(faults("results", spoiled)) == 1


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.parent.name)
def test_shipped_studies_fit_their_schema(path: Path) -> None:
    assert faults("study", document(path)) == []


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: path.parent.name)
def test_shipped_mappings_fit_their_schema(path: Path) -> None:
    assert faults("mapping", document(path)) == []


@pytest.mark.parametrize("path", EVIDENCE, ids=lambda path: path.stem)
def test_shipped_evidence_fits_its_schema(path: Path) -> None:
    assert faults("evidence", document(path)) == []


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.parent.name)
def test_shipped_styles_fit_their_schema(path: Path) -> None:
    assert faults("style", document(path)) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [("unit", "person"), ("colour", "blue"), ("level", 1.5), ("preset", "sas"), ("id", "Not A Name"), ("outcomes", {})],
)
def test_a_study_that_the_program_refuses_does_not_fit(key: str, value: Any) -> None:
    assert faults("study", {**document(STUDIES[1]), key: value})


def test_an_analysis_without_a_rule_for_missing_does_not_fit() -> None:
    study = document(STUDIES[1])
    del study["analyses"][0]["missing"]
    assert faults("study", study)


@pytest.mark.parametrize(
    ("key", "value"), [("day", 5), ("rows", {"shape": "square"}), ("variables", {"Sex": {"table": "patients"}})]
)
def test_a_mapping_that_the_program_refuses_does_not_fit(key: str, value: Any) -> None:
    assert faults("mapping", {**document(MAPPINGS[1]), key: value})
