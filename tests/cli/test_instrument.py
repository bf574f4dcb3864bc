"""`foramen instrument` and `foramen schedule`: what is printed for people and for programs, and what bad input gets."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from foramen.cli import main
from foramen.cli.instrument_commands import instrument_app
from foramen.cli.schedule_commands import schedule_app

Call = Callable[..., tuple[int, str, str]]

FULL = "\n".join(f"q{i} = {value}" for i, value in enumerate([2, 1, 3, 1, 2, 2, 1, 0, 2, 2], 1))


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run a command in this process: exit code, standard output, standard error."""
    app = typer.Typer(pretty_exceptions_enable=False)
    app.add_typer(instrument_app, name="instrument")
    app.add_typer(schedule_app, name="schedule")
    monkeypatch.setattr("foramen.cli.app", app)

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["foramen", *map(str, arguments)])
        with pytest.raises(SystemExit) as leaving:
            main()
            raise SystemExit(0)
        captured = capsys.readouterr()
        return int(leaving.value.code or 0), captured.out, captured.err

    return run


@pytest.fixture
def score(call: Call, tmp_path: Path) -> Call:
    """Score answers given as TOML."""

    def run(instrument: str, text: str, *options: str) -> tuple[int, str, str]:
        path = tmp_path / "answers.toml"
        path.write_text(text, encoding="utf-8")
        return call("instrument", "score", instrument, "--answers", path, *options)

    return run


def test_the_library_is_listed_with_whose_wording_it_has(call: Call) -> None:
    code, out, _ = call("instrument", "list")
    assert code == 0
    rows = {line.split()[0]: line for line in out.splitlines()}
    assert "site's" in rows["odi"]
    assert "its own" in rows["nrs-pain"]
    assert len(rows) == 13


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("odi", ["q1 to q10", "97909-6", "limit of 1 missing section", "Spine 2000", "0 to 100", "higher is worse"]),
        ("analgesic-use", ["tramadol_factor", "NOT PRINTED", "mg per day"]),
        ("infiltration-outcome", ["Felt faint", "Red flags are not asked here", "Would you have this treatment again"]),
    ],
)
def test_an_instrument_shows_everything_it_says(call: Call, name: str, words: list[str]) -> None:
    code, out, _ = call("instrument", "show", name)
    assert code == 0
    assert [word for word in words if word not in " ".join(out.split())] == []
    assert max(map(len, out.splitlines())) <= 120


def test_a_score_is_printed_with_what_it_came_from(score: Call) -> None:
    code, out, _ = score("odi", f"[answers]\n{FULL}")
    assert code == 0
    assert "Oswestry Disability Index: 32.0 % (10 of 10 answered; 0 to 100, higher is worse)" in out
    assert "relief" not in out


def test_no_score_is_printed_with_the_reason(score: Call) -> None:
    code, out, _ = score("odi", "[answers]\nq1 = 2\nq2 = 3")
    assert code == 0
    assert "Oswestry Disability Index: no score: 2 of 10 items answered; 9 needed" in out


def test_a_change_is_printed_with_its_thresholds(score: Call) -> None:
    _, out, _ = score("nrs-pain", "[answers]\npain = 4\n[before]\npain = 7")
    assert "relief: 42.9 %" in out
    assert "at least 50 % less than before: successful pain relief: not reached" in out
    assert "better by 2 or more: minimal important change: reached" in out


def test_a_change_from_zero_is_undefined_and_a_missing_one_missing(score: Call) -> None:
    _, undefined, _ = score("nrs-pain", "[answers]\npain = 4\n[before]\npain = 0")
    assert "relief: undefined, the score before was 0" in undefined
    assert "successful pain relief: undefined" in undefined
    _, missing, _ = score("nrs-pain", "[answers]\n[before]\npain = 6")
    assert "no score: 0 of 1 item answered; 1 needed" in missing
    assert "successful pain relief: missing" in missing


def test_a_program_gets_everything(score: Call) -> None:
    text = f'instrument = "odi"\nversion = "2026-11-20"\n[answers]\n{FULL.replace("q8 = 0", "")}\n[before]\n{FULL}'
    code, out, _ = score("odi", text, "--json")
    told = json.loads(out)
    assert code == 0
    assert told["scores"] == [
        {"score": "odi", "value": "35.6", "exact": "320/9", "answered": 9, "items": 10, "points": "16", "maximum": "45"}
    ]
    assert told["relief_percent"] == [{"score": "odi", "value": "-11.1"}]
    assert told["thresholds"][0] == {"score": "odi", "threshold": "minimal_important", "response": "not_reached"}
    assert len(told["digest"]) == 64


