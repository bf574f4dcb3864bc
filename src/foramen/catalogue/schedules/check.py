"""What a schedule document must hold beyond the shape of its parts: every name leads somewhere, no day belongs to two
time points, and nobody is sent what cannot be answered."""

from collections import Counter
from collections.abc import Iterator

from foramen.catalogue.schedules.definition import PlannedTimepoint, Schedule, Series, Window
from foramen.catalogue.shelf import identifiers, versions
from foramen.kernel.errors import Fault


def schedule_faults(schedule: Schedule, where: str) -> Iterator[Fault]:
    """Everything that is wrong with a document whose parts have the right shape, but for its worked examples."""
    yield from _names(schedule, where)
    yield from _instruments(schedule, where)
    if schedule.quiet_hours.begins == schedule.quiet_hours.ends:
        yield Fault("quiet hours that end when they begin are none, or all day", f"{where}: quiet_hours")
    for i, series in enumerate(schedule.series, 1):
        yield from _place(schedule, series, f"{where}: series[{i}]")
    for i, timepoint in enumerate(schedule.timepoints, 1):
        yield from _place(schedule, timepoint, f"{where}: timepoints[{i}]")
        yield from _timepoint(timepoint, f"{where}: timepoints[{i}]")
        for other in schedule.timepoints[: i - 1]:
            if _overlap(other, timepoint):
                yield Fault(
                    f"an answer could belong to {other.id} as well", f"{where}: timepoints[{i}].window",
                    f"{timepoint.window.first} to {timepoint.window.last}", "windows that do not overlap",
                )  # fmt: skip


def _names(schedule: Schedule, where: str) -> Iterator[Fault]:
    for name, times in Counter(one.id for one in schedule.places()).items():
        if times > 1:
            yield Fault("this name stands twice", f"{where}: timepoints and series", name, "give each its own")
    used = {fact for one in schedule.timepoints for fact in one.only_if}
    for name in sorted(used ^ set(schedule.facts)):
        what = "no time point depends on this fact" if name in schedule.facts else "this fact is not declared"
        yield Fault(what, f"{where}: facts", name, "remove it" if name in schedule.facts else "add it under [facts]")


def _instruments(schedule: Schedule, where: str) -> Iterator[Fault]:
    known = identifiers("instruments")
    for name, version in schedule.instruments.items():
        there = versions("instruments", name) if name in known else []
        if version not in there:
            what = "there is no such version" if there else "the library has no such instrument"
            yield Fault(what, f"{where}: instruments.{name}", version, ", ".join(there or known))
    used = {name for one in schedule.timepoints for name in one.instruments}
    for name in sorted(used ^ set(schedule.instruments)):
        what = "no time point asks this" if name in schedule.instruments else "this instrument has no version here"
        yield Fault(what, f"{where}: instruments", name, "every instrument once, with the version that is asked")


def _place(schedule: Schedule, one: PlannedTimepoint | Series, where: str) -> Iterator[Fault]:
    known = [source.key for source in schedule.sources]
    if one.source not in known:
        yield Fault("there is no source with this key", f"{where}.source", one.source, ", ".join(known))
    if one.cycle is not None and not 1 <= one.cycle <= (schedule.cycles or 0):
        yield Fault("there is no such cycle", f"{where}.cycle", str(one.cycle), f"there are {schedule.cycles or 0}")
    if one.anchor == "cycle_end" and one.cycle is None:
        yield Fault("the end of which cycle?", f"{where}.cycle", "nothing", "add the number of the cycle")


def _timepoint(one: PlannedTimepoint, where: str) -> Iterator[Fault]:
    window = one.window
    if not window.first <= one.days <= window.last:
        yield Fault("the day is not in its own window", f"{where}.window", _span(window), f"a window around {one.days}")
    if (one.side == "before" and window.last > 0) or (one.side == "after" and window.first < 0):
        yield Fault(f"what is {one.side} the event has such days only", f"{where}.window", _span(window))
    if one.minutes is not None and (one.days, window.first, window.last) != (0, 0, 0):
        yield Fault("minutes are for the same day", f"{where}.minutes", str(one.minutes), "days = 0, and that window")
    order = [("opens", "due", "closes").index(step.on) for step in one.steps]
    if order != sorted(order):
        yield Fault("the steps are not in order", f"{where}.steps", ", ".join(step.on for step in one.steps))
    if "send_link" in {step.do for step in one.steps} and "link" not in one.modes:
        yield Fault("a link is sent that cannot be answered", f"{where}.modes", ", ".join(one.modes), "add link")
    if "call" in {step.do for step in one.steps} and "phone" not in one.modes:
        yield Fault("a call is made that cannot be answered", f"{where}.modes", ", ".join(one.modes), "add phone")
    if one.tries is not None and one.tries.on_days > one.tries.attempts:
        yield Fault("there are more days than attempts", f"{where}.tries.on_days", str(one.tries.on_days))


def _span(window: Window) -> str:
    return f"{window.first} to {window.last}"


def _overlap(one: PlannedTimepoint, other: PlannedTimepoint) -> bool:
    """Whether a day belongs to both. On the day of the event itself they are told apart by side and minutes."""
    if one.anchor != other.anchor or (one.cycle != other.cycle and None not in (one.cycle, other.cycle)):
        return False
    if one.side != other.side or one.days == other.days == 0:
        return False
    return one.window.first <= other.window.last and other.window.first <= one.window.last
