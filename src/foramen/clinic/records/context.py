"""Who acts, for the audit that the database writes: set once for each request, read by its triggers."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from foramen.clinic.domain.act import Act

_CONTEXT: ContextVar[str] = ContextVar("foramen_audit_context", default="{}")


@contextmanager
def acting(act: "Act", verb: str) -> Iterator[None]:
    """Everything that is written inside is written by this act."""
    with saying(
        {
            "person": str(act.person.pk), "shown_as": str(act.person), "roles": sorted(act.roles), "verb": verb,
            "site": str(act.site.pk), "key": str(act.key), "why": act.why, "at": act.at.isoformat(),
            "channel": act.channel,
        }
    ):  # fmt: skip
        yield


@contextmanager
def saying(context: dict[str, Any]) -> Iterator[None]:
    """Everything that is written inside carries this context, such as that of a command."""
    token = _CONTEXT.set(json.dumps(context))
    try:
        yield
    finally:
        _CONTEXT.reset(token)


def current() -> str:
    """The context as JSON; empty where nobody has said who acts."""
    return _CONTEXT.get()
