"""Excel sheets, read row by row. The only module that knows openpyxl."""

import warnings
import zipfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from foramen.intake import reasons
from foramen.intake.cells import cell_text
from foramen.intake.source import BATCH, Batch, Flaw, Source
from foramen.kernel.errors import DataError

_FORMULA = (b"<f>", b"<f ")
_CHUNK = 1 << 20


@dataclass(frozen=True)
class ExcelSource(Source):
    """One sheet with its header in the first row."""

    sheet: str
    mark: str
    formulas: bool

    def batches(self) -> Generator[Batch, None, None]:
        """Batches of rows; a row of empty cells is no row."""
        with _sheet_rows(self.path, self.sheet, stored=True) as rows:
            if not self.formulas:
                yield from self._batched((row, ()) for row in rows)
                return
            with _sheet_rows(self.path, self.sheet, stored=False) as written:
                yield from self._batched(zip(rows, written, strict=True))

    def _batched(self, rows: Iterator[tuple[Sequence[Any], Sequence[Any]]]) -> Iterator[Batch]:
        numbered = enumerate(rows, 1)
        next(numbered)
        while taken := list(islice(numbered, BATCH)):
            yield self._batch(taken)

    def _batch(self, rows: list[tuple[int, tuple[Sequence[Any], Sequence[Any]]]]) -> Batch:
        numbers, kept, flaws = [], [], []
        for number, (values, written) in rows:
            cells = _padded([cell_text(value, self.mark) for value in values], len(self.header))
            unsaved = [i for i, text in enumerate(written) if values[i] is None and _is_formula(text)]
            if unsaved:
                column = self.header[unsaved[0]] if unsaved[0] < len(self.header) else ""
                flaws.append(Flaw(number, column, reasons.NO_CACHED_VALUE, cells))
            elif len(cells) > len(self.header):
                flaws.append(Flaw(number, "", reasons.RAGGED, cells))
            elif any(cells):
                numbers.append(number)
                kept.append(cells)
        return Batch(numbers, list(zip(*kept, strict=True)) if kept else [()] * len(self.header), flaws)


def open_excel(path: Path, sheet: str | None, mark: str) -> ExcelSource:
    """Read the header of a sheet; without a name the workbook must have only one."""
    if path.suffix.lower() == ".xls":
        raise DataError.single(
            "the old Excel format is not read", where=path.name, received=".xls", remedy="save it as .xlsx"
        )
    name = _sheet_name(path, sheet)
    with _sheet_rows(path, name, stored=True) as rows:
        header = [cell_text(value, mark).strip() for value in next(rows, ())]
    while header and not header[-1]:
        header.pop()
    if not header:
        raise DataError.single(
            "the sheet is empty", where=f"{path.name}, sheet {name}", received="no header", remedy="another `sheet`"
        )
    return ExcelSource(path, tuple(header), name, mark, _has_formulas(path))


@contextmanager
def _workbook(path: Path, stored: bool) -> Iterator[Any]:
    """`stored` gives results of formulas, otherwise the formulas themselves."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, read_only=True, data_only=stored)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise DataError.single(
            "this is not an Excel workbook", where=path.name, received=type(error).__name__, remedy="save it as .xlsx"
        ) from None
    try:
        yield book
    finally:
        book.close()


def _sheet_name(path: Path, wanted: str | None) -> str:
    with _workbook(path, stored=True) as book:
        names = [sheet.title for sheet in book.worksheets]
    if wanted in names or (wanted is None and len(names) == 1):
        return wanted or names[0]
    what = "the workbook has several sheets" if wanted is None else f"the workbook has no sheet “{wanted}”"
    raise DataError.single(what, where=path.name, received=", ".join(names), remedy="set `sheet` under [source]")


@contextmanager
def _sheet_rows(path: Path, sheet: str, stored: bool) -> Iterator[Iterator[Sequence[Any]]]:
    with _workbook(path, stored) as book:
        worksheet = book[sheet]
        worksheet.reset_dimensions()
        yield worksheet.iter_rows(values_only=True)


def _has_formulas(path: Path) -> bool:
    """Whether any sheet has a formula; the overlap catches a mark that two pieces share."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                with archive.open(name) as stream:
                    before = b""
                    while piece := stream.read(_CHUNK):
                        if any(mark in before + piece for mark in _FORMULA):
                            return True
                        before = piece[-2:]
    return False


def _padded(cells: list[str], width: int) -> list[str]:
    """A row as wide as the header: openpyxl leaves out empty cells at the end, and formats reach beyond it."""
    while len(cells) > width and not cells[-1]:
        cells.pop()
    return cells + [""] * (width - len(cells))


def _is_formula(text: Any) -> bool:
    return (isinstance(text, str) and text.startswith("=")) or type(text).__name__ in (
        "ArrayFormula",
        "DataTableFormula",
    )
