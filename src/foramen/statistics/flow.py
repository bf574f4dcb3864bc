"""`FlowStep`: one line of who is in a study, as results hold it beside their statistics."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FlowStep:
    """One line of the flow: how many of a group are left after a step and how many left at it, for one reason.

    What disclosure control withheld is None, and `suppressed` says why.
    """

    group: str
    step: str
    n: int | None
    excluded: int | None
    reason: str | None
    suppressed: str | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)
