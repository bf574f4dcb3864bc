"""Who acts, for the audit that the database writes: set once for each request, read by its triggers.

SQLite asks for it by functions of the connection. PostgreSQL has it in a setting of the transaction, which is handed
over with the first statement of each transaction, and again when it has changed.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db.backends.base.base import BaseDatabaseWrapper

from foramen.clinic import clock

if TYPE_CHECKING:
    from foramen.clinic.domain.act import Act
    from foramen.clinic.rights.roles import Role

_CONTEXT: ContextVar[tuple[str, datetime | None]] = ContextVar("foramen_audit_context", default=("{}", None))


@contextmanager
def acting(act: "Act", verb: str, role: "Role", why: str | None = None) -> Iterator[None]:
    """Everything that is written inside is written by this act; `why`: its reason as the audit keeps it."""
    with saying(
        {
            "person": act.person.pk.hex, "shown_as": str(act.person), "role": str(role), "verb": verb,
            "site": act.site.pk.hex, "key": act.key.hex, "why": act.why if why is None else why, "channel": act.channel,
        },
        act.at,
    ):  # fmt: skip
        yield


@contextmanager
def saying(context: dict[str, Any], at: datetime | None = None) -> Iterator[None]:
    """Everything that is written inside carries this context, such as that of a command; `at`: and this instant."""
    told = context if at is None else context | {"at": at.isoformat()}
    token = _CONTEXT.set((json.dumps(told), at))
    try:
        yield
    finally:
        _CONTEXT.reset(token)


def current() -> str:
    """The context as JSON; empty where nobody has said who acts."""
    return _CONTEXT.get()[0]


def current_instant() -> str:
    """The instant of the act, else that of the clock, as SQLite keeps it."""
    at = _CONTEXT.get()[1] or clock.now()
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


class HandOver:
    """What stands around every statement to PostgreSQL. A setting ends with its transaction and goes back with its
    savepoint, so what was told is forgotten at both."""

    def __init__(self) -> None:
        self.told: str | None = None

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        self.tell(context["connection"], str(sql).lstrip()[:8].upper())
        return execute(sql, params, many, context)

    def tell(self, connection: Any, verb: str) -> None:
        """Hand the context over before this statement, unless it stands already or nothing can be written by it."""
        raw, alone = connection.connection, connection.get_autocommit()
        state = raw.info.transaction_status.name
        if state == "IDLE" or verb == "ROLLBACK":
            self.told = None
        if state == "INERROR" or verb == "ROLLBACK" or (alone and verb.startswith("SELECT")):
            return
        if self.told != (said := current()):
            raw.execute("SELECT set_config('foramen.context', %s, %s)", (said, not alone))
            self.told = said


def introduce(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """Teach a new connection how to ask who acts."""
    raw: Any = connection.connection
    if connection.vendor == "sqlite":
        raw.create_function("foramen_context", 0, current)
        raw.create_function("foramen_at", 0, current_instant)
    elif not any(isinstance(one, HandOver) for one in connection.execute_wrappers):
        connection.execute_wrappers.insert(0, HandOver())
