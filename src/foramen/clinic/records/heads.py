"""The head of the chain over the audit, kept where whoever holds the database cannot reach it."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from django.conf import settings
from django.db.models import Sum

from foramen.clinic.models import Seal, Site
from foramen.clinic.records.chain import last_seal
from foramen.clinic.records.installation import installation
from foramen.kernel.errors import OutputError, UserError

FILE = "foramen-audit-heads.txt"
_LINE = re.compile(r"seal (\d+) ([0-9a-f]{64})(?:.* at (\S+))?")
_RESTORED = re.compile(r"restored at \S+: after seal (\d+) the chain is another one")


@dataclass(frozen=True, slots=True)
class Head:
    """The last seal at some time: its number and digest, how many events the chain covers, when, and of which sites.
    `restored`: what was written down before it about a backup that was restored."""

    number: int
    sha256: str
    events: int = 0
    at: str = ""
    sites: str = ""
    restored: str = ""

    def __str__(self) -> str:
        return f"seal {self.number} {self.sha256}, {self.events} events, at {self.at}, of {self.sites}"


def head() -> Head | None:
    """The head as it is now; None before the first seal."""
    seal = last_seal()
    if seal is None:
        return None
    events = Seal.objects.aggregate(total=Sum("events"))["total"]
    sites = " ".join(Site.objects.order_by("code").values_list("code", flat=True))
    return Head(seal.number, seal.sha256, events, seal.at.isoformat(timespec="seconds"), sites)


def keep_head() -> bool:
    """Add the head as a line to the file in FORAMEN_SEALS_DIR; False where no folder is set, or nothing is sealed."""
    now, folder = head(), settings.FORAMEN_SEALS_DIR
    if now is None or not folder:
        return False
    file = Path(folder, FILE)
    told = f"{_restored(kept_heads())}{now}\n"
    try:
        with file.open("a", encoding="utf-8") as stream:
            stream.write(told)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise OutputError.single(
            f"the head of the audit cannot be written: {error.strerror or error}", where=str(file),
            remedy="mount the folder that FORAMEN_SEALS_DIR names, and let this account write there",
        ) from None  # fmt: skip
    return True


def _restored(kept: Sequence[Head]) -> str:
    """A line that says so where a backup was restored after the last head was kept, and the chain went on from there:
    heads that it has left behind no longer count. Whoever reads the file knows whether there was a restore."""
    restored = installation().restored_at
    if not kept or restored is None or restored.isoformat() < kept[-1].at:
        return ""
    there = dict(Seal.objects.filter(number__in=[one.number for one in kept]).values_list("number", "sha256"))
    agreed = [one.number for one in kept if there.get(one.number) == one.sha256]
    if kept[-1].number in agreed:
        return ""
    at = restored.isoformat(timespec="seconds")
    return f"restored at {at}: after seal {max(agreed, default=0)} the chain is another one\n"


def kept_heads() -> Sequence[Head]:
    """The heads in FORAMEN_SEALS_DIR; none where no folder is set or nothing was written yet."""
    file = Path(settings.FORAMEN_SEALS_DIR, FILE) if settings.FORAMEN_SEALS_DIR else None
    return read_heads(str(file)) if file is not None and file.exists() else ()


def read_heads(told: str) -> Sequence[Head]:
    """Heads from a file, a line each, or from the text of one. Raises UserError for a text that is none."""
    file, text = Path(told), told
    try:
        if len(told) < 4096 and file.is_file():
            text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError.single("this file of heads cannot be read", where=told, received=type(error).__name__) from None
    found, said = list[Head](), ""
    for line in filter(str.strip, text.splitlines()):
        if (restored := _RESTORED.search(line)) is not None:
            found, said = [one for one in found if one.number <= int(restored[1])], line.strip()
        elif (seal := _LINE.search(line)) is not None:
            found.append(Head(int(seal[1]), seal[2], at=(seal[3] or "").rstrip(","), restored=said))
            said = ""
        else:
            _refuse()
    return found or _refuse()


def _refuse() -> NoReturn:
    raise UserError.single(
        "this is no head of the audit", where="--head", remedy="the line that foramen audit head printed, or its file"
    )
