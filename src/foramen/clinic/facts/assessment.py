"""The fact of an answered questionnaire."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from foramen.clinic.facts.content import Content, Language, Text

Mode = Literal["link", "tablet", "phone", "clinic"]
"""How an answer came: by a link, on the clinic's tablet, told on the phone, told in the clinic."""


def _as_it_is(value: Any) -> Any:
    """True is no 1, and 5.0 is no 5."""
    if isinstance(value, bool | float):
        raise ValueError("give a whole number, or the text of an answer")
    return value


Value = Annotated[
    int | Annotated[str, Field(max_length=200)] | Annotated[list[str], Field(max_length=50)],
    BeforeValidator(_as_it_is),
]
"""A step of a scale, the code of an option or an amount as text, the codes of several. Nothing is converted."""


class Given(Content):
    """The answers to one instrument. An item that is not in them was not answered."""

    instrument: Text
    version: Text
    answers: dict[str, Value]


class Assessed(Given):
    """One answered instrument at one time point.

    Who entered it is the person of the fact; when it was answered is `happened_at`. Scores are worked out from the
    answers by the instrument of that version, and are not kept.
    """

    timepoint: Text = Field(description="name of the schedule's time point, such as two_days")
    mode: Mode
    language: Language = "en"
    proxy: bool = Field(False, description="somebody else answered for the patient")
    recalled: bool = Field(
        False, description="asked too late, and answered from memory; kept out of main analyses; the server says so"
    )
    due_on: date | None = Field(None, description="the planned day; the server says so")
    delay_days: int | None = Field(
        None, description="days after the planned one, before it negative; the server says so"
    )
