"""One check: it says how something stands, or what is wrong and what to do."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from foramen.kernel.errors import Fault, UserError


class NotReadyError(UserError):
    """The clinic cannot be served as it is set up. Nothing was changed."""


NOT_ASKED = "not asked, because of what is wrong above"


@dataclass(frozen=True, slots=True)
class Check:
    """`ask` says in a few words how it stands, or raises a UserError with everything that is wrong. `serving`: nothing
    is served while it does."""

    name: str
    ask: Callable[[], str]
    serving: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a check."""

    name: str
    says: str = ""
    faults: Sequence[Fault] = field(default=())


Groups = Iterable[Sequence[Check]]
"""One group after the other: what a later one asks rests on what an earlier one has found."""


def ask_all(groups: Groups, *, serving: bool = False) -> Iterator[Found]:
    """Ask every check, or only those that stand between an installation and serving. Nothing is asked that rests on
    what one of these has found to be wrong."""
    blocked = False
    for group in groups:
        found = [_not_asked(one) if blocked else _asked(one) for one in group if one.serving or not serving]
        yield from found
        by_name = {one.name: one for one in group}
        blocked = blocked or any(one.faults and by_name[one.name].serving for one in found)
        if blocked and serving:
            return


def _not_asked(check: Check) -> Found:
    return Found(check.name, faults=[Fault(NOT_ASKED)])


def _asked(check: Check) -> Found:
    try:
        return Found(check.name, check.ask())
    except UserError as error:
        return Found(check.name, faults=error.faults)
    except Exception as error:  # noqa: BLE001 - a check that fails is a finding, and the others are asked
        fault = Fault("this cannot be found out", check.name, type(error).__name__, "look at the log of the database")
        return Found(check.name, faults=[fault])
