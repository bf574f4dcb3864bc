"""Addresses, with the roles that may use them."""

from foramen.clinic.pages.people import views
from foramen.clinic.rights.matrix import ADMINS, LEADS, Route

KEEPERS = ADMINS | LEADS

ROUTES: tuple[Route, ...] = (
    Route("people", "people/", views.people, KEEPERS),
    Route("new_person", "people/new/", views.new_person, KEEPERS, KEEPERS),
    Route("known_person", "people/known/", views.known_person, frozenset(), KEEPERS),
    Route("person", "people/<uuid:pk>/", views.person, KEEPERS),
    Route("give_role", "people/<uuid:pk>/roles/", views.give, frozenset(), KEEPERS),
    Route("end_account", "people/<uuid:pk>/end/", views.end_account, frozenset(), KEEPERS),
    Route("reset_sign_in", "people/<uuid:pk>/reset/", views.reset, frozenset(), KEEPERS),
    Route("end_role", "people/roles/<uuid:pk>/end/", views.end_role, frozenset(), KEEPERS),
)
