"""Whether a question and its times belong to the booked visit."""

from collections.abc import Iterator
from datetime import timedelta

from foramen.catalogue.decision import OCCASIONS, Occasion
from foramen.catalogue.instants import Moment, day_of, day_text, local_of, moment_text
from foramen.kernel.errors import Fault

NIGHT_ENDS = 6
"""The hour at which the night after the booked day ends. A proposal; no source prints it."""


def in_visit(start: Moment, moment: Moment) -> bool:
    """Whether a moment is on the booked local date or in the night after it."""
    local, day = local_of(moment), day_of(start)
    return local.date() == day or (local.date() == day + timedelta(days=1) and local.hour < NIGHT_ENDS)


def other_visit(
    start: Moment, now: Moment, occasion: Occasion, needle_in: Moment | None, needle_out: Moment | None
) -> Iterator[Fault]:
    """What belongs to another visit. A gate before the needle is asked on the booked local date and no other."""
    day = day_of(start)
    asked_here = in_visit(start, now) if occasion == "discharge" else occasion == "plan" or day_of(now) == day
    if not asked_here:
        yield Fault(
            f"this is asked {OCCASIONS[occasion]} on another day than the booked one", "asked", moment_text(now),
            f"ask it on {day_text(day)}, or book the visit again",
        )  # fmt: skip
    for name, moment in (("needle_in", needle_in), ("needle_out", needle_out)):
        if moment is not None and not in_visit(start, moment):
            yield Fault(
                "this is neither on the booked day nor in the night after", f"procedure.{name}", moment_text(moment),
                "enter the time of this visit",
            )  # fmt: skip
    if needle_in is not None and needle_out is not None and needle_out.utc < needle_in.utc:
        yield Fault(
            "the needle cannot be out before it was in", "procedure.needle_out", moment_text(needle_out),
            "look at both times again",
        )  # fmt: skip
