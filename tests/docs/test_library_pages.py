"""Schemas and pages of the library: every file fits its schema, and everything a file says stands on its page."""

import copy
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from docs.definition_parts import entered
from docs.generate import LIBRARY as SCHEMA_FOLDER
from docs.generate import REFERENCE, stale
from docs.library_pages import DOCUMENTS, LIBRARY_PAGES
from docs.missing_answers import ASKED, asked, drug
from docs.policy_pages import bounds
from docs.schemas import SCHEMAS, undescribed
from docs.worked_examples import answered, for_example
from foramen.catalogue.antithrombotics.policy import ANTITHROMBOTICS
from foramen.catalogue.decision_table import NumberBand
from foramen.catalogue.document import Document
from foramen.catalogue.drugs import load_names
from foramen.catalogue.instruments.library import load_instruments
from foramen.catalogue.policies import POLICIES
from foramen.catalogue.schedules.library import load_schedules
from tests.docs.pages import ROOT
from tests.docs.test_schemas import LIBRARY, document, validator

KINDS = {"drugs": "drug-names", "instruments": "instrument", "schedules": "schedule", "site-records": "site-record"}
FILES = [path for kind in ("policies", *KINDS) for path in sorted((LIBRARY / kind).rglob("*.toml"))]


def schema_of(path: Path) -> str:
    kind = path.relative_to(LIBRARY).parts[0]
    return f"policy-{path.parent.name}" if kind == "policies" else KINDS[kind]


@cache
def checker(name: str) -> Draft202012Validator:
    return validator(name)


def faults(name: str, value: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in checker(name).iter_errors(value)]


def named(path: Path) -> str:
    return "/".join(path.relative_to(LIBRARY).with_suffix("").parts)


# --- schemas ------------------------------------------------------------------------------------------------------

OWN = sorted({name for name in SCHEMAS if name.startswith(("policy-", "inputs-"))} | {*KINDS.values(), *DOCUMENTS})


@pytest.mark.parametrize("name", OWN)
def test_every_key_is_described(name: str) -> None:
    assert list(undescribed(SCHEMAS[name]())) == []


@pytest.mark.parametrize("path", FILES, ids=named)
def test_every_file_of_the_library_fits_its_schema(path: Path) -> None:
    assert faults(schema_of(path), document(path)) == []


@pytest.mark.parametrize("name", POLICIES)
def test_every_worked_question_fits_the_schema_of_inputs(name: str) -> None:
    examples = document(POLICIES[name].load().path)["examples"]
    assert examples
    assert [fault for one in examples for fault in faults(f"inputs-{name}", one["given"])] == []


WORDING = {
    "instrument": "rmdq", "instrument_version": "2026-11-20", "language": "de-CH", "version": "1", "licence": "ours",
    "title": "Rücken", "items": [{"id": "q1", "text": "…", "answers": {"yes": "ja", "no": "nein"}}],
}  # fmt: skip
ANSWERS = {"instrument": "odi", "answers": {"q1": 2}, "before": {"q1": 3}, "parameters": {"factor": 0.2}}


@pytest.mark.parametrize(("name", "value"), [("instrument-wording", WORDING), ("instrument-answers", ANSWERS)])
def test_what_a_site_writes_fits(name: str, value: dict[str, Any]) -> None:
    assert faults(name, value) == []
    assert faults(name, {**value, "colour": "blue"})
    assert faults(name, {key: part for key, part in value.items() if key not in ("items", "answers")})


def change(*place: str | int, value: Any) -> Callable[[dict[str, Any]], None]:
    def spoil(found: Any) -> None:
        for key in place[:-1]:
            found = found[key]
        found[place[-1]] = value

    return spoil


DOCTORED = [
    ("policies/antithrombotics", change("status", value="active")),
    ("policies/antithrombotics", change("version", value="spring 2019")),
    ("policies/antithrombotics", change("rows", 0, "hold", "check", value="six days")),
    ("policies/antithrombotics", change("rows", 0, "when", "age", value=["old"])),
    ("policies/antithrombotics", change("rows", 0, "hold", "check", value=144)),
    ("policies/antithrombotics", change("examples", 0, "given", "procedure", "route", value="epidural")),
    ("policies/steroids", change("rules", 0, "tables", 0, "rows", 0, "outcome", value="MAYBE")),
    ("policies/steroids", change("rules", 0, "tables", 0, "rows", 0, "override", value="O3")),
    ("policies/steroids", change("products", 0, "equivalent_mg", value=0)),
    ("policies/before-needle", change("rules", 0, "asked", value=["sometimes"])),
    ("drugs/names", change("drugs", 0, "drug_class", value="blood thinner")),
    ("site-records/example", change("state", value="signed")),
    ("site-records/example", change("policy", "digest", value="abc")),
    ("site-records/example", change("parameters", "old_age_years", value="seventy")),
    ("instruments/odi", change("scores", 0, "kind", value="mean")),
    ("instruments/odi", change("scores", 0, "missing", "minimum_answered", value=0)),
    ("instruments/nrs-pain", change("value_sets", 0, "kind", value="slider")),
    ("schedules/service", change("timepoints", 3, "days", value=2.5)),
    ("schedules/service", change("timepoints", 3, "modes", value=["fax"])),
    ("schedules/service", change("quiet_hours", "begins", value=24)),
]


