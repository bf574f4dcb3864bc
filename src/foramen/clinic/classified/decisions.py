"""What may become of a value when a snapshot is frozen: kept, transformed or dropped, and why."""

from dataclasses import dataclass
from typing import Literal

Why = Literal[
    "name", "contact", "date", "number", "place", "staff", "free_text", "machinery", "secret", "not_collected"
]  # fmt: skip

REASONS: dict[Why, str] = {
    "name": "names a person, or may",
    "contact": "reaches a person",
    "date": "an element of a date",
    "number": "a number or code that stands for one person, record or document",
    "place": "a place smaller than a state, or an institution",
    "staff": "names or stands for a member of staff",
    "free_text": "words that somebody typed",
    "machinery": "keys, versions, states and counters of the software",
    "secret": "gives access",
    "not_collected": "clinical, and in no variable of this version of the snapshot",
}
"""What each class of reason means."""

TYPED: frozenset[Why] = frozenset({"name", "contact", "number", "free_text"})
"""Classes of what somebody types in words: it may hold a name whatever the field is called."""


@dataclass(frozen=True, slots=True)
class Keep:
    """The value itself is in a variable of the snapshot."""

    variable: str


@dataclass(frozen=True, slots=True)
class Transform:
    """The value is read and becomes something else: `how` says what, `variable` where it goes; empty: it only decides
    what is in the snapshot."""

    how: str
    variable: str = ""


@dataclass(frozen=True, slots=True)
class Drop:
    """The value is not read at all."""

    why: Why


Decision = Keep | Transform | Drop
