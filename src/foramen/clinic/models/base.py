"""What all rows have in common."""

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
