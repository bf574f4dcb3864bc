"""The follow-up that needle-out makes: one task for each contact of the service's schedule, or no needle-out at all."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.db import DatabaseError
from pydantic import ValidationError

from foramen.catalogue.instants import Moment, day_of
from foramen.catalogue.schedules import due, library
from foramen.catalogue.schedules.definition import Schedule
from foramen.catalogue.schedules.working_days import WorkingDays
from foramen.clinic.domain import adverse
from foramen.clinic.domain.act import Act
from foramen.clinic.domain.planning import DRIVER
from foramen.clinic.models import Site, Task, Visit
from foramen.kernel.errors import UserError

SCHEDULE = "service"
CALENDAR = "working_days"
"""Name of the site's parameter that holds its calendar; without one, dates are kept and flagged (FU-2)."""

OF_POLICY = "policy "
"""How the kind of a task begins that a new version of a policy has made."""


class FollowUpError(UserError):
    """The follow-up cannot be made, and so nothing was stored."""


def make_tasks(act: Act, visit: Visit) -> list[Task]:
    """The tasks that are counted from needle-out, in the transaction of needle-out (FU-1).

    What depends on an answer that nobody has yet, such as the 2-week call, is not made now (FU-3). What was asked on
    the day itself is no task. Raises FollowUpError, and then nothing of the needle-out is stored either.
    """
    try:
        return [Task.objects.create(**_row(visit, one)) for one in _wanted(act, visit)]
    except (UserError, ValidationError, DatabaseError) as error:
        raise FollowUpError.single(
            "needle-out is not recorded, because its follow-up calls cannot be made",
            where=f"schedule {SCHEDULE}", received=_said(error),
            remedy="record it on paper with its time, and have the calendar of the site and the service looked at",
        ) from error  # fmt: skip


def is_of_rule(task: Task) -> bool:
    """Whether a task is what a rule asks for, and no contact of a schedule."""
    return task.kind in (DRIVER, adverse.KIND) or task.kind.startswith(OF_POLICY)


def _wanted(act: Act, visit: Visit) -> Iterator[due.Task]:
    day = day_of(Moment(act.when, visit.site.zone))
    for one in due.due(service_schedule(), "needle_out", day, calendar_of(visit.site)):
        if one.target > day and not one.only_if:
            yield one


@cache
def service_schedule() -> Schedule:
    """When who is asked what, in the version that holds now."""
    return library.load_schedule(SCHEDULE).content


def calendar_of(site: Site) -> WorkingDays | None:
    """The working days of a site; None where it has not said them."""
    told = site.parameters.get(CALENDAR)
    return None if told is None else WorkingDays.model_validate(told, strict=False)


def _row(visit: Visit, one: due.Task) -> dict[str, Any]:
    return {
        "site": visit.site, "patient": visit.patient, "visit": visit, "kind": one.task, "label": one.label,
        "due_on": one.due, "opens_on": one.opens, "closes_on": one.closes, "content": one.to_json(),
    }  # fmt: skip


def _said(error: Exception) -> str:
    """What went wrong, without what a row held."""
    return "the database refused the tasks" if isinstance(error, DatabaseError) else str(error).partition("\n")[0]
