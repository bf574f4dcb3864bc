"""A figure as data: a Vega-Lite specification, the words that stand for it, and a table of the same numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from foramen.report.table import Note, Table


@dataclass(frozen=True)
class Figure:
    """One figure. `spec` holds its data inline; `alt` says in words what is to be seen; `table` has every number drawn.

    `error` says why there is nothing to draw; `spec` is then empty.
    """

    key: str
    number: str
    title: str
    alt: str
    spec: Mapping[str, Any]
    table: Table
    notes: tuple[Note, ...] = ()
    error: str | None = None
