"""Why a backup was not made, or not restored."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from foramen.kernel.errors import OutputError, UserError

NOTHING = "nothing was changed"


class BackupError(UserError):
    """A file that is no whole backup, or that does not fit here; a database that cannot be copied or replaced."""


@contextmanager
def telling_disk(where: Path | str) -> Iterator[None]:
    """A disk that is full or cannot be written is told in one line, by the place that was to be written."""
    try:
        yield
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        raise OutputError.single(
            f"the disk is full; {NOTHING}" if full else f"cannot be written: {error.strerror or error}",
            where=str(where),
            remedy="free some space, or name another disk" if full else "check the path and its rights",
        ) from None  # fmt: skip
