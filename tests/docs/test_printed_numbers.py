"""Numbers printed on pages are those of the results; documents printed on pages are those that ship."""

import hashlib
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from foramen.kernel.rounding import rounded
from tests.docs.conftest import EXAMPLE, results
from tests.docs.pages import DOCS, ROOT, blocks, replace_part

ARMS = ("PRT", "placebo", "usual care")
TUTORIAL = DOCS / "tutorials/back-pain-trial.md"
HALF = ("50 to 74 %", "75 to 99 %", "100 %")
DIFFERENT = {"pain before, mean", "30 % of the pain gone, %", "time × arm, estimate"}
"""Lines of the tutorial's comparison where the article prints another number; the page says why."""

Row = Mapping[str, Any]
Cell = Callable[[Row, str], str]


def one(found: Row, name: str, **about: str) -> Row:
    rows = [r for r in found["statistics"] if r["name"] == name and about.items() <= r["about"].items()]
    assert len(rows) == 1, (name, about, len(rows))
    return rows[0]


def mean(outcome: str, places: int, timepoint: str | None = None, *, sd: bool = True) -> Cell:
    at = {"timepoint": timepoint} if timepoint else {}

    def cell(found: Row, arm: str) -> str:
        text = rounded(one(found, "mean", outcome=outcome, group=arm, **at)["estimate"], places)
        spread = rounded(one(found, "sd", outcome=outcome, group=arm, **at)["estimate"], places)
        return f"{text} ({spread})" if sd else text

    return cell


def percent(outcome: str) -> Cell:
    return lambda found, arm: rounded(one(found, "responder_percent", outcome=outcome, group=arm)["estimate"], 0)


def interaction(key: str) -> Cell:
    def cell(found: Row, arm: str) -> str:
        if arm == "PRT":
            return "–"
        return rounded(one(found, "fixed_effect", term=f"time after × group {arm}")[key], 2)

    return cell


def followed(found: Row, arm: str) -> str:
    return str(one(found, "n", outcome="nrs", timepoint="after", group=arm)["n"])


COMPARED: Mapping[str, Cell] = {
    "randomised": lambda found, arm: str([step["n"] for step in found["flow"] if step["group"] == arm][-1]),
    "followed up": followed,
    "age, mean": mean("age", 1, sd=False),
    "pain before, mean": mean("nrs", 2, "before", sd=False),
    "pain after, mean (SD)": mean("nrs", 2, "after"),
    "disability after, mean (SD)": mean("odi", 2, "after"),
    "satisfaction, mean (SD)": mean("satisfaction", 2, "after"),
    "global impression, mean (SD)": mean("global_impression", 2, "after"),
    "pain 0 or 1, n": lambda found, arm: str(
        one(found, "responder_percent", outcome="nearly_pain_free", group=arm)["n"]
    ),
    "half of the pain gone, %": percent("half_gone"),
    "30 % of the pain gone, %": percent("third_gone"),
    "time × arm, estimate": interaction("estimate"),
    "time × arm, t": interaction("statistic"),
}


def table(page: Path, first: str) -> dict[str, list[str]]:
    """The rows of the table of a page whose head starts with these words, by their first cell."""
    text = page.read_text(encoding="utf-8")
    lines = text[text.index(f"| | {first}") :].split("\n\n")[0].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
    return {head: rest for head, *rest in cells}


def test_the_tutorial_prints_the_numbers_of_the_results(trial: Row) -> None:
    printed = {label: cells[1] for label, cells in table(TUTORIAL, "paper").items()}
    assert printed == {label: ", ".join(cell(trial, arm) for arm in ARMS) for label, cell in COMPARED.items()}


def test_the_tutorial_names_every_line_that_differs_from_the_article() -> None:
    rows = table(TUTORIAL, "paper")
    assert {label for label, (paper, ours) in rows.items() if paper != ours} == DIFFERENT


def test_the_tutorial_reads_the_risk_difference_right(trial: Row) -> None:
    difference = one(trial, "risk_difference", group="placebo")["estimate"]
    text = " ".join(TUTORIAL.read_text(encoding="utf-8").split())
    printed = rounded(100 * difference, 1).replace("-", "−")
    assert f"difference of {printed} percentage points for the placebo says that so much fewer responded" in text


