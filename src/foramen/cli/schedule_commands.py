"""`foramen schedule`: when who is asked what, and the days that follow from an event."""

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from foramen.cli.folding import folded, listed
from foramen.kernel.errors import DataError

if TYPE_CHECKING:
    from foramen.catalogue.document import Document
    from foramen.catalogue.schedules.definition import PlannedTimepoint, Schedule
    from foramen.catalogue.schedules.due import Task

schedule_app = typer.Typer(no_args_is_help=True, help="Time points of follow-up and the tasks they give.")

Id = Annotated[str, typer.Argument(help="Short name of the schedule, as `foramen schedule list` shows it.")]
Version = Annotated[str | None, typer.Option("--version", help="A released version; the newest if left out.")]


@schedule_app.callback()
def schedule() -> None:
    """Time points of follow-up and the tasks they give."""


@schedule_app.command("list")
def schedule_list() -> None:
    """What the library has."""
    from foramen.catalogue.schedules.library import load_schedules  # noqa: PLC0415 - start-up time

    for document in load_schedules():
        content = document.content
        points = ", ".join(one.label for one in content.timepoints)
        typer.echo(f"{content.id}, version {content.version}: {content.title}")
        typer.echo(folded(points, "  "))


@schedule_app.command("show")
def schedule_show(identifier: Id, version: Version = None) -> None:
    """Everything a schedule says: time points, windows, questionnaires, what is not printed, sources."""
    from foramen.catalogue.schedules.library import load_schedule  # noqa: PLC0415 - start-up time

    typer.echo("\n".join(_shown(load_schedule(identifier, version))))


@schedule_app.command("check")
def schedule_check(file: Annotated[Path, typer.Argument(help="A schedule document (TOML).")]) -> None:
    """Say everything that is wrong with a schedule document, and run its worked examples."""
    from foramen.catalogue.schedules.library import load_schedule_file  # noqa: PLC0415 - start-up time

    document = load_schedule_file(file)
    typer.echo(f"{file}: in order, {len(document.content.examples)} examples run, definition {document.digest}")


@schedule_app.command("due")
def schedule_due(
    identifier: Id,
    anchor: Annotated[str, typer.Option("--anchor", help="needle_out, allocation or cycle_end.")],
    day: Annotated[str, typer.Option("--day", help="Local day of that event, such as 2026-11-24.")],
    cycle: Annotated[int | None, typer.Option("--cycle", help="Treatment cycle, where there are cycles.")] = None,
    also: Annotated[
        list[str] | None, typer.Option("--also", help="An optional time point; repeat it for more.")
    ] = None,
    calendar: Annotated[
        Path | None,
        typer.Option("--calendar", help="The site's working days: TOML with first, last, weekdays, closed."),
    ] = None,
    version: Version = None,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, for programs.")] = False,
) -> None:
    """The tasks that follow from an event, with their days, and what was moved or could not be placed."""
    from foramen.catalogue.document import load_document  # noqa: PLC0415 - start-up time
    from foramen.catalogue.schedules.due import due  # noqa: PLC0415 - start-up time
    from foramen.catalogue.schedules.library import load_schedule  # noqa: PLC0415 - start-up time
    from foramen.catalogue.schedules.working_days import WorkingDays  # noqa: PLC0415 - start-up time

    content = load_schedule(identifier, version).content
    days = load_document(calendar, WorkingDays).content if calendar is not None else None
    tasks = due(content, anchor, _day(day), days, cycle=cycle, also=also or ())  # type: ignore[arg-type]
    if as_json:
        sys.stdout.write(json.dumps([task.to_json() for task in tasks], indent=1, ensure_ascii=False) + "\n")
    else:
        typer.echo("\n".join(line for task in tasks for line in _task(content, task)))


def _day(text: str) -> date:
    """A day in the digits 0 to 9, year first; other forms of the standard are not taken."""
    try:
        if len(text) == len("2026-11-24") and text.isascii():
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise DataError.single("this is no day", where="--day", received=text, remedy="year-month-day, such as 2026-11-24")


def _task(content: "Schedule", task: "Task") -> Iterator[str]:
    from foramen.catalogue.schedules.working_days import spoken  # noqa: PLC0415 - start-up time

    minutes = f", {task.minutes} minutes after" if task.minutes else ""
    yield f"{task.label}: {spoken(task.due)}{minutes}, window {task.opens} to {task.closes}"
    if task.only_if:
        yield folded("only if: " + "; or: ".join(content.facts[name] for name in task.only_if), "  ")
    if task.instruments:
        yield f"  asks {', '.join(name for name, _ in task.instruments)} by {', '.join(task.modes)}"
    yield from (f"  {day}: {action.replace('_', ' ')}" for day, action in task.steps)
    yield from (f"  {text}" for text in (task.moved, task.flag, task.proposal) if text)


# --- a schedule as text -------------------------------------------------------------------------------------------


def _shown(document: "Document[Schedule]") -> Iterator[str]:
    from foramen.catalogue.schedules.settings import proposals  # noqa: PLC0415 - start-up time

    content = document.content
    yield f"{content.title}, version {content.version}"
    yield folded(content.about)
    yield f"\nReview by {content.review_by}.  Definition {document.digest}"
    for one in content.timepoints:
        yield from _timepoint(content, one)
    for each in content.series:
        days = f"day {each.first_day} after {_event(each)}, then every {each.every_days} days ({each.spacing_printed})"
        yield f"\n{each.label}, {each.number} times: {days}"
        yield from _printed(each)
    quiet = content.quiet_hours
    yield f"\nQuiet hours: {quiet.begins}:00 to {quiet.ends}:00 ({quiet.printed})"
    settings = [f"{one.name} = {one.value}: {one.about}" for one in proposals(content)]
    yield from listed("Not printed, for the site to set; the values here are proposals", settings)
    yield from listed("Worked examples", [example.says for example in content.examples])
    yield from listed("Remarks", content.remarks)
    yield from listed("Sources", [f"{one.key}: {one.citation}; {one.locator}" for one in content.sources])


def _timepoint(content: "Schedule", one: "PlannedTimepoint") -> Iterator[str]:
    wanted = ", only where the site asks for it" if one.optional else ""
    window = f"days {one.window.first} to {one.window.last} ({one.window.printed})"
    yield f"\n{one.label} ({one.id}): day {one.days}, {one.side} {_event(one)}{wanted}"
    yield f"  window {window}"
    yield from _printed(one)
    yield folded(f"asks {', '.join(one.instruments)} by {', '.join(one.modes)}", "  ")
    if one.steps:
        yield "  " + ", ".join(f"{step.on}: {step.do.replace('_', ' ')}" for step in one.steps)
    if one.tries:
        yield f"  not reached after {one.tries.attempts} attempts on {one.tries.on_days} days ({one.tries.printed})"
    if one.only_if:
        yield folded("only if: " + "; or: ".join(content.facts[name] for name in one.only_if), "  ")


def _event(one: Any) -> str:
    cycle = f" of cycle {one.cycle}" if one.cycle else ""
    return {"needle_out": "needle-out", "allocation": "allocation", "cycle_end": "the end"}[one.anchor] + cycle


def _printed(one: Any) -> Iterator[str]:
    resolved = f"; read as: {one.resolved}" if one.resolved else ""
    yield folded(f"printed in {one.source}: “{one.printed}”{resolved}", "  ")
