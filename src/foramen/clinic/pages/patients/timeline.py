"""Pain over time as a picture drawn on the server: treatments, scores before and after, follow-ups. The table beside it
holds the same numbers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import itemgetter

from django.utils import timezone

from foramen.catalogue.instants import MONTHS
from foramen.clinic.models import Task
from foramen.clinic.pages.assessments.words import how_words, pain_of
from foramen.clinic.pages.patients.course import Course, Session
from foramen.clinic.pages.targets import told

LEFT, RIGHT = 58, 956
PAIN_TOP, PAIN_FOOT = 84, 234
LANE, FOOT = 272, 296
_SHORTEST = timedelta(days=180)
_WORDS_WIDE = 112
_MONTHS_NAMED = 14
"""Months that are named in the axis; in a longer course every third one is."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A month of the axis; every other one is shaded."""

    x: float
    width: float
    label: str
    shaded: bool

    @property
    def text_x(self) -> float:
        return round(self.x + 4, 1)


@dataclass(frozen=True, slots=True)
class Treated:
    """A treatment or a planned one: a line with a triangle and up to three lines of text."""

    x: float
    planned: bool
    lines: Sequence[str]
    text_x: float
    anchor: str

    @property
    def triangle(self) -> str:
        return f"M{_n(self.x)} 6.1L{_n(self.x + 6.6)} 18.1H{_n(self.x - 6.6)}Z"


@dataclass(frozen=True, slots=True)
class Point:
    """A score. In the clinic an open square, with its number beside it on the day of a treatment: before it to the
    left, after it to the right. By phone a triangle, by link a dot."""

    x: float
    y: float
    says: str
    score: int
    before: bool
    mode: str = "clinic"
    numbered: bool = True

    @property
    def triangle(self) -> str:
        return f"M{_n(self.x)} {_n(self.y - 5)}L{_n(self.x + 4.4)} {_n(self.y + 3.5)}H{_n(self.x - 4.4)}Z"

    @property
    def left(self) -> float:
        return round(self.x - 4, 1)

    @property
    def top(self) -> float:
        return self.y - 4

    @property
    def text_x(self) -> float:
        return round(self.x + (-8 if self.before else 8), 1)

    @property
    def text_y(self) -> float:
        return self.y + 4

    @property
    def anchor(self) -> str:
        return "end" if self.before else "start"


@dataclass(frozen=True, slots=True)
class Contact:
    """A follow-up in the lane: done, open, or not reached."""

    x: float
    state: str
    says: str

    @property
    def cross(self) -> str:
        return f"M{_n(self.x - 3)} {LANE - 3}l6 6m0 -6l-6 6"


@dataclass(frozen=True, slots=True)
class Timeline:
    """The picture."""

    first: date
    ticks: Sequence[Tick]
    treated: Sequence[Treated]
    points: Sequence[Point]
    contacts: Sequence[Contact]
    line: str
    grid: Sequence[tuple[float, float, int]] = ()

    @property
    def since(self) -> str:
        return f"{MONTHS[self.first.month - 1]} {self.first.year}"


@dataclass(frozen=True, slots=True)
class _Scale:
    first: date
    last: date

    def x(self, day: date) -> float:
        span = max((self.last - self.first).days, 1)
        return round(LEFT + (RIGHT - LEFT) * (day - self.first).days / span, 1)


def timeline_of(course: Course) -> Timeline | None:
    """The picture of a course; None where nothing was treated or planned yet."""
    shown = [one for one in course.sessions if one.treated or one is course.current]
    if not shown:
        return None
    first = min(one.on for one in shown) - timedelta(days=21)
    tasks = [task for one in shown for task in one.tasks if task.due_on <= course.day]
    last = max([one.on for one in shown] + [course.day] + [one.due_on for one in tasks]) + timedelta(days=14)
    scale = _Scale(min(first, last - _SHORTEST).replace(day=1), last)
    points = list(_points(shown, scale))
    return Timeline(
        scale.first, list(_ticks(scale)), list(_treated(shown, scale, course.day)), points,
        list(_contacts(tasks, scale)), _line(points), [(_y(one), _y(one) + 4, one) for one in (0, 5, 10)],
    )  # fmt: skip


