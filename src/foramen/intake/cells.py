"""Typed cells of Excel and Parquet as the text that a careful person would type."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any


def cell_text(value: Any, mark: str) -> str:
    """Text of a cell: whole numbers without a point, no exponent, the declared mark, ISO dates, true and false."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (float, Decimal)):
        return _number_text(value).replace(".", mark)
    if isinstance(value, datetime):
        return value.date().isoformat() if value == datetime(value.year, value.month, value.day) else value.isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


@lru_cache(maxsize=100_000)
def _number_text(value: float | Decimal) -> str:
    number = Decimal(repr(value)) if isinstance(value, float) else value
    if not number.is_finite():
        return str(value)
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
