"""Numbers needed to treat in print: positive, to benefit or to harm; through infinity where an interval goes."""

from foramen.report.layouts.decimals import NEEDED
from foramen.report.style import Style
from foramen.statistics.result import Statistic
from foramen.statistics.risk import ends_through_infinity

INFINITY = "∞"


def direction(row: Statistic) -> str:
    """Whether so many are treated for one more to have the wanted outcome, or for one fewer."""
    return "harm" if row.estimate is not None and row.estimate < 0 else "benefit"


def needed_text(style: Style, row: Statistic) -> str:
    """“2.5 (harm)”."""
    return "" if row.estimate is None else f"{style.number(abs(row.estimate), NEEDED)} ({direction(row)})"


def needed_interval(style: Style, row: Statistic) -> str:
    """“1.8; 4.7”; where the interval of the difference holds 0, “harm 26.2 to ∞ to benefit 5.2” (Altman 1998)."""
    if row.lower is not None and row.upper is not None:
        lower, upper = sorted((abs(row.lower), abs(row.upper)))
        texts = style.number(lower, NEEDED), style.number(upper, NEEDED)
        return style.interval.format(lower=texts[0], upper=texts[1])
    ends = ends_through_infinity(row.warning or "")
    if ends is None:
        return ""
    benefit, harm = ends
    words = [f"harm {style.number(harm, NEEDED)}"] if harm is not None else []
    words += [INFINITY, *([f"benefit {style.number(benefit, NEEDED)}"] if benefit is not None else [])]
    return " to ".join(words)
