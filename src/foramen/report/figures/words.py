"""Numbers of figures as printed, and the cells of the tables beside them."""

from fractions import Fraction

from foramen.report.figures.gather import Point
from foramen.report.material import Entry, Material
from foramen.report.table import Cell

QUANTILES = ("median", "lower_quartile", "upper_quartile", "minimum", "maximum")
SHARES = ("responder_percent", "percent", "roc_sensitivity", "roc_specificity", "calibration_observed",
          "percent_agreement")  # fmt: skip
"""Percentages whose n is how many have what they are of."""

PERCENTS = (*SHARES, "zero_event_upper_bound", "calibration_expected", "risk_difference")


def places(material: Material, entry: Entry) -> int:
    """Decimals of a statistic: the journal's, but no fewer than were recorded."""
    style, name = material.style, entry.row.name
    if name in PERCENTS:
        return style.percent_decimals
    if name != "mean" and name not in QUANTILES:
        return style.estimate_decimals
    outcome = entry.about.get("outcome", "")
    if name == "mean":
        return max(style.mean_decimals, material.recorded_places(outcome))
    return material.quantile_places(outcome)


def text(material: Material, entry: Entry) -> str:
    """The estimate; empty without one."""
    value = entry.row.estimate
    return "" if value is None else material.style.number(value, places(material, entry))


def interval(material: Material, entry: Entry) -> str:
    return material.style.interval_text(entry.row, places(material, entry))


def estimate(material: Material, entry: Entry) -> str:
    """The estimate with its interval."""
    if entry.row.estimate is None:
        return ""
    return material.style.estimate_text(entry.row, places(material, entry))


def median(material: Material, point: Point) -> str:
    """A median with its quartiles."""
    style = material.style
    middle, lower, upper = (text(material, point.found[name]) for name in QUANTILES[:3])
    return style.spanning(style.median_iqr, lower, upper).format(median=middle, lower=lower, upper=upper)


def level_text(material: Material) -> str:
    """The head of intervals: “95% CI”."""
    return material.style.level_text(float(material.study.level))


def cell(material: Material, entry: Entry | None, printed: str) -> Cell:
    """A cell with one number, which opens its own explanation."""
    return (material.part(entry, printed),) if entry is not None else ()


def count_cell(material: Material, entry: Entry) -> Cell:
    """How many the number rests on: n, or n of those it is a percentage of."""
    row, count = entry.row, material.style.count
    if row.n is None:
        return cell(material, entry, "")
    of = f" of {count(row.denominator)}" if row.name in SHARES and row.denominator is not None else ""
    return cell(material, entry, count(row.n) + of)


def share_text(material: Material, count: int | None, of: int) -> str:
    """“16 (11.9%)”, of counts that a figure adds up; where they cannot be, that they are suppressed."""
    if count is None:
        return "suppressed"
    percent = material.style.number(Fraction(100 * count, of), material.style.percent_decimals)
    return material.style.count_percent.format(n=material.style.count(count), percent=percent)
