"""Addresses, with the roles that may use them."""

from foramen.clinic.pages.history import export, views
from foramen.clinic.rights.matrix import CARE, Route
from foramen.clinic.rights.roles import Role

KEEPERS = frozenset({Role.LEAD, Role.COORDINATOR})
"""Who hands a copy of a record to whom it belongs."""

ROUTES: tuple[Route, ...] = (
    Route("history", "patients/<uuid:key>/history/", views.history, CARE),
    Route("patient-export", "patients/<uuid:key>/copy/", export.export, KEEPERS, KEEPERS, step_up=True),
)
