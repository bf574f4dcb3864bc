"""Facts of the slot: that a visit was moved or cancelled, and why."""

from foramen.clinic.facts.content import Content, Instant, Text, Words


class Moved(Content):
    """A visit has another slot. `letter` is the number of the letter that no longer holds; 0 where there was none."""

    from_room: Text
    from_start: Instant
    room: Text
    start: Instant
    letter: int
    reason: Words = ""


class VisitCancelled(Content):
    """A visit that will not be."""

    reason: Text
