"""What a site sets in a schedule because the source does not print it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from foramen.catalogue.schedules.check import schedule_faults
from foramen.catalogue.schedules.definition import NOT_PRINTED, Schedule
from foramen.kernel.errors import DefinitionError, Fault, raise_all

SET_BY_SITE = "set by the site"
"""What takes the place of NOT PRINTED beside a value that a site has set."""

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A value that the source does not print, by the name under which a site sets it."""

    name: str
    value: int
    about: str
    part: Path
    """where the part of the document is that holds the value"""
    key: str
    mark: str = "printed"
    """key that says whether it is printed"""


def proposals(schedule: Schedule) -> list[Proposal]:
    """Every value of a schedule that its source does not print."""
    return [
        proposal for proposal in _values(schedule)
        if _at(schedule.model_dump(), proposal.part)[proposal.mark] == NOT_PRINTED
    ]  # fmt: skip


def _values(schedule: Schedule) -> Iterator[Proposal]:
    """Every value that could be a proposal."""
    for i, one in enumerate(schedule.timepoints):
        window, tries = ("timepoints", i, "window"), ("timepoints", i, "tries")
        yield Proposal(f"{one.id}_first", one.window.first, f"{one.label}: first day of the window", window, "first")
        yield Proposal(f"{one.id}_last", one.window.last, f"{one.label}: last day of the window", window, "last")
        if one.tries is not None:
            attempts, days = one.tries.attempts, one.tries.on_days
            yield Proposal(f"{one.id}_attempts", attempts, f"{one.label}: attempts to reach", tries, "attempts")
            yield Proposal(f"{one.id}_on_days", days, f"{one.label}: days of those attempts", tries, "on_days")
    for i, each in enumerate(schedule.series):
        for key, what in (("first_day", "day of the first"), ("every_days", "days from one to the next")):
            value, about = getattr(each, key), f"{each.label}: {what}"
            yield Proposal(f"{each.id}_{key}", value, about, ("series", i), key, "spacing_printed")
    quiet = schedule.quiet_hours
    yield Proposal("quiet_begins", quiet.begins, "hour at which quiet begins", ("quiet_hours",), "begins")
    yield Proposal("quiet_ends", quiet.ends, "hour at which quiet ends", ("quiet_hours",), "ends")


def _at(data: Any, path: Path) -> Any:
    for key in path:
        data = data[key]
    return data


def set_by_site(schedule: Schedule, values: Mapping[str, int]) -> Schedule:
    """The schedule with what a site has set. What is printed cannot be set. Raises DefinitionError with every fault."""
    known = {proposal.name: proposal for proposal in proposals(schedule)}
    raise_all(DefinitionError, (fault for name, value in values.items() if (fault := _fault(name, value, list(known)))))
    data = schedule.model_dump()
    for name, value in values.items():
        part = _at(data, known[name].part)
        part[known[name].key], part[known[name].mark] = value, SET_BY_SITE
    where = f"{schedule.id}, as the site sets it"
    try:
        changed = Schedule.model_validate(data)
    except ValidationError as error:
        raise DefinitionError(*(_out_of_range(detail, values, known, where) for detail in error.errors())) from None
    raise_all(DefinitionError, schedule_faults(changed, where))
    return changed


def _fault(name: str, value: Any, known: list[str]) -> Fault | None:
    if name not in known:
        return Fault("the source prints this, or there is no such value", name, str(value), ", ".join(known))
    return None if type(value) is int else Fault("a whole number is needed", name, str(value), "without decimals")


def _out_of_range(detail: Any, values: Mapping[str, int], known: Mapping[str, Proposal], where: str) -> Fault:
    name = next((name for name in values if (*known[name].part, known[name].key) == detail["loc"]), where)
    return Fault("this value cannot be", name, str(detail["input"]), detail["msg"][:1].lower() + detail["msg"][1:])
