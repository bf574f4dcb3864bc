"""What becomes of every field and of every leaf of a fact when a snapshot is frozen, declared in one place.

`fields.FIELDS` has the columns of the tables, `leaves.LEAVES` the contents of facts. It imports nothing of the clinic.
"""

from foramen.clinic.classified.decisions import Decision, Drop, Keep, Transform
from foramen.clinic.classified.fields import FIELDS
from foramen.clinic.classified.leaves import LEAVES, is_free_text

__all__ = ["FIELDS", "LEAVES", "Decision", "Drop", "Keep", "Transform", "is_free_text"]
