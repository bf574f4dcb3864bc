"""The hold ruler: how long ago the last dose will be at needle-in, and what the policy asks. Drawn on the server.

It shows the whole hold up to a day and a half, or zooms to the hours that decide where needle-in and hold are close.
Long holds are drawn in days.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from html import escape
from math import ceil, floor

from django.utils.safestring import SafeString, mark_safe

from foramen.catalogue.instants import duration_text

WIDTH, LEFT, RIGHT, BROKEN = 640, 10, 630, 34
"""Pixels: the drawing, the two ends of the scale, and its left end where it does not begin at 0."""

CLOSE, LONG = 12, 48
"""Hours: a needle-in as near as this to the end of a hold as long as that is zoomed to."""

IN_DAYS = 96
"""Hours from which a hold is drawn in days."""


@dataclass(frozen=True, slots=True)
class Ruler:
    """What is drawn for one drug. `others` is what other sources ask, in hours, as a span."""

    key: str
    name: str
    elapsed: timedelta
    asked: int
    asked_text: str
    needle_text: str
    others: tuple[int, int] | None = None

    @property
    def hours(self) -> Fraction:
        return Fraction(int(self.elapsed.total_seconds()), 3600)


@dataclass(frozen=True, slots=True)
class Scale:
    """From hours to pixels. `step` is between small ticks, `labels` are the hours that carry a number."""

    low: int
    high: int
    step: int
    labels: tuple[int, ...]
    unit: str

    @property
    def left(self) -> int:
        return BROKEN if self.low else LEFT

    def x(self, hours: Fraction | int) -> str:
        inside = max(Fraction(self.low), min(Fraction(self.high), Fraction(hours)))
        return f"{float(self.left + (RIGHT - self.left) * (inside - self.low) / (self.high - self.low)):.1f}"


def draw(ruler: Ruler) -> SafeString:
    """The ruler as inline SVG, with a title and a description for those who do not see it."""
    scale = scale_of(ruler)
    body = "".join(
        (*_words(ruler), *_base(ruler, scale), *_ticks(scale), *_asked(ruler, scale), *_needle(ruler, scale))
    )
    text = (
        f'<svg class="chart ruler" viewBox="0 0 {WIDTH} 74" width="{WIDTH}" height="74" role="img" '
        f'aria-labelledby="{escape(ruler.key)}-t {escape(ruler.key)}-d">{body}</svg>'
    )
    return mark_safe(text)


def scale_of(ruler: Ruler) -> Scale:
    """The scale that shows needle-in, hold and other sources, at the size at which their difference is seen."""
    hours, asked = ruler.hours, ruler.asked
    furthest = max(Fraction(asked), hours, Fraction(ruler.others[1] if ruler.others else 0))
    if asked >= IN_DAYS or furthest > IN_DAYS:
        days = min(ceil(furthest / 24) + 1, asked // 24 * 3 + 3)
        ends = {0, asked, *(ruler.others or ())}
        labels = ends if len(ends) > 2 else ends | {days * 24 if days * 24 - asked > 24 else 0}
        return Scale(0, days * 24, 24, tuple(sorted(labels)), "d")
    if asked >= LONG and abs(hours - asked) <= CLOSE:
        first, last = min(hours, Fraction(asked)), max(hours, Fraction(asked))
        low, high = floor((first - 6) / 6) * 6, ceil((last + 3) / 3) * 3
        return Scale(
            low, high, 1, tuple(sorted({low, *(h for h in range(low, high) if h % 24 == 0), asked, high})), "h"
        )
    high = ceil((furthest + 6) / 12) * 12
    step = 12 if high <= LONG else 24
    return Scale(0, high, 2 if high <= LONG else 6, tuple(range(0, high + 1, step)), "h")


def _words(ruler: Ruler) -> Iterator[str]:
    key, name = escape(ruler.key), escape(ruler.name[:1].upper() + ruler.name[1:])
    said = f"{duration_text(ruler.elapsed)} at needle-in"
    yield f'<title id="{key}-t">{name}: {said}; {ruler.asked} h asked</title>'
    beside = f" Other published sources ask {ruler.others[0]} to {ruler.others[1]} hours." if ruler.others else ""
    yield (
        f'<desc id="{key}-d">Time after the last dose. {escape(ruler.asked_text)}. {escape(ruler.needle_text)}: '
        f"{said}.{beside}</desc>"
    )


def _base(ruler: Ruler, scale: Scale) -> Iterator[str]:
    needle, asked, start = scale.x(ruler.hours), scale.x(ruler.asked), str(LEFT)
    if scale.low:
        start = "28"
        yield '<path class="r-base r-dash" d="M6 40h10m4 0h8"/>'
    yield f'<line class="r-base" x1="{start}" y1="40" x2="{RIGHT}" y2="40"/>'
    if ruler.others:
        low, high = scale.x(ruler.others[0]), scale.x(ruler.others[1])
        yield _rect("r-band", low, 31, high, 18)
    yield _rect("r-el", start, 36, needle, 8)
    if ruler.hours < ruler.asked:
        yield _rect("r-gap", needle, 36, asked, 8)


def _rect(name: str, x1: str, y: int, x2: str, height: int) -> str:
    return f'<rect class="{name}" x="{x1}" y="{y}" width="{max(0.0, float(x2) - float(x1)):.1f}" height="{height}"/>'


def _ticks(scale: Scale) -> Iterator[str]:
    for hours in sorted({*range(scale.low, scale.high + 1, scale.step), *scale.labels}):
        x, labelled = scale.x(hours), hours in scale.labels
        yield f'<line class="tick" x1="{x}" y1="46" x2="{x}" y2="{52 if labelled else 49}"/>'
        if labelled:
            shown = hours // 24 if scale.unit == "d" else hours
            anchor = "end" if float(x) > RIGHT - 8 else "middle"
            yield f'<text class="tx" x="{x}" y="65" text-anchor="{anchor}">{shown} {scale.unit}</text>'


def _asked(ruler: Ruler, scale: Scale) -> Iterator[str]:
    """The line of the policy. Its words stand on the side that needle-in leaves free."""
    x = float(scale.x(ruler.asked))
    yield f'<line class="r-ask" x1="{x}" y1="26" x2="{x}" y2="46"/>'
    late = ruler.hours < ruler.asked
    anchor, at = ("start", x + 6) if (late and x < RIGHT - 140) or x < LEFT + 140 else ("end", x - 6)
    yield f'<text class="tb" x="{at:.1f}" y="22" text-anchor="{anchor}">{escape(ruler.asked_text)}</text>'
    if ruler.others:
        middle = (float(scale.x(ruler.others[0])) + float(scale.x(ruler.others[1]))) / 2
        low, high = ruler.others[0] // 24, ruler.others[1] // 24
        yield f'<text class="tx" x="{middle:.1f}" y="22" text-anchor="middle">other sources: {low}-{high} d</text>'


def _needle(ruler: Ruler, scale: Scale) -> Iterator[str]:
    x, text = float(scale.x(ruler.hours)), escape(ruler.needle_text)
    yield f'<path class="r-needle" d="M{x} 36l-5 -9h10z"/>'
    if ruler.hours < ruler.asked:
        left = max(x - 37, LEFT + 60.0)
        yield f'<text class="tb r-t" x="{left:.1f}" y="8" text-anchor="end">{text}</text>'
        yield f'<path class="r-lead" d="M{left + 1.5:.1f} 5H{x}V26"/>'
    elif x > RIGHT - 90:
        yield f'<text class="tb r-t" x="{x - 9:.1f}" y="32" text-anchor="end">{text}</text>'
    else:
        yield f'<text class="tb r-t" x="{x + 9:.1f}" y="35" text-anchor="start">{text}</text>'