def _ticks(scale: _Scale) -> Iterator[Tick]:
    starts = [scale.first]
    while (following := _next_month(starts[-1])) <= scale.last:
        starts.append(following)
    every = 1 if len(starts) <= _MONTHS_NAMED else 3
    for n, start in enumerate(starts):
        end = starts[n + 1] if n + 1 < len(starts) else scale.last
        x, wide = scale.x(start), scale.x(end) - scale.x(start)
        year = f" {start.year}" if n == 0 or start.month == 1 else ""
        named = n % every == 0 and wide * every > 24
        yield Tick(x, round(wide, 1), MONTHS[start.month - 1][:3] + year if named else "", n % 2 == 1)


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _treated(shown: Sequence[Session], scale: _Scale, today: date) -> Iterator[Treated]:
    """Words stand to the right of their line, else to its left; where neither side has room, the line is bare."""
    places = [scale.x(one.on) for one in shown]
    taken = 0.0
    for session, x, following in zip(shown, places, [*places[1:], float(RIGHT)], strict=True):
        right, left = following - x >= _WORDS_WIDE, x - taken >= _WORDS_WIDE
        words = _words(session, today) if right or left else ()
        taken = x + _WORDS_WIDE if right else x
        yield Treated(x, not session.treated, words, x + 10 if right else x - 10, "start" if right else "end")


def _words(session: Session, today: date) -> Sequence[str]:
    which = "today" if session.on == today else f"{session.place} of {session.visit.order.quantity}"
    day = f"{session.on.day} {MONTHS[session.on.month - 1][:3]}, {which}"
    part = told(session.visit.targets_text)[0]
    end = ", planned" if not session.treated else ""
    return (day, part.short, f"{part.rest.split(',')[0]}{end}".strip(", "))


def _points(shown: Sequence[Session], scale: _Scale) -> Iterator[Point]:
    """Scores of the days of treatments and those that were answered afterwards, in their order. What was told from
    memory is not drawn: it is of no day."""
    found = [point for one in shown for point in (*_on_the_day(one, scale), *_answered(one, scale))]
    return (point for _, point in sorted(found, key=itemgetter(0)))


def _on_the_day(one: Session, scale: _Scale) -> Iterator[tuple[datetime, Point]]:
    x, visit = scale.x(one.on), one.visit
    scores = ((visit.pain_before, "before", one.at), (visit.pain_after, "after", visit.needle_out_at or one.at))
    for score, when, at in scores:
        if score is not None:
            says = f"{one.on:%d %b %Y}: pain {score} {when}, in clinic"
            yield at, Point(x, _y(score), says, score, when == "before")


def _answered(one: Session, scale: _Scale) -> Iterator[tuple[datetime, Point]]:
    for at, content in one.answers:
        score, day = pain_of(content), timezone.localtime(at).date()
        if score is not None and not content.recalled:
            says = f"{day:%d %b %Y}: pain {score}, {how_words(content)}"
            mode = "clinic" if content.mode == "tablet" else content.mode
            yield at, Point(scale.x(day), _y(score), says, score, before=False, mode=mode, numbered=False)


def _y(score: int) -> float:
    return PAIN_FOOT - (PAIN_FOOT - PAIN_TOP) * score / 10


def _line(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{_n(one.x)} {_n(one.y)}" for one in points) if len(points) > 1 else ""


def _contacts(tasks: Iterable[Task], scale: _Scale) -> Iterator[Contact]:
    looks = {Task.State.DONE: "done", Task.State.OPEN: "open", Task.State.NOT_REACHED: "missed"}
    for one in tasks:
        look = looks.get(Task.State(one.state))
        if look:
            day = f"{one.due_on:%d %b %Y}"
            yield Contact(scale.x(one.due_on), look, f"{day}: {one.label}, {Task.State(one.state).label}")


def _n(value: float) -> str:
    return f"{round(value, 1):g}"