@pytest.mark.parametrize(("folder", "spoil"), DOCTORED, ids=lambda part: part if isinstance(part, str) else "")
def test_a_doctored_file_does_not_fit(folder: str, spoil: Callable[[dict[str, Any]], None]) -> None:
    path = sorted((LIBRARY / folder).glob("*.toml"))[-1 if "site-records" not in folder else 2]
    found = copy.deepcopy(document(path))
    spoil(found)
    assert faults(schema_of(path), found)


@pytest.mark.parametrize(
    ("key", "value"),
    [("zone", 1), ("occasion", "lunch"), ("inr", [{"value": "1,1", "at": "2026-03-10T08:00:00"}]),
     ("medicines", [{"dose": "75 mg"}]), ("bleeding", {"tendency": "maybe"}), ("renal", {"value": 60})],
)  # fmt: skip
def test_inputs_that_the_program_refuses_do_not_fit(key: str, value: Any) -> None:
    assert faults("inputs-antithrombotics", {"zone": "Europe/Zurich", key: value})


# --- pages: nothing is left out -----------------------------------------------------------------------------------

SKIPPED = {"examples", "id", "key", "kind", "sources", "review_by", "drug", "drug_class", "bands", "when"}
"""Keys that are shown in words of the page's own, such as numbers by their bounds."""


