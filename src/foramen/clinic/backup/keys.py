"""The key of a backup, from the key ring of the installation. The only place that knows how the ring is written."""

import base64
import binascii

from django.conf import settings

from foramen.clinic.backup.errors import BackupError

WHERE = "FORAMEN_KEYS"


def backup_key(identifier: str | None = None) -> tuple[str, bytes]:
    """The key of that name, or the one that is in use now, with its name. Raises BackupError for one that is not there.

    It opens every backup that was made with it: a key that is taken out of the ring takes its backups along.
    """
    ring = _ring()
    if not ring:
        raise BackupError.single(
            "a backup is sealed, and there is no key ring",
            where=WHERE,
            remedy="foramen keys make, and keep a copy apart",
        )
    name = identifier or next(iter(ring))
    if name not in ring:
        raise BackupError.single(
            "this backup was sealed with a key that is not in the ring", where=WHERE, received=f"key {name}",
            remedy="use the key ring of the machine on which the backup was made",
        )  # fmt: skip
    return name, ring[name]


def _ring() -> dict[str, bytes]:
    """Every key by its name; the first line is in use."""
    lines = [line.split() for line in settings.FORAMEN_KEYS.splitlines() if line.strip() and not line.startswith("#")]
    try:
        return {
            name: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)) for name, text in lines if name != "index"
        }
    except (ValueError, binascii.Error):
        raise BackupError.single("this is no key ring", where=WHERE, remedy="foramen keys make") from None
