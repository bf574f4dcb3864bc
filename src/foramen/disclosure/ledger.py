"""The numbers of a report, the sums that tie them, and the lines that print them."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

Number = tuple[Hashable, ...]
"""What is counted, in whom, and how many: equal counts of the same thing are one number, wherever they stand."""

Span = tuple[float, float]
"""Lowest and highest value."""


@dataclass(frozen=True, slots=True)
class Line:
    """One printed statistic or one number of the flow.

    It is shown only if none of `needs` is withheld. `own` is the number that it is itself: a reader who is told “1 to
    10” learns that of `own`. Of `enough`, which are among the needs, a reader is told when they are too few. `n` and
    `denominator` are numbers that stand beside it and are left out where they are withheld. `ruled` is a reason to
    withhold the line whatever else is shown. `weight` is what its loss costs the reader.
    """

    needs: tuple[Number, ...] = ()
    own: Number | None = None
    enough: tuple[Number, ...] = ()
    n: tuple[Number, ...] = ()
    denominator: tuple[Number, ...] = ()
    ruled: str | None = None
    weight: float = 1.0

    @property
    def shows(self) -> tuple[Number, ...]:
        """Everything a reader learns from the line."""
        return (*self.needs, *self.n, *self.denominator)


@dataclass
class Ledger:
    """All numbers with how many, in the order they were met; None where a published report withholds it.

    `sums` ties a total to its parts. `losses` are numbers of those who are not counted (missing, left out …): they are
    withheld without saying whether they are small. `positive` are those of them that a report mentions only when there
    are any, `certain` those that are 0 by the definition of the study, which is no secret. `spans` is what a published
    report says of a number that it withholds.
    """

    numbers: dict[Number, int | None] = field(default_factory=dict)
    sums: dict[tuple[Number, tuple[Number, ...]], None] = field(default_factory=dict)
    losses: set[Number] = field(default_factory=set)
    positive: set[Number] = field(default_factory=set)
    certain: set[Number] = field(default_factory=set)
    spans: dict[Number, Span] = field(default_factory=dict)

    def enter(self, *what: Hashable, count: int | None, loss: bool = False) -> Number:
        """The number of `what`; entered when it is new."""
        number = (*what, count)
        self.numbers.setdefault(number, count)
        if loss:
            self.losses.add(number)
        return number

    def tie(self, total: Number, parts: Iterable[Number]) -> None:
        """The total is the sum of the parts. A sum that is false of the numbers ties nothing."""
        parts = tuple(parts)
        counts = [self.numbers[part] for part in parts]
        known = [count for count in counts if count is not None]
        whole = self.numbers[total]
        if parts == (total,) or not parts:
            return
        if whole is None or len(known) < len(counts) or whole == sum(known):
            self.sums[total, parts] = None

    def count(self, number: Number) -> int:
        """How many; only of a ledger in which nothing is withheld."""
        found = self.numbers[number]
        assert found is not None
        return found


def less(total: int | None, *parts: int | None) -> int | None:
    """The rest, where everything is known."""
    known = [part for part in parts if part is not None]
    return None if total is None or len(known) < len(parts) else total - sum(known)


def is_small(ledger: Ledger, number: Number, threshold: int) -> bool:
    """Between 1 and the threshold less 1."""
    return 0 < ledger.count(number) < threshold
