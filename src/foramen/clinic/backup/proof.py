"""Whether a copy is what was copied: asked of the copy itself, loaded as a restore loads it."""

from django.db import connection

from foramen.clinic.backup.errors import BackupError
from foramen.clinic.backup.manifest import Manifest, describe, differences
from foramen.clinic.records.chain_check import verify
from foramen.clinic.records.schema import newer, older


def check_copy(manifest: Manifest) -> bool:
    """Raise BackupError unless the database in use now holds what the manifest says. Returns whether its audit is as it
    was sealed: one that was tampered with is copied as it is, because it is evidence."""
    if found := differences(manifest, describe(connection)):
        raise BackupError.single(
            "the copy is not what was copied", received="; ".join(found[:3]), remedy="make the backup again"
        )
    of_this_version = not newer(manifest.migrations) and not older(manifest.migrations)
    return not (of_this_version and verify().faults)
