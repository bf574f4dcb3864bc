"""The document of a schedule: when who is asked what, by which road, and what happens if nobody answers."""

from datetime import date
from typing import Literal

from pydantic import Field

from foramen.catalogue.definition import Definition, Identifier, ParameterName, Version
from foramen.catalogue.document import Part
from foramen.catalogue.schedules.working_days import WorkingDays

NOT_PRINTED = "NOT PRINTED"
"""What stands where a source gives no value: then the value beside it is a proposal that a site can set otherwise."""

Anchor = Literal["needle_out", "allocation", "cycle_end"]
Mode = Literal["link", "tablet", "phone", "clinic"]
Point = Literal["opens", "due", "closes"]
Action = Literal["send_link", "call", "list_as_late"]


class Window(Part):
    """The days on which an answer belongs to the time point, counted from the anchor."""

    first: int = Field(description="the first day; negative before the anchor")
    last: int = Field(description="the last day")
    printed: str = Field(min_length=1, description="what the source says of it, or NOT PRINTED")


class Tries(Part):
    """When a person counts as not reached."""

    attempts: int = Field(ge=1, description="at least so many attempts")
    on_days: int = Field(ge=1, description="on at least so many different days")
    printed: str = Field(min_length=1, description="what the source says of it, or NOT PRINTED")


class ContactStep(Part):
    """One step of reaching a person; it is left out as soon as there is an answer."""

    on: Point = Field(description="when the window opens, on the due day, or when the window closes")
    do: Action = Field(description="what is done")


class QuietHours(Part):
    """Hours of the site's clock in which nobody is written to or called."""

    begins: int = Field(ge=0, le=23, description="hour at which quiet begins")
    ends: int = Field(ge=0, le=23, description="hour at which it ends; on the next day if not later")
    printed: str = Field(min_length=1, description="what the source says of it, or NOT PRINTED")


class Place(Part):
    """What a time point and a series have in common: from where their days are counted, and who says so."""

    id: ParameterName = Field(description="short name; studies use the same")
    label: str = Field(min_length=1, description="what screens and tables print")
    anchor: Anchor = Field(description="the event days are counted from")
    cycle: int | None = Field(None, ge=1, description="the treatment cycle of that event; any when left out")
    printed: str = Field(min_length=1, description="what the source says, or NOT PRINTED")
    source: str = Field(description="key of the source")
    resolved: str = Field("", description="how the printed text was read, where it can be read in more than one way")
    working_day: bool = Field(False, description="true: a due date on a day off moves to the nearest working day")


class PlannedTimepoint(Place):
    """One occasion on which a person is asked."""

    side: Literal["before", "after"] = Field("after", description="before or after the event itself")
    days: int = Field(description="days from the event; 0 is the same day")
    minutes: int | None = Field(None, ge=1, description="on the same day: so many minutes after the event")
    window: Window = Field(description="the days on which an answer still belongs here")
    optional: bool = Field(False, description="true: only where the site asks for it")
    instruments: list[Identifier] = Field(min_length=1, description="what is asked, in order")
    modes: list[Mode] = Field(min_length=1, description="the roads by which it may be answered")
    steps: list[ContactStep] = Field([], description="how the person is reached, in order")
    tries: Tries | None = Field(None, description="when the person counts as not reached")
    only_if: list[ParameterName] = Field(
        [], description="facts; it exists if one of them is so or is not known, and is left out if none is so"
    )


class Series(Place):
    """Several sessions, one after the other."""

    number: int = Field(ge=2, description="how many sessions")
    first_day: int = Field(ge=0, description="day of the first session")
    every_days: int = Field(ge=1, description="days from one session to the next")
    spacing_printed: str = Field(min_length=1, description="what the source says of the days, or NOT PRINTED")


class ExpectedTask(Part):
    """One task of a worked example."""

    task: ParameterName = Field(description="time point, or session of a series")
    due: date = Field(description="the due day")
    opens: date = Field(description="first day of the window")
    closes: date = Field(description="last day of the window")
    moved: bool = Field(False, description="whether the due day was moved")
    flagged: bool = Field(False, description="whether it could not be placed surely")


class ScheduleExample(Part):
    """A worked example. It is run whenever the file is checked."""

    says: str = Field(description="what it shows")
    anchor: Anchor = Field(description="the event that happened")
    day: date = Field(description="its local day")
    cycle: int | None = Field(None, description="of which cycle")
    also: list[ParameterName] = Field([], description="optional time points the site asks for")
    calendar: WorkingDays | None = Field(None, description="the site's calendar")
    expect: list[ExpectedTask] = Field(description="every task, in order")


class Schedule(Definition):
    """A schedule document."""

    cycles: int | None = Field(None, ge=1, description="number of treatment cycles, where treatment goes in cycles")
    instruments: dict[Identifier, Version] = Field(description="the version of every instrument that is asked")
    facts: dict[ParameterName, str] = Field({}, description="what a later time point can depend on, in words")
    remarks: list[str] = Field([], description="what somebody who uses the schedule should know")
    quiet_hours: QuietHours = Field(description="when nobody is written to or called")
    timepoints: list[PlannedTimepoint] = Field(min_length=1, description="the occasions, in order")
    series: list[Series] = Field([], description="sessions that come several times")
    examples: list[ScheduleExample] = Field(min_length=1, description="worked examples, run when the file is checked")

    def timepoint(self, name: str) -> PlannedTimepoint:
        """A time point by its name."""
        return next(one for one in self.timepoints if one.id == name)

    def places(self) -> list[PlannedTimepoint | Series]:
        return [*self.timepoints, *self.series]
