"""The key of a backup, from the key ring of the installation. The only place that knows how the ring is written."""

from collections.abc import Mapping

from django.conf import settings

from foramen.clinic.backup.errors import BackupError
from foramen.clinic.sealed.ring import ring

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


def _ring() -> Mapping[str, bytes]:
    """Every key by its name; the first one is in use."""
    return ring().keys if settings.FORAMEN_KEYS.strip() else {}
