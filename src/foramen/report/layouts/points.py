"""Shares from 0 to 1 printed as percentages."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from foramen.statistics.result import Statistic


def in_points(row: Statistic) -> Statistic:
    """The row with estimate and interval a hundredfold: a difference of risks in percentage points."""
    return replace(row, estimate=_points(row.estimate), lower=_points(row.lower), upper=_points(row.upper))


def _points(value: float | None) -> float | None:
    """Exact in decimals, so that 0.285 becomes 28.5."""
    return None if value is None else float(100 * Fraction(Decimal(repr(value))))
