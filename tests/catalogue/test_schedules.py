"""Schedules: what ships gives the days that are printed or agreed; a due date is inside its window, never moves back as
the event moves on, and is a working day unless it says why not. Nothing is left out for want of an answer."""

from datetime import date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import foramen.library
from foramen.catalogue.instruments.library import load_instrument
from foramen.catalogue.schedules.definition import QuietHours, Schedule
from foramen.catalogue.schedules.due import Task, applies, due, may_contact_from
from foramen.catalogue.schedules.library import load_schedule, load_schedule_file
from foramen.catalogue.schedules.settings import proposals, set_by_site
from foramen.catalogue.schedules.working_days import WEEKDAYS, WorkingDays, place
from foramen.catalogue.shelf import identifiers
from foramen.kernel.errors import DataError, DefinitionError

LIBRARY = Path(foramen.library.__file__).parent / "schedules"
SERVICE, TRIAL, REHABILITATION = (
    load_schedule(name).content for name in ("service", "trial-003", "rehabilitation-002")
)
OFFICE = WorkingDays(
    first=date(2026, 1, 1),
    last=date(2028, 12, 31),
    weekdays=["monday", "tuesday", "wednesday", "thursday", "friday"],
    closed=[date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 31), date(2027, 1, 1)],
)


def text_of(name: str) -> str:
    return next(LIBRARY.joinpath(name).glob("*.toml")).read_text(encoding="utf-8")


def by_name(tasks: list[Task]) -> dict[str, Task]:
    return {task.task: task for task in tasks}


def test_the_three_schedules_ship() -> None:
    assert identifiers("schedules") == ["rehabilitation-002", "service", "trial-003"]


def test_the_service_contacts_at_2_7_and_14_days() -> None:
    """FU-2: windows 1 to 3, 5 to 10 and 12 to 18 days, and the day the screens show for a treatment on 24 November."""
    day = date(2026, 11, 24)
    tasks = by_name(due(SERVICE, "needle_out", day, OFFICE))
    assert list(tasks) == ["before", "after", "two_days", "week", "two_weeks"]
    days = {name: [(found - day).days for found in (t.target, t.opens, t.closes)] for name, t in tasks.items()}
    assert days["two_days"] == [2, 1, 3]
    assert days["week"] == [7, 5, 10]
    assert days["two_weeks"] == [14, 12, 18]
    assert tasks["two_days"].closes == date(2026, 11, 27)
    assert tasks["week"].due == date(2026, 12, 1)


def test_the_service_adds_15_minutes_and_1_month_only_where_asked() -> None:
    tasks = by_name(due(SERVICE, "needle_out", date(2026, 3, 2), OFFICE, also=["quarter_hour", "one_month"]))
    assert (tasks["quarter_hour"].minutes, tasks["quarter_hour"].due) == (15, date(2026, 3, 2))
    month = tasks["one_month"]
    assert [(found - date(2026, 3, 2)).days for found in (month.opens, month.closes)] == [28, 35]
    assert month.proposal == ""


def test_the_trial_follows_for_six_months_and_counts_its_baseline_from_the_allocation() -> None:
    day = date(2026, 6, 1)
    baseline = due(TRIAL, "allocation", day, OFFICE)
    assert [(task.task, task.due, task.closes) for task in baseline] == [("before", day, day)]
    follow = due(TRIAL, "needle_out", day, OFFICE)
    assert [task.task for task in follow] == ["one_day", "one_week", "one_month", "three_months", "six_months"]
    assert [(task.target - day).days for task in follow] == [1, 7, 30, 91, 182]


def test_the_rehabilitation_has_ten_sessions_in_each_of_two_cycles() -> None:
    for cycle, first in ((1, ["t0"]), (2, [])):
        names = [task.task for task in due(REHABILITATION, "needle_out", date(2026, 6, 1), OFFICE, cycle=cycle)]
        assert names == [*first, *(f"rehabilitation_{k}" for k in range(1, 11))]
        assert [t.task for t in due(REHABILITATION, "cycle_end", date(2026, 7, 1), OFFICE, cycle=cycle)] == [
            f"t{cycle}"
        ]


@pytest.mark.parametrize("schedule", [SERVICE, TRIAL, REHABILITATION], ids=lambda one: one.id)
def test_every_task_names_instruments_that_exist_in_that_version(schedule: Schedule) -> None:
    for name, version in schedule.instruments.items():
        assert load_instrument(name, version).content.version == version


# --- days ---------------------------------------------------------------------------------------------------------

days_on = st.dates(date(2026, 1, 15), date(2027, 12, 31))
calendars = st.builds(
    lambda weekdays, closed: WorkingDays(
        first=date(2025, 1, 1), last=date(2030, 1, 1), weekdays=weekdays, closed=closed
    ),
    st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=7, unique=True),
    st.lists(st.dates(date(2026, 1, 1), date(2028, 12, 31)), max_size=60, unique=True),
)
schedules = st.sampled_from([(SERVICE, None), (TRIAL, None), (REHABILITATION, 1), (REHABILITATION, 2)])


