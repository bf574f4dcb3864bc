"""The data dictionary: what each table of a snapshot holds, read from the library."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from foramen.snapshot.store import SCHEMA_VERSION

Shape = Literal["patient", "index", "observation", "finer"]


@dataclass(frozen=True, slots=True)
class DictionaryColumn:
    """A column that every snapshot has; `type` is int8, int16, int32, text or code (32 bits, 64 where needed)."""

    name: str
    type: str
    description: str
    unit: str = ""
    null: bool = False


@dataclass(frozen=True, slots=True)
class DictionaryTable:
    """A table or row file. `unit` is set where the rows of the table are a unit of analysis of their own."""

    name: str
    description: str
    key: tuple[str, ...]
    columns: tuple[DictionaryColumn, ...]
    shape: Shape | None = None
    unit: str = ""
    unit_key: str = ""


@dataclass(frozen=True, slots=True)
class Dictionary:
    tables: Mapping[str, DictionaryTable]
    row_files: Mapping[str, DictionaryTable]

    def names(self, shape: Shape) -> tuple[str, ...]:
        """The tables of one shape, in the order of the dictionary."""
        return tuple(name for name, table in self.tables.items() if table.shape == shape)

    def reserved(self) -> frozenset[str]:
        """Column names that no variable may have."""
        tables = (*self.tables.values(), *self.row_files.values())
        return frozenset(column.name for table in tables for column in table.columns) - {"mode"}


@cache
def dictionary() -> Dictionary:
    """The dictionary of the current schema version."""
    text = (files("foramen.library") / "dictionary" / f"{SCHEMA_VERSION}.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    tables = {entry["name"]: _table(entry) for entry in data["tables"]}
    row_files = {entry["unit"]: _table({"name": entry["unit"], **entry}) for entry in data["row_files"]}
    return Dictionary(tables, row_files)


def _table(entry: Mapping[str, Any]) -> DictionaryTable:
    columns = tuple(DictionaryColumn(**column) for column in entry["columns"])
    return DictionaryTable(**{**entry, "key": tuple(entry["key"]), "columns": columns})
