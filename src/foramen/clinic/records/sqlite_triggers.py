"""The triggers as SQLite knows them. It has no row as JSON: every column is named.

`foramen_context()` and `foramen_at()` are functions of our connections (`context`): a foreign program that writes to
the file fails, and nothing is changed without a trace.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

from foramen.clinic.records.audited import Audited

PREFIX = "foramen_"
REFUSED = "a row of {table} is never {done}: correct or void it"
_EVENT = (
    'INSERT INTO "clinic_auditevent" ("at", "table", "operation", "row", "old", "new", "context", "patient") '
    "VALUES (foramen_at(), '{table}', '{operation}', CAST({row}.\"{key}\" AS TEXT), {old}, {new}, "
    "foramen_context(), {patient});"
)


def wanted(tables: list[Audited]) -> dict[str, str]:
    """Every statement by the name of its trigger."""
    made: dict[str, str] = {}
    for one in tables:
        made |= _guards(one) if one.guard != "free" else {}
        if one.logged:
            made |= _audits(one)
    return made


def present(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """SQLite keeps a statement as it was given."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
        return {name: text for name, text in cursor.fetchall() if name.startswith(PREFIX)}


def mark(statement: str) -> str:
    return statement


def make(_name: str, statement: str) -> str:
    return statement


def drop(name: str) -> str:
    return f'DROP TRIGGER "{name}"'


def _audits(one: Audited) -> dict[str, str]:
    """After each of the three operations; a delete is refused, and still written down should that guard be gone."""
    changed = " OR ".join(f'OLD."{name}" IS NOT NEW."{name}"' for name in one.watched)
    old, new = _as_json(one, "OLD"), _as_json(one, "NEW")
    return dict(
        (
            _trigger(one, "insert", "AFTER INSERT", "", _event(one, "insert", "NEW", "NULL", new)),
            _trigger(one, "update", "AFTER UPDATE", f"WHEN {changed} ", _event(one, "update", "NEW", old, new)),
            _trigger(one, "delete", "AFTER DELETE", "", _event(one, "delete", "OLD", old, "NULL")),
        )
    )


def _guards(one: Audited) -> dict[str, str]:
    deleted = _refuse(REFUSED.format(table=one.table, done="deleted"))
    changed = _refuse(REFUSED.format(table=one.table, done="changed"))
    made = [_trigger(one, "keep", "BEFORE DELETE", "", deleted)]
    if one.guard == "append":
        made.append(_trigger(one, "fixed", "BEFORE UPDATE", "", changed))
    if one.guard == "answer":
        fixed = " OR ".join(f'OLD."{name}" IS NOT NEW."{name}"' for name, _ in one.columns if name != "result")
        when = f"WHEN OLD.\"result\" <> '{{}}' OR {fixed} "
        made.append(_trigger(one, "fixed", "BEFORE UPDATE", when, changed))
    return dict(made)


def _trigger(one: Audited, name: str, moment: str, when: str, does: str) -> tuple[str, str]:
    full = f"{PREFIX}{name}_{one.table}"
    return full, f'CREATE TRIGGER "{full}" {moment} ON "{one.table}" FOR EACH ROW {when}BEGIN {does} END'


def _refuse(says: str) -> str:
    return f"SELECT RAISE(ABORT, '{says}');"


def _event(one: Audited, operation: str, row: str, old: str, new: str) -> str:
    patient = f'{row}."{one.patient}"' if one.patient else "NULL"
    return _EVENT.format(
        table=one.table, operation=operation, row=row, key=one.key, old=old, new=new, patient=patient
    )  # fmt: skip


def _as_json(one: Audited, row: str) -> str:
    pairs = ", ".join(f"'{name}', {_value(row, name, holds)}" for name, holds in one.shown)
    return f"json_object({pairs})"


def _value(row: str, name: str, holds: str) -> str:
    """JSON as JSON and truth as truth, which SQLite keeps as text and as a number."""
    column = f'{row}."{name}"'
    if holds == "json":
        return f"json({column})"
    return f"json(CASE {column} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)" if holds == "boolean" else column
