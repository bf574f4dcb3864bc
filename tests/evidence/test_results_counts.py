"""Every number of a results folder against its count table: each that somebody changed is found, and no other."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from foramen.evidence.examine import Examined
from foramen.evidence.results_check import examine_results
from foramen.kernel.digests import digest
from tests.evidence.runs import BACK_PAIN, RUNS, Found, read, write, write_run

NUMBERS = ("estimate", "lower", "upper", "level", "statistic", "df", "p", "log10_p", "n", "denominator")

COUNTED_AGAIN = {
    "n", "missing", "mean", "sd", "median", "lower_quartile", "upper_quartile", "minimum", "maximum", "percent",
    "responder_percent", "zero_event_upper_bound", "chi_square", "fisher", "trend", "mean_difference", "mean_change",
    "mann_whitney", "common_language_effect", "hodges_lehmann", "wilcoxon", "pseudomedian", "mcnemar", "cohen_kappa",
    "cohen_kappa_standard_error", "percent_agreement", "spearman", "risk_difference", "risk_ratio",
    "number_needed_to_treat", "friedman", "kendall_w", "friedman_pairs", "friedman_pairs_unadjusted", "icc_a_1",
    "bland_altman_bias", "transition", "left_out_incomplete", "outside_window", "not_grouped",
    "units_of_persons_with_several",
}  # fmt: skip
"""What the six runs hold of it, by name; other names and every definition are tried in `test_recount.py`."""


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Internal results of all runs. Tests that change them do so in a copy."""
    return {name: write_run(name, tmp_path_factory.mktemp(name) / "results") for name in RUNS}


def tampered(folder: Path, to: Path, results: Found) -> Path:
    """The results in place of those of a folder, beside the counts of that folder."""
    write(to, results)
    (to / "counts").symlink_to(folder / "counts")
    return to


def row(results: Found, name: str, **about: str) -> Found:
    found: Found = next(r for r in results["statistics"] if r["name"] == name and about.items() <= r["about"].items())
    return found


def of_rows(found: Examined, verdict: str) -> Counter[str]:
    """Where rows were counted again, with this verdict."""
    return Counter(one.at for one in found.findings if one.check == "counts" and one.verdict == verdict)


def at(row: Found) -> str:
    return f"{row['name']} ({', '.join(f'{key} {value}' for key, value in row['about'].items())})"


# --- what is in order ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RUNS)
def test_every_number_of_a_run_agrees_but_those_of_models(folders: dict[str, Path], name: str) -> None:
    found, rows = examine_results(folders[name]), read(folders[name])["statistics"]
    shown = [row for row in rows if row["error"] is None]
    assert found.differing == ()
    assert of_rows(found, "agrees") == Counter(at(row) for row in shown if "model" not in row["about"])
    assert of_rows(found, "cannot be checked") == Counter(at(row) for row in shown if "model" in row["about"])
    reasons = {one.reason for one in found.findings if one.verdict == "cannot be checked"}
    assert reasons <= {"a fitted model is not fitted again here"}


@pytest.mark.parametrize("name", RUNS)
def test_released_results_agree_as_far_as_their_counts_were_released(tmp_path: Path, name: str) -> None:
    folder = write_run(name, tmp_path / "results", released=True)
    found, rows = examine_results(folder), read(folder)["statistics"]
    kept = {path.stem for path in folder.glob("counts/*.json")}
    shown = [row for row in rows if row["error"] is None and row["suppressed"] is None]
    counted = Counter(at(row) for row in shown if row["inputs"] in kept and "model" not in row["about"])
    assert found.differing == ()
    assert of_rows(found, "agrees") == counted
    assert of_rows(found, "cannot be checked") == Counter(map(at, shown)) - counted
    withheld = Counter(one.at for one in found.findings if "disclosure control withheld it" in one.reason)
    assert withheld == Counter(at(row) for row in shown if row["inputs"] not in kept)


@pytest.mark.parametrize("preset", ["spss", "r", "scipy"])
def test_the_definitions_of_other_packages_are_known_by_their_names(tmp_path: Path, preset: str) -> None:
    found = examine_results(write_run(BACK_PAIN, tmp_path / "results", preset=preset))
    assert found.differing == ()
    assert {one.reason for one in found.findings if one.verdict == "cannot be checked"} == {
        "a fitted model is not fitted again here"
    }


# --- what was changed ---------------------------------------------------------------------------------------------


def one_digit(number: Any) -> Any:
    """The same number but for its third digit; a count but for its last."""
    if isinstance(number, list):
        return [one_digit(number[0]), *number[1:]]
    if isinstance(number, int) or number == 0:
        return number + 1
    text = f"{number:.16e}"
    third = text.index(".") + 2
    return float(f"{text[:third]}{(int(text[third]) + 1) % 10}{text[third + 1 :]}")


