"""Events that leave no row of their own: signing in and out, and what is refused there."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from allauth.mfa import signals as second_factor
from django.db import transaction
from django.db.models import Count, Max, Model
from django.http import HttpRequest

from foramen.clinic import clock
from foramen.clinic.models import AuditEvent, Person

READ, EXPORT, SIGN_IN, SIGN_OUT, FAILED, FACTOR = "read", "export", "sign-in", "sign-out", "failed", "factor"
REFUSED, ERASED = "refused", "erased"
"""Operations beside the insert, update and delete of the triggers."""

CLOCK, SKEW = "clock", timedelta(minutes=1)
"""A clock that goes back by more than this; requests that overlap differ by less."""

FACTORS = {
    second_factor.authenticator_added: "second factor added",
    second_factor.authenticator_removed: "second factor taken away",
    second_factor.authenticator_reset: "second factor made anew",
}  # fmt: skip


def note_event(operation: str, about: Model | None, context: dict[str, Any], patient: UUID | None = None) -> None:
    """Write one event in a transaction of its own. `about` is the row it is told of."""
    with transaction.atomic():
        AuditEvent.objects.create(
            at=clock.now(), table=about._meta.db_table if about else Person._meta.db_table, operation=operation,
            row=about.pk.hex if about else "", context=context, patient=patient,
        )  # fmt: skip


def clock_is_behind(now: datetime | None = None) -> timedelta | None:
    """By how much the clock is behind the last event, where that is more than overlapping requests make; else None.
    Nothing is served by such a clock (`checks.require_clock`)."""
    last = AuditEvent.objects.order_by("-pk").values_list("at", flat=True).first()
    behind = last - (now or clock.now()) if last is not None else timedelta()
    return behind if behind > SKEW else None


def note_skew(now: datetime) -> None:
    """Write an event where the clock has gone back since the last one: numbers order events, and this says why their
    times do not (AUD-4)."""
    if (behind := clock_is_behind(now)) is not None:
        told = {"what": "the clock went back", "from": (now + behind).isoformat(), "to": now.isoformat()}
        note_event(CLOCK, None, {"shown_as": "the server", **told})


def signed_in(user: Person, **_signal: Any) -> None:
    note_event(SIGN_IN, user, _who(user))


def signed_out(user: Person | None, **_signal: Any) -> None:
    """A session that ends without anybody in it is no event."""
    if user is not None:
        note_event(SIGN_OUT, user, _who(user))


def not_signed_in(credentials: dict[str, Any], request: HttpRequest | None = None, **_signal: Any) -> None:
    """Whose account it was, if there is one; never what was typed, which may be a password in the wrong field."""
    person = Person.objects.filter(username__iexact=str(credentials.get("username", ""))).first()
    note_event(FAILED, person, {"what": "password", **_where(request)})


def no_second_factor(user: Person, request: HttpRequest | None = None, **_signal: Any) -> None:
    note_event(FAILED, user, {"what": "second factor", **_where(request)})


def failed_before(person: Person) -> tuple[int, datetime | None]:
    """How many tries to sign in as somebody who is in now have failed since the time before, and when the last one
    was."""
    told = AuditEvent.objects.filter(table=Person._meta.db_table, row=person.pk.hex)
    now, before = [*told.filter(operation=SIGN_IN).order_by("-pk").values_list("pk", flat=True)[:2], 0, 0][:2]
    found = told.filter(operation=FAILED, pk__gt=before, pk__lt=now).aggregate(count=Count("pk"), last=Max("at"))
    return found["count"], found["last"]


def factor_changed(user: Person, signal: Any, **_signal: Any) -> None:
    """A second factor was added, taken away, or made anew; never its secret."""
    note_event(FACTOR, user, _who(user) | {"what": FACTORS[signal]})


def _who(person: Person) -> dict[str, Any]:
    return {"person": person.pk.hex, "shown_as": str(person)}


def _where(request: HttpRequest | None) -> dict[str, Any]:
    return {"page": request.path} if request is not None else {}
