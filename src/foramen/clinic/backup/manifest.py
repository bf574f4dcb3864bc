"""What a backup says about itself: of which software and tables it is, what is in it, how far its audit goes."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, Self

from django.db.backends.base.base import BaseDatabaseWrapper

from foramen import __version__
from foramen.clinic import clock
from foramen.clinic.records import triggers
from foramen.kernel.digests import digest

EVENTS, SEALS, FREEZES = "clinic_auditevent", "clinic_seal", "clinic_freeze"


@dataclass(frozen=True, slots=True)
class Manifest:
    """`rows` counts by table. `freezes` are the digests of the frozen snapshots, whose files are not in a backup: they
    are made anew from it. `schema` is that of PostgreSQL."""

    software: str
    engine: str
    schema: str
    made_at: str
    migrations: tuple[str, ...]
    rows: dict[str, int]
    triggers: str
    last_event: int
    last_event_at: str
    head: str
    freezes: dict[str, str]
    payload_bytes: int = 0
    payload_sha256: str = ""

    def of_payload(self, size: int, sha256: str) -> Self:
        """The same with what was counted while it was copied."""
        return replace(self, payload_bytes=size, payload_sha256=sha256)

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), sort_keys=True).encode()

    @classmethod
    def from_json(cls, text: bytes) -> Self:
        """Written by this form of backup, and proven before it is read; a later one may say more."""
        told = json.loads(text)
        known = {name: told[name] for name in cls.__dataclass_fields__}
        return cls(**known | {"migrations": tuple(told["migrations"])})

    @property
    def when(self) -> datetime:
        return datetime.fromisoformat(self.made_at)

    @property
    def last_at(self) -> datetime | None:
        """Instant of the newest event of its audit."""
        return datetime.fromisoformat(self.last_event_at) if self.last_event_at else None

    @property
    def all_rows(self) -> int:
        return sum(self.rows.values())


def describe(connection: BaseDatabaseWrapper) -> Manifest:
    """What a database holds now. Asked by SQL alone: it may be of an older version of the models."""
    tables = sorted(connection.introspection.table_names())
    with connection.cursor() as cursor:
        event, at = _one(cursor, f'SELECT id, at FROM "{EVENTS}" ORDER BY id DESC LIMIT 1', tables, EVENTS)
        head, _ = _one(cursor, f'SELECT sha256, number FROM "{SEALS}" ORDER BY number DESC LIMIT 1', tables, SEALS)
        return Manifest(
            software=__version__, engine=connection.vendor, schema=_schema(connection, cursor),
            made_at=clock.now().astimezone(UTC).isoformat(), migrations=_migrations(cursor, tables),
            rows={table: _one(cursor, f'SELECT count(*), 0 FROM "{table}"', tables, table)[0] for table in tables},
            triggers=digest(triggers.standing(connection)), last_event=event or 0, last_event_at=_instant(at),
            head=head or "", freezes=_freezes(cursor, tables),
        )  # fmt: skip


def differences(wanted: Manifest, found: Manifest) -> list[str]:
    """In what a copy is not what was copied."""
    named = {name: (wanted.rows.get(name), found.rows.get(name)) for name in wanted.rows.keys() | found.rows.keys()}
    rows = [f"{name}: {was} rows, and {now}" for name, (was, now) in sorted(named.items()) if was != now]
    same = ("migrations", "triggers", "last_event", "last_event_at", "head", "freezes")
    return [*rows, *(f"another {name}" for name in same if getattr(wanted, name) != getattr(found, name))]


def _one(cursor: Any, asked: str, tables: list[str], table: str) -> tuple[Any, Any]:
    """The one row of an answer; nothing where there is none, or no such table."""
    if table not in tables:
        return None, None
    cursor.execute(asked)
    found: tuple[Any, Any] = cursor.fetchone() or (None, None)
    return found


def _migrations(cursor: Any, tables: list[str]) -> tuple[str, ...]:
    if "django_migrations" not in tables:
        return ()
    cursor.execute("SELECT app, name FROM django_migrations")
    return tuple(sorted(f"{app}.{name}" for app, name in cursor.fetchall()))


def _freezes(cursor: Any, tables: list[str]) -> dict[str, str]:
    if FREEZES not in tables:
        return {}
    cursor.execute(f"SELECT id, sha256 FROM \"{FREEZES}\" WHERE sha256 <> ''")
    return {str(key).replace("-", ""): sha256 for key, sha256 in cursor.fetchall()}


def _schema(connection: BaseDatabaseWrapper, cursor: Any) -> str:
    if connection.vendor != "postgresql":
        return ""
    cursor.execute("SELECT current_schema()")
    return str(cursor.fetchone()[0])


def _instant(at: datetime | str | None) -> str:
    """SQLite gives text without an offset, which is UTC."""
    found = datetime.fromisoformat(at) if isinstance(at, str) else at
    return "" if found is None else (found if found.tzinfo else found.replace(tzinfo=UTC)).isoformat()
