"""The triggers as PostgreSQL knows them: three functions that know no table, and triggers that call them."""

import hashlib

from django.db.backends.base.base import BaseDatabaseWrapper

from foramen.clinic.records.audited import DERIVED, SECRET, Audited

PREFIX = "foramen_"
_AUDIT = """
DECLARE
  said jsonb := coalesce(nullif(current_setting('foramen.context', true), ''), '{}')::jsonb;
  before jsonb := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END;
  after jsonb := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END;
  one jsonb := coalesce(after, before);
BEGIN
  IF TG_OP = 'UPDATE' AND before - TG_ARGV[2]::text[] = after - TG_ARGV[2]::text[] THEN
    RETURN NULL;
  END IF;
  INSERT INTO clinic_auditevent (at, "table", operation, "row", old, new, context, patient) VALUES (
    coalesce((said ->> 'at')::timestamptz, clock_timestamp()), TG_TABLE_NAME, lower(TG_OP),
    replace(one ->> TG_ARGV[0], '-', ''), before - TG_ARGV[3]::text[], after - TG_ARGV[3]::text[], said,
    (one ->> nullif(TG_ARGV[1], ''))::uuid
  );
  RETURN NULL;
END
"""
_REFUSE = """
BEGIN
  RAISE EXCEPTION 'a row of % is never %: correct or void it', TG_TABLE_NAME,
    CASE WHEN TG_OP = 'UPDATE' THEN 'changed' ELSE 'deleted' END USING ERRCODE = 'restrict_violation';
END
"""
_ANSWER = """
BEGIN
  IF OLD.result <> '{}'::jsonb OR to_jsonb(OLD) - 'result' <> to_jsonb(NEW) - 'result' THEN
    RAISE EXCEPTION 'a row of % is never changed: correct or void it', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END
"""
_FUNCTIONS = {"foramen_audit": _AUDIT, "foramen_refuse": _REFUSE, "foramen_answer": _ANSWER}
_TRIGGERS = """
SELECT t.tgname || '.' || c.relname,
  CASE WHEN t.tgenabled IN ('O', 'A') THEN coalesce(obj_description(t.oid, 'pg_trigger'), '') ELSE '' END
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND starts_with(t.tgname::text, 'foramen_') AND c.relnamespace = current_schema()::regnamespace
ORDER BY c.relname, t.tgname
"""
_BODIES = """
SELECT proname, prosrc FROM pg_proc WHERE proname = ANY(%s) AND pronamespace = current_schema()::regnamespace
"""


def wanted(tables: list[Audited]) -> dict[str, str]:
    """Functions first, then the triggers, named with their table."""
    made = {name: _function(name, body) for name, body in _FUNCTIONS.items()}
    for one in tables:
        made |= _guards(one) if one.guard != "free" else {}
        if one.logged:
            made |= _audit(one)
    return made


def present(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """A trigger that is switched off has a mark that nothing has."""
    with connection.cursor() as cursor:
        cursor.execute(_BODIES, [list(_FUNCTIONS)])
        functions = {name: mark(_function(name, body)) for name, body in cursor.fetchall()}
        cursor.execute(_TRIGGERS)
        return functions | dict(cursor.fetchall())


def mark(statement: str) -> str:
    return hashlib.sha256(statement.encode()).hexdigest()


def make(name: str, statement: str) -> str:
    """A trigger carries its mark as a comment, because PostgreSQL keeps no text of it."""
    trigger, _, table = name.partition(".")
    if not table:
        return statement
    return f'{statement}; COMMENT ON TRIGGER "{trigger}" ON "{table}" IS \'{mark(statement)}\''


def drop(name: str) -> str:
    """A function is replaced: triggers hang on it."""
    trigger, _, table = name.partition(".")
    return f'DROP TRIGGER "{trigger}" ON "{table}"' if table else ""


def _function(name: str, body: str) -> str:
    return f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body${body}$body$"


def _audit(one: Audited) -> dict[str, str]:
    columns = {name for name, _ in one.columns}
    left_out = (_array(columns - set(one.watched)), _array(columns & (DERIVED | SECRET)))
    arguments = ", ".join(f"'{text}'" for text in (one.key, one.patient, *left_out))
    return _trigger(one, "audit", "AFTER INSERT OR UPDATE OR DELETE", "ROW", f"foramen_audit({arguments})")


def _guards(one: Audited) -> dict[str, str]:
    refused = "UPDATE OR DELETE" if one.guard == "append" else "DELETE"
    made = _trigger(one, "keep", f"BEFORE {refused}", "ROW", "foramen_refuse()")
    made |= _trigger(one, "whole", "BEFORE TRUNCATE", "STATEMENT", "foramen_refuse()")
    if one.guard == "answer":
        made |= _trigger(one, "fixed", "BEFORE UPDATE", "ROW", "foramen_answer()")
    return made


def _trigger(one: Audited, name: str, moment: str, each: str, does: str) -> dict[str, str]:
    full = f"{PREFIX}{name}"
    text = f'CREATE TRIGGER "{full}" {moment} ON "{one.table}" FOR EACH {each} EXECUTE FUNCTION {does}'
    return {f"{full}.{one.table}": text}


def _array(names: set[str]) -> str:
    return "{" + ",".join(sorted(names)) + "}"
