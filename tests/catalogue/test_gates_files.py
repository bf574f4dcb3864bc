"""The files of the policies made of tables: what ships is in order, and what is not in order is refused in full."""

import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest

from foramen.catalogue.antithrombotics import inputs as antithrombotic_inputs
from foramen.catalogue.checking import check_policy_file
from foramen.catalogue.decision import Outcome
from foramen.catalogue.decision_table import quote_of
from foramen.catalogue.document import Part
from foramen.catalogue.gates import before_needle, inputs
from foramen.catalogue.gates.case import Reader, Rule
from foramen.catalogue.policies import POLICIES, find_policy
from foramen.catalogue.site_record import load_example, not_in_force
from foramen.kernel.errors import DefinitionError
from tests.catalogue.gate_questions import BEFORE_NEEDLE, TRIAL, assess, at, changed, in_force, said

MADE_OF_TABLES = sorted(set(POLICIES) - {"antithrombotics"})
FORBIDDEN = re.compile(r"\b(safe|safely|safety|cc|IU)\b|—|[0-9]\.0\b|(?<![0-9])\.[0-9]")
"""What a decision never calls itself, and designations that are misread."""


def rules(policy: str) -> list[Rule]:
    found: list[Rule] = find_policy(policy).load().content.rules
    return found


def texts(policy: str) -> Iterator[str]:
    """Everything that is shown to people, without what is quoted."""
    for rule in rules(policy):
        yield rule.title
        for table in rule.tables:
            yield from (table.about, *(one.about for one in table.inputs))
            for row in table.rows:
                yield from (row.reason, row.resolved, row.todo, row.alert)


@pytest.mark.parametrize("policy", MADE_OF_TABLES)
def test_what_ships_is_in_order_and_its_examples_come_out(policy: str) -> None:
    path = find_policy(policy).load().path
    assert check_policy_file(path).startswith(f"{path}: in order, {policy} ")


@pytest.mark.parametrize("policy", MADE_OF_TABLES)
def test_the_example_record_puts_it_in_force_and_says_that_it_is_an_example(policy: str) -> None:
    record = load_example(policy)
    assert list(not_in_force(find_policy(policy).in_force(record))) == []
    assert record.content.example


@pytest.mark.parametrize("policy", MADE_OF_TABLES)
def test_no_text_promises_anything_or_can_be_misread(policy: str) -> None:
    assert [text for text in texts(policy) if FORBIDDEN.search(text)] == []


@pytest.mark.parametrize("policy", MADE_OF_TABLES)
def test_every_row_says_where_it_comes_from(policy: str) -> None:
    content = find_policy(policy).load().content
    own = {source.key for source in content.sources if source.citation.startswith("Foramen")}
    for rule in rules(policy):
        for table in rule.tables:
            for row in table.rows:
                quote = quote_of(table, row)
                assert (quote.tag == "PRINTED") <= bool(quote.printed), row.id
                assert (quote.source in own) <= (quote.tag != "PRINTED"), row.id


@pytest.mark.parametrize("policy", MADE_OF_TABLES)
def test_every_row_is_shown_and_every_parameter_says_what_happens_without_it(policy: str) -> None:
    found = find_policy(policy)
    content = found.load().content
    shown = " ".join(line.rule for line in found.lines(content))
    assert [
        row.id for rule in rules(policy) for table in rule.tables for row in table.rows if row.id not in shown
    ] == []
    assert [parameter.name for parameter in content.parameters if not parameter.unset] == []


def parts() -> Iterator[type[Part]]:
    for name, module in sorted(sys.modules.items()):
        if name.startswith(("foramen.catalogue.gates", "foramen.catalogue.decision_table")):
            for _, one in inspect.getmembers(module, inspect.isclass):
                if issubclass(one, Part) and one.__module__ == name:
                    yield one


def test_every_key_of_every_document_is_described() -> None:
    plain = [
        f"{one.__name__}.{key}" for one in parts() for key, field in one.model_fields.items() if not field.description
    ]
    assert plain == []


def test_approaches_are_told_in_the_same_words_in_every_policy() -> None:
    assert get_args(inputs.Route) == get_args(antithrombotic_inputs.Route)


# --- doctored files ------------------------------------------------------------------------------------------------


