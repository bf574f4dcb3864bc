"""Addresses, with the roles that may use them."""

from foramen.clinic.rights.matrix import Route

ROUTES: tuple[Route, ...] = ()
