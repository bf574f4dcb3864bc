"""`foramen policy`: what a nurse reads, what programs get, and what bad input gets."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import foramen.cli
from foramen.catalogue.site_record import load_example
from foramen.cli.policy_commands import policy_app

Call = Callable[..., tuple[int, str, str]]

SPRING = """
zone = "America/Chicago"
asked = 2026-02-25T10:00:00

[procedure]
start = 2026-03-10T09:00:00
level = "C6/C7"
route = "interlaminar"
steroid = "yes"

[patient]
born = 1961-05-02
thromboembolic_risk = "not high"

[medications]
confirmed = 2026-02-25T09:55:00
asked_by = "spine nurse"
asked_of = "patient"

[[medicines]]
name = "Plavix"

[[medicines]]
name = "Advil"
"""

APIXABAN = """
zone = "America/Chicago"
asked = 2026-03-10T08:45:00
occasion = "time_out"

[procedure]
start = 2026-03-10T09:00:00
level = "L4/L5"
route = "interlaminar"
steroid = "yes"

[medications]
confirmed = 2026-03-10T08:00:00
asked_by = "spine nurse"
asked_of = "patient"
changed = "no"

[[medicines]]
name = "Eliquis"
last_dose = 2026-03-07T07:00:00

[medicines.coordination]
name = "Dr Sable"
role = "prescriber"
channel = "phone"
at = 2026-03-01T09:00:00
start = 2026-03-10T09:00:00
answer = "may stop"
"""


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run a policy command in this process: exit code, standard output, standard error."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["foramen", *map(str, arguments)])
        monkeypatch.setattr(foramen.cli, "app", policy_app)
        with pytest.raises(SystemExit) as leaving:
            foramen.cli.main()
            raise SystemExit(0)
        captured = capsys.readouterr()
        return int(leaving.value.code or 0), captured.out, captured.err

    return run


@pytest.fixture
def explain(call: Call, tmp_path: Path) -> Call:
    """Explain the antithrombotic policy for an inputs document given as text."""

    def run(text: str, *options: object) -> tuple[int, str, str]:
        path = tmp_path / "inputs.toml"
        path.write_text(text, encoding="utf-8")
        return call("explain", "antithrombotics", "--input", path, *options)

    return run


def lines(text: str) -> str:
    """Without the breaks that only make lines short."""
    return " ".join(text.split())


def test_clopidogrel_and_ibuprofen_before_a_cervical_injection_across_the_spring_clock_change(explain: Call) -> None:
    code, out, error = explain(SPRING)
    assert (code, error) == (0, "")
    assert max(len(line) for line in out.splitlines()) <= 80
    text = lines(out)
    for expected in (
        "Booked for Tue 10 March 2026, 09:00 (America/Chicago)",
        "Together HOLD (2 HOLD, 1 OK)",
        "Do not stop clopidogrel (your box says Plavix) on your own. The doctor who prescribed it has to agree first, "
        "and we call you by Mon 2 March 2026.",
        "If it is agreed: take the last clopidogrel (your box says Plavix) on Mon 2 March 2026, at any hour.",
        "Last dose by Tue 3 March 2026, 08:00 (America/Chicago)",
        "On Sun 8 March 2026 the clocks go forward by 1 h.",
        "Take the last ibuprofen (your box says Advil) on Sun 8 March 2026, at any hour.",
        "Take none on Mon 9 March 2026, and none on Tue 10 March 2026 until we tell you.",
        "Last dose by Mon 9 March 2026, 09:00 (America/Chicago)",
        "Bleeding stratum HIGH: another blood thinner: clopidogrel (R3); cervical epidural steroid injection (R7).",
        "Thromboembolic risk as the prescriber states it: not high.",
        "Set by the site old_age_years 70 years; medlist_max_age_days 30 days;",
        "Printed hold “7 days”",
        "Used 168 h from last dose to needle, 7 days without a dose",
        "By Mon 2 March 2026: Ask the prescriber whether clopidogrel may be stopped.",
        "This supports the decision of the clinicians who treat the patient; it does not replace it.",
    ):
        assert expected in text, expected


def test_apixaban_with_3_days_or_75_hours(explain: Call) -> None:
    code, out, _ = explain(APIXABAN)
    assert code == 0
    assert "HOLD  apixaban (told as Eliquis)" in out
    text = lines(out)
    for expected in (
        "Until Tue 10 March 2026, 11:00 (America/Chicago)",
        "Apixaban: 72 h 45 min since the last dose now; 75 h are asked for.",
        "Three days are 72 hours; 75 hours are longer, and the longer one is used.",
        "Printed hold “3 days or 75 h”; restart “24 h”",
        "Used 75 h from last dose to needle, 3 days without a dose",
        "To go on anyway O2: two persons",
        "Move the injection to Tue 10 March 2026, 11:00 (America/Chicago) or later",
    ):
        assert expected in text, expected


def test_the_same_question_gives_the_same_bytes_and_the_clock_is_not_read(explain: Call) -> None:
    assert explain(SPRING) == explain(SPRING)
    code, out, error = explain(SPRING.replace("asked = 2026-02-25T10:00:00\n", ""))
    assert (code, out) == (2, "")
    assert "--at: it is not said when this is asked" in error


def test_json_is_the_whole_decision(explain: Call) -> None:
    code, out, _ = explain(APIXABAN, "--json")
    assert code == 0
    found = json.loads(out)
    (apixaban,) = (one for one in found["decisions"] if one["rule"] == "AC-13")
    assert (found["outcome"], found["occasion"], apixaban["override"]["class"]) == ("HOLD", "time_out", "O2")
    assert apixaban["until"]["local"] == "2026-03-10T11:00:00-05:00"
    assert {one["name"] for one in apixaban["inputs"]} >= {"medicines[1].last_dose", "medicines[1].coordination"}
    assert apixaban["stamp"]["record_sha256"] == load_example("antithrombotics").digest


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        (("--at", "2026-03-10T08:50"), "Tue 10 March 2026, 08:50"),
        (("--at", "2026-03-10T09:50", "--zone", "America/New_York"), "Tue 10 March 2026, 08:50"),
        (("--at", "2026-03-10T13:50Z"), "Tue 10 March 2026, 08:50"),
    ],
)
def test_when_it_is_asked_can_be_said_in_any_zone(explain: Call, options: tuple[str, ...], asked: str) -> None:
    code, out, _ = explain(APIXABAN, *options)
    assert code == 0
    assert f"Asked           {asked}" in out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--at", "2026-03-10"), "--at: this is no instant\n  received: 2026-03-10"),
        (("--at", "now"), "--at: this is no instant"),
        (("--at", "2026-03-08T02:30"), "--at: clocks went forward: this local time does not exist"),
        (("--at", "2026-03-10T08:50", "--zone", "Chicago"), "zone: this is no time zone\n  received: Chicago"),
        (("--zone", "Europe/Zurich"), "--zone: there is no --at that this could be the zone of"),
        (("--at", "0001-01-01T00:00"), "--at: this is no instant"),
        (("--at", "9999-12-31T23:59"), "--at: this is no instant"),
        (("--record", "none.toml"), "none.toml: there is no such file"),
    ],
)
def test_options_that_say_nothing_are_refused(explain: Call, options: tuple[str, ...], said: str) -> None:
    code, out, error = explain(APIXABAN, *options)
    assert (code, out) == (2, "")
    assert said in error


BAD = {
    'value = "1,1"': "inr[1].value: this is no INR: write it with the digits 0 to 9 and one point, such as 1.1\n  rec",
    "value = 11": "inr[1].value: an INR has a decimal point: write 11.0, or 1.1",
    'value = "١٫١"': "inr[1].value: this is no INR",
    "value = nan": "inr[1].value: this is no INR",
    'value = "1.1%"': "a percentage (Quick) is not an INR",
}  # fmt: skip


@pytest.mark.parametrize("line", BAD)
def test_an_inr_that_is_none_is_refused_with_what_to_enter(explain: Call, line: str) -> None:
    code, out, error = explain(f"{APIXABAN}\n[[inr]]\n{line}\nat = 2026-03-10T07:00:00\n")
    assert (code, out) == (2, "")
    assert BAD[line] in error
    assert "Traceback" not in error


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "2026-03-07T07:00:00", "2026-03-10T08:46:00",
            "medicines[1].last_dose: this is in the future\n  received: 2026-03-10T08:46:00\n  try: when it happened",
        ),
        ("2026-03-07T07:00:00", '"this morning"', "medicines[1].last_dose: this is no time of a dose"),
        ("2026-03-07T07:00:00", "2026-03-08T02:30:00", "clocks went forward"),
        ("route = ", "ruote = ", "procedure.ruote: unknown key\n  received: ruote\n  try: did you mean “route”?"),
        ('"America/Chicago"', '"Central"', "zone: this is no time zone"),
        ("asked_by", "asked by", "this is not valid TOML"),
        ("2026-03-07T07:00:00", "0001-01-01T00:00:00", "medicines[1].last_dose: no year before 1900 or after 2200"),
        ("start = 2026-03-10T09:00:00", "start = 9999-12-31T23:59:00", "procedure.start: no year before 1900"),
        ('"spine nurse"', '" "', "medications.asked_by: a blank or a mark is no answer"),
        ('"Dr Sable"', '"\u200b"', "medicines[1].coordination.name: a blank or a mark is no answer"),
        ('level = "L4/L5"', f"level = {'9' * 5000}", "a number is far too long"),
        ('level = "L4/L5"', f"level = {'[' * 3000}{']' * 3000}", "nested too deeply"),
        ('answer = "may stop"', 'answer = "yes"', "medicines[1].coordination.answer: this word is not known here"),
    ],
)  # fmt: skip
def test_bad_input_gets_a_message_exit_code_2_and_no_answer(explain: Call, old: str, new: str, said: str) -> None:
    assert old in APIXABAN
    code, out, error = explain(APIXABAN.replace(old, new, 1))
    assert (code, out) == (2, "")
    assert said in error
    assert "Traceback" not in error


def test_a_last_dose_after_the_procedure_is_refused(explain: Call) -> None:
    later = APIXABAN.replace("steroid =", "needle_out = 2026-03-10T09:20:00\nsteroid =").replace(
        "time_out", "discharge"
    )
    text = later.replace("asked = 2026-03-10T08:45:00", "asked = 2026-03-10T10:45:00").replace(
        "2026-03-07T07", "2026-03-10T10"
    )
    code, out, error = explain(text)
    assert (code, out) == (2, "")
    assert (
        "this last dose is after the procedure\n  received: 2026-03-10T10:00:00\n  try: the last dose before it"
        in error
    )


def test_an_empty_list_is_not_none(explain: Call) -> None:
    empty = APIXABAN[: APIXABAN.index("[[medicines]]")]
    code, out, error = explain(empty)
    assert (code, out) == (2, "")
    assert "medications.none: the list of medicines is empty, and nobody has said that there are none" in error
    code, out, _ = explain(empty.replace('asked_by = "spine', 'none = true\nasked_by = "spine'))
    assert code == 0
    assert "No antithrombotic, NSAID or supplement declared on Tue 10 March 2026, asked by spine nurse" in lines(out)


def test_a_version_past_its_review_says_so_and_60_days_later_decides_nothing(explain: Call) -> None:
    code, out, _ = explain(APIXABAN.replace("2026-03-", "2028-09-").replace("7T07", "6T07"))
    assert code == 0
    assert "! This version was to be reviewed by Fri 30 June 2028." in lines(out)
    assert "Together DECIDE (2 DECIDE)" in lines(out)


def test_a_file_other_than_the_signed_one_is_not_evaluated(explain: Call, tmp_path: Path) -> None:
    text = load_example("antithrombotics").path.read_text(encoding="utf-8")
    digest = load_example("antithrombotics").content.policy.digest
    record = tmp_path / "record.toml"
    record.write_text(text.replace(digest, "0" * 64), encoding="utf-8")
    code, out, error = explain(APIXABAN, "--record", record)
    assert (code, out) == (2, "")
    assert "the policy file is not the one that was signed: its content has changed" in error
    record.write_text(text.replace('state = "active"', 'state = "draft"'), encoding="utf-8")
    assert explain(APIXABAN, "--record", record)[0] == 2


def test_the_sites_own_record_is_used(explain: Call, tmp_path: Path) -> None:
    text = load_example("antithrombotics").path.read_text(encoding="utf-8")
    record = tmp_path / "record.toml"
    record.write_text(text.replace("example = true\n", ""), encoding="utf-8")
    autumn = APIXABAN.replace("2026-03-", "2026-09-")
    _, example, _ = explain(autumn)
    code, own, _ = explain(autumn, "--record", record)
    assert code == 0
    assert "! Example record, made for demonstration" in example
    assert "!" not in own
    code, out, error = explain(APIXABAN, "--record", record)
    assert (code, out) == (2, "")
    assert "the record is signed on a day to come\n  received: 2026-07-01" in error


# --- list, show, check ----------------------------------------------------------------------------------------------


def test_list_names_each_policy_with_version_and_review(call: Call) -> None:
    code, out, _ = call("list")
    assert code == 0
    assert (
        "antithrombotics 2019-03\n  Blood thinners and NSAIDs around an injection at the spine\n  review by Fri 30 June"
        in out
    )


def test_show_prints_every_rule_beside_its_source_and_every_reading(call: Call) -> None:
    code, out, _ = call("show", "antithrombotics")
    assert code == 0
    assert max(len(line) for line in out.splitlines()) <= 80
    text = lines(out)
    for expected in (
        "AC-15b clopidogrel, thromboembolic risk high",
        "Printed hold “5 days if high risk of thromboembolic events”; restart in short 75 mg 12 h; loading dose 24 h",
        "restart after 24 h (75 mg without a loading dose: 12 h)",
        "old_age_years (years)",
        "A1, “3 days or 75 h”: 72 hours are not 75 hours.",
        "Policy of this service: 5 days. Other published sources: 10-14 days. Decision required",
    ):
        assert expected in text, expected


def test_check_says_what_is_wrong_or_that_nothing_is(call: Call, tmp_path: Path) -> None:
    text = (
        load_example("antithrombotics")
        .path.parents[2]
        .joinpath("policies/antithrombotics/2019-03.toml")
        .read_text("utf-8")
    )
    path = tmp_path / "policy.toml"
    path.write_text(text, encoding="utf-8")
    code, out, _ = call("check", path)
    assert code == 0
    assert "in order, antithrombotics 2019-03" in out
    path.write_text(
        text.replace('check = "75 h"', 'check = "75"').replace('drug = "ticagrelor"', 'drug = "tica"'), encoding="utf-8"
    )
    code, out, error = call("check", path)
    assert (code, out) == (2, "")
    assert "this does not convert to hours" in error
    assert "the table of names has no such drug" in error


@pytest.mark.parametrize(
    "command", [("show", "nothing"), ("explain", "nothing", "--input", "x.toml"), ("check", "none.toml")]
)
def test_what_does_not_exist_is_said(call: Call, command: tuple[str, ...]) -> None:
    code, out, error = call(*command)
    assert (code, out) == (2, "")
    assert "there is no such" in error
