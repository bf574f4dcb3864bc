"""What every kind of source gives: a header, and batches of cells as text."""

import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import ParseError

import pyarrow as pa

from foramen.intake.reasons import Reason
from foramen.kernel.errors import DataError

BATCH = 20_000
"""Rows read at a time."""

DAMAGE = (OSError, EOFError, zlib.error, zipfile.BadZipFile, ParseError, pa.ArrowException)
"""What the readers raise for a file that is cut off, damaged or not what its name says."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """What the reader itself could not take. `cells` is a row that does not stand in the columns of the batch."""

    row: int
    column: str
    reason: Reason
    cells: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows as columns of text. `numbers` are the row numbers a spreadsheet shows: the header is row 1."""

    numbers: Sequence[int]
    columns: Sequence[Sequence[str]]
    flaws: Sequence[Flaw] = ()
    percent: int | None = field(default=None, compare=False)

    @property
    def apart(self) -> dict[int, Sequence[str]]:
        """Rows whose cells do not match the header, by number."""
        return {flaw.row: flaw.cells for flaw in self.flaws if flaw.cells is not None}

    @property
    def count(self) -> int:
        """Rows read."""
        return len(self.numbers) + len(self.apart)

    def rows(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Every row read, with its number."""
        yield from zip(self.numbers, zip(*self.columns, strict=True), strict=True)
        yield from self.apart.items()

    def cells(self, position: int) -> list[str]:
        """The row at a position of the batch."""
        return [column[position] for column in self.columns]


@dataclass(frozen=True)
class Source(ABC):
    """A file of rows. It can be read again from the start."""

    path: Path
    header: tuple[str, ...]

    @abstractmethod
    def batches(self) -> Generator[Batch, None, None]:
        """All rows, batch by batch."""

    def read(self) -> Generator[Batch, None, None]:
        """All rows, batch by batch; a damaged file is the user's to mend."""
        try:
            yield from self.batches()
        except DAMAGE as error:
            raise damaged(self.path, error) from error


def damaged(path: Path, error: Exception) -> DataError:
    """What to say of a file that cannot be read to its end."""
    received = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return DataError.single("the file cannot be read", where=path.name, received=received, remedy="check the file")
