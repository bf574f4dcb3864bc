"""The code book of a snapshot: what each variable means and in which columns of the row files it stands."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

SUPPRESSED = -(2**31)
"""The code of a value that the source withheld (printed as `*`): neither a number nor missing."""

Kind = Literal["number", "category"]
Role = Literal["value", "day", "mode"]
Direction = Literal["lower", "higher"]


@dataclass(frozen=True, slots=True)
class Variable:
    """One thing that was recorded.

    A number's code is value * 10**decimals in `unit`. A category's code is the position of its label in `labels`.
    `low` and `high` are the declared range in codes. `better` says which direction is an improvement.
    """

    name: str
    table: str
    kind: Kind
    label: str = ""
    unit: str = ""
    decimals: int = 0
    labels: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    better: Direction | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a row file: a variable at one time point or by one reader, or the day or mode of that answer.

    `low` and `high` are what the file holds (codes, suppressed left out), `missing` and `suppressed` how many rows.
    """

    name: str
    variable: str
    role: Role = "value"
    timepoint: str | None = None
    reader: str | None = None
    low: int | None = None
    high: int | None = None
    missing: int = 0
    suppressed: int = 0


@dataclass(frozen=True, slots=True)
class Codebook:
    """Variables by name, and the columns of each row file by file unit (`treatment`, `target`, `read`)."""

    variables: Mapping[str, Variable]
    columns: Mapping[str, Mapping[str, Column]]

    def find(self, unit: str, variable: str, *, role: Role = "value", timepoint: str | None = None,
             reader: str | None = None) -> Column | None:  # fmt: skip
        """The column of a unit's row file that holds a variable at a time point or by a reader."""
        wanted = (variable, role, timepoint, reader)
        for column in self.columns[unit].values():
            if (column.variable, column.role, column.timepoint, column.reader) == wanted:
                return column
        return None

    def to_json(self) -> dict[str, Any]:
        return {
            "variables": [asdict(variable) for variable in self.variables.values()],
            "columns": {unit: [asdict(c) for c in columns.values()] for unit, columns in self.columns.items()},
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Codebook":
        variables = [Variable(**{**v, "labels": tuple(v["labels"])}) for v in value["variables"]]
        columns = {unit: {c["name"]: Column(**c) for c in rows} for unit, rows in value["columns"].items()}
        return cls({v.name: v for v in variables}, columns)


def column_name(variable: str, *, timepoint: str | None = None, reader: str | None = None, role: Role = "value") -> str:
    """The one rule for naming columns of row files: `nrs__before`, `nrs__before__day`, `bme__r1`."""
    parts = [variable, *(part for part in (timepoint, reader) if part), *([role] if role != "value" else [])]
    return "__".join(parts)
