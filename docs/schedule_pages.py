"""One page for each schedule of the library, made from its file."""

from collections.abc import Iterator, Sequence

from docs.definition_parts import bullets, head, joined, place
from docs.markdown import code, page, sentence, table
from foramen.catalogue.schedules.definition import (
    NOT_PRINTED,
    Place,
    PlannedTimepoint,
    Schedule,
    ScheduleExample,
    Series,
)
from foramen.catalogue.schedules.due import Task, due
from foramen.catalogue.schedules.library import load_schedule
from foramen.catalogue.schedules.settings import proposals
from foramen.catalogue.schedules.working_days import WorkingDays, spoken

HOW_TO_READ = """\
Days are local calendar days, counted from the event; 0 is the day itself. An answer belongs to a time point if it
falls into the window, both ends included; no two windows overlap. A due date on a day off moves to the nearest
working day inside the window, the earlier one of two; without a calendar of working days it is kept and flagged."""

STEPS = {"send_link": "a link is sent", "call": "the person is called", "list_as_late": "it is listed as late"}
POINTS = {"opens": "when the window opens", "due": "on the due day", "closes": "when the window closes"}
ANCHORS = {"needle_out": "needle-out", "allocation": "the allocation", "cycle_end": "the end of treatment cycle"}

SETTINGS = """\
The source prints no value for these. The values are proposals of this file; a site sets its own under these names."""

EXAMPLES = "Run whenever the file is loaded, and when this page is made."


def schedule_page(identifier: str) -> str:
    """The manual page of a schedule in its newest version."""
    document = load_schedule(identifier)
    content = document.content
    cycles = [["treatment cycles", str(content.cycles)]] if content.cycles else []
    return page(
        content.title, f"the schedule file {code(place('schedules', document))}", content.about,
        head("schedules", document, *cycles), bullets("To be known:", content.remarks),
        f"## Time points\n\n{HOW_TO_READ}\n\n{_table(content)}", *_details(content), _reaching(content),
        _settings(content), f"## Worked examples\n\n{EXAMPLES}", *(_example(content, one) for one in content.examples),
    )  # fmt: skip


def _table(content: Schedule) -> str:
    heads = ["time point", "due", "window", "asked", "answered by"]
    return table(heads, ([_named(one), *_cells(content, one)] for one in content.timepoints))


def _named(one: PlannedTimepoint) -> str:
    return f"**{one.label}** ({code(one.id)}){', only where the site asks for it' if one.optional else ''}"


def _cells(content: Schedule, one: PlannedTimepoint) -> list[str]:
    asked = ", ".join(f"[{name}](../instruments/{name}.md) {content.instruments[name]}" for name in one.instruments)
    return [_due(one), f"{_window(one)} {_mark(one.window.printed)}", asked, ", ".join(one.modes)]


def _due(one: PlannedTimepoint) -> str:
    event = _event(one)
    if one.minutes is not None:
        return f"{one.minutes} minutes after {event}"
    if one.days == 0:
        return f"{one.side} {event}, the same day"
    return f"day {one.days} {one.side} {event}"


def _event(one: Place, cycles: int | None = None) -> str:
    cycle = f" {one.cycle}" if one.cycle else ""
    if one.anchor == "cycle_end":
        return f"{ANCHORS[one.anchor]}{cycle}"
    return f"{ANCHORS[one.anchor]}{f' of cycle{cycle}' if cycle else ' of each cycle' if cycles else ''}"


def _window(one: PlannedTimepoint) -> str:
    first, last = one.window.first, one.window.last
    return f"day {first}" if first == last else f"days {first} to {last}"


def _mark(printed: str) -> str:
    return f"(**{NOT_PRINTED}**)" if printed == NOT_PRINTED else f"(“{printed}”)"


# --- details ------------------------------------------------------------------------------------------------------


def _details(content: Schedule) -> Iterator[str]:
    """What is printed and how it is read; conditions; how people are reached."""
    rows = [[code(one.id), _mark(one.printed)[1:-1], code(one.source), one.resolved] for one in content.places()]
    yield f"## As printed\n\n{table(['', 'printed', 'source', 'read as'], rows)}"
    for one in content.series:
        yield f"## {one.label}: {one.number} times\n\n{_series(content, one)}"
    lines = [_condition(content, one) for one in content.timepoints if one.only_if]
    if lines:
        yield f"## Conditions\n\n{CONDITIONS}\n\n{bullets('', lines)}"


CONDITIONS = "Nothing is left out for want of an answer: what is not known counts as so."


def _condition(content: Schedule, one: PlannedTimepoint) -> str:
    facts = "; ".join(f"{content.facts[name]} ({code(name)})" for name in one.only_if)
    return f"{code(one.id)} is asked if {'one of these is' if len(one.only_if) > 1 else 'this is'} so: {facts}."


def _series(content: Schedule, one: Series) -> str:
    first = f"The first on day {one.first_day} after {_event(one, content.cycles)}, then every {one.every_days} days"
    return (
        f"{first} {_mark(one.spacing_printed)}. A session may take place until the day before the next one is planned."
    )


def _reaching(content: Schedule) -> str:
    quiet = content.quiet_hours
    lines = [f"{code(one.id)}: {_steps(one)}" for one in content.timepoints if one.steps]
    lines.append(f"Nobody is written to or called from {quiet.begins}:00 to {quiet.ends}:00 {_mark(quiet.printed)}.")
    return f"## How people are reached\n\nEach step is left out as soon as there is an answer.\n\n{bullets('', lines)}"


def _steps(one: PlannedTimepoint) -> str:
    steps = "; ".join(f"{POINTS[step.on]} {STEPS[step.do]}" for step in one.steps)
    if one.tries is None:
        return f"{steps}."
    tries = f"{one.tries.attempts} attempts on {one.tries.on_days} days"
    return f"{steps}. Not reached after {tries} {_mark(one.tries.printed)}."


def _settings(content: Schedule) -> str:
    rows = [[code(one.name), one.about, str(one.value)] for one in proposals(content)]
    return f"## What a site may set\n\n{SETTINGS}\n\n{table(['name', 'what', 'proposed'], rows)}" if rows else ""


# --- worked examples ----------------------------------------------------------------------------------------------


def _example(content: Schedule, one: ScheduleExample) -> str:
    tasks = due(content, one.anchor, one.day, one.calendar, cycle=one.cycle, also=one.also)
    cycle = "" if one.cycle is None else f" {one.cycle}" if one.anchor == "cycle_end" else f" of cycle {one.cycle}"
    optional = f", with the optional {joined([code(name) for name in one.also])}" if one.also else ""
    asked = f"{sentence(ANCHORS[one.anchor])[:-1]}{cycle} on {spoken(one.day)}{optional}; {_calendar(one.calendar)}."
    heads = ["task", "due", "window", ""]
    return f"### {one.says}\n\n{asked}\n\n{table(heads, map(_task, tasks))}"


def _calendar(calendar: WorkingDays | None) -> str:
    if calendar is None:
        return "no calendar of working days"
    closed = f", closed on {joined([day.isoformat() for day in calendar.closed])}" if calendar.closed else ""
    return f"the site works from {_span(calendar.weekdays)}{closed}"


def _span(weekdays: Sequence[str]) -> str:
    return f"{weekdays[0].capitalize()} to {weekdays[-1].capitalize()}"


def _task(task: Task) -> list[str]:
    minutes = f", {task.minutes} minutes after" if task.minutes else ""
    return [code(task.task), f"{spoken(task.due)}{minutes}", f"{task.opens} to {task.closes}", task.moved or task.flag]
