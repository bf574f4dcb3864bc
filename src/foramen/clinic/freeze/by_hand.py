"""A snapshot made at the command line, by somebody who says with a password who it is, and with the event of it."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from foramen.clinic import clock
from foramen.clinic.domain.act import Act
from foramen.clinic.domain.errors import NotAllowedError, UnknownError, WrongInputError
from foramen.clinic.domain.registry import ELSEWHERE, FREEZERS, next_freeze
from foramen.clinic.domain.times import day_at, today_of
from foramen.clinic.freeze.detail import Detail
from foramen.clinic.freeze.snapshot import make_snapshot
from foramen.clinic.freeze.told import Told
from foramen.clinic.models import AuditEvent, Freeze, Person, Site
from foramen.clinic.models.evidence import Progress
from foramen.clinic.records.context import saying
from foramen.clinic.records.events import EXPORT, FAILED, note_event
from foramen.clinic.rights.roles import Role

TRIES, WITHIN = 5, timedelta(minutes=15)
"""So many wrong passwords for all accounts together, and in which time; then none is looked at."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be frozen, and where it goes; without a day, today at the site."""

    site: str
    out: Path
    detail: Detail = "safe_harbor"
    day: date | None = None


def freeze_by_hand(wanted: Wanted, account: str, password: str) -> tuple[Freeze, Told]:
    """Make the snapshot, with an event before and a row after. Raises a UserError, and then there is no snapshot."""
    site = _site(wanted.site)
    act, role = _act(site, account, password)
    day = _day(wanted, act)
    context = {
        "person": act.person.pk.hex, "shown_as": str(act.person), "role": str(role), "site": site.pk.hex,
        "verb": "freeze", "channel": "command",
    }  # fmt: skip
    note_event(EXPORT, site, context | {"what": f"a snapshot is made at the command line, {wanted.detail}"})
    asked_at = clock.now()
    told = make_snapshot(site, wanted.out, day=day, detail=wanted.detail)
    with saying(context), transaction.atomic():
        freeze = Freeze.objects.create(
            site=site, number=next_freeze(site), detail=wanted.detail, day=day, asked_by=act.person,
            asked_at=asked_at, state=Progress.DONE, done_at=clock.now(), sha256=told.sha256, told=_told(told),
        )  # fmt: skip
    return freeze, told


def _told(told: Told) -> dict[str, Any]:
    return {**told.to_json(), ELSEWHERE: True}


def _site(code: str) -> Site:
    found = Site.objects.filter(code=code).first()
    if found is None:
        known = ", ".join(Site.objects.order_by("code").values_list("code", flat=True))
        raise UnknownError.single("there is no such site", where="--site", received=code, remedy=known)
    return found


def _act(site: Site, account: str, password: str) -> tuple[Act, Role]:
    """Who does it, in which role. An account that there is not, one that has ended and a wrong password are told in
    the same words, and take the same time."""
    _check_tries()
    person = Person.objects.filter(username__iexact=account, is_active=True).first()
    right = person.check_password(password) if person is not None else _take_as_long(password)
    if person is None or not right:
        note_event(FAILED, person, {"what": "password", "channel": "command", "verb": "freeze"})
        raise NotAllowedError.single("account and password do not belong together", where="--person", received=account)
    roles = person.roles_at(site, day_at(site, clock.now()))
    act = Act(person, site, roles)
    return act, act.role_for(FREEZERS)


def _check_tries() -> None:
    """Raise NotAllowedError after too many. They are counted in the audit, which every process sees and nobody empties.
    No sign-in waits for it: whoever is locked out here makes the snapshot on the page."""
    since = clock.now() - WITHIN
    failed = AuditEvent.objects.filter(operation=FAILED, at__gt=since, context__channel="command")
    if failed.count() >= TRIES:
        raise NotAllowedError.single(
            "too many wrong passwords at the command line; this one was not looked at", where="--person",
            remedy=f"wait {WITHIN.seconds // 60} minutes, or make the snapshot on the page",
        )  # fmt: skip


def _take_as_long(password: str) -> bool:
    make_password(password)
    return False


def _day(wanted: Wanted, act: Act) -> date:
    today = today_of(act)
    if wanted.day is not None and wanted.day > today:
        raise WrongInputError.single(
            "this day is still to come", where="--day", received=wanted.day.isoformat(), remedy=today.isoformat()
        )
    return wanted.day or today
