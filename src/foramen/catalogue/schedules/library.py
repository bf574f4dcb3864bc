"""Schedules of the library, and schedule documents of one's own."""

from collections.abc import Iterator
from pathlib import Path

from foramen.catalogue.document import Document, load_document
from foramen.catalogue.schedules.check import schedule_faults
from foramen.catalogue.schedules.definition import ExpectedTask, Schedule
from foramen.catalogue.schedules.due import due
from foramen.catalogue.shelf import identifiers, load_definition
from foramen.kernel.errors import DataError, DefinitionError, Fault, raise_all


def load_schedule(identifier: str, version: str | None = None) -> Document[Schedule]:
    """A schedule of the library, the newest version if none is named, checked and its worked examples run."""
    return _checked(load_definition("schedules", identifier, Schedule, version))


def load_schedules() -> list[Document[Schedule]]:
    """The newest version of every schedule of the library."""
    return [load_schedule(identifier) for identifier in identifiers("schedules")]


def load_schedule_file(path: Path) -> Document[Schedule]:
    """A schedule document of one's own; every fault is in the one error raised."""
    return _checked(load_document(path, Schedule))


def _checked(document: Document[Schedule]) -> Document[Schedule]:
    raise_all(DefinitionError, schedule_faults(document.content, str(document.path)))
    raise_all(DefinitionError, _examples(document.content, str(document.path)))
    return document


def _examples(schedule: Schedule, where: str) -> Iterator[Fault]:
    for i, example in enumerate(schedule.examples, 1):
        place = f"{where}: examples[{i}]"
        try:
            tasks = due(schedule, example.anchor, example.day, example.calendar, cycle=example.cycle, also=example.also)
        except DataError as refused:
            yield Fault("this question is refused", place, "", str(refused).partition("\n")[0])
            continue
        given = [
            ExpectedTask(
                task=task.task, due=task.due, opens=task.opens, closes=task.closes, moved=bool(task.moved),
                flagged=bool(task.flag),
            )
            for task in tasks
        ]  # fmt: skip
        if given != example.expect:
            yield Fault("this is not what the event gives", f"{place}.expect", _said(example.expect), _said(given))


def _said(expected: list[ExpectedTask]) -> str:
    return ", ".join(f"{one.task} {one.due} ({one.opens} to {one.closes})" for one in expected)
