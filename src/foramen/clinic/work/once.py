"""Something that a row asks for and a worker makes: begun, and ended well or badly, once."""

import logging
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.db import DatabaseError, transaction

from foramen.clinic import clock
from foramen.clinic.models import Freeze, StudyRun
from foramen.clinic.models.evidence import Progress
from foramen.clinic.records.context import saying
from foramen.clinic.records.versions import save_changes
from foramen.kernel.errors import SnapshotError, UserError

LOG = logging.getLogger("foramen.clinic.work")
ENDED = (Progress.DONE, Progress.FAILED)
LONGEST = 200
"""Characters of a reason that a row can hold."""


def make_once(row: Freeze | StudyRun, make: Callable[[], Mapping[str, Any]]) -> None:
    """Make what a row asks for, unless it has ended. `make` returns what the row is told then.

    A worker that is killed leaves the row begun, and the next one begins anew. A database that is gone is raised: it
    will be back, and then it is done.
    """
    if row.state in ENDED:
        return
    _save(row, state=Progress.RUNNING)
    try:
        told = {**make(), "state": Progress.DONE, "failed": ""}
    except UserError as error:
        told = {"state": Progress.FAILED, "failed": reason_of(error)}
    except DatabaseError:
        raise
    except OSError as error:
        told = {"state": Progress.FAILED, "failed": f"the data folder cannot be used: {error.strerror or 'no reason'}"}
    except Exception as error:  # noqa: BLE001 - whatever it is, whoever asked is told, and may ask anew
        LOG.error("%s %s: %s", row._meta.model_name, row.pk, _where(error))
        told = {"state": Progress.FAILED, "failed": f"an error of Foramen itself ({type(error).__name__})"}
    _save(row, done_at=clock.now(), **told)


def reason_of(error: UserError) -> str:
    """Why, in one line: what is wrong, never where nor what was received; of a snapshot, the way out too."""
    way_out = isinstance(error, SnapshotError)
    told = (f"{one.what}: {one.remedy}" if way_out and one.remedy else one.what for one in error.faults)
    said = "; ".join(dict.fromkeys(told))
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"


def _save(row: Freeze | StudyRun, **changes: Any) -> None:
    context = {"shown_as": "the worker", "verb": f"make {row._meta.model_name}", "site": row.site_id.hex}
    with saying(context), transaction.atomic():
        save_changes(row, **changes)


def _where(error: Exception) -> str:
    """The class of an error and where it was raised. Its message is left out: it may hold a patient's value."""
    frames = [f"{Path(one.filename).name}:{one.lineno}" for one in traceback.extract_tb(error.__traceback__)[-4:]]
    return f"{type(error).__name__} at {' < '.join(reversed(frames))}"
