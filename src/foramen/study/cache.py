"""Answers of engines kept between runs, in a folder that only its owner can read: they are as sensitive as rows."""

import errno
import json
import os
from pathlib import Path

from foramen import __version__
from foramen.kernel.digests import digest
from foramen.kernel.errors import OutputError
from foramen.statistics.sums import MomentTable, RankSums
from foramen.statistics.tables import CountTable
from foramen.study.engines.request import Answer, Request, request_digest

_KINDS = {kind.__name__: kind for kind in (CountTable, RankSums, MomentTable)}


class Cache:
    """Answers by the digest of the data, of the request and of the software version.

    A file that was damaged or stands for another question is not used; the engine is asked again. A forged one would
    be: whoever can write to the folder can change results, hence a folder that others may write to is refused. Score
    sums are not kept; a fit asks each of them once.
    """

    def __init__(self, folder: Path, data: str) -> None:
        self._folder = folder
        self._data = data

    def recall(self, request: Request) -> Answer | None:
        try:
            kept = json.loads(self._path(request).read_bytes())
            if kept["request"] != request_digest(request) or digest(kept["table"]) != kept["sha256"]:
                return None
            return _KINDS[kept["kind"]].from_json(kept["table"])
        except (OSError, ValueError, LookupError, TypeError):
            return None

    def keep(self, request: Request, found: Answer) -> None:
        if isinstance(found, CountTable | RankSums | MomentTable):
            table = found.to_json()
            kept = {
                "kind": type(found).__name__,
                "request": request_digest(request),
                "sha256": digest(table),
                "table": table,
            }
            try:
                self._write(self._path(request), json.dumps({**kept, "table": table}))
            except OSError as error:
                raise OutputError.single(
                    f"the cache cannot be written: {error.strerror}",
                    where=str(self._folder),
                    remedy="give --cache another folder",
                ) from error

    def _path(self, request: Request) -> Path:
        return self._folder / f"{digest([__version__, self._data, request_digest(request)])}.json"

    def _write(self, path: Path, text: str) -> None:
        """Appears whole, also when two runs write the same answer."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._folder.stat().st_mode & 0o077:
            raise OSError(errno.EPERM, "others may read or write this folder")
        partial = path.with_suffix(f".{os.getpid()}.partial")
        partial.touch(mode=0o600)
        partial.write_text(text)
        partial.rename(path)
