"""The freeze: from the rows of the clinic to a de-identified snapshot, which the evidence wing opens."""

from foramen.clinic.freeze.detail import Detail
from foramen.clinic.freeze.snapshot import make_snapshot
from foramen.clinic.freeze.told import Told

__all__ = ["Detail", "Told", "make_snapshot"]