def naive_due(target: date, opens: date, closes: date, calendar: WorkingDays) -> date:
    """Walk outwards from the target, the day before first."""
    for distance in range(400):
        for day in (target - timedelta(days=distance), target + timedelta(days=distance)):
            off = day in calendar.closed or WEEKDAYS[day.weekday()] not in calendar.weekdays
            if opens <= day <= closes and not off:
                return day
    return target


@settings(max_examples=150, deadline=None)
@given(which=schedules, day=days_on, calendar=st.one_of(st.none(), calendars))
def test_a_due_date_is_in_its_window_and_a_working_day_unless_flagged(
    which: tuple[Schedule, int | None], day: date, calendar: WorkingDays | None
) -> None:
    schedule, cycle = which
    movable = {one.id for one in schedule.places() if one.working_day}
    for task in due(schedule, "needle_out", day, calendar, cycle=cycle):
        assert task.opens <= task.due <= task.closes
        assert task.opens <= task.target <= task.closes
        assert bool(task.moved) == (task.due != task.target)
        assert [found for found, _ in task.steps] == sorted(found for found, _ in task.steps)
        if task.task.rpartition("_")[0] in movable or task.task in movable:
            if calendar is None:
                assert task.flag
                assert task.due == task.target
            else:
                assert bool(task.flag) == (not calendar.is_working(task.due))
                assert task.due == naive_due(task.target, task.opens, task.closes, calendar)
        else:
            assert (task.due, task.flag) == (task.target, "")


@settings(max_examples=150, deadline=None)
@given(which=schedules, day=days_on, later=st.integers(0, 10), calendar=calendars)
def test_a_later_event_never_gives_an_earlier_due_date(
    which: tuple[Schedule, int | None], day: date, later: int, calendar: WorkingDays
) -> None:
    schedule, cycle = which
    first = by_name(due(schedule, "needle_out", day, calendar, cycle=cycle))
    second = by_name(due(schedule, "needle_out", day + timedelta(days=later), calendar, cycle=cycle))
    assert all(first[name].due <= second[name].due for name in first)
    follow = [one.id for one in schedule.timepoints if one.id in first]
    assert [first[name].due for name in follow] == sorted(first[name].due for name in follow)


@pytest.mark.parametrize(
    ("target", "closed", "expected"),
    [
        (date(2026, 11, 28), [], date(2026, 11, 27)),  # Saturday: Friday is nearer
        (date(2026, 11, 29), [], date(2026, 11, 30)),  # Sunday: Monday is nearer
        (date(2026, 11, 25), [date(2026, 11, 25)], date(2026, 11, 24)),  # a tie: the earlier one
        (date(2026, 11, 28), [date(2026, 11, 27)], date(2026, 11, 26)),  # a tie again: Thursday and Monday
    ],
)
def test_the_nearest_working_day_is_taken_and_the_earlier_on_a_tie(
    target: date, closed: list[date], expected: date
) -> None:
    calendar = OFFICE.model_copy(update={"closed": closed})
    placed = place(target, target - timedelta(days=3), target + timedelta(days=3), calendar)
    assert placed.day == expected
    assert f"{target}" in placed.moved
    assert f"{expected}" in placed.moved


def test_a_window_without_a_working_day_keeps_the_date_and_says_so() -> None:
    placed = place(date(2026, 11, 28), date(2026, 11, 28), date(2026, 11, 29), OFFICE)
    assert placed.day == date(2026, 11, 28)
    assert "the window has none" in placed.flag


def test_a_day_that_the_calendar_does_not_cover_is_flagged() -> None:
    (task,) = [t for t in due(TRIAL, "needle_out", date(2028, 12, 1), OFFICE) if t.task == "six_months"]
    assert task.due == task.target
    assert "no calendar" in task.flag


@pytest.mark.parametrize(
    ("day", "two_days"),
    [
        (date(2026, 12, 29), date(2026, 12, 30)),
        (date(2028, 2, 27), date(2028, 2, 29)),
        (date(2026, 12, 22), date(2026, 12, 23)),
    ],
)
def test_year_ends_leap_days_and_days_off(day: date, two_days: date) -> None:
    assert by_name(due(SERVICE, "needle_out", day, OFFICE))["two_days"].due == two_days


