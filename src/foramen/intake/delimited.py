"""Text tables: comma, tab, semicolon; plain or gzipped."""

import codecs
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
from foramen.intake.cells import is_sound
from foramen.intake.source import BATCH, Batch, Flaw, Source
from foramen.kernel.errors import DataError

_DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
_GZIP = b"\x1f\x8b"
_BLOCK = 2**20


@dataclass(frozen=True)
class DelimitedSource(Source):
    """A text table with its header."""

    delimiter: str
    encoding: str

    def batches(self) -> Generator[Batch, None, None]:
        """Batches of rows; a line without anything in its cells is no row."""
        with _records(self.path, self.delimiter, self.encoding) as (reader, size, raw, unsound):
            next(reader)
            number = 2
            while rows := _next_rows(self.path, reader, number):
                percent = min(100, 100 * raw.tell() // size)
                yield self._batch(number, rows, bool(unsound), percent)
                number += len(rows)
                unsound.clear()

    def _batch(self, first: int, rows: list[list[str]], unsound: bool, percent: int) -> Batch:
        width = len(self.header)
        again = any(row[:1] == [self.header[0]] for row in rows)
        if set(map(len, rows)) == {width} and not unsound and not again and all(map(any, rows)):
            return Batch(range(first, first + len(rows)), list(zip(*rows, strict=True)), (), percent)
        numbers, kept, flaws = [], [], list[Flaw]()
        for number, row in enumerate(rows, first):
            if again and tuple(cell.strip() for cell in row) == self.header:
                flaws.append(Flaw(number, "", reasons.HEADER_AGAIN, row))
            elif any(row) and len(row) == width:
                numbers.append(number)
                kept.append(row)
                flaws += self._unsound(number, row) if unsound else []
            elif any(row):
                flaws.append(Flaw(number, "", reasons.RAGGED, row))
        columns = list(zip(*kept, strict=True)) if kept else [()] * width
        return Batch(numbers, columns, flaws, percent)

    def _unsound(self, number: int, row: list[str]) -> Iterator[Flaw]:
        for header, cell in zip(self.header, row, strict=True):
            if not is_sound(cell):
                yield Flaw(number, header, reasons.NUL_BYTE if "\0" in cell else reasons.UNDECODABLE)


def open_delimited(path: Path, delimiter: str, encoding: str) -> DelimitedSource:
    """Read the header of a text table."""
    _check_encoding(path, encoding)
    with _records(path, delimiter, encoding) as (reader, _, _, unsound):
        header = next(iter(_next_rows(path, reader, 1, 1)), [])
        if not any(header):
            raise _no_header(path, _next_rows(path, reader, 2, 1))
        if unsound:
            raise DataError.single(
                "the header is not in the declared encoding",
                where=f"{path.name}, row 1",
                received=f"bytes that are not {encoding}",
                remedy=reasons.ENCODING_REMEDY,
            )
    return DelimitedSource(path, tuple(cell.strip() for cell in header), delimiter, encoding)


def _no_header(path: Path, more: list[list[str]]) -> DataError:
    if not more:
        return DataError.single("the file is empty", where=path.name, received="no header", remedy="another file")
    return DataError.single(
        "the first row is empty",
        where=f"{path.name}, row 1",
        received="no header",
        remedy="remove the lines above the header",
    )


def other_delimiter(header: str, delimiter: str) -> str | None:
    """A delimiter that the only cell of a header seems to contain, in words."""
    found = {mark: header.count(mark) for mark in _DELIMITERS if mark != delimiter and mark in header}
    return _DELIMITERS[max(found, key=lambda mark: found[mark])] if found else None


def _check_encoding(path: Path, encoding: str) -> None:
    """Refuse a file of UTF-8 that is declared to be of one byte per letter: each umlaut would be two letters."""
    if encoding != "utf-8" and _is_utf8(path):
        raise DataError.single(
            "the file is UTF-8 and another encoding is declared",
            where=path.name,
            received=f'letters beyond ASCII, all of them UTF-8; encoding = "{encoding}"',
            remedy="remove `encoding` under [source]",
        )


def _is_utf8(path: Path) -> bool:
    """Whether there are bytes beyond ASCII, and all are UTF-8: text of one byte per letter is that hardly ever."""
    decoder, beyond = codecs.getincrementaldecoder("utf-8")(), False
    with path.open("rb") as raw:
        zipped = raw.read(2) == _GZIP
        raw.seek(0)
        stream = gzip.GzipFile(fileobj=raw) if zipped else raw
        try:
            while block := stream.read(_BLOCK):
                beyond = beyond or not block.isascii()
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return beyond


Records = tuple[Iterator[list[str]], int, IO[bytes], list[int]]


@contextmanager
def _records(path: Path, delimiter: str, encoding: str) -> Iterator[Records]:
    """The records, the size of the file, its raw stream to tell how far reading is, and a list that lines with
    undecodable bytes or NUL add to."""
    unsound: list[int] = []
    with path.open("rb") as raw:
        start = raw.read(4)
        raw.seek(0)
        _check_kind(path, start, encoding)
        stream = gzip.GzipFile(fileobj=raw) if start.startswith(_GZIP) else raw
        codec = "utf-8-sig" if encoding == "utf-8" else encoding
        with io.TextIOWrapper(stream, codec, errors="surrogateescape", newline="") as text:
            lines = _watched(text, unsound)
            yield csv.reader(lines, delimiter=delimiter, strict=True), max(path.stat().st_size, 1), raw, unsound


def _check_kind(path: Path, start: bytes, encoding: str) -> None:
    """Refuse what the first bytes give away."""
    what, received, remedy = "", "", ""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        what, received, remedy = "the file is UTF-16", "its byte order mark", "save it as CSV UTF-8"
    elif start.startswith(b"PK\x03\x04"):
        what, received = "this is not a text table", "an Excel file or an archive"
        remedy = 'name it .xlsx, or set format = "xlsx" under [source]'
    elif b"\0" in start and not start.startswith(_GZIP):
        what, received, remedy = "this is not a text table", "NUL bytes, as UTF-16 has them", "save it as CSV UTF-8"
    elif start.startswith(codecs.BOM_UTF8) and encoding != "utf-8":
        what, received = "the file is UTF-8 and another encoding is declared", "the byte order mark of UTF-8"
        remedy = "remove `encoding` under [source]"
    if what:
        raise DataError.single(what, where=path.name, received=received, remedy=remedy)


def _watched(text: io.TextIOWrapper, unsound: list[int]) -> Iterator[str]:
    """The lines; those that are not sound are counted."""
    for line in text:
        if not is_sound(line):
            unsound.append(1)
        yield line


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
