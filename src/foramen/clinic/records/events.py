"""Events that leave no row of their own: signing in and out, and what is refused there."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from allauth.mfa import signals as second_factor
from django.db import transaction
from django.http import HttpRequest

from foramen.clinic import clock
from foramen.clinic.models import AuditEvent, Patient, Person

READ, ERASED, SIGN_IN, SIGN_OUT, FAILED, FACTOR = "read", "erased", "sign-in", "sign-out", "failed", "factor"
"""Operations beside the insert, update and delete of the triggers."""

CLOCK, SKEW = "clock", timedelta(minutes=1)
"""A clock that goes back by more than this; requests that overlap differ by less."""

FACTORS = {
    second_factor.authenticator_added: "second factor added",
    second_factor.authenticator_removed: "second factor taken away",
    second_factor.authenticator_reset: "second factor made anew",
}  # fmt: skip


def note_event(
    operation: str, about: Person | Patient | None, context: dict[str, Any], patient: UUID | None = None
) -> None:
    """Write one event in a transaction of its own. `about` is the row it is told of."""
    with transaction.atomic():
        AuditEvent.objects.create(
            at=clock.now(), table=about._meta.db_table if about else Person._meta.db_table, operation=operation,
            row=about.pk.hex if about else "", context=context, patient=patient,
        )  # fmt: skip


def note_skew(now: datetime) -> None:
    """Write an event where the clock has gone back since the last one: numbers order events, and this says why their
    times do not (AUD-4)."""
    last = AuditEvent.objects.order_by("-pk").values_list("at", flat=True).first()
    if last is not None and now < last - SKEW:
        told = {"what": "the clock went back", "from": last.isoformat(), "to": now.isoformat()}
        note_event(CLOCK, None, {"shown_as": "the server", **told})


def signed_in(user: Person, **_signal: Any) -> None:
    note_event(SIGN_IN, user, _who(user))


def signed_out(user: Person | None, **_signal: Any) -> None:
    """A session that ends without anybody in it is no event."""
    if user is not None:
        note_event(SIGN_OUT, user, _who(user))


def not_signed_in(credentials: dict[str, Any], request: HttpRequest | None = None, **_signal: Any) -> None:
    """Whose account it was, if there is one; never what was typed, which may be a password in the wrong field."""
    person = Person.objects.filter(username=str(credentials.get("username", ""))).first()
    note_event(FAILED, person, {"what": "password", **_where(request)})


def no_second_factor(user: Person, request: HttpRequest | None = None, **_signal: Any) -> None:
    note_event(FAILED, user, {"what": "second factor", **_where(request)})


def factor_changed(user: Person, signal: Any, **_signal: Any) -> None:
    """A second factor was added, taken away, or made anew; never its secret."""
    note_event(FACTOR, user, _who(user) | {"what": FACTORS[signal]})


def _who(person: Person) -> dict[str, Any]:
    return {"person": person.pk.hex, "shown_as": str(person)}


def _where(request: HttpRequest | None) -> dict[str, Any]:
    return {"page": request.path} if request is not None else {}
