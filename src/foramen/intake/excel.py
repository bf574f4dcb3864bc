"""Excel sheets, read row by row. The only module that knows openpyxl."""

import re
import warnings
import zipfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from foramen.intake import reasons
from foramen.intake.cells import Notation, cell_text, percent_text
from foramen.intake.source import BATCH, Batch, Flaw, Source, damaged
from foramen.kernel.errors import DataError

_CHUNK = 1 << 20
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >]")
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell [^>]*?ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')
_LITERAL = re.compile(r'"[^"]*"|\\.')
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"

Cells = Sequence[str | None]
"""A row as text; None where a cell has no value, be it a formula's."""

Area = tuple[int, int, int, int]
"""First column, first row, last column, last row, counted from 1."""


@dataclass(frozen=True)
class ExcelSource(Source):
    """One sheet with its header in the first row. `merges` are the areas whose first cell alone has a value."""

    sheet: str
    notation: Notation
    formulas: bool
    merges: tuple[Area, ...]

    def batches(self) -> Generator[Batch, None, None]:
        """Batches of rows; a row of empty cells is no row."""
        with _sheet_rows(self.path, self.sheet, self.notation, stored=True) as rows:
            if not self.formulas:
                yield from self._batched((row, ()) for row in rows)
                return
            with _sheet_rows(self.path, self.sheet, self.notation, stored=False) as written:
                yield from self._batched(zip(rows, written, strict=True))

    def _batched(self, rows: Iterator[tuple[Cells, Cells]]) -> Iterator[Batch]:
        numbered = enumerate(rows, 1)
        _taken(self.path, numbered, 1)
        while taken := _taken(self.path, numbered, BATCH):
            yield self._batch(taken)

    def _batch(self, rows: list[tuple[int, tuple[Cells, Cells]]]) -> Batch:
        numbers, kept, flaws = [], [], []
        merged = self._merged(rows[0][0], rows[-1][0])
        for number, (values, written) in rows:
            own = [Flaw(number, header, reasons.NO_CACHED_VALUE) for header in self._unsaved(values, written)]
            cells = _padded(values, len(self.header))
            if not any(cells) and not own:
                continue
            flaws += [*own, *(Flaw(number, header, reasons.MERGED) for header in merged.get(number, ()))]
            if len(cells) > len(self.header):
                flaws.append(Flaw(number, "", reasons.RAGGED, cells))
            else:
                numbers.append(number)
                kept.append(cells)
        return Batch(numbers, list(zip(*kept, strict=True)) if kept else [()] * len(self.header), flaws)

    def _unsaved(self, values: Cells, written: Cells) -> Iterator[str]:
        """Columns with a formula whose result was never stored; an empty text is a result."""
        for header, value, text in zip(self.header, values, written, strict=False):
            if value is None and text is not None and text.startswith("="):
                yield header

    def _merged(self, first: int, last: int) -> dict[int, list[str]]:
        """Columns of the merged cells that have no value of their own, by row."""
        found: dict[int, list[str]] = {}
        for left, top, right, bottom in self.merges:
            for number in range(max(top, first), min(bottom, last) + 1):
                found.setdefault(number, []).extend(self.header[left - (number > top) : right])
        return found


def open_excel(path: Path, sheet: str | None, notation: Notation) -> ExcelSource:
    """Read the header of a sheet; without a name the workbook must have only one."""
    if path.suffix.lower() == ".xls":
        raise DataError.single(
            "the old Excel format is not read", where=path.name, received=".xls", remedy="save it as .xlsx"
        )
    name, part = _sheet(path, sheet)
    with _sheet_rows(path, name, notation, stored=True) as rows:
        header = [(cell or "").strip() for row in _taken(path, rows, 1) for cell in row]
    while header and not header[-1]:
        header.pop()
    if not header:
        raise DataError.single(
            "the first row of the sheet is empty",
            where=f"{path.name}, sheet {name}",
            received="no header",
            remedy="another `sheet`, or remove the rows above the header",
        )
    formulas, merges = _marks(path, part)
    return ExcelSource(path, tuple(header), name, notation, formulas, merges)


@contextmanager
def _workbook(path: Path, stored: bool) -> Iterator[Any]:
    """`stored` gives results of formulas, otherwise the formulas themselves."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, read_only=True, data_only=stored)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise _no_workbook(path, error) from None
    try:
        yield book
    finally:
        book.close()


def _no_workbook(path: Path, error: Exception) -> DataError:
    with path.open("rb") as stream:
        old = stream.read(4) == _OLD_OFFICE
    received = "a workbook with a password, or one of the old format" if old else type(error).__name__
    remedy = "remove the password and save it as .xlsx" if old else "save it as .xlsx"
    return DataError.single("this is not an Excel workbook", where=path.name, received=received, remedy=remedy)


def _sheet(path: Path, wanted: str | None) -> tuple[str, str]:
    """The name of the sheet and the part of the archive that holds it."""
    with _workbook(path, stored=True) as book:
        parts = {sheet.title: sheet._worksheet_path for sheet in book.worksheets}
    name = next(iter(parts)) if wanted is None and len(parts) == 1 else wanted
    if name is not None and name in parts:
        return name, parts[name]
    what = "the workbook has several sheets" if wanted is None else f"the workbook has no sheet “{wanted}”"
    raise DataError.single(what, where=path.name, received=", ".join(parts), remedy="set `sheet` under [source]")


@contextmanager
def _sheet_rows(path: Path, sheet: str, notation: Notation, stored: bool) -> Iterator[Iterator[Cells]]:
    with _workbook(path, stored) as book:
        worksheet = book[sheet]
        worksheet.reset_dimensions()
        yield ([_text(cell, notation) for cell in row] for row in worksheet.iter_rows())


def _text(cell: Any, notation: Notation) -> str | None:
    """A cell as the sheet means it: 0.5 that it shows as 50% is not 0.5."""
    value = cell.value
    if value is None:
        return "" if cell.data_type == "str" else None  # a formula's empty text, or nothing
    if type(value) in (int, float) and "%" in _LITERAL.sub("", cell.number_format):
        return percent_text(value, notation)
    is_formula = type(value).__name__ in ("ArrayFormula", "DataTableFormula")
    return "=" if is_formula else cell_text(value, notation)


def _taken(path: Path, rows: Iterator[Any], count: int) -> list[Any]:
    """The next rows. openpyxl would warn of some cells with their values, and stumbles over damage in many ways."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return list(islice(rows, count))
        except (ValueError, KeyError, IndexError) as error:
            raise damaged(path, error) from error


def _marks(path: Path, part: str) -> tuple[bool, tuple[Area, ...]]:
    """Whether a sheet has formulas, and its merged areas, found in its text without loading it."""
    formulas, merges, rest = False, list[Area](), b""
    with zipfile.ZipFile(path) as archive, archive.open(part) as stream:
        while piece := stream.read(_CHUNK):
            whole, mark, rest = (rest + piece).rpartition(b">")
            formulas = formulas or _FORMULA.search(whole + mark) is not None
            merges += [range_boundaries(found.decode()) for found in _MERGE.findall(whole + mark)]
    return formulas, tuple(merges)


def _padded(values: Cells, width: int) -> list[str]:
    """A row as wide as the header: openpyxl leaves out empty cells at the end, and formats reach beyond it."""
    cells = [value or "" for value in values]
    while len(cells) > width and not cells[-1]:
        cells.pop()
    return cells + [""] * (width - len(cells))
