"""What the role of the service may do in PostgreSQL: everything that it needs, and nothing that takes the audit away.

Triggers refuse to change or delete what is signed, and whoever owns the tables can drop them. The service therefore
does not own them: another role migrates, and grants the service what stands here (AUD-3, H23).
"""

import re
from collections.abc import Iterator

from django.db import connection

from foramen.clinic.records.audited import audited_tables
from foramen.kernel.errors import UserError

_NAME = re.compile("[a-z_][a-z0-9_]{0,62}")
_RIGHTS = {"append": "SELECT, INSERT", "keep": "SELECT, INSERT, UPDATE", "answer": "SELECT, INSERT, UPDATE"}
_OTHERS = "SELECT, INSERT, UPDATE, DELETE"
"""Tables of sessions, of sign-ins and of what is worked out anew: rows go from there every day."""

_READ = frozenset({"django_migrations"})


def grants(role: str) -> Iterator[str]:
    """The statements for a role, to be run by the owner of the tables after every migration. Raises UserError for what
    cannot be the name of a role."""
    if not _NAME.fullmatch(role):
        raise UserError.single("this cannot be the name of a role", where="--role", received=role, remedy="foramen_app")
    guarded = {one.table: _RIGHTS.get(one.guard, _OTHERS) for one in audited_tables()}
    yield f"GRANT USAGE ON SCHEMA public TO {role};"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};"
    for table in sorted(connection.introspection.table_names()):
        rights = "SELECT" if table in _READ else guarded.get(table, _OTHERS)
        yield f'GRANT {rights} ON "{table}" TO {role};'
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};"
