"""What a worker knows to do: a handler for each kind of the outbox, and jobs that come again and again.

Both may be killed at any point and are then done again: a handler finds out what it has done already.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

Handler = Callable[[dict[str, Any]], None]
Run = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Recurring:
    """A job that is due again `every` so often."""

    name: str
    every: timedelta
    run: Run


HANDLERS: dict[str, Handler] = {}
JOBS: dict[str, Recurring] = {}


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Declare who does what was put into the outbox under a kind. It is handed the content."""

    def declare(handler: Handler) -> Handler:
        if kind in HANDLERS:
            raise ValueError(f"two handlers are for {kind}")
        HANDLERS[kind] = handler
        return handler

    return declare


def again(name: str, *, every: timedelta) -> Callable[[Run], Run]:
    """Declare a job. It is due at once in a new installation, and then `every` so often after it was done."""

    def declare(run: Run) -> Run:
        if name in JOBS:
            raise ValueError(f"two jobs are called {name}")
        JOBS[name] = Recurring(name, every, run)
        return run

    return declare
