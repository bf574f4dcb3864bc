"""Instants as the verbs need them: now and today at the site of whoever acts, and local times as people enter them."""

from datetime import UTC, date, datetime

from foramen.catalogue.inputs import FIRST_YEAR, LAST_YEAR
from foramen.catalogue.instants import Moment, day_of, local_of, moment_of
from foramen.clinic.domain.act import Act
from foramen.clinic.domain.errors import WrongInputError
from foramen.clinic.models import Site
from foramen.kernel.errors import DataError


def now_of(act: Act) -> Moment:
    """The instant of an act, in the zone of its site; of a late entry, when it was."""
    return Moment(act.when, act.site.zone)


def today_of(act: Act) -> date:
    """The local date of an act."""
    return day_of(now_of(act))


def day_at(site: Site, instant: datetime) -> date:
    """The local date of an instant."""
    return day_of(Moment(instant, site.zone))


def clock_at(site: Site, instant: datetime) -> str:
    """An instant by the clock of the site: 09:30."""
    return f"{local_of(Moment(instant, site.zone)):%H:%M}"


def instant_of(act: Act, local: datetime, where: str) -> datetime:
    """A local time of the site, as an instant in UTC. One that does not exist or occurs twice is refused."""
    if local.second or local.microsecond or not FIRST_YEAR <= local.year <= LAST_YEAR:
        raise WrongInputError.single(
            "this is no time of a slot", where=where, remedy="enter a day and a time in whole minutes"
        )
    try:
        return moment_of(local, act.site.zone, where=where).utc.astimezone(UTC)
    except DataError as error:
        raise WrongInputError(*error.faults) from None


def age_on(born: date | None, day: date) -> int | str:
    """Whole years; of an erased patient nobody knows them."""
    return "–" if born is None else whole_years(born, day)


def whole_years(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
