"""The hold ruler: how long ago the last dose will be at needle-in, and what the policy asks. Drawn on the server.

It shows the whole hold up to a day and a half, or zooms to the hours that decide where needle-in and hold are close.
Long holds are drawn in days.
"""

from collections.abc import Iterable, Iterator
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

TOP, HEIGHT, LINE = -4, 74, 14
"""Pixels: the upper and lower end of the drawing, and the line that it grows by for a text without room."""

CHARACTER = 5.8
"""Pixels that a character of 12 px takes, over a whole text."""


@dataclass(frozen=True, slots=True)
class Label:
    """A text of the drawing. `y` is its line, `at` where it is anchored."""

    look: str
    text: str
    at: float
    y: float
    anchor: str

    @property
    def ends(self) -> tuple[float, float]:
        """From where to where it reaches."""
        width = CHARACTER * len(self.text)
        start = self.at - {"start": 0.0, "middle": width / 2, "end": width}[self.anchor]
        return start, start + width

    def is_clear_of(self, other: "Label") -> bool:
        """Whether both can be read: on lines of their own, or beside each other."""
        (start, end), (first, last) = self.ends, other.ends
        return abs(self.y - other.y) >= LINE - 1 or end + 4 <= first or last + 4 <= start

    def drawn(self) -> str:
        place = f'x="{self.at:.1f}" y="{self.y:g}" text-anchor="{self.anchor}"'
        return f'<text class="{self.look}" {place}>{escape(self.text)}</text>'


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
    labels = tuple(_labels(ruler, scale))
    height = HEIGHT - TOP + LINE * any(one.y > HEIGHT for one in labels)
    body = "".join(
        (*_words(ruler), *_base(ruler, scale), *_ticks(ruler, scale), *_signs(ruler, scale), *_texts(labels))
    )
    text = (
        f'<svg class="chart ruler" viewBox="0 {TOP} {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
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
    low, high = ruler.others or (0, 0)
    span = f"{high}" if low == high else f"{low} to {high}"
    beside = f" Other published sources ask {span} hours." if ruler.others else ""
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
        yield _rect("r-band", low, 31, high, 18) if low != high else _line("r-alt", low, 31, 49)
    yield _rect("r-el", start, 36, needle, 8)
    if ruler.hours < ruler.asked:
        yield _rect("r-gap", needle, 36, asked, 8)


def _rect(name: str, x1: str, y: int, x2: str, height: int) -> str:
    return f'<rect class="{name}" x="{x1}" y="{y}" width="{max(0.0, float(x2) - float(x1)):.1f}" height="{height}"/>'


def _line(name: str, x: str, y1: int, y2: int) -> str:
    return f'<line class="{name}" x1="{x}" y1="{y1}" x2="{x}" y2="{y2}"/>'


def _texts(labels: Iterable[Label]) -> Iterator[str]:
    return (one.drawn() for one in labels)


def _ticks(ruler: Ruler, scale: Scale) -> Iterator[str]:
    """The ticks with their numbers. A number that has no room beside that of the hold or the ends is left out."""
    numbers: dict[int, Label] = {}
    for hours in sorted(scale.labels, key=lambda one: (one != ruler.asked, one not in (scale.low, scale.high), one)):
        label = _number(hours, scale)
        if all(label.is_clear_of(one) for one in numbers.values()):
            numbers[hours] = label
    for hours in sorted({*range(scale.low, scale.high + 1, scale.step), *numbers}):
        yield _line("tick", scale.x(hours), 46, 52 if hours in numbers else 49)
    yield from _texts(numbers.values())


def _number(hours: int, scale: Scale) -> Label:
    x = float(scale.x(hours))
    shown = hours // 24 if scale.unit == "d" else hours
    return Label("tx", f"{shown} {scale.unit}", x, 65, "end" if x > RIGHT - 8 else "middle")


def _signs(ruler: Ruler, scale: Scale) -> Iterator[str]:
    """The line of the policy, the triangle of needle-in, and the line that leads to its words if they stand apart."""
    x = float(scale.x(ruler.hours))
    yield _line("r-ask", scale.x(ruler.asked), 26, 46)
    yield f'<path class="r-needle" d="M{x} 36l-5 -9h10z"/>'
    if ruler.hours < ruler.asked:
        yield f'<path class="r-lead" d="M{_needle(ruler, scale).at + 1.5:.1f} 5H{x}V26"/>'


def _labels(ruler: Ruler, scale: Scale) -> Iterator[Label]:
    """The words of needle-in, policy and other sources, none over another. What finds no room gets a line below."""
    needle = _needle(ruler, scale)
    asked = _asked(ruler, scale)
    if not asked.is_clear_of(needle):
        asked = Label(asked.look, asked.text, asked.at, 8, asked.anchor)
    yield from (needle, asked)
    if ruler.others:
        beside = _others(ruler.others, scale)
        below = Label(beside.look, beside.text, beside.at, 65 + LINE, beside.anchor)
        yield beside if all(beside.is_clear_of(one) for one in (needle, asked)) else below


def _asked(ruler: Ruler, scale: Scale) -> Label:
    """What the policy asks, on the side that needle-in leaves free, as far as the drawing goes."""
    x, room = float(scale.x(ruler.asked)), CHARACTER * len(ruler.asked_text)
    if ruler.hours < ruler.asked:
        return Label("tb", ruler.asked_text, min(x + 6, WIDTH - room), 22, "start")
    return Label("tb", ruler.asked_text, max(x - 6, room), 22, "end")


def _others(others: tuple[int, int], scale: Scale) -> Label:
    """What other sources ask, over the middle of their band, as far as the drawing goes."""
    middle = (float(scale.x(others[0])) + float(scale.x(others[1]))) / 2
    text = f"other sources: {span_text(others)}"
    half = CHARACTER * len(text) / 2
    return Label("tx", text, max(half, min(WIDTH - half, middle)), 22, "middle")


def span_text(hours: tuple[int, int]) -> str:
    """A span of hours, in whole days where it can be; what is one value is said once."""
    in_days = not any(one % 24 for one in hours)
    low, high = (one // 24 for one in hours) if in_days else hours
    return f"{low if low == high else f'{low}-{high}'} {'d' if in_days else 'h'}"


def _needle(ruler: Ruler, scale: Scale) -> Label:
    """When needle-in is: beside its triangle, or over it to the left where the hold is still to come."""
    x, look = float(scale.x(ruler.hours)), "tb r-t"
    if ruler.hours < ruler.asked:
        room = CHARACTER * len(ruler.needle_text)
        return Label(look, ruler.needle_text, max(x - 37, room), 8, "end")
    if x > RIGHT - 90:
        return Label(look, ruler.needle_text, x - 9, 32, "end")
    return Label(look, ruler.needle_text, x + 9, 35, "start")
