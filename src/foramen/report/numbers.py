"""How numbers are printed in the plain report."""

from foramen.kernel.rounding import rounded
from foramen.statistics.result import Statistic

SMALLEST_P = 0.001


def number_text(value: float | None) -> str:
    """Whole numbers as they are; otherwise one decimal from 100, two from 1, three below."""
    if value is None:
        return ""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    if abs(value) < 0.0005:
        return f"{value:.2g}"
    places = 1 if abs(value) >= 100 else 2 if abs(value) >= 1 else 3
    return rounded(value, places)


def fixed_text(value: float | None, places: int) -> str:
    """A number of a column whose decimals line up."""
    return "" if value is None else rounded(value, places)


def p_text(row: Statistic) -> str:
    """Three decimals; below 0.001 as such."""
    if row.p is None:
        return ""
    return f"< {SMALLEST_P}" if row.p < SMALLEST_P else rounded(row.p, 3)


def interval_text(row: Statistic, places: int | None = None) -> str:
    """“lower to upper”; an open side is said in words."""
    if row.lower is None and row.upper is None:
        return ""
    lower, upper = (number_text(b) if places is None else fixed_text(b, places) for b in (row.lower, row.upper))
    if not lower:
        return f"up to {upper}"
    return f"{lower} to {upper or 'no bound'}"


def df_text(row: Statistic) -> str:
    if isinstance(row.df, tuple):
        return " and ".join(number_text(part) for part in row.df)
    return number_text(row.df)
