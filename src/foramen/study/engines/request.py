"""What engines understand: a closed vocabulary of terms, conditions and four requests. Frozen, comparable, hashable.

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
    column: Column
    operator: Operator
    value: int


@dataclass(frozen=True, slots=True)
class Linear:
    """Sum of coefficient * column, plus a constant, is at least 0. Unknown when any column is missing."""

    terms: tuple[tuple[int, Column], ...]
    constant: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """The column has a value; never unknown."""

    column: Column


@dataclass(frozen=True, slots=True)
class OneOf:
    column: Column
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

ALWAYS = AllOf()
"""The filter that keeps every row."""


@dataclass(frozen=True, slots=True)
class Case:
    """The value beside the first condition that is true, else `otherwise`; a value is a column, a number or missing."""

    branches: tuple[tuple[Condition, Column | int | None], ...]
    otherwise: Column | int | None = None


Term = Column | Case


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


Request = Counts | Ranks | Moments | Scores
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
