"""Addresses, with the roles that may use them."""

from foramen.clinic.pages.restored import views
from foramen.clinic.rights.matrix import ALL, LEADS, Route

ROUTES: tuple[Route, ...] = (
    Route("restored", "restored/", views.restored, ALL),
    Route("restored-confirm", "restored/confirm/", views.confirm, frozenset(), LEADS, step_up=True),
)
