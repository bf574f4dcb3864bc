"""Addresses of bookings, with the roles that may use them."""

from foramen.clinic.pages.bookings import lists, views
from foramen.clinic.rights.matrix import CARE, SCHEDULERS, Route

ROUTES: tuple[Route, ...] = (
    Route("bookings", "bookings/", lists.bookings, CARE),
    Route("waiting", "bookings/waiting/", lists.waiting, CARE),
    Route("book", "orders/<uuid:key>/book/", views.book, SCHEDULERS, SCHEDULERS),
    Route("move", "bookings/<uuid:key>/move/", views.move, SCHEDULERS, SCHEDULERS),
    Route("cancel", "bookings/<uuid:key>/cancel/", views.cancel, SCHEDULERS, SCHEDULERS),
)