def doctored(tmp_path: Path, policy: str, *changes: tuple[str, str]) -> list[str]:
    """The faults of a shipped file after these changes of its text."""
    text = find_policy(policy).load().path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path = tmp_path / "doctored.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as refused:
        find_policy(policy).check_file(path)
    return [str(fault).replace(f"{path}: ", "") for fault in refused.value.faults]


ST_4 = "rules[2] (ST-4), table ST-4"


def test_a_gap_is_refused_with_what_nobody_answers(tmp_path: Path) -> None:
    found = doctored(tmp_path, "steroids", ('steroid_given = ["missing", "unreadable"]', 'steroid_given = ["missing"]'))
    assert found == [
        f"{ST_4}: rows: no row answers to this\n"
        "  received: steroid_given unreadable, mismatch agrees; and 3 more\n  try: add a row or widen one"
    ]


def test_an_overlap_is_refused_with_both_rows(tmp_path: Path) -> None:
    found = doctored(tmp_path, "steroids", ('mismatch = ["differs"]', 'mismatch = ["agrees", "differs"]'))
    assert found == [
        f"{ST_4}: rows ST-4-01 and ST-4-02: these rows overlap\n"
        "  received: steroid_given given, mismatch agrees\n  try: narrow the `when` of all but one of them"
    ]


def test_a_limit_that_leaves_a_number_out_is_refused(tmp_path: Path) -> None:
    bounds = ('"exactly 10", at_least = 10, at_most = 10', '"exactly 10", above = 10, at_most = 11')
    found = doctored(tmp_path, "steroid-dose", bounds)
    assert "rules[2] (ST-5), table ST-5: input session_total: there is a gap between these bands" in found[0]
    assert "received: between 1 and 10, exactly 10\n  try: let both meet at 10" in found[0]


def test_a_row_that_passes_because_nobody_answered_is_refused(tmp_path: Path) -> None:
    found = doctored(
        tmp_path, "before-needle", ('time_out_validity = ["valid"]', 'time_out_validity = ["valid", "missing"]'),
        ('time_out_validity = ["missing", "unreadable"]', 'time_out_validity = ["unreadable"]'),
    )  # fmt: skip
    assert len(found) == 1
    assert "row G-TIMEOUT-12: something passes because nobody answered" in found[0]


def test_a_duplicate_id_is_refused(tmp_path: Path) -> None:
    found = doctored(tmp_path, "steroids", ('id = "ST-4-02"', 'id = "ST-4-01"'))
    assert found == [f"{ST_4}: this row stands 2 times\n  received: ST-4-01\n  try: give each a name of its own"]
    assert "this rule stands 2 times" in doctored(tmp_path, "steroids", ('id = "ST-8"', 'id = "ST-4"'))[0]


def test_a_unit_that_does_not_convert_is_refused(tmp_path: Path) -> None:
    found = doctored(tmp_path, "steroid-dose", ('volume = "1 mL"', 'volume = "1.0 cc"'))
    assert found == [
        "standard.volume: this unit does not convert: write mL\n  received: '1.0 cc'",
    ]
    assert "strengths[1]" in doctored(tmp_path, "steroids", ('strengths = ["6 mg/mL"]', 'strengths = ["6 IU/mL"]'))[0]


def test_a_printed_dose_that_contradicts_itself_is_refused(tmp_path: Path) -> None:
    found = doctored(tmp_path, "steroid-dose", ('volume = "1 mL"', 'volume = "10 mL"'))
    assert found == ["standard: the mass is not strength × volume\n  received: 10 mg\n  try: 100 mg"]


@pytest.mark.parametrize(
    ("policy", "old", "new", "said_of_it"),
    [
        ("steroids", 'name = "mismatch"', 'name = "mismatsh"', "the program reads no such input"),
        ("steroids", 'source = "labels"\ntag', 'source = "lables"\ntag', "there is no such source"),
        ("steroids", 'name = "steroid_year_limit_mg"', 'name = "other_limit"', "the program asks for this parameter"),
        ("steroids", '"betamethasone", "Celestone', '"triamcinolone", "Celestone', "stands for more than one product"),
        ("anaesthetics", 'names = ["latex"', 'names = ["lidocaine"', "this name stands for more than one product"),
        ("ct-or-fluoroscopy-trial", 'least = "1 mL"', 'least = "3 mL"', "the least volume is above the greatest"),
        ("before-needle", 'outcome = "OK"', 'outcome = "FINE"', "this word is not known here"),
        ("before-needle", 'override = "O1"', 'override = "O3"', "this word is not known here"),
        ("before-needle", 'reason = "There is no MRI.', 'raison = "There is no MRI.', "unknown key"),
    ],
)  # fmt: skip
def test_names_that_lead_nowhere_are_refused(tmp_path: Path, policy: str, old: str, new: str, said_of_it: str) -> None:
    assert any(said_of_it in fault for fault in doctored(tmp_path, policy, (old, new)))