@pytest.mark.parametrize(
    ("schedule", "question", "said"),
    [
        (SERVICE, {"anchor": "needle_in"}, "counts nothing from this event"),
        (SERVICE, {"anchor": "allocation"}, "try: needle_out"),
        (SERVICE, {"day": datetime(2026, 11, 24, 23, 55)}, "a local day is needed, without a time"),
        (SERVICE, {"day": "2026-11-24"}, "a local day is needed"),
        (SERVICE, {"day": date(9999, 12, 30)}, "too far away"),
        (SERVICE, {"cycle": 1}, "this schedule has no cycles"),
        (SERVICE, {"also": ["week"]}, "there is no such optional time point"),
        (REHABILITATION, {}, "which cycle was it?"),
        (REHABILITATION, {"cycle": 3}, "a number from 1 to 2"),
        (REHABILITATION, {"cycle": True}, "which cycle was it?"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(schedule: Schedule, question: dict[str, Any], said: str) -> None:
    asked: dict[str, Any] = {"anchor": "needle_out", "day": date(2026, 11, 24)} | question
    with pytest.raises(DataError, match=said.replace("?", r"\?")):
        due(schedule, asked.pop("anchor"), asked.pop("day"), OFFICE, **asked)


# --- conditions ---------------------------------------------------------------------------------------------------


def test_the_2_week_contact_exists_unless_both_facts_are_known_to_be_false() -> None:
    timepoint = SERVICE.timepoint("two_weeks")
    for persist, not_reached in product([True, False, None], repeat=2):
        found = applies(timepoint, {"symptoms_persist": persist, "week_not_reached": not_reached})
        assert found.created == (not (persist is False and not_reached is False)), (persist, not_reached)
        assert found.says
    assert applies(timepoint, {}).created
    assert applies(timepoint, {"week_not_reached": False}).created
    assert "not known whether symptoms_persist" in applies(timepoint, {"week_not_reached": False}).says


def test_what_depends_on_nothing_always_exists() -> None:
    assert applies(SERVICE.timepoint("week"), {}).created


@pytest.mark.parametrize("fact", [0, 1, "no", "unknown"])
def test_a_fact_is_true_false_or_not_known(fact: Any) -> None:
    with pytest.raises(DataError, match="true, false or not known"):
        applies(SERVICE.timepoint("two_weeks"), {"symptoms_persist": fact})


# --- hours of contact ---------------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(
    begins=st.integers(0, 23), ends=st.integers(0, 23), local=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1))
)
def test_contact_waits_for_the_end_of_quiet_and_no_longer(begins: int, ends: int, local: datetime) -> None:
    if begins == ends:
        return
    quiet_now = {(begins + i) % 24 for i in range((ends - begins) % 24)}
    found = may_contact_from(local, QuietHours(begins=begins, ends=ends, printed="p"))
    if local.hour not in quiet_now:
        assert found == local
    else:
        assert found > local
        assert (found.hour, found.minute, found.second) == (ends, 0, 0)
        assert found - local <= timedelta(hours=24)


def test_the_service_is_quiet_from_20_to_8() -> None:
    assert may_contact_from(datetime(2026, 11, 24, 19, 59), SERVICE.quiet_hours) == datetime(2026, 11, 24, 19, 59)
    assert may_contact_from(datetime(2026, 11, 24, 20, 0), SERVICE.quiet_hours) == datetime(2026, 11, 25, 8, 0)
    assert may_contact_from(datetime(2026, 11, 25, 7, 59), SERVICE.quiet_hours) == datetime(2026, 11, 25, 8, 0)


# --- what a site sets ---------------------------------------------------------------------------------------------


def test_what_is_not_printed_is_a_proposal_until_the_site_sets_it() -> None:
    names = {proposal.name: proposal.value for proposal in proposals(SERVICE)}
    assert (names["two_days_first"], names["two_days_last"], names["week_attempts"], names["quiet_begins"]) == (
        1,
        3,
        3,
        20,
    )
    assert "before_first" not in names
    assert "one_month_first" not in names
    own = set_by_site(SERVICE, {"two_days_last": 4, "quiet_ends": 9})
    before, after = (by_name(due(s, "needle_out", date(2026, 11, 24), OFFICE))["two_days"] for s in (SERVICE, own))
    assert "NOT PRINTED" in before.proposal
    assert after.proposal == ""
    assert (after.closes - before.closes).days == 1
    assert may_contact_from(datetime(2026, 11, 25, 8, 30), own.quiet_hours) == datetime(2026, 11, 25, 9, 0)
    assert set_by_site(SERVICE, {}) == SERVICE


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"before_first": -1}, "the source prints this"),
        ({"two_days_last": 1}, "the day is not in its own window"),
        ({"two_days_last": 5}, "could belong to two_days as well"),
        ({"two_days_first": True}, "a whole number is needed"),
        ({"two_days_attempts": 0}, "this value cannot be"),
        ({"two_days_attempts": 1}, "there are more days than attempts"),
        ({"quiet_ends": 20}, "quiet hours that end when they begin"),
        ({"quiet_ends": 24}, "quiet_ends: this value cannot be"),
    ],
)
def test_what_a_site_cannot_set_is_refused(values: dict[str, Any], said: str) -> None:
    with pytest.raises(DefinitionError, match=said):
        set_by_site(SERVICE, values)


