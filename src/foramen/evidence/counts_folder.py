"""The count tables beside a results.json: each in a file that carries the digest of its content as its name."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, TypeAdapter, ValidationError, model_validator

from foramen.statistics.sums import MomentTable, RankSums
from foramen.statistics.tables import Code, CountTable

FOLDER = "counts"
_DIGEST = re.compile("[0-9a-f]{64}")
FINEST = 30
"""Decimals beyond which no column is recorded."""
MOST = 2**53
"""Units beyond which numbers are no longer whole for every reader of JSON."""

Table = CountTable | RankSums | MomentTable


@dataclass(frozen=True)
class Counted:
    """A table whose content has the digest that names it, and what its file says that it is of.

    Rank sums know codes only; `groups` are their labels, as the question behind them has them.
    """

    table: Table
    of: Sequence[Mapping[str, str]]
    groups: Sequence[tuple[Code, str]]


@dataclass(frozen=True)
class CountsFolder:
    """What the folder `counts` holds, by the name of each file without its ending.

    `tables` are those that are what their name says; `faults` is what is wrong with the others.
    """

    tables: Mapping[str, Counted]
    faults: Mapping[str, str]


def counts_beside(results: Path) -> CountsFolder | None:
    """The count tables that belong to a results.json; None where it stands alone."""
    folder = results.parent / FOLDER
    if not folder.is_dir():
        return None
    read = {path.stem: _counted(path) for path in sorted(folder.glob("*.json"))}
    tables = {name: found for name, found in read.items() if isinstance(found, Counted)}
    return CountsFolder(tables, {name: found for name, found in read.items() if isinstance(found, str)})


def _counted(path: Path) -> Counted | str:
    """The table of a file, or what is wrong with it."""
    if _DIGEST.fullmatch(path.stem) is None:
        return "its name is no digest"
    try:
        file = _FILE.validate_json(path.read_bytes())
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    except ValidationError:
        return "it is no count table as Foramen writes it"
    table = file.read()
    if table.digest != path.stem:
        return f"its content has the digest {table.digest[:12]}…: it was changed, or exchanged"
    return Counted(table, [origin.of for origin in file.origins], [*file.labels()])


# --- the shape of a file ------------------------------------------------------------------------------------------


_Units = Annotated[int, Field(ge=0, le=MOST)]


class _Part(BaseModel):
    """Numbers are whole and in their place: a digest alone does not say that."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class _Axis(_Part):
    name: str
    decimals: Annotated[int, Field(ge=0, le=FINEST)]
    labels: list[tuple[Code, str]]
    suppressed: int | None
    divisor: PositiveInt


class _Counts(_Part):
    axes: list[_Axis]
    cells: list[tuple[list[Code], Annotated[int, Field(ge=1, le=MOST)]]]

    @model_validator(mode="after")
    def _fits(self) -> "_Counts":
        if any(len(cell) != len(self.axes) for cell, _ in self.cells):
            raise ValueError("a cell has a code for each axis")
        return self

    def read(self) -> CountTable:
        return CountTable.from_json(self.model_dump())


class _RankSums(_Part):
    columns: list[str]
    groups: list[tuple[Code, _Units, list[int], int]]
    total: list[tuple[Code, _Units]]

    @model_validator(mode="after")
    def _fits(self) -> "_RankSums":
        if any(len(doubled) != len(self.columns) for _, _, doubled, _ in self.groups):
            raise ValueError("a group has a sum for each column")
        return self

    def read(self) -> RankSums:
        return RankSums.from_json(self.model_dump())


class _Moment(_Part):
    group: list[Code]
    observed: list[bool]
    n: _Units
    sums: list[int]
    products: list[int]


class _Moments(_Part):
    columns: list[str]
    decimals: list[Annotated[int, Field(ge=0, le=FINEST)]]
    groups: list[str]
    cells: list[_Moment]

    @model_validator(mode="after")
    def _fits(self) -> "_Moments":
        k = len(self.columns)
        shape = (len(self.groups), k, k, k * (k + 1) // 2)
        if any((len(c.group), len(c.observed), len(c.sums), len(c.products)) != shape for c in self.cells):
            raise ValueError("a cell has a sum for each column and a product for each two")
        return self

    def read(self) -> MomentTable:
        return MomentTable.from_json(self.model_dump())


class _Key(_Part):
    axis: _Axis


class _Request(_Part):
    group: _Key | None = None


class _Origin(_Part):
    of: dict[str, str]
    request: _Request


class _CountsFile(_Part):
    kind: Literal["counts", "sums"]
    table: _Counts | _RankSums | _Moments
    origins: list[_Origin]

    def read(self) -> Table:
        return self.table.read()

    def labels(self) -> Iterator[tuple[Code, str]]:
        """The groups of rank sums; everybody together has the code 0."""
        for origin in self.origins[:1]:
            yield from origin.request.group.axis.labels if origin.request.group else [(0, "all")]


_FILE = TypeAdapter(_CountsFile)
