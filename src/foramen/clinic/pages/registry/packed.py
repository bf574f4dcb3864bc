"""A folder as one file, streamed while it is read: a zip without compression, whose bytes are always the same."""

import io
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can name: no clock is read."""

CHUNK = 1 << 16
UNIX, PRIVATE_FILE = 3, 0o600 << 16


def packed(folder: Path, name: str) -> Iterator[bytes]:
    """The files below a folder in the order of their names, inside a folder of this name."""
    out = _Passing()
    with ZipFile(out, "w", ZIP_STORED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = _entry(path, f"{name}/{path.relative_to(folder).as_posix()}")
            with path.open("rb") as stream, archive.open(entry, "w") as into:
                while chunk := stream.read(CHUNK):
                    into.write(chunk)
                    yield out.taken()
    yield out.taken()
    yield out.taken()


def _entry(path: Path, name: str) -> ZipInfo:
    entry = ZipInfo(name, FIRST_DAY)
    entry.create_system, entry.external_attr, entry.file_size = UNIX, PRIVATE_FILE, path.stat().st_size
    return entry


class _Passing(io.RawIOBase):
    """What is written to it is taken from it again; there is no going back in it."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        self._parts.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)