# --- documents with faults ----------------------------------------------------------------------------------------


def said(folder: Path, text: str) -> str:
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as refused:
        load_schedule_file(path)
    return str(refused.value).replace(f"{folder}/", "")


@pytest.mark.parametrize("name", identifiers("schedules"))
def test_worked_examples_of_what_ships_are_run(name: str, tmp_path: Path) -> None:
    head, _, examples = text_of(name).partition("[[examples]]")
    spoiled = head + "[[examples]]" + examples.replace("opens = 2026-11", "opens = 2025-11", 1)
    assert "this is not what the event gives" in said(tmp_path, spoiled)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("days = 2\n", "days = 4\n", "timepoints[4].window: the day is not in its own window"),
        ("first = 5, last = 10", "first = 3, last = 10", "an answer could belong to two_days as well"),
        ('last = 0, printed = "immediately before"', 'last = 1, printed = "immediately before"',
         "what is before the event has such days only"),
        ('nrs-pain = "2026-11-20"', 'nrs-pain = "2019-01-01"', "instruments.nrs-pain: there is no such version"),
        ('nrs-pain = "2026-11-20"', 'nsr-pain = "2026-11-20"', "nsr-pain: the library has no such instrument"),
        ('pgic = "2026-11-20"', "", "this instrument has no version here\n  received: pgic"),
        ('only_if = ["symptoms_persist",', 'only_if = ["symptoms_remain",', "this fact is not declared"),
        ('id = "week"', 'id = "two_days"', "this name stands twice\n  received: two_days"),
        ('source = "S4"', 'source = "S5"', "timepoints[1].source: there is no source with this key"),
        ('anchor = "needle_out"', 'anchor = "cycle_end"', "the end of which cycle?"),
        ('anchor = "needle_out"', 'anchor = "needle_in"', "this word is not known here"),
        ('modes = ["link", "phone"]', 'modes = ["phone"]', "a link is sent that cannot be answered"),
        ('modes = ["link", "phone"]', 'modes = ["link"]', "a call is made that cannot be answered"),
        ("attempts = 3, on_days = 2", "attempts = 3, on_days = 4", "there are more days than attempts"),
        ("minutes = 15\nwindow = { first = 0, last = 0", "minutes = 15\nwindow = { first = 0, last = 1",
         "minutes are for the same day"),
        ("begins = 20\nends = 8", "begins = 8\nends = 8", "quiet hours that end when they begin"),
        ('{ on = "opens", do = "send_link" }, { on = "due", do = "call" }',
         '{ on = "due", do = "call" }, { on = "opens", do = "send_link" }', "the steps are not in order"),
        ("working_day = true", 'working_day = "yes"', "true or false is needed here"),
        ('anchor = "needle_out"\nday =', 'anchor = "allocation"\nday =', "examples[1]: this question is refused"),
    ],
)  # fmt: skip
def test_each_fault_is_told_with_its_place(tmp_path: Path, old: str, new: str, expected: str) -> None:
    text = text_of("service")
    assert old in text
    assert expected in said(tmp_path, text.replace(old, new, 1))


def test_all_faults_come_together(tmp_path: Path) -> None:
    text = text_of("service").replace("days = 2\n", "days = 4\n").replace('pgic = "2026-11-20"', "")
    shown = said(tmp_path, text.replace("on_days = 2", "on_days = 4"))
    for fault in ("timepoints[4].window", "timepoints[5].tries.on_days", "has no version here"):
        assert fault in shown


@pytest.mark.parametrize(
    ("calendar", "expected"),
    [
        ({"first": date(2027, 1, 1)}, "not after its last"),
        ({"closed": [date(2026, 2, 2)], "extra": [date(2026, 2, 2)]}, "cannot be closed and worked"),
        ({"weekdays": ["moonday"]}, "weekdays"),
        ({"weekdays": []}, "weekdays"),
    ],
)
def test_a_calendar_that_contradicts_itself_is_refused(calendar: dict[str, Any], expected: str) -> None:
    data = {"first": date(2026, 1, 1), "last": date(2026, 12, 31), "weekdays": ["monday"]} | calendar
    with pytest.raises(ValueError, match=expected):
        WorkingDays.model_validate(data)


def test_an_extra_day_is_worked_and_days_beyond_the_calendar_are_not_known() -> None:
    saturday = date(2026, 5, 30)
    calendar = OFFICE.model_copy(update={"extra": [saturday]})
    assert calendar.is_working(saturday) is True
    assert OFFICE.is_working(saturday) is False
    assert OFFICE.is_working(date(2029, 1, 1)) is None
