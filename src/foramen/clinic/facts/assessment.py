"""The fact of an answered questionnaire."""

from datetime import date
from typing import Literal

from pydantic import Field

from foramen.clinic.facts.content import Content, Language, Text

Mode = Literal["link", "tablet", "phone", "clinic"]
"""How an answer came: by a link, on the clinic's tablet, told on the phone, told in the clinic."""


class Assessed(Content):
    """One answered instrument at one time point. An item that is not in `answers` was not answered.

    Who entered it is the person of the fact; when it was answered is `happened_at`. Scores are worked out from the
    answers by the instrument of that version, and are not kept.
    """

    instrument: Text
    version: Text
    timepoint: Text = Field(description="name of the schedule's time point, such as two_days")
    answers: dict[str, int | str | list[str]]
    mode: Mode
    language: Language = "en"
    proxy: bool = Field(False, description="somebody else answered for the patient")
    recalled: bool = Field(False, description="asked too late, and answered from memory; kept out of main analyses")
    due_on: date | None = Field(None, description="the planned day; the server says so")
    delay_days: int | None = Field(
        None, description="days after the planned one, before it negative; the server says so"
    )
