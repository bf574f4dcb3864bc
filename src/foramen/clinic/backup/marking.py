"""What a copy is told before it is put in place: that it is one, and that nobody is signed in to it.

By SQL alone, because a backup may be of an older version of the models.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from foramen.clinic import clock
from foramen.clinic.backup.errors import BackupError, telling_disk
from foramen.clinic.backup.manifest import EVENTS, Manifest
from foramen.clinic.records.context import saying
from foramen.clinic.records.erasures import LIST
from foramen.clinic.records.installation import RESTORED

PATIENTS, MARKS, KEY = "clinic_patient", "clinic_searchmark", "data_key"
SESSIONS, TOKENS, INSTALLATION = "django_session", "clinic_token", "clinic_installation"


@dataclass(frozen=True, slots=True)
class Marked:
    """How many sessions and tokens of the backup were ended, and how many erasures were done again."""

    sessions: int
    tokens: int
    erased: int


def mark(manifest: Manifest) -> Marked:
    """End every session and every token: one that was ended after the backup would hold again. Write down that this is
    a copy, from which nothing is sent until somebody confirms it."""
    told = {"shown_as": "command line", "verb": "restore", "backed_up_at": manifest.made_at}
    tables, now = connection.introspection.table_names(), _instant(clock.now())
    with saying(told), transaction.atomic(), connection.cursor() as cursor:
        sessions = _do(cursor, tables, SESSIONS, f'DELETE FROM "{SESSIONS}"')
        ending = f'UPDATE "{TOKENS}" SET ended_at = %s, version = version + 1 WHERE ended_at IS NULL'
        tokens = _do(cursor, tables, TOKENS, ending, now)
        again = _erase_again(cursor, tables, now)
        _note_restored(cursor, tables, now, _instant(manifest.when))
        context = connection.ops.adapt_json_value(told | {"what": "restored from a backup"}, None)
        event = f'INSERT INTO "{EVENTS}" (at, "table", operation, "row", context) VALUES (%s, %s, %s, %s, %s)'
        _do(cursor, tables, EVENTS, event, now, INSTALLATION, RESTORED, "1", context)
    return Marked(sessions, tokens, again)


def _erase_again(cursor: Any, tables: list[str], now: Any) -> int:
    """Destroy the keys of everybody who was erased after the backup, as the list beside the heads of the audit says."""
    if KEY not in _columns(cursor, tables, PATIENTS):
        return 0
    erased, native = 0, connection.features.has_native_uuid_field
    for one in erased_pseudonyms():
        known = one if native else one.hex
        marks = f'DELETE FROM "{MARKS}" WHERE patient_id IN (SELECT id FROM "{PATIENTS}" WHERE pseudonym = %s)'
        _do(cursor, tables, MARKS, marks, known)
        keys = f"{KEY} = '', number_mark = '', erased_at = %s, version = version + 1"
        erased += _do(
            cursor,
            tables,
            PATIENTS,
            f"UPDATE \"{PATIENTS}\" SET {keys} WHERE pseudonym = %s AND {KEY} <> ''",
            now,
            known,
        )
    return erased


def erased_pseudonyms() -> list[UUID]:
    """Everybody on the list of the erased, a pseudonym on each line. Raises BackupError for a line that is none: who is
    to stay erased must not come back by a slip."""
    file = Path(settings.FORAMEN_SEALS_DIR) / LIST
    if not settings.FORAMEN_SEALS_DIR or not file.exists():
        return []
    with telling_disk(file):
        lines = file.read_text(encoding="utf-8").split()
    try:
        return [UUID(line) for line in lines]
    except ValueError:
        raise BackupError.single(
            "a line of the list of erased patients is no pseudonym", where=str(file), remedy="take it from a copy"
        ) from None


def _columns(cursor: Any, tables: list[str], table: str) -> set[str]:
    if table not in tables:
        return set()
    return {column.name for column in connection.introspection.get_table_description(cursor, table)}


def _note_restored(cursor: Any, tables: list[str], now: Any, made_at: Any) -> None:
    columns = "restored_at = %s, backed_up_at = %s, confirmed_at = NULL, confirmed_by = '', worker_at = NULL"
    if not _do(cursor, tables, INSTALLATION, f'UPDATE "{INSTALLATION}" SET {columns} WHERE id = 1', now, made_at):
        row = f'INSERT INTO "{INSTALLATION}" (id, restored_at, backed_up_at, confirmed_by) VALUES (1, %s, %s, %s)'
        _do(cursor, tables, INSTALLATION, row, now, made_at, "")


def _do(cursor: Any, tables: list[str], table: str, statement: str, *values: Any) -> int:
    """How many rows it concerned; none where there is no such table yet."""
    if table not in tables:
        return 0
    cursor.execute(statement, values)
    return int(cursor.rowcount)


def _instant(at: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(at)
