"""What a policy is told: the head of every inputs document, and times as people enter them."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from foramen.catalogue.decision import Occasion
from foramen.catalogue.document import Part
from foramen.catalogue.instants import Moment, Purpose, instants_of, moment_of, safer_moment, zone
from foramen.kernel.errors import DataError

Answer = Literal["yes", "no", "unknown"]


def _zone_name(name: str) -> str:
    try:
        zone(name)
    except DataError as error:
        raise ValueError(f"{error.faults[0].what}: write {error.faults[0].remedy}") from None
    return name


Zone = Annotated[str, AfterValidator(_zone_name)]


class ClockTime(Part):
    """A local time with what the clock alone does not say."""

    at: datetime = Field(description="local date and time")
    zone: Zone | None = Field(None, description="zone of that time; the site's if left out")
    clock: Literal["earlier", "later", "unknown"] | None = Field(
        None, description="which of the two, when clocks go back; unknown: the one that is safer is used"
    )


def clock_time(value: Any) -> Any:
    """A section as a clock time, with one sentence for whatever is wrong with it."""
    if not isinstance(value, dict):
        return value
    try:
        return ClockTime.model_validate(value)
    except ValidationError:
        raise ValueError(
            "this is no clock time: write { at = 2026-11-01T01:30:00 } and, if needed, zone = “Europe/Zurich” and "
            "clock = “earlier”, “later” or “unknown”"
        ) from None


FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Nothing that is entered lies outside; a year beyond is a slip of the pen, and some of them no calendar can count."""


def within_years(value: Any) -> Any:
    """A date or a clock time of a year that can be meant."""
    day = value.at if isinstance(value, ClockTime) else value
    if isinstance(day, date) and not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"no year before {FIRST_YEAR} or after {LAST_YEAR} can be meant: look at the year again")
    return value


Day = Annotated[date, AfterValidator(within_years)]


def _text(value: str) -> str:
    """A text that can be seen: what is blank or invisible says nothing, and is not taken for an answer."""
    if not any(one.isalnum() for one in value):
        raise ValueError("a blank or a mark is no answer: write it in letters or digits, or leave it out")
    return value.strip()


Text = Annotated[str, AfterValidator(_text)]
"""Who, how, why: stripped, and never blank."""


def _words(value: str) -> str:
    return _text(value) if value else value


Words = Annotated[str, AfterValidator(_words)]
"""A text that may be left out: empty says nothing. Blanks and marks alone look like an answer, and are refused."""


def _is_time(value: Any) -> Any:
    if isinstance(value, (datetime, dict, ClockTime)):
        return within_years(clock_time(value))
    raise ValueError("this is no date with time: write 2026-03-10T09:00:00, without quotes")


Entered = Annotated[datetime | ClockTime, BeforeValidator(_is_time)]
"""A local time of the site, a time with its own offset, or a clock time that says more."""


class Section(Part):
    """Anything that was told, read or done: by whom or from where, and when it was recorded."""

    source: Words = Field("", description="who said so, or where it stands")
    recorded: Entered | None = Field(None, description="when it was recorded")


class Inputs(Part):
    """The head of every inputs document: where and when it is asked, and for what."""

    zone: Zone = Field(description="IANA time zone of the site, such as Europe/Zurich")
    asked: Entered | None = Field(None, description="the instant at which it is asked; --at takes its place")
    occasion: Occasion = Field("plan", description="planning, or the gate at which it is asked")


def moment_entered(entered: datetime | ClockTime, site: str, purpose: Purpose, where: str) -> Moment:
    """The instant that was entered, told in the zone of the site. A time in the gap of spring is refused; one in the
    fold of autumn is asked, and the safer instant is used where the answer is that nobody knows (T6)."""
    if isinstance(entered, ClockTime):
        return _clock_time(entered, site, purpose, where)
    if entered.tzinfo is not None:
        return Moment(entered.astimezone(UTC), site)
    return moment_of(entered, site, where=where)


def _clock_time(entered: ClockTime, site: str, purpose: Purpose, where: str) -> Moment:
    name = entered.zone or site
    if entered.at.tzinfo is not None:
        return Moment(entered.at.astimezone(UTC), site)
    if entered.clock == "unknown" and instants_of(entered.at, name):
        return Moment(safer_moment(entered.at, name, purpose).utc, site)
    which = None if entered.clock == "unknown" else entered.clock
    return Moment(moment_of(entered.at, name, which=which, where=where).utc, site)


def as_typed(entered: datetime | ClockTime | date | str | None) -> str | None:
    """What was entered, for the record of inputs (T1)."""
    if isinstance(entered, ClockTime):
        more = [part for part in (entered.zone, entered.clock) if part]
        return " ".join([entered.at.isoformat(), *more])
    return entered.isoformat() if isinstance(entered, date) else entered
