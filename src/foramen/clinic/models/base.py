"""What all rows have in common."""

from typing import Any
from uuid import uuid4

from django.db import models


class Row(models.Model):
    """A row with a key that says nothing and is known before the row is stored."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)

    class Meta:
        abstract = True


class VersionedRow(Row):
    """A row that changes. Every save counts; a save of an older version is refused (`records.versions`)."""

    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True


class BeginningIndex(models.Index):
    """An index of one column for what its text begins with, in any case. PostgreSQL finds rows by it; SQLite does not
    use one for such a search, and gets an ordinary one."""

    def create_sql(self, model: type[models.Model], schema_editor: Any, using: str = "", **more: Any) -> Any:
        if schema_editor.connection.vendor != "postgresql":
            return super().create_sql(model, schema_editor, using, **more)
        quote = schema_editor.quote_name
        column = quote(self.fields[0])
        name, table = quote(self.name), quote(model._meta.db_table)
        return f"CREATE INDEX {name} ON {table} (UPPER({column}::text) text_pattern_ops)"