def test_the_site_sets_what_is_not_printed(score: Call) -> None:
    text = "[answers]\nnsaid = 0\nmorphine = 0\ntramadol = 50\n"
    assert (
        "no score: tramadol was answered, and the site has not set tramadol_factor" in score("analgesic-use", text)[1]
    )
    assert "10.0 mg per day" in score("analgesic-use", text + "[parameters]\ntramadol_factor = 0.2")[1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[answers]\npain = 5.5",
            ["answers.pain: this is no whole number", "received: 5.5", "try: enter a whole number"],
        ),
        ("[answers]\npain = nan", ["received: NaN"]),
        ('[answers]\npain = "٥"', ["received: '٥' (arabic-indic digit five)", "in the digits 0 to 9"]),
        ("[answers]\npain = 11", ["not between 0 and 10"]),
        ('[answers]\npain = ""', ["this answer is blank", "leave the item out"]),
        ("[answers]\npian = 5", ["NRS has no such item", "did you mean “pain”?"]),
        ("[answers]\npain = 5\npain = 6", ["this key stands twice"]),
        ("[answers]\npain = 5\n[before]\npain = 12", ["before.pain: this is not between"]),
        ('instrument = "odi"\n[answers]\npain = 5', ["these are answers to another instrument", "try: nrs-pain"]),
        ('version = "2020"\n[answers]\npain = 5', ["these are answers to another version"]),
        ("pain = 5", ["this does not look like a"]),
        ("[answers]\npain = 5\n[parameters]\nfactor = 2", ["NRS has no such parameter"]),
    ],
)
def test_bad_answers_get_a_message_and_no_score(score: Call, text: str, said: list[str]) -> None:
    code, out, error = score("nrs-pain", text)
    assert (code, out) == (2, "")
    assert [one for one in said if one not in error] == []
    assert "Traceback" not in error


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("instrument", "show", "nsr"), "the library has no such entry"),
        (("instrument", "show", "odi", "--version", "2019"), "there is no such version"),
        (("schedule", "due", "service", "--anchor", "needle_out", "--day", "24.11.2026"), "--day: this is no day"),
        (("schedule", "due", "service", "--anchor", "needle_out", "--day", "２０２６-11-24"), "this is no day"),
        (("schedule", "due", "service", "--anchor", "discharge", "--day", "2026-11-24"), "counts nothing from this"),
        (
            ("schedule", "due", "rehabilitation-002", "--anchor", "cycle_end", "--day", "2026-11-24"),
            "which cycle was it?",
        ),
    ],
)
def test_other_bad_input_gets_a_message(call: Call, command: tuple[str, ...], said: str) -> None:
    code, out, error = call(*command)
    assert (code, out) == (2, "")
    assert said in error


def test_own_documents_are_checked(call: Call, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    library = Path(__file__).parents[2] / "src" / "foramen" / "library"
    for kind, name in (("instrument", "instruments/pgic"), ("schedule", "schedules/service")):
        text = (library / name / "2026-11-20.toml").read_text(encoding="utf-8")
        own.write_text(text, encoding="utf-8")
        code, out, _ = call(kind, "check", own)
        assert (code, "in order" in out, "examples run" in out) == (0, True, True)
        own.write_text(text.replace("review_by", "review"), encoding="utf-8")
        code, out, error = call(kind, "check", own)
        assert (code, out) == (2, "")
        assert "review_by: this key is required" in error


def test_a_wording_file_is_checked_as_one(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "wording.toml"
    head = 'instrument = "nrs-pain"\ninstrument_version = "2026-11-20"\nlanguage = "de"\nversion = "1"\nlicence = "own"'
    item = 'title = "Schmerz"\n[[items]]\nid = "pain"\ntext = "Wie stark?"\nanswers = { 0 = "gar nicht", 10 = "sehr" }'
    path.write_text(f"{head}\n{item}", encoding="utf-8")
    code, out, _ = call("instrument", "check", path)
    assert (code, "nrs-pain 2026-11-20 in de" in out) == (0, True)
    path.write_text(f"{head}\n{item}".replace(', 10 = "sehr"', ""), encoding="utf-8")
    code, out, error = call("instrument", "check", path)
    assert (code, out) == (2, "")
    assert "this answer has no text\n  received: nothing for 10" in error


def test_schedules_are_listed_and_shown(call: Call) -> None:
    assert "2 days, 1 week, 2 weeks" in call("schedule", "list")[1]
    code, out, _ = call("schedule", "show", "rehabilitation-002")
    assert code == 0
    shown = " ".join(out.split())
    for words in (
        "Rehabilitation session, 10 times",
        "the end of cycle 2",
        "rehabilitation_every_days = 3",
        "NOT PRINTED",
    ):
        assert words in shown


def test_due_days_are_shown_with_moves_and_flags(call: Call, tmp_path: Path) -> None:
    calendar = tmp_path / "calendar.toml"
    weekdays = '["monday", "tuesday", "wednesday", "thursday", "friday"]'
    calendar.write_text(f"first = 2026-11-01\nlast = 2026-12-31\nweekdays = {weekdays}", encoding="utf-8")
    asked = ("schedule", "due", "service", "--anchor", "needle_out", "--day", "2026-11-26")
    code, out, _ = call(*asked, "--calendar", calendar)
    assert code == 0
    assert "2 days: Friday 2026-11-27, window 2026-11-27 to 2026-11-29" in out
    assert "moved from Saturday 2026-11-28, no working day, to Friday 2026-11-27" in out
    assert "only if: At the 1-week contact the patient says that the symptoms persist" in out
    told = {task["task"]: task for task in json.loads(call(*asked, "--json")[1])}
    assert told["two_days"]["due"] == "2026-11-28"
    assert "no calendar" in told["two_days"]["flag"]
    assert told["two_days"]["instruments"][0] == {"id": "nrs-pain", "version": "2026-11-20"}
