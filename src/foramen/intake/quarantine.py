"""The one file that may hold a patient's values: rows set aside, readable by its owner only."""

import csv
import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from foramen.intake.reasons import Finding
from foramen.kernel.errors import OutputError

_OWNER_ONLY = 0o600
_DESCRIPTORS = "/proc/self/fd"

Column = tuple[str, int]
"""A header, and which of the columns with this header."""


class QuarantineFile:
    """Collects rows in a private file, nameless where the system has such, and gets its place only when asked to.

    So a killed import leaves no values behind.
    """

    def __init__(self, path: Path, headers: Sequence[Sequence[str]]) -> None:
        self._path = path
        self._columns = list(dict.fromkeys(column for header in headers for column in _numbered(header)))
        self._stream: IO[str] | None = None
        self._partial: Path | None = None
        self._published = False

    def write(self, finding: Finding, file: str, header: Sequence[str], cells: Sequence[str]) -> None:
        """One line per finding: where and why, then the whole row as it was; cells beyond the header come last."""
        values = dict(zip(_numbered(header), cells, strict=False))
        line = [file, finding.row, finding.column, finding.reason.what]
        line += [values.get(column, "") for column in self._columns]
        with self._writable():
            csv.writer(self._opened(), lineterminator="\n").writerow([*line, *cells[len(header) :]])

    def publish(self) -> None:
        """Take the place, unless nothing was set aside. The place must still be free."""
        if self._stream is None:
            return
        with self._writable():
            self._stream.flush()
            if self._partial is None:
                # A directory descriptor, unused as the path is absolute, makes Python call what follows the link.
                os.link(f"{_DESCRIPTORS}/{self._stream.fileno()}", self._path, src_dir_fd=0)
            else:
                os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _OWNER_ONLY))
            self._published = True
            if self._partial is not None:
                self._partial.replace(self._path)

    def withdraw(self) -> None:
        """Remove everything, published or not."""
        if self._published:
            self._path.unlink(missing_ok=True)
        self.discard()

    def discard(self) -> None:
        """Remove what was collected and not published."""
        if self._stream is not None:
            with suppress(OSError):
                self._stream.close()
        if self._partial is not None:
            self._partial.unlink(missing_ok=True)

    def _opened(self) -> IO[str]:
        if self._stream is None:
            descriptor, self._partial = _private_file(self._path)
            self._stream = os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape", newline="")
            line = ["file", "row", "column", "reason", *(name for name, _ in self._columns)]
            csv.writer(self._stream, lineterminator="\n").writerow(line)
        return self._stream

    @contextmanager
    def _writable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise OutputError.single(
                f"the quarantine file cannot be written: {error.strerror}",
                where=str(self._path),
                remedy="give another place; nothing was imported",
            ) from error


@contextmanager
def quarantine_file(path: Path | None, headers: Sequence[Sequence[str]]) -> Iterator[QuarantineFile | None]:
    """A quarantine that leaves nothing behind unless it was published. An existing file is never overwritten."""
    if path is None:
        yield None
        return
    if path.exists() or path.is_symlink():
        raise OutputError.single("the quarantine file exists already", where=str(path), remedy="give another name")
    if not path.parent.is_dir():
        raise OutputError.single(
            "the folder of the quarantine file does not exist",
            where=str(path.parent),
            remedy="make it, or name another",
        )
    quarantine = QuarantineFile(path, headers)
    try:
        yield quarantine
    finally:
        quarantine.discard()


def _private_file(place: Path) -> tuple[int, Path | None]:
    """A file on the disk of a place, without a name where the system can give it one later."""
    if Path(_DESCRIPTORS).is_dir():
        with suppress(AttributeError, OSError):
            return os.open(place.parent, os.O_TMPFILE | os.O_WRONLY, _OWNER_ONLY), None
    descriptor, name = tempfile.mkstemp(prefix=f".{place.name}.", suffix=".partial", dir=place.parent)
    return descriptor, Path(name)


def _numbered(header: Sequence[str]) -> list[Column]:
    """Columns told apart although their headers may be equal."""
    seen: Counter[str] = Counter()
    columns = []
    for name in header:
        columns.append((name, seen[name]))
        seen[name] += 1
    return columns
