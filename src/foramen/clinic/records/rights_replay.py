"""The rights that somebody had at an instant of the past, replayed from the audit (AUD-10).

What stands in the tables today is not asked, but for rows that nobody has touched since the audit began. Events are
taken in the order of their numbers, whatever the clock said: what counts is the last one that was written at the
instant or before it, and everything before that.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from foramen.catalogue.instants import Moment, day_of
from foramen.clinic.models import AuditEvent, Delegation, Person, Site
from foramen.clinic.rights.roles import Role

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RoleThen:
    """One role as it stood then. `by` wrote it down so last, at `since`; empty where that was before the audit."""

    role: Role
    first_day: date
    last_day: date | None
    in_force: bool
    by: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class RightsThen:
    """What somebody was at a site: whether there was an account, whether it was open, and every role, also of the past
    and to come."""

    account: bool
    active: bool
    roles: Sequence[RoleThen]

    @property
    def held(self) -> frozenset[Role]:
        """The roles in which the person could act."""
        return frozenset(one.role for one in self.roles if one.in_force) if self.active else frozenset()


def rights_at(person: Person, site: Site, instant: datetime) -> RightsThen:
    """The rights of a person at a site, at an instant. Three queries."""
    key = (person.pk.hex, str(person.pk))
    events = list(
        AuditEvent.objects.filter(
            Q(table=Person._meta.db_table, row__in=key)
            | Q(table=Delegation._meta.db_table) & (Q(new__person_id__in=key) | Q(old__person_id__in=key))
        ).order_by("pk")
    )
    cut = max((one.pk for one in events if one.at <= instant), default=0)
    account = _then([person], [one for one in events if one.table == Person._meta.db_table], cut)
    given = [one for one in events if one.table == Delegation._meta.db_table]
    roles = _then(Delegation.objects.filter(person=person), given, cut)
    day = day_of(Moment(instant, site.zone))
    here = [_role(row, last, day) for row, last in roles if UUID(str(row["site_id"])) == site.pk]
    active = any(bool(row["is_active"]) for row, _ in account)
    return RightsThen(bool(account), active, sorted(here, key=lambda one: (one.first_day, one.role)))


def _then(rows: Iterable[models.Model], events: Iterable[AuditEvent], cut: int) -> list[tuple[Row, AuditEvent | None]]:
    """Rows as they stood after the event with the number `cut`, each with the event that made it so."""
    by_row: dict[UUID, list[AuditEvent]] = defaultdict(list)
    for one in events:
        by_row[UUID(one.row)].append(one)
    untouched = {row.pk: _columns(row) for row in rows if row.pk not in by_row}
    found: list[tuple[Row | None, AuditEvent | None]] = [(columns, None) for columns in untouched.values()]
    found += [_last(told, cut) for told in by_row.values()]
    return [(row, last) for row, last in found if row is not None]


def _last(told: Sequence[AuditEvent], cut: int) -> tuple[Row | None, AuditEvent | None]:
    """What the last event up to the cut left; before the first one, what that one found."""
    before = [one for one in told if one.pk <= cut]
    return (before[-1].new, before[-1]) if before else (told[0].old, None)


def _columns(row: models.Model) -> Row:
    return {one.attname: getattr(row, one.attname) for one in row._meta.local_concrete_fields}


def _role(row: Row, last: AuditEvent | None, day: date) -> RoleThen:
    first, ends = _day(row["first_day"]), _day(row["last_day"]) if row["last_day"] else None
    in_force = first <= day and (ends is None or day <= ends)
    by = str(last.context.get("shown_as", "")) if last else ""
    return RoleThen(Role(row["role"]), first, ends, in_force, by, last.at if last else None)


def _day(told: Any) -> date:
    return told if isinstance(told, date) else date.fromisoformat(told)
