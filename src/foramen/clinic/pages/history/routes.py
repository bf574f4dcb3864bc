"""Addresses, with the roles that may use them."""

from foramen.clinic.pages.history import views
from foramen.clinic.rights.matrix import CARE, Route

ROUTES: tuple[Route, ...] = (Route("history", "patients/<uuid:key>/history/", views.history, CARE),)
