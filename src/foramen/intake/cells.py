"""Typed cells of Excel and Parquet as the text that a careful person would type."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any

from foramen.intake.dates import DateFormat, date_text


@dataclass(frozen=True, slots=True)
class Notation:
    """How the mapping says that numbers and dates are written."""

    decimal: str = "."
    dates: DateFormat = "YYYY-MM-DD"


def cell_text(value: Any, notation: Notation) -> str:
    """Text of a cell: whole numbers without a point, no exponent, declared mark and dates, true and false.

    A time of day is kept where there is one, so that a date with a time is not taken for a date.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (float, Decimal)):
        return _number_text(value).replace(".", notation.decimal)
    if isinstance(value, datetime) and value.time() != time():
        return value.isoformat(" ")
    return date_text(value, notation.dates) if isinstance(value, date) else str(value)


def percent_text(value: float, notation: Notation) -> str:
    """Text of a number that a spreadsheet shows as a percentage: 0.5 is shown as 50%."""
    return _number_text(Decimal(repr(value)) * 100).replace(".", notation.decimal) + "%"


def is_sound(text: str) -> bool:
    """No byte was smuggled through the decoder as a surrogate, and none is NUL."""
    if "\0" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=100_000)
def _number_text(value: float | Decimal) -> str:
    number = Decimal(repr(value)) if isinstance(value, float) else value
    if not number.is_finite():
        return str(value)
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
