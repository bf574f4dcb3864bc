"""Checks of how a statistic was called. What they refuse is a wrong call, never a matter of the data."""

from foramen.kernel.errors import StatisticError
from foramen.statistics.definitions import CHOICES
from foramen.statistics.tables import CountTable


def require_axes(table: CountTable, *roles: str) -> tuple[str, ...]:
    """The names of the table's axes, one for each role, taken by position."""
    names = tuple(axis.name for axis in table.axes)
    if len(names) != len(roles) or len(set(names)) != len(names):
        raise StatisticError.single(
            f"the statistic needs a table of ({', '.join(roles)}), each axis under a name of its own",
            received=f"({', '.join(names)})",
            remedy="take the margin over the columns meant",
        )
    return names


def require_method(family: str, method: str) -> None:
    """Refuse a method that `definitions.CHOICES` does not list for the family."""
    if method not in CHOICES[family]:
        raise StatisticError.single(
            f"unknown method for “{family}”", received=method, remedy=f"one of {', '.join(CHOICES[family])}"
        )


def require_codes(table: CountTable, name: str, *allowed: int) -> None:
    """Refuse an axis with recorded codes other than those allowed; missing and suppressed may be there."""
    if not {*table.levels(name)} <= {*allowed}:
        raise StatisticError.single(
            f"“{name}” must hold the codes {', '.join(map(str, allowed))} only",
            received=f"{len(table.levels(name))} levels",
            remedy="recode the outcome first, for example with a responder threshold",
        )
