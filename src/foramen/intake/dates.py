"""The declared ways of writing a date. Which one a file uses is never guessed."""

import re
from datetime import date
from functools import cache
from typing import Literal, get_args

from foramen.intake import reasons
from foramen.intake.reasons import Reason

DateFormat = Literal["YYYY-MM-DD", "DD.MM.YYYY", "DD/MM/YYYY", "MM/DD/YYYY", "YYYYMMDD"]

YEARS = range(1900, 2200)

_TIME = re.compile(r"[T ]\s*\d\d?:\d\d.*", re.ASCII)
_SHORT_YEAR = re.compile(r"\d\d?([./-])\d\d?\1\d\d", re.ASCII)
_SERIAL = re.compile(r"\d{5}", re.ASCII)


def date_text(day: date, form: DateFormat) -> str:
    """A date as it is written in a format."""
    return form.replace("YYYY", f"{day.year:04}").replace("MM", f"{day.month:02}").replace("DD", f"{day.day:02}")


def read_date(text: str, form: DateFormat) -> date | Reason:
    """The date, or why the text is none in this format. Between points and strokes 4 may stand for 04."""
    match = _shape(form).fullmatch(text)
    if match is None:
        return _why_not(text, form)
    try:
        day = date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return reasons.NO_SUCH_DATE
    return day if day.year in YEARS else reasons.FAR_YEAR


def shapes_of(text: str) -> list[DateFormat]:
    """Every format in which the text could be a date."""
    return [form for form in get_args(DateFormat) if _shape(form).fullmatch(text)]


@cache
def _shape(form: DateFormat) -> re.Pattern[str]:
    digits = r"\d\d?" if "." in form or "/" in form else r"\d\d"
    pattern = re.escape(form).replace("YYYY", r"(?P<year>\d{4})")
    return re.compile(pattern.replace("MM", f"(?P<month>{digits})").replace("DD", f"(?P<day>{digits})"), re.ASCII)


def _why_not(text: str, form: DateFormat) -> Reason:
    without_time = _TIME.sub("", text)
    shapes = shapes_of(without_time)
    if shapes and without_time != text:
        return reasons.DATE_AND_TIME
    if shapes:
        return reasons.other_date(form, shapes)
    if _SHORT_YEAR.fullmatch(text):
        return reasons.SHORT_YEAR
    return reasons.DATE_SERIAL if _SERIAL.fullmatch(text) else reasons.not_a_date(form)
