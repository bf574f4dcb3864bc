"""A site's signed record: two people, a day, exactly this file, and values within what the policy allows."""

import re
from pathlib import Path

import pytest

from foramen.catalogue.antithrombotics.policy import ANTITHROMBOTICS
from foramen.catalogue.checking import check_policy_file
from foramen.catalogue.policies import POLICIES
from foramen.catalogue.site_record import load_example, load_record, not_in_force
from foramen.kernel.errors import DefinitionError

EXAMPLE = load_example("antithrombotics")
TEXT = EXAMPLE.path.read_text(encoding="utf-8")


def written(folder: Path, *changes: tuple[str, str]) -> Path:
    text = TEXT
    for old, new in changes:
        text, applied = re.subn(old, new, text, count=1, flags=re.DOTALL)
        assert applied, old
    path = folder / "record.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(folder: Path, *changes: tuple[str, str]) -> str:
    path = written(folder, *changes)
    with pytest.raises(DefinitionError) as error:
        check_policy_file(path)
    return str(error.value)


@pytest.mark.parametrize("identifier", sorted(POLICIES))
def test_every_policy_ships_with_an_example_record_that_is_marked_and_in_force(identifier: str) -> None:
    record = load_example(identifier)
    assert record.content.example
    assert list(not_in_force(POLICIES[identifier].in_force(record))) == []


def test_a_record_in_order_says_what_it_leaves_unset(tmp_path: Path) -> None:
    said = check_policy_file(written(tmp_path, ("lab_max_age_days = 90\n", "")))
    assert said.splitlines()[0].endswith("in order, antithrombotics 2019-03 in force")
    assert "antithrombotics 2019-03: review by Fri 30 June 2028; names 2026-06: review by Fri 30 June 2028" in said
    assert "not set: lab_max_age_days, dabigatran_impaired_egfr, advanced_renal_crcl" in said


def test_a_record_has_a_digest_of_its_own(tmp_path: Path) -> None:
    assert load_record(written(tmp_path, ("# An", "# Another"))).digest == EXAMPLE.digest
    changed = load_record(written(tmp_path, ("old_age_years = 70", "old_age_years = 71")))
    assert changed.digest != EXAMPLE.digest
    assert ANTITHROMBOTICS.in_force(changed).stamp.record_digest == changed.digest


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("Dr B. Example", "dr a. example"), "signatories: two different people sign an active record\n  received: 1"),
        ((r'\[\[signatories\]\]\nname = "Dr B.*', ""), "two different people sign an active record"),
        (("Dr B. Example", "DR  A EXAMPLE"), "two different people sign an active record"),
        (("Dr B. Example", "Dr \u0410. Ex\u0430mple"), "two different people sign an active record"),
        (("Dr B. Example", "Dr \u00c1. Example"), "two different people sign an active record"),
        (("Dr B. Example", "Dr\u00a0A. Ex\u200bample"), "two different people sign an active record"),
        (("Dr B. Example", " "), "signatories[2].name: a blank or a mark is no answer"),
        (("Dr B. Example", "\u2063"), "signatories[2].name: a blank or a mark is no answer"),
        (('role = "radiologist"', 'role = " "'), "signatories[2].role: a blank or a mark is no answer"),
        (("day = 2026-07-01", "day = 2026-05-31"), "the record is signed before names 2026-06 was released"),
        (("day = 2026-07-01", "day = 2019-02-28"), "signed before antithrombotics 2019-03 was released"),
        ((r"rests_on = [^\n]*\n", ""), "rests_on: the record does not sign a file that the policy reads"),
        (
            ('version = "2026-06", digest = "[0-9a-f]{8}', 'version = "2026-06", digest = "00000000'),
            "the file names is not the one that was signed",
        ),
        (('version = "2026-06"', 'version = "2020-06"'), "there is no such version"),
        (("medlist_max_age_days = 30", "medlist_max_age_days = 61"), "from 0 to 60 days"),
        (("dabigatran_impaired_crcl = 50", "dabigatran_impaired_crcl = 1"), "from 45 to 90 mL/min"),
        (("day = 2026-07-01\n", ""), "day: an active record has the day of its signatures"),
        (('state = "active"', 'state = "draft"'), "this record is not active\n  received: draft"),
        (('state = "active"', 'state = "reviewed"'), "this record is not active\n  received: reviewed"),
        (('state = "active"', 'state = "superseded"'), "this record is not active\n  received: superseded"),
        (('state = "active"', 'state = "on"'), "state: this word is not known here"),
        (
            ('version = "2019-03", digest = "[0-9a-f]{8}', 'version = "2019-03", digest = "00000000'),
            "the policy file is not the one that was signed: its content has changed",
        ),
        (('version = "2019-03", digest', 'version = "2018-03", digest'), "there is no such version"),
        (('id = "antithrombotics", version', 'id = "antithrombotic", version'), "there is no such policy"),
        (
            ("old_age_years = 70", "old_age_yaers = 70"),
            "the policy has no such parameter\n  received: old_age_yaers\n  try: did you mean “old_age_years”?",
        ),
        (
            ("old_age_years = 70", "old_age_years = 17"),
            "old_age_years: this value is out of range\n  received: 17\n  try: from 55 to 80 years",
        ),
        (("old_age_years = 70", "old_age_years = nan"), "parameters.old_age_years"),
        (("old_age_years = 70", 'old_age_years = "70"'), "parameters.old_age_years"),
    ],
)  # fmt: skip
def test_a_record_that_puts_nothing_in_force_is_refused(tmp_path: Path, change: tuple[str, str], expected: str) -> None:
    assert expected in refused(tmp_path, change)


def test_all_faults_of_a_record_come_together(tmp_path: Path) -> None:
    said = refused(
        tmp_path, ("old_age_years = 70", "old_age = 1"), ("medlist_max_age_days = 30", "medlist_max_age_days = 366")
    )
    assert said.count("parameters.") == 2
    both = refused(tmp_path, ("Dr B. Example", "Dr A. Example"), ("day = 2026-07-01\n", ""))
    assert both.count("an active record") == 2