@pytest.mark.parametrize("name", ["mapping.toml", "study.toml"])
def test_the_tutorial_writes_the_documents_that_ship(name: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    written = blocks(TUTORIAL)
    Path(name).write_text("\n".join(block.text for block in written if block.options.get("file") == name))
    for block in written:
        if block.options.get("edit") == name:
            replace_part(name, block.text)
    assert tomllib.loads(Path(name).read_text()) == tomllib.loads((EXAMPLE / name).read_text(encoding="utf-8"))


def test_every_key_of_the_tutorial_is_explained_on_its_page() -> None:
    text = TUTORIAL.read_text(encoding="utf-8")
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    keys = {key for block in blocks(TUTORIAL) if block.language == "toml" for key in _keys(tomllib.loads(block.text))}
    assert sorted({key for key, _ in keys if f"`{key}" not in prose and f"[{key}" not in prose}) == []
    choices = ("kind", "missing", "shape", "covariance", "event", "which")
    chosen = {value for key, value in keys if value and key in choices}
    assert sorted(value for value in chosen if f'"{value}"' not in prose and f"`{value}`" not in prose) == []


def _keys(value: Any, key: str = "") -> set[tuple[str, str]]:
    """Every key with its texts. Names that the writer chooses, and codes, are no keys."""
    if isinstance(value, dict):
        chosen = key in ("variables", "columns", "timepoints", "codes")
        inner = [_keys(part, "" if chosen else name) for name, part in value.items()]
        return set().union(*inner, set() if chosen else {(name, "") for name in value})
    if isinstance(value, list):
        return set().union(*(_keys(part, key) for part in value)) if value else set()
    return {(key, value)} if key and isinstance(value, str) else set()


def test_the_readme_prints_the_numbers_of_the_results(trial: Row) -> None:
    def interval(row: Row, places: int) -> str:
        return (
            f"{rounded(row['estimate'], places)} ({rounded(row['lower'], places)} to {rounded(row['upper'], places)})"
        )

    def change(arm: str) -> str:
        if arm == "PRT":
            return "reference"
        row = one(trial, "fixed_effect", term=f"time after × group {arm}")
        return f"{interval(row, 2)}; {rounded(row['statistic'], 2)}"

    half = [one(trial, "responder_percent", outcome="half_gone", group=arm) for arm in ARMS]
    after = mean("nrs", 2, "after")
    assert table(ROOT / "README.md", "pain reprocessing therapy") == {
        "randomised": [COMPARED["randomised"](trial, arm) for arm in ARMS],
        "pain after four weeks, mean (SD); n": [f"{after(trial, arm)}; {followed(trial, arm)}" for arm in ARMS],
        "at least half of the pain gone, % of randomised (95 % CI)": [interval(row, 1) for row in half],
        "difference in the change of pain, mixed model (95 % CI); t": [change(arm) for arm in ARMS],
    }


def test_the_readme_says_of_its_figure_what_the_results_say(demonstration: Row) -> None:
    def who(timepoint: str) -> int:
        return one(demonstration, "responder_percent", outcome="relief", timepoint=timepoint, group="all")["n"]

    moved = [row for row in demonstration["statistics"] if row["name"] == "transition"]
    half = [(row["about"]["from_category"] in HALF, row["about"]["category"] in HALF, row["n"]) for row in moved]
    gained = sum(n for before, after, n in half if after and not before)
    lost = sum(n for before, after, n in half if before and not after)
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    early, late = who("quarter_hour"), who("one_month")
    assert f"{early} patients become {late}, because {gained} gain relief and {lost} lose it" in text
    assert f"Of {moved[0]['denominator']} patients {early} have" in text


def test_the_page_on_denominators_has_both_percentages(trial: Row, trial_snapshot: Path, tmp_path: Path) -> None:
    text = (EXAMPLE / "study.toml").read_text(encoding="utf-8")
    study = tmp_path / "study.toml"
    study.write_text(text.replace('missing = "failure"', 'missing = "available"'), encoding="utf-8")
    of_all = one(trial, "responder_percent", outcome="half_gone", group="PRT")
    of_answers = one(results(study, trial_snapshot, tmp_path), "responder_percent", outcome="half_gone", group="PRT")
    assert (of_all["n"], of_all["denominator"], of_answers["n"], of_answers["denominator"]) == (35, 50, 35, 44)
    page = (DOCS / "explanation/missing-data-and-denominators.md").read_text(encoding="utf-8")
    for row, words in ((of_all, "of those randomised"), (of_answers, "of\nthose who came back")):
        assert f"{rounded(row['estimate'], 1)} % {words}" in page


def test_the_data_ship_as_they_were_published() -> None:
    data = (EXAMPLE / "Ashar2022_outcomes_demographics.csv").read_bytes()
    assert hashlib.sha256(data).hexdigest() == "bb04564e8b63730c78c7ef65f817a96ef34923409d7e5a3108b6af2f54eb996d"
    assert "CC0-1.0" in (EXAMPLE / "README.md").read_text(encoding="utf-8")
