"""The one tree of errors.

    ForamenError
    ├── UserError          the user can mend it: exit code 2
    │   ├── DefinitionError    a study, a mapping or another document
    │   │   └── NotHeldError       a study names what the snapshot does not hold
    │   ├── DataError          a file of rows
    │   ├── SnapshotError      a snapshot folder that is incomplete or was changed
    │   ├── StatisticError     a table from which the number asked for cannot be computed
    │   ├── OutputError        a place that cannot be written
    │   └── DisclosureError    numbers that must not go out together: exit code 3
    └── Defect             ours: exit code 1

A message never contains a value that belongs to a patient: name the file, the row and the column, give the value only
to the quarantine file. Values of definitions, options and file names may be shown.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Self


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: what, where, what was received, what to try."""

    what: str
    where: str = ""
    received: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        lines = [f"{self.where}: {self.what}" if self.where else self.what]
        if self.received:
            lines.append(f"  received: {self.received}")
        if self.remedy:
            lines.append(f"  try: {self.remedy}")
        return "\n".join(lines)


class ForamenError(Exception):
    """Anything Foramen reports in its own words."""

    exit_code: ClassVar[int] = 1


class Defect(ForamenError):  # noqa: N818 - the word the messages use
    """A fault of ours, never of the user."""


class UserError(ForamenError):
    """Something the user can mend. Carries all faults found, not only the first."""

    exit_code: ClassVar[int] = 2

    def __init__(self, *faults: Fault) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults

    @classmethod
    def single(cls, what: str, *, where: str = "", received: str = "", remedy: str = "") -> Self:
        return cls(Fault(what, where, received, remedy))


class DefinitionError(UserError):
    """A study, a mapping or another document does not say something that can be done."""


class NotHeldError(DefinitionError):
    """A study names a variable, a time point or a day that the snapshot does not hold."""


class DataError(UserError):
    """Rows that do not fit what was declared about them."""


class SnapshotError(UserError):
    """A snapshot that is incomplete, of another schema version, or was changed after it was frozen."""


class StatisticError(UserError):
    """A count table from which the statistic cannot be computed; becomes the `error` of its row."""


class OutputError(UserError):
    """A place that cannot be written."""


class DisclosureError(UserError):
    """Published numbers that give away others that were withheld, or a small group of people."""

    exit_code = 3


def raise_all(error: type[UserError], faults: Iterable[Fault]) -> None:
    """Raise one error with every fault, or return when there is none."""
    if found := tuple(faults):
        raise error(*found)