def test_faults_of_keys_of_tables_and_of_the_whole_come_together(tmp_path: Path) -> None:
    found = doctored(
        tmp_path, "steroids", ('particulate = false', 'particulate = "no"'),
        ('mismatch = ["differs"]', 'mismatch = ["agrees"]'),
        ('id = "ST-8-02"', 'id = "ST-8-01"'), ('name = "year_total"', 'name = "yearly"'),
    )  # fmt: skip
    together = "\n".join(found)
    for what in (
        "products[1].particulate",
        "these rows overlap",
        "no row answers",
        "stands 2 times",
        "reads no such input",
    ):
        assert what in together


def test_an_example_that_does_not_come_out_is_refused(tmp_path: Path) -> None:
    bands = ('at_most = 1 }, { name = "differs", above = 1 }', 'at_most = 1000 }, { name = "differs", above = 1000 }')
    found = doctored(tmp_path, "steroids", bands)
    assert any("the example “50 mg typed for 5 mg” does not come out" in fault for fault in found)


# --- when something goes wrong -------------------------------------------------------------------------------------


def test_an_error_of_the_engine_is_stop_and_tells_nothing_of_the_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_case: object, _subject: object) -> Any:
        raise RuntimeError("Sorrel, Nadia")

    broken: Mapping[str, Any] = before_needle.READERS
    monkeypatch.setitem(broken, "consent", Reader(fails, ("consent",)))  # type: ignore[arg-type]
    found = assess("before-needle", BEFORE_NEEDLE, "needle_in", at("09:10:00"))
    assert found.outcome is Outcome.STOP
    assert [said(one) for one in found.decisions] == [("STOP", "O0")]
    assert found.decisions[0].reasons == ("engine error: RuntimeError; tell whoever runs Foramen",)


def test_a_hold_at_a_gate_without_its_end_is_an_error_and_never_a_silent_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    from foramen.catalogue.gates import trial
    from foramen.catalogue.gates.case import Reading

    endless = Reader(lambda _case, _subject: Reading("too short"), ("recovery",))
    monkeypatch.setitem(trial.READERS, "observed", endless)
    found = assess("ct-or-fluoroscopy-trial", TRIAL, "discharge", at("09:30:00"))
    assert found.decisions[0].reasons == ("engine error: ValueError; tell whoever runs Foramen",)


def test_past_its_review_a_policy_says_so_and_60_days_later_decides_nothing() -> None:
    review_by = in_force("before-needle").content.review_by
    told = {"procedure": BEFORE_NEEDLE["procedure"] | {"guidance": "ultrasound"}}
    for days, outcome in ((0, "NA"), (60, "NA"), (61, "DECIDE")):
        day = (review_by + timedelta(days=days)).isoformat()
        now, told = at("09:10:00", day), changed(told, "procedure.start", at("09:15:00", day))
        found = next(one for one in assess("before-needle", told, now=now).decisions if one.rule == "G-PREGNANCY")
        assert found.outcome.value == outcome
        assert any("was to be reviewed" in alert for alert in found.alerts) == (days > 0)


def test_a_decision_holds_everything_it_rests_on() -> None:
    """The record of an evaluation: stamp, inputs with their values, text of the source, and who may override."""
    found = assess("before-needle", BEFORE_NEEDLE, "needle_in", at("09:10:00"), {"timeout_valid_min": 8}).to_json()
    (told,) = [one for one in found["decisions"] if one["rule"] == "G-TIMEOUT"]
    shipped = in_force("before-needle")
    assert told["stamp"]["sha256"] == shipped.policy.digest
    assert told["stamp"]["record_sha256"] == shipped.record.digest
    assert told["printed"] == ""
    assert told["override"]["class"] == "O0"
    snapshot = {one["name"]: one["value"] for one in told["inputs"]}
    assert snapshot["time_out_validity"] == "expired"
    assert snapshot["timeout_valid_min"] == 8
    assert snapshot["time_out"]["technologist"]["person"] == "ferro"
    assert found["support"].startswith("This supports the decision of the clinicians")
