"""Text tables: comma, tab, semicolon; plain or gzipped."""

import csv
import gzip
import io
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from foramen.intake import reasons
from foramen.intake.source import BATCH, Batch, Flaw, Source
from foramen.kernel.errors import DataError

_DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class DelimitedSource(Source):
    """A text table with its header."""

    delimiter: str
    encoding: str

    def batches(self) -> Generator[Batch, None, None]:
        """Batches of rows; lines without any cell are no rows."""
        with _records(self.path, self.delimiter, self.encoding) as (reader, size, raw, undecodable):
            next(reader)
            number = 2
            while rows := _next_rows(self.path, reader, number):
                percent = min(100, 100 * raw.tell() // size)
                yield self._batch(number, rows, bool(undecodable), percent)
                number += len(rows)
                undecodable.clear()

    def _batch(self, first: int, rows: list[list[str]], undecodable: bool, percent: int) -> Batch:
        width = len(self.header)
        if set(map(len, rows)) == {width} and not undecodable:
            return Batch(range(first, first + len(rows)), list(zip(*rows, strict=True)), (), percent)
        numbers, kept, flaws = [], [], []
        for number, row in enumerate(rows, first):
            if undecodable and not _decoded("".join(row)):
                flaws.append(Flaw(number, "", reasons.UNDECODABLE, row))
            elif len(row) == width:
                numbers.append(number)
                kept.append(row)
            elif row:
                flaws.append(Flaw(number, "", reasons.RAGGED, row))
        columns = list(zip(*kept, strict=True)) if kept else [()] * width
        return Batch(numbers, columns, flaws, percent)


def open_delimited(path: Path, delimiter: str, encoding: str) -> DelimitedSource:
    """Read the header of a text table."""
    with _records(path, delimiter, encoding) as (reader, _, _, undecodable):
        rows = _next_rows(path, reader, 1, 1)
        if not rows or not rows[0]:
            raise DataError.single("the file is empty", where=path.name, received="no header", remedy="another file")
        if undecodable:
            raise DataError.single(
                "the header is not in the declared encoding",
                where=f"{path.name}, row 1",
                received=f"bytes that are not {encoding}",
                remedy="save the file as UTF-8, or declare `encoding` under [source]",
            )
    return DelimitedSource(path, tuple(cell.strip() for cell in rows[0]), delimiter, encoding)


def other_delimiter(header: str, delimiter: str) -> str | None:
    """A delimiter that the only cell of a header seems to contain, in words."""
    found = {mark: header.count(mark) for mark in _DELIMITERS if mark != delimiter and mark in header}
    return _DELIMITERS[max(found, key=lambda mark: found[mark])] if found else None


Records = tuple[Iterator[list[str]], int, IO[bytes], list[int]]


@contextmanager
def _records(path: Path, delimiter: str, encoding: str) -> Iterator[Records]:
    """The records, the size of the file, its raw stream to tell how far reading is, and a list that undecodable lines
    add to."""
    undecodable: list[int] = []
    with path.open("rb") as raw:
        start = raw.read(4)
        raw.seek(0)
        _check_kind(path, start)
        stream = gzip.GzipFile(fileobj=raw) if start.startswith(_GZIP) else raw
        codec = "utf-8-sig" if encoding == "utf-8" else encoding
        with io.TextIOWrapper(stream, codec, errors="surrogateescape", newline="") as text:
            lines = _watched(text, undecodable)
            yield csv.reader(lines, delimiter=delimiter, strict=True), max(path.stat().st_size, 1), raw, undecodable


def _check_kind(path: Path, start: bytes) -> None:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataError.single(
            "the file is UTF-16", where=path.name, received="its byte order mark", remedy="save it as CSV UTF-8"
        )
    if start.startswith(b"PK\x03\x04"):
        raise DataError.single("this is not a text table", where=path.name, received="an Excel file or an archive",
                               remedy='name it .xlsx, or set format = "xlsx" under [source]')  # fmt: skip


def _watched(text: io.TextIOWrapper, undecodable: list[int]) -> Iterator[str]:
    """The lines; those with undecodable bytes are counted."""
    for line in text:
        if not line.isascii() and not _decoded(line):
            undecodable.append(1)
        yield line


def _decoded(text: str) -> bool:
    """No byte was smuggled through as a surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _next_rows(path: Path, reader: Iterator[list[str]], number: int, count: int = BATCH) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        rows.extend(islice(reader, count))
    except csv.Error:
        raise DataError.single(
            "the quotation marks are not balanced",
            where=f"{path.name}, near row {number + len(rows)}",
            received="text after a closing quote, or a quote that never closes",
            remedy="double the quotation marks inside a quoted cell",
        ) from None
    return rows
