"""Of which version the tables of a database are, against those that this software knows."""

from collections.abc import Iterable

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from foramen import __version__
from foramen.kernel.errors import UserError

OWN = "clinic."


def newer(applied: Iterable[str]) -> list[str]:
    """The migrations of the clinic, as app.name, that a database has and this software does not know."""
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    return sorted(one for one in applied if one.startswith(OWN) and one not in known)


def older(applied: Iterable[str]) -> list[str]:
    """The migrations that this software knows and a database does not have yet."""
    done = set(applied)
    known = (f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations)
    return sorted(one for one in known if one.startswith(OWN) and one not in done)


def require_not_newer() -> None:
    """Raise UserError for a database that a newer Foramen has migrated. Nothing is changed in it."""
    loader = MigrationLoader(connection)
    if found := newer(f"{app}.{name}" for app, name in loader.applied_migrations):
        raise UserError.single(
            f"the database is of a newer Foramen than this one ({__version__})", received=found[-1],
            remedy="install the newer one again, or restore the backup that was made before",
        )  # fmt: skip
