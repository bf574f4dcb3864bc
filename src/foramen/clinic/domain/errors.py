"""Why a verb was not done. Nothing is stored when one of these is raised."""

from collections.abc import Callable, Mapping
from typing import Any

from foramen.kernel.errors import Fault, UserError


class NotAllowedError(UserError):
    """The person has no role that may do this here."""


class UnknownError(UserError):
    """There is no such thing at this site; what is another site's is told in the same words."""


class OutOfOrderError(UserError):
    """A step before it is missing, or it is too late for it."""


class GateError(UserError):
    """A rule says STOP, HOLD or DECIDE, and nobody has gone on in spite of it. `decisions` are those that stand in the
    way, as `Decision.to_json` tells them. `keep` stores what was said: a refusal is part of the record."""

    def __init__(self, *faults: Fault, keep: Callable[[], None], decisions: tuple[Mapping[str, Any], ...] = ()) -> None:
        super().__init__(*faults)
        self.keep = keep
        self.decisions = decisions


class StaleError(UserError):
    """Somebody else saved it first. `theirs` is what stands now."""

    def __init__(self, *faults: Fault, theirs: Mapping[str, Any] | None = None) -> None:
        super().__init__(*faults)
        self.theirs = dict(theirs or {})


class WrongInputError(UserError):
    """What was entered cannot be. `where` of a fault is the name of the field."""


class WrongPatientError(UserError):
    """A form was sent from the record of another patient."""


class SameKeyError(UserError):
    """The idempotency key was used for something else."""