def sayings(value: Any, key: str = "") -> Iterator[str]:
    """Every text of a file that is a sentence or a quotation."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from sayings(part, name) if name not in SKIPPED else ()
    elif isinstance(value, list):
        for part in value:
            yield from sayings(part, key)
    elif isinstance(value, str) and len(value.split()) > 1:
        yield value


def plain(text: str) -> str:
    """Letters and digits alone: what Markdown and sentences add does not count."""
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


@cache
def page(name: str) -> str:
    return LIBRARY_PAGES[name]()


def definitions() -> list[tuple[str, Document[Any]]]:
    policies = [(f"policies/{name}.md", policy.load()) for name, policy in POLICIES.items()]
    instruments = [(f"instruments/{one.content.id}.md", one) for one in load_instruments()]
    schedules = [(f"schedules/{one.content.id}.md", one) for one in load_schedules()]
    return [*policies, *instruments, *schedules, ("policies/drug-names.md", load_names().document)]


@pytest.mark.parametrize(("name", "found"), definitions(), ids=lambda part: part if isinstance(part, str) else "")
def test_everything_a_file_says_stands_on_its_page(name: str, found: Document[Any]) -> None:
    shown = plain(page(name))
    missing = [text for text in sayings(found.content.model_dump(mode="json")) if plain(text) not in shown]
    assert missing == []
    assert found.digest in page(name)
    assert [source.citation for source in found.content.sources if source.citation not in page(name)] == []


@pytest.mark.parametrize("name", POLICIES)
def test_every_row_and_every_example_of_a_policy_stands_on_its_page(name: str) -> None:
    policy, text = POLICIES[name], page(f"policies/{name}.md")
    content = policy.load().content
    rows = [line.rule.rpartition(", ")[2] for line in policy.lines(content)]
    assert [row for row in rows if not re.search(rf"^\| (<a[^|]*></a>)?{row} \|", text, re.M)] == []
    assert [one.title for one in policy.examples(content) if f"\n### {one.title}\n" not in text] == []
    assert text.count("**Answer: ") == len(policy.examples(content))


# --- pages: what a pharmacist looks up ----------------------------------------------------------------------------


def cells(row: str) -> list[str]:
    (line,) = re.findall(rf"^\| <a id=[^|]*></a>{row} \|(.*)\|$", page("policies/antithrombotics.md"), re.M)
    return [cell.strip() for cell in line.split("|")]


@pytest.mark.parametrize(
    ("row", "hold", "days", "restart", "agreement"),
    [
        ("AC-01a", "**144 h** (6 × 24 h); not stopping it: a person decides", "6", "**24 h**", "no"),
        ("AC-10", "no hold", "", "does not apply", "no"),
        ("AC-11", "**120 h** (5 × 24 h); and an INR of the day of at most 1.2", "5", "**6 h**, usually next day",
         "yes"),
        ("AC-12b", "**144 h** (6 × 24 h); from 120 h a person decides, but not for bleeding stratum HIGH", "6",
         "**24 h**", "yes"),
        ("AC-13", "**75 h**", "3", "**24 h**", "yes"),
        ("AC-14", "**72 h** (3 × 24 h)", "3", "**24 h**", "yes"),
        ("AC-15a", "**168 h** (7 × 24 h)", "7", "**24 h**; 12 h if with 75 mg and no loading dose", "yes"),
        ("AC-16b", "no number: a person decides", "", "**24 h**", "yes"),
        ("AC-18", "**120 h** (5 × 24 h); and a person decides in any case", "5, told only after the decision",
         "**24 h**", "yes"),
        ("AC-19", "**24 h**", "by the hour", "**12 h**, usually 24 h; bleeding stratum HIGH: 24 h", "yes"),
    ],
)  # fmt: skip
def test_the_table_says_what_is_used(row: str, hold: str, days: str, restart: str, agreement: str) -> None:
    _, _, hold_used, drug_free, _, restart_used, agreed, *_ = cells(row)
    assert (hold_used, drug_free, restart_used, agreed) == (hold, days, restart, agreement)


HELD = [row for row in ANTITHROMBOTICS.load().content.rows if row.hold.check and not row.when]


@pytest.mark.parametrize("row", HELD, ids=lambda row: row.id)
def test_the_override_of_the_table_is_the_one_the_program_gives(row: Any) -> None:
    in_force = for_example(ANTITHROMBOTICS, ANTITHROMBOTICS.load(), {})
    taken = drug(row.drug, last_dose=ASKED - timedelta(hours=1))
    found = asked(in_force, {"medicines": [taken]}, "arrival")
    (decision,) = (one for one in found.decisions if one.rule == row.id)
    assert decision.outcome.value == "HOLD"
    assert f"HOLD {decision.override.name}" in cells(row.id)[-1]


def test_ticlopidine_has_the_figures_of_others_beside_and_not_merged() -> None:
    text = page("policies/antithrombotics.md")
    section = text[text.index("### Ticlopidine") : text.index("### Enoxaparin")]
    assert "**This service**: 5 days. **Other published sources**: 10-14 days" in section
    assert "Decision required" in section


def test_when_nothing_is_told_nothing_passes() -> None:
    text = page("policies/antithrombotics.md")
    rows = text[text.index("## When something is not told") :].split("\n\n")[2].splitlines()[2:]
    told, *left_out = [[cell.strip() for cell in line.strip("|").split("|")] for line in rows]
    assert told[1:] == ["**OK**", "**OK**"]
    assert [line for line in left_out if "OK" in line[1] or "OK" in line[2]] == []


@pytest.mark.parametrize(
    ("band", "shown"),
    [
        (NumberBand(name="a", at_least=0, at_most=1), "0 to 1 mg"),
        (NumberBand(name="a", above=1, below=10), "above 1 and below 10 mg"),
        (NumberBand(name="a", at_least=8, at_most=8), "exactly 8 mg"),
        (NumberBand(name="a", at_least=100), "at least 100 mg"),
        (NumberBand(name="a", below=1), "below 1 mg"),
    ],
)
def test_a_band_is_told_by_its_bounds(band: NumberBand, shown: str) -> None:
    assert bounds(band, "mg") == shown
    assert band.holds(Fraction(8)) is (shown in ("above 1 and below 10 mg", "exactly 8 mg"))


def test_a_number_in_the_name_of_a_band_never_stands_for_its_bounds() -> None:
    rows = re.findall(r"^\| ST-6-0.*$", page("policies/ct-or-fluoroscopy-trial.md"), re.M)
    assert any("a tenth or less" in row for row in rows)
    assert [row for row in rows if "0-8" in row] == []


def test_what_was_entered_is_told_in_words() -> None:
    found = entered({"none": True, "stopped": False, "last_dose": None, "given": [], "at": ASKED})
    assert found == "none, not stopped, given an empty list, at 2026-05-20 08:40"
    deep = {"asked": {"digest": "0" * 64, "decisions": [{"rule": "A"}, {"rule": "B"}]}}
    assert entered(deep) == "asked (digest 000000000000…, 2 decisions)"
    assert entered(ASKED.replace(tzinfo=UTC)) == "2026-05-20 08:40 +0000"


# --- pages: made anew ---------------------------------------------------------------------------------------------


def test_an_example_that_does_not_come_out_makes_no_page() -> None:
    found = ANTITHROMBOTICS.load()
    example = found.content.examples[0]
    assert answered(ANTITHROMBOTICS, found, example).outcome.value == example.outcome
    with pytest.raises(ValueError, match="does not come out: together: expected OK"):
        answered(ANTITHROMBOTICS, found, example.model_copy(update={"outcome": "OK"}))


def test_a_stale_page_of_the_library_is_found(tmp_path: Path) -> None:
    for folder in (REFERENCE, SCHEMA_FOLDER):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    page_of_policy = tmp_path / REFERENCE / "policies/antithrombotics.md"
    page_of_policy.write_text(page_of_policy.read_text(encoding="utf-8").replace("**75 h**", "**72 h**"))
    (tmp_path / REFERENCE / "instruments/odi.md").unlink()
    (tmp_path / REFERENCE / "schedules/old.md").write_text("of a schedule that is gone")
    (tmp_path / SCHEMA_FOLDER / "site-record.json").write_text("{}")
    found = {Path(name).name for name in stale(tmp_path)}
    assert {"odi.md", "antithrombotics.md", "old.md", "site-record.json"} <= found


def test_every_policy_instrument_and_schedule_has_its_page() -> None:
    folders = [folder for kind in ("policies", "instruments", "schedules") for folder in (LIBRARY / kind).iterdir()]
    assert {f"{folder.parent.name}/{folder.name}.md" for folder in folders} <= set(LIBRARY_PAGES)