def test_one_digit_is_one_digit() -> None:
    assert [one_digit(x) for x in (0.3845637, -1234.5, 7, 0.0, 1.5e-12)] == pytest.approx(
        [0.3855637, -1244.5, 8, 1.0, 1.51e-12], rel=1e-12
    )


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("name", RUNS)
def test_one_digit_of_any_number_that_is_counted_again_is_found(
    folders: dict[str, Path], tmp_path: Path, name: str, number: str
) -> None:
    results = read(folders[name])
    changed = [r for r in results["statistics"] if r[number] is not None and not r["error"]]
    for one in changed:
        one[number] = one_digit(one[number])
    found = examine_results(tampered(folders[name], tmp_path / "results", results))
    assert of_rows(found, "differs") == Counter(at(one) for one in changed if "model" not in one["about"])


def test_the_runs_hold_what_is_to_be_counted_again(folders: dict[str, Path]) -> None:
    names = {r["name"] for folder in folders.values() for r in read(folder)["statistics"] if "model" not in r["about"]}
    assert names >= COUNTED_AGAIN


def test_a_number_that_was_taken_away_is_missed(folders: dict[str, Path], tmp_path: Path) -> None:
    results = read(folders[BACK_PAIN])
    row(results, "chi_square").update(p=None, log10_p=None)
    (finding,) = examine_results(tampered(folders[BACK_PAIN], tmp_path / "results", results)).differing
    assert finding.printed == "p none, log10_p none"


def test_a_released_file_may_lack_denominators_and_nothing_else(tmp_path: Path) -> None:
    folder = write_run("infiltration-outcomes", tmp_path / "results")
    results = read(folder)
    results["manifest"]["disclosure"] = {"threshold": 11}
    row(results, "mean")["denominator"] = None
    assert examine_results(write(folder, results)).differing == ()
    row(results, "mean")["lower"] = None
    (finding,) = examine_results(write(folder, results)).differing
    assert finding.printed == "lower none"


def test_a_number_hidden_behind_an_error_is_found(folders: dict[str, Path], tmp_path: Path) -> None:
    results = read(folders[BACK_PAIN])
    hidden = row(results, "chi_square")
    hidden.update(dict.fromkeys(("statistic", "df", "p", "log10_p")), error="too few")
    (finding,) = examine_results(tampered(folders[BACK_PAIN], tmp_path / "results", results)).differing
    assert finding.at == at(hidden)


def swap_groups(results: Found) -> list[Found]:
    """The means of two groups change places, with everything that belongs to them."""
    pair = [row(results, "mean", outcome="nrs", timepoint="after", group=group) for group in ("PRT", "placebo")]
    pair[0]["about"]["group"], pair[1]["about"]["group"] = "placebo", "PRT"
    return pair


def turn_a_comparison(results: Found) -> list[Found]:
    found = row(results, "mean_difference")
    found["about"]["group"], found["about"]["against"] = found["about"]["against"], found["about"]["group"]
    return [found]


def rest_on_another_outcome(results: Found) -> list[Found]:
    one, other = (
        row(results, "responder_percent", outcome=outcome, group="PRT") for outcome in ("half_gone", "third_gone")
    )
    one.update({key: value for key, value in other.items() if key != "about"})
    return [one]


def rename_a_category(results: Found) -> list[Found]:
    found = row(results, "percent")
    found["about"]["category"] = "unknown"
    return [found]


@pytest.mark.parametrize("change", [swap_groups, turn_a_comparison, rest_on_another_outcome, rename_a_category])
def test_a_number_under_another_name_is_found(
    folders: dict[str, Path], tmp_path: Path, change: Callable[[Found], list[Found]]
) -> None:
    results = read(folders[BACK_PAIN])
    changed = change(results)
    found = examine_results(tampered(folders[BACK_PAIN], tmp_path / "results", results))
    assert of_rows(found, "differs") == Counter(map(at, changed))


def test_a_method_that_nobody_knows_is_no_agreement(folders: dict[str, Path], tmp_path: Path) -> None:
    results = read(folders[BACK_PAIN])
    row(results, "median")["method"] = "our own definition"
    found = examine_results(tampered(folders[BACK_PAIN], tmp_path / "results", results))
    (finding,) = [one for one in found.findings if one.method == "our own definition" and one.check == "counts"]
    assert (finding.verdict, finding.reason) == ("cannot be checked", "its method is none that is known here")


# --- counts that were changed, or are not there -------------------------------------------------------------------


def exchange(one: Path, other: Path) -> list[Path]:
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    return [one, other]


def add_a_patient(one: Path, _other: Path) -> list[Path]:
    file = json.loads(one.read_text(encoding="utf-8"))
    file["table"]["cells"][0][1] += 1
    one.write_text(json.dumps(file), encoding="utf-8")
    return [one]


def break_off(one: Path, _other: Path) -> list[Path]:
    one.write_bytes(one.read_bytes()[:100])
    return [one]


