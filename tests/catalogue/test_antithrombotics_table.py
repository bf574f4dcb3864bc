"""The policy file against the golden table, cell by cell, and what the loader refuses."""

import csv
import re
from pathlib import Path

import pytest

from foramen.catalogue.antithrombotics.definition import Row
from foramen.catalogue.antithrombotics.policy import ANTITHROMBOTICS
from foramen.catalogue.checking import check_policy_file
from foramen.kernel.errors import DefinitionError
from tests.catalogue.questions import IN_FORCE

GOLDEN = Path(__file__).parents[1] / "oracles/antithrombotics_2_3.csv"
POLICY = IN_FORCE.content
TEXT = IN_FORCE.policy.path.read_text(encoding="utf-8")

CONDITIONS = {
    "any": {}, "primary": {"indication": ["primary"]}, "secondary": {"indication": ["secondary"]},
    "HIGH": {"stratum": ["HIGH"]}, "renal_normal": {"renal_function": ["normal"]},
    "renal_impaired": {"renal_function": ["impaired"]}, "te_high": {"thromboembolic_risk": ["high"]},
    "te_not_high": {"thromboembolic_risk": ["not high"]},
}  # fmt: skip


def cell(value: object) -> str:
    return "-" if value is None else str(value)


def as_cells(row: Row) -> dict[str, str]:
    """A row of the policy file in the words of the golden table."""
    hold, restart = row.hold, row.restart
    standard = restart.standard_dose
    earliest = cell(restart.earliest)
    return {
        "id": row.id,
        "generic": str(row.drug),
        "brand": "|".join(row.brands) or "-",
        "hold_printed": row.hold.printed,
        "check_h": cell(hold.check),
        "floor_h": cell(hold.floor),
        "instr_days": cell(hold.drug_free_days),
        "restart_printed": restart.printed,
        "restart_min_h": f"{standard.earliest}|{earliest}" if standard else earliest,
        "restart_usual_h": cell(restart.usual).replace(" ", "_"),
        "coord": "y" if row.coordination else "n",
        "always_decide": "y" if row.always_decide else "n",
    }


@pytest.mark.parametrize(
    "golden", list(csv.DictReader(GOLDEN.read_text().splitlines())), ids=lambda golden: golden["id"]
)
def test_every_cell_of_the_golden_table(golden: dict[str, str]) -> None:
    row = POLICY.row(golden["id"])
    condition = CONDITIONS[golden.pop("cond")]
    assert as_cells(row) == golden
    assert {name: values[:1] for name, values in row.when.items()} == condition
    if row.hold.check:
        assert row.hold.max_off == row.hold.check + 72


def test_the_rows_that_the_golden_block_leaves_out() -> None:
    golden = {row["id"] for row in csv.DictReader(GOLDEN.read_text().splitlines())}
    rest = {row.id for row in POLICY.rows} - golden
    low = {f"AC-0{n}-low" for n in range(2, 10)}
    classes = {row.id for row in POLICY.rows if row.drug_class}
    assert rest == {"AC-01c", "AC-12c", "AC-15a-unknown", *low, *classes}
    assert POLICY.row("AC-01c").hold.check is None
    unknown = POLICY.row("AC-12c")
    assert (unknown.hold.check, unknown.hold.floor, unknown.always_decide) == (144, 120, True)
    assert POLICY.row("AC-16b").when == {"indication": ["secondary", "unknown"]}
    longer = POLICY.row("AC-15a-unknown")
    assert (longer.hold.check, longer.always_decide, longer.when) == (168, True, {"thromboembolic_risk": ["unknown"]})
    for name in low:
        assert POLICY.row(name).hold.continues
        assert POLICY.row(name).when == {"stratum": ["LOW"]}
    assert {row.drug_class: row.outcome for row in POLICY.rows if row.drug_class} == {
        "anticoagulant": "STOP", "antiplatelet": "STOP", "thrombolytic": "STOP", "unrecognised": "STOP",
        "nsaid": "DECIDE", "serotonergic": "DECIDE", "supplement": "DECIDE", "combination analgesic": "DECIDE",
        "simple analgesic": "NA",
    }  # fmt: skip
    assert all(row.coordination for row in POLICY.rows if row.drug_class and row.outcome != "NA")


def test_every_ambiguity_is_there_beside_the_rows_it_concerns() -> None:
    assert [one.id for one in POLICY.ambiguities] == [f"A{n}" for n in range(1, 29)]
    beside = {row.id: {one.id for one in POLICY.ambiguities if row.id in one.rows} for row in POLICY.rows}
    assert beside["AC-13"] == {"A1", "A17"}
    assert {"A10", "A11", "A26"} <= beside["AC-01b"]


def test_every_listed_drug_has_its_comparison() -> None:
    compared = {POLICY.row(row).drug for one in POLICY.comparisons for row in one.rows}
    assert {row.drug for row in POLICY.rows if row.drug} - {"celecoxib"} <= compared


def test_every_row_has_a_reason_a_source_and_no_word_that_promises() -> None:
    assert all(row.reason.endswith(".") and row.locator for row in POLICY.rows)
    assert not re.search(r"\bsafe(ly|r)?\b", TEXT, re.IGNORECASE)
    assert not re.search(r"\bcc\b|\b\d+\.0 m[gL]", TEXT.replace('printed = "“1.0 cc”"', ""))


def test_the_shipped_file_is_in_order_and_its_examples_come_out() -> None:
    assert "worked examples came out" in check_policy_file(IN_FORCE.policy.path)
    assert len(POLICY.examples) >= 27


# --- what the loader refuses ----------------------------------------------------------------------------------------


