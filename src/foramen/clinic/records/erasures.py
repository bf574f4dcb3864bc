"""The list of the erased, beside the heads of the audit: by it a backup that is restored brings nobody back (DEI-7).

A line for each is the pseudonym, which names nobody. The list is only ever added to.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from django.conf import settings

from foramen.clinic.models import Patient
from foramen.kernel.errors import OutputError, UserError

LIST = "erased"
"""Name of the file in FORAMEN_SEALS_DIR."""


def listed() -> list[UUID]:
    """Everybody on the list, as far as there is one. Raises UserError for a line that is no pseudonym: who is to stay
    erased must not come back by a slip."""
    file = _file()
    if file is None or not file.exists():
        return []
    try:
        return [UUID(line) for line in file.read_text(encoding="utf-8").split()]
    except OSError as error:
        raise _unusable(file, error) from None
    except ValueError:
        raise UserError.single(
            "a line of the list of erased patients is no pseudonym", where=str(file), remedy="take it from a copy"
        ) from None


def require_list() -> None:
    """Raise OutputError where FORAMEN_SEALS_DIR is set and cannot be written: nobody is erased without being listed."""
    _add([])


def keep_erased_list() -> int:
    """Put everybody on the list who is erased and not on it; how many. Again and again it adds nothing."""
    if _file() is None:
        return 0
    known = set(listed())
    rows = Patient.objects.exclude(erased_at=None).order_by("erased_at", "pk")
    missing = [one for one in rows.values_list("pseudonym", flat=True) if one not in known]
    if missing:
        _add(missing)
    return len(missing)


def _add(pseudonyms: Iterable[UUID]) -> None:
    """Written and on the disk, or OutputError."""
    if (file := _file()) is None:
        return
    try:
        with file.open("a", encoding="utf-8") as stream:
            stream.write("".join(f"{one}\n" for one in pseudonyms))
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise _unusable(file, error) from None


def _file() -> Path | None:
    return Path(settings.FORAMEN_SEALS_DIR, LIST) if settings.FORAMEN_SEALS_DIR else None


def _unusable(file: Path, error: OSError) -> OutputError:
    return OutputError.single(
        f"the list of the erased cannot be used: {error.strerror or error}", where=str(file),
        remedy="mount the folder that FORAMEN_SEALS_DIR names, and let this account write there",
    )  # fmt: skip