@pytest.mark.parametrize("change", [exchange, add_a_patient, break_off])
def test_a_count_table_that_is_not_what_its_name_says(
    tmp_path: Path, change: Callable[[Path, Path], Sequence[Path]]
) -> None:
    folder = write_run(BACK_PAIN, tmp_path / "results")
    results = read(folder)
    resting = [row(results, "chi_square", outcome="half_gone"), row(results, "mean", group="PRT")]
    changed = change(*(folder / "counts" / f"{one['inputs']}.json" for one in resting))
    found = examine_results(folder)
    assert [one.at for one in found.differing] == sorted(f"counts/{path.name}" for path in changed)
    lost = {path.stem for path in changed}
    unfounded = {one.at for one in found.findings if one.reason == "its count table is not what its name says"}
    assert unfounded == {at(one) for one in results["statistics"] if one["inputs"] in lost}
    assert not unfounded & of_rows(found, "agrees").keys()


@pytest.mark.parametrize(
    "cells",
    [[[[0, 1], 3.5]], [[[0, 1], -2]], [[[0, 1], 0]], [[[0, 1], True]], [[[0], 3]], [[[0.5, 1], 3]], [3], {"0": 1}],
    ids=str,
)
def test_a_table_that_counts_no_people_is_none_whatever_its_digest(tmp_path: Path, cells: Any) -> None:
    axis = {"decimals": 0, "labels": [], "suppressed": None, "divisor": 1}
    table = {"axes": [{"name": "a", **axis}, {"name": "b", **axis}], "cells": cells}
    name = digest(table)
    (tmp_path / "counts").mkdir()
    file = {"kind": "counts", "table": table, "origins": [{"of": {}, "request": {}}]}
    (tmp_path / "counts" / f"{name}.json").write_text(json.dumps(file), encoding="utf-8")
    (finding,) = examine_results(write(tmp_path, {"flow": [], "statistics": []})).differing
    assert (finding.at, finding.reason) == (f"counts/{name}.json", "it is no count table as Foramen writes it")


def test_without_its_counts_a_number_is_not_said_to_agree(tmp_path: Path) -> None:
    folder = write_run(BACK_PAIN, tmp_path / "results")
    results = read(folder)
    name = row(results, "mann_whitney")["inputs"]
    (folder / "counts" / f"{name}.json").unlink()
    found = examine_results(folder)
    resting = Counter(at(one) for one in results["statistics"] if one["inputs"] == name)
    assert found.differing == ()
    assert Counter(one.at for one in found.findings if "is not in the folder" in one.reason) == resting
    assert not resting.keys() & of_rows(found, "agrees").keys()


def test_a_file_alone_says_that_the_counts_were_not_there(folders: dict[str, Path], tmp_path: Path) -> None:
    results = read(folders["ct-or-fluoroscopy"])
    row(results, "mann_whitney", timepoint="six_months")["estimate"] = 1e9
    row(results, "chi_square", outcome="complication").update(statistic=16.27, p=0.001, log10_p=None)
    found = examine_results(write(tmp_path, results))
    assert [one.check for one in found.differing] == ["p_value"]
    absent = {one.at for one in found.findings if one.reason.startswith("the counts were not there")}
    shares = ("percent", "responder_percent", "percent_agreement", "zero_event_upper_bound")
    assert absent == {at(one) for one in results["statistics"] if not one["error"] and one["name"] not in shares}
    assert of_rows(found, "agrees") == Counter()


def test_three_numbers_that_were_made_up_are_found_with_what_they_should_be(
    folders: dict[str, Path], tmp_path: Path
) -> None:
    results = read(folders["ct-or-fluoroscopy"])
    row(results, "mann_whitney", timepoint="six_months")["estimate"] = 1e9
    row(results, "mean", outcome="age", group="CT")["estimate"] = 52.0
    row(results, "chi_square", outcome="complication").update(statistic=16.26623619623813, p=0.001, log10_p=-3.0)
    found = examine_results(tampered(folders["ct-or-fluoroscopy"], tmp_path / "results", results))
    assert [(one.check, one.printed, one.recomputed) for one in found.differing] == [
        ("counts", "estimate 52", "estimate 52.71"),
        ("counts", "estimate 1e+09", "estimate 5117"),
        ("counts", "statistic 16.2662, p 0.001, log10_p -3", "statistic 3.04615, p 0.384564, log10_p -0.415032"),
    ]


def test_inputs_that_lead_out_of_the_folder_lead_nowhere(folders: dict[str, Path], tmp_path: Path) -> None:
    results = read(folders[BACK_PAIN])
    row(results, "mean")["inputs"] = f"../../{folders[BACK_PAIN].name}/results"
    found = examine_results(tampered(folders[BACK_PAIN], tmp_path / "results", results))
    assert sum("is not in the folder" in one.reason for one in found.findings) == 1