def refused(folder: Path, *changes: tuple[str, str]) -> list[str]:
    """Faults of the shipped file with changes, each of which must apply."""
    text = TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path = folder / "policy.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as error:
        check_policy_file(path)
    return [str(fault).replace(f"{folder}/", "") for fault in error.value.faults]


def row_text(identifier: str) -> str:
    """A row of the file as it stands there."""
    start = TEXT.index(f'[[rows]]\nid = "{identifier}"\n')
    return TEXT[start : TEXT.index("\n\n", start)]


@pytest.mark.parametrize("identifier", [row.id for row in POLICY.rows if row.drug])
def test_leaving_out_any_answer_is_a_gap(tmp_path: Path, identifier: str) -> None:
    row = POLICY.row(identifier)
    faults = refused(tmp_path, (row_text(identifier) + "\n\n", ""))
    others = [other for other in POLICY.rows if other.drug == row.drug and other.id != row.id]
    if others:
        assert any(f"rows of {row.drug}: no row answers this" in fault for fault in faults)
    assert any("there is no such row" in fault or "does not come out" in fault or others for fault in faults)


@pytest.mark.parametrize("name", ["anticoagulant", "supplement", "combination analgesic", "unrecognised"])
def test_leaving_out_a_class_is_a_gap(tmp_path: Path, name: str) -> None:
    row = next(row for row in POLICY.rows if row.drug_class == name)
    faults = refused(tmp_path, (row_text(row.id) + "\n\n" if name != "unrecognised" else row_text(row.id), ""))
    said = f"no row answers drugs of this class\n  received: {name}\n  try: add a row with this drug_class"
    assert f"policy.toml: rows: {said}" in faults


def test_all_faults_of_a_file_come_together_each_with_place_and_remedy(tmp_path: Path) -> None:
    faults = refused(
        tmp_path,
        ('check = "75 h", floor = "75 h"', 'check = "75 hours", floor = "75 h"'),
        ('when = { indication = ["primary"] }', 'when = { indication = ["primary", "secondary"] }'),
        ('when = { thromboembolic_risk = ["unknown"] }', 'when = { thromboembolic_risk = ["high"] }'),
        ('drug = "ticagrelor"', 'drug = "ticagrelol"'),
        ('id = "AC-21"', 'id = "AC-20"'),
        ('max_off = "96 h" }\nrestart = { printed = "12-24 h"', 'max_off = "200 h" }\nrestart = { printed = "12-24 h"'),
        ('source = "proposal"', 'source = "propsal"'),
        ('values = ["LOW", "HIGH"]', 'values = ["LOW", "HIGH", "MIDDLE"]'),
        ('name = "lab_max_age_days"', 'name = "lab_age"'),
        ('reason = "Celecoxib', 'raeson = "Celecoxib'),
    )
    said = "\n".join(faults)
    for expected in (
        ".hold.check: this does not convert to hours: write a whole number with h or days",
        "(AC-01a), rows[2] (AC-01b): several rows answer this\n  received: indication = secondary",
        "several rows answer this\n  received: thromboembolic_risk = high\n  try: narrow them until one is left",
        "rows of clopidogrel: no row answers this\n  received: thromboembolic_risk = unknown\n  try: add a row, or",
        ".drug: the table of names has no such drug\n  received: ticagrelol\n  try: did you mean “ticagrelor”?",
        "this id stands twice\n  received: AC-20\n  try: rename it",
        ".hold: max_off is 72 h beyond the check: write “96 h”",
        ".source: there is no such source\n  received: propsal\n  try: did you mean “proposal”?",
        "the answers to stratum are not those the program gives",
        "parameters: the program asks for this parameter\n  received: nothing\n  try: declare lab_max_age_days",
        ".raeson: unknown key\n  received: raeson\n  try: did you mean “reason”?",
    ):
        assert expected in said, expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('floor = "75 h"', 'floor = "76 h"', "floor is not the longer one"),
        ('floor = "75 h", drug_free_days = 3', 'floor = "75 h", drug_free_days = 4', "longer than the check"),
        ('outcome = "HOLD"\nexpect', 'outcome = "OK"\nexpect', "does not come out"),
        ("until = 2026-03-10T10:00:00", "until = 2026-03-10T09:00:00", "until: expected 2026-03-10 09:00, found Tue"),
        ('says = "71 h"', 'says = "70 h"', "no reason says “70 h”"),
        ("latest_last_dose = 2026-03-07T05", "latest_last_dose = 2026-03-07T06", "expected 2026-03-07 06:00, found"),
        ('version = "2019-03"', 'version = "March"', "version"),
    ],
)  # fmt: skip
def test_a_file_that_contradicts_itself_is_refused(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert any(expected in fault for fault in refused(tmp_path, (old, new)))


def test_a_row_without_a_number_is_for_a_person_to_decide(tmp_path: Path) -> None:
    row = row_text("AC-01c")
    said = refused(tmp_path, (row, row.replace("always_decide = true\n", "")))
    assert any("a row without a number is for a person to decide: always_decide = true" in fault for fault in said)


def test_a_file_that_is_no_policy_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    for text, expected in (
        ('id = "antithrombotic"\n', "there is no such policy\n  received: antithrombotic"),
        ("id = ", "this is not valid TOML"),
        ("[a]\nb = 1\n[c]\n[d]\n", "does not look like"),
    ):
        path.write_text(text)
        with pytest.raises(DefinitionError, match=re.escape(expected)):
            check_policy_file(path)


def test_the_policy_is_identified_by_its_content_not_by_its_layout(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text("# a remark\n" + TEXT, encoding="utf-8")
    assert ANTITHROMBOTICS.check_file(path).digest == IN_FORCE.policy.digest
