"""The log: one JSON object a line, for programs that collect and search. Never a patient's value.

What may be said is what is put in `fields` on purpose: names of things, numbers, keys of people who work here. The
message of an error is never among it, for it may hold what somebody typed; its class and its place in the program are.
"""

import json
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path

LOG = logging.getLogger("foramen.clinic")

FRAMES = 4
"""How many places of the program an error is told by, from the innermost outwards."""

Field = str | int | float | bool | None

_REQUEST: ContextVar[str] = ContextVar("foramen_request", default="")


@contextmanager
def within_request(number: str) -> Iterator[None]:
    """Every line that is written inside carries the number of the request."""
    token = _REQUEST.set(number)
    try:
        yield
    finally:
        _REQUEST.reset(token)


def current_request() -> str:
    """The number of the request that is being answered; empty where there is none."""
    return _REQUEST.get()


def log(event: str, level: int = logging.INFO, **fields: Field) -> None:
    """Write one line. `event` is a short fixed name, such as `request` or `job failed`."""
    LOG.log(level, event, extra={"fields": fields})


def log_error(event: str, error: BaseException, level: int = logging.ERROR, **fields: Field) -> None:
    """Write one line about an error: its class, and where it was raised."""
    log(event, level, error=type(error).__name__, at=places_of(error), **fields)


def places_of(error: BaseException) -> str:
    """Where an error was raised, innermost first: file, line and function, without any value."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return " < ".join(f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in reversed(frames))


OUR_SERVER = "_granian"
"""What the server says are fixed words about its processes."""


class JsonLines(logging.Formatter):
    """One object a line. Of what other programs say through `logging`, only who said it is kept, and at what place:
    their words may hold anything."""

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Field] | None = getattr(record, "fields", None)
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told: dict[str, Field] = {"time": at, "level": record.levelname.lower(), "logger": record.name}
        known = fields is not None or (record.name == OUR_SERVER and not record.exc_info)
        told["event"] = record.getMessage() if known else "from elsewhere"
        if number := current_request():
            told["request"] = number
        return json.dumps(told | (self._elsewhere(record) if fields is None else fields), ensure_ascii=False)

    @staticmethod
    def _elsewhere(record: logging.LogRecord) -> dict[str, Field]:
        error = record.exc_info[1] if record.exc_info else None
        told: dict[str, Field] = {"place": f"{record.module}:{record.lineno}"}
        return told | ({"error": type(error).__name__, "at": places_of(error)} if error else {})
