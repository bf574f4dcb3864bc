"""What engines understand: a closed vocabulary of terms, conditions and requests. Frozen, comparable, hashable.

A term has an integer value or none (missing) on each row. A condition is true, false or unknown, by the three-valued
logic of SQL: a comparison with a missing value is unknown, and a filter keeps only what is true.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal

from foramen.kernel.digests import digest
from foramen.statistics.sums import MomentTable, RankSums, ScoreSums
from foramen.statistics.tables import Axis, CountTable

Operator = Literal["=", "<>", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the row file. `hides` is the code to read as missing (suppressed values in arithmetic)."""

    name: str
    hides: int | None = None


@dataclass(frozen=True, slots=True)
class Compare:
    column: "Term"
    operator: Operator
    value: int


@dataclass(frozen=True, slots=True)
class Linear:
    """Sum of coefficient * term, plus a constant, is at least 0. Unknown when any term is missing."""

    terms: "Weighted"
    constant: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """The term has a value; never unknown."""

    column: "Term"


@dataclass(frozen=True, slots=True)
class OneOf:
    column: "Term"
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple["Condition", ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Condition"


Condition = Compare | Linear | Recorded | OneOf | AllOf | AnyOf | Not

ALWAYS: Condition = AllOf()
"""The filter that keeps every row."""


@dataclass(frozen=True, slots=True)
class Difference:
    """minuend - subtrahend; missing when either is."""

    minuend: Column
    subtrahend: Column


@dataclass(frozen=True, slots=True)
class Binned:
    """Sum of coefficient * term plus a constant, divided by a power of two and rounded down; missing when any is.

    The sum must stay below 2**53 so that the division is exact in floating point.
    """

    terms: "Weighted"
    constant: int
    width: int


Value = Column | Difference | Binned | int | None
"""What a branch of a case may give."""


@dataclass(frozen=True, slots=True)
class Case:
    """The value beside the first condition that is true, else `otherwise`; a value is a column, a number or missing."""

    branches: tuple[tuple[Condition, Value], ...]
    otherwise: Value = None


Term = Column | Difference | Binned | Case

Weighted = tuple[tuple[int, Term], ...]
"""Terms with integer coefficients."""


@dataclass(frozen=True, slots=True)
class Key:
    """A term with its axis. `size` bounds how many codes it takes, when the code book tells."""

    axis: Axis
    term: Term
    size: int | None = None

    @property
    def name(self) -> str:
        return self.axis.name


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows have each combination of the keys; missing is a level."""

    keys: tuple[Key, ...]
    where: Condition = ALWAYS


PERSON_ROWS = Axis("rows of a person")


@dataclass(frozen=True, slots=True)
class Persons:
    """How many persons have how many rows: a count table over the number of rows of a person."""

    where: Condition = ALWAYS


@dataclass(frozen=True, slots=True)
class Ranks:
    """Within-row rank sums of the columns per group, over rows complete in them."""

    group: Key | None
    columns: tuple[Key, ...]
    where: Condition = ALWAYS


@dataclass(frozen=True, slots=True)
class Moments:
    """n, sums and cross products of the columns per group and pattern of recorded columns."""

    groups: tuple[Key, ...]
    columns: tuple[Key, ...]
    where: Condition = ALWAYS


@dataclass(frozen=True, slots=True)
class Scores:
    """One Newton step of a logistic model; the intercept is implied and first. Only rows complete in every key."""

    outcome: Key
    design: tuple[Key, ...]
    beta: tuple[float, ...]
    bits: int
    where: Condition = ALWAYS


Request = Counts | Persons | Ranks | Moments | Scores
Answer = CountTable | RankSums | MomentTable | ScoreSums


def plain(node: Any) -> Any:
    """The node as plain data, class names included, for digests and for showing a query."""
    if is_dataclass(node):
        return {"is": type(node).__name__, **{f.name: plain(getattr(node, f.name)) for f in fields(node)}}
    if isinstance(node, tuple):
        return [plain(part) for part in node]
    if isinstance(node, Mapping):
        return {key: plain(value) for key, value in node.items()}
    return node


def request_digest(request: Request) -> str:
    """Identifies a request by its content."""
    return digest(plain(request))
