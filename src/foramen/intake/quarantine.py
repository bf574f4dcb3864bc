"""The one file that may hold a patient's values: rows set aside, readable by its owner only."""

import csv
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from foramen.intake.reasons import Finding
from foramen.kernel.errors import OutputError

_OWNER_ONLY = 0o600


class QuarantineFile:
    """Collects rows in a private file beside its place, and takes the place only when asked to."""

    def __init__(self, path: Path, headers: Sequence[str]) -> None:
        self._path = path
        self._headers = list(dict.fromkeys(headers))
        self._stream: IO[str] | None = None
        self._partial: Path | None = None
        self._published = False

    def write(self, finding: Finding, file: str, header: Sequence[str], cells: Sequence[str]) -> None:
        """One line per finding: where and why, then the whole row as it was; cells beyond the header come last."""
        values = dict(zip(header, cells, strict=False))
        line = [file, finding.row, finding.column, finding.reason.what]
        line += [values.get(name, "") for name in self._headers]
        with self._writable():
            csv.writer(self._opened(), lineterminator="\n").writerow([*line, *cells[len(header) :]])

    def publish(self) -> None:
        """Take the place, unless nothing was set aside. The place must still be free."""
        if self._stream is None or self._partial is None:
            return
        with self._writable():
            self._stream.close()
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _OWNER_ONLY))
            self._published = True
            self._partial.replace(self._path)

    def withdraw(self) -> None:
        """Remove everything, published or not."""
        if self._published:
            self._path.unlink(missing_ok=True)
        self.discard()

    def discard(self) -> None:
        """Remove what was collected and not published."""
        if self._stream is not None and self._partial is not None:
            with suppress(OSError):
                self._stream.close()
            self._partial.unlink(missing_ok=True)

    def _opened(self) -> IO[str]:
        if self._stream is None:
            descriptor, name = tempfile.mkstemp(prefix=f".{self._path.name}.", suffix=".partial", dir=self._path.parent)
            self._partial = Path(name)
            self._stream = os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape", newline="")
            csv.writer(self._stream, lineterminator="\n").writerow(["file", "row", "column", "reason", *self._headers])
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
def quarantine_file(path: Path | None, headers: Sequence[str]) -> Iterator[QuarantineFile | None]:
    """A quarantine that leaves nothing behind unless it was published. An existing file is never overwritten."""
    if path is None:
        yield None
        return
    if path.exists() or path.is_symlink():
        raise OutputError.single("the quarantine file exists already", where=str(path), remedy="give another name")
    if not path.parent.is_dir():
        raise OutputError.single("the folder of the quarantine file does not exist", where=str(path.parent))
    quarantine = QuarantineFile(path, headers)
    try:
        yield quarantine
    finally:
        quarantine.discard()
