"""What a layout or a figure returns; the report adds number, title and place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from foramen.report.table import Column, Note, Row, Span


class NothingToShowError(Exception):
    """A table or figure that cannot be filled. The reason, a plain sentence, is printed in its place."""


@dataclass(frozen=True, slots=True)
class Body:
    """The inside of a table."""

    stub: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    spans: tuple[Span, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Drawing:
    """The inside of a figure: its specification, the words for who cannot see it, and the numbers it draws."""

    alt: str
    spec: Mapping[str, Any]
    numbers: Body
    notes: tuple[Note, ...] = ()
