"""The rights of the past as text: what `foramen rights` prints."""

from datetime import datetime

from foramen.catalogue.instants import day_text, moment_of, moment_text
from foramen.clinic.models import Person, Site
from foramen.clinic.records.rights_replay import RightsThen, RoleThen, rights_at
from foramen.kernel.errors import UserError


def rights_text(username: str, local: datetime) -> str:
    """The rights of an account at every site, at a local time of each.

    Raises UserError for an account that there is not, DataError for a time that a site has not, or has twice.
    """
    person = Person.objects.filter(username=username).first()
    if person is None:
        raise UserError.single("there is no such account", where="--person", received=username)
    lines = []
    for site in Site.objects.order_by("code"):
        then = moment_of(local, site.zone, where="--at")
        lines += [f"{site.code}, {moment_text(then)}: {line}" for line in _lines(rights_at(person, site, then.utc))]
    return "\n".join(lines)


def _lines(then: RightsThen) -> list[str]:
    if not then.account:
        return ["no account"]
    told = [_line(one) for one in then.roles if one.in_force]
    return ([] if then.active else ["the account had ended"]) or told or ["no role"]


def _line(one: RoleThen) -> str:
    ends = f"to {day_text(one.last_day)}" if one.last_day else "no end set"
    return f"{one.role.label}, from {day_text(one.first_day)}, {ends}; given by {one.by or 'nobody who is named'}"
