"""The digest of each event of the audit: the same on either database, and of whatever stands in its row.

The row is read as the database keeps it, past every converter: a text that somebody has spoilt is no JSON, no instant
or no UTF-8 any more, and still has a digest, which is another one.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

from django.db import connection

PAGE = 1000
_JSON = ("old", "new", "context")
_TEXT = ("table", "operation", "row")
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.(\d{1,6}))?")
_AT = {"postgresql": "to_char(\"at\" AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')", "sqlite": 'CAST("at" AS BLOB)'}

Numbered = tuple[int, str]
"""Number of an event, and its digest."""


def digests(first: int, last: int) -> Iterator[Numbered]:
    """Every event from one number to another that is there, in order, a page at a time."""
    while first <= last:
        page = _page(first, last)
        for row in page:
            yield row[0], _digest(row)
        if len(page) < PAGE:
            return
        first = page[-1][0] + 1


def _page(first: int, last: int) -> list[tuple[Any, ...]]:
    """SQLite hands text over as bytes, because it may be none."""
    kind = "TEXT" if connection.vendor == "postgresql" else "BLOB"
    others = ", ".join(f'CAST("{name}" AS {kind})' for name in (*_TEXT, "patient", *_JSON))
    wanted = f'SELECT "id", {_AT[connection.vendor]}, {others} FROM "clinic_auditevent"'
    with connection.cursor() as cursor:
        cursor.execute(f'{wanted} WHERE "id" BETWEEN %s AND %s ORDER BY "id" LIMIT %s', [first, last, PAGE])
        return list(cursor.fetchall())


def _digest(row: tuple[Any, ...]) -> str:
    number, at, *others = (_text(one) for one in row)
    texts, patient, documents = others[:3], others[3], others[4:]
    told = [number, _instant(at), *texts, patient.replace("-", "") if patient else patient]
    told += [_document(one) for one in documents]
    return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _text(value: Any) -> Any:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value


def _instant(text: str | None) -> str | None:
    """With six digits of the second, as PostgreSQL tells them; SQLite leaves them out where they are zero."""
    told = _INSTANT.fullmatch(text or "")
    return f"{told[1]}.{(told[2] or '').ljust(6, '0')}" if told else text


def _document(text: str | None) -> Any:
    """What a JSON text says, in a list; the text itself where it is none."""
    if text is None:
        return None
    try:
        return [json.loads(text, parse_float=_number)]
    except (ValueError, RecursionError):
        return text


def _number(text: str) -> float | int:
    """A whole number is one however it was written: PostgreSQL writes 1e22 with all its zeros."""
    value = float(text)
    return int(value) if value.is_integer() else value
