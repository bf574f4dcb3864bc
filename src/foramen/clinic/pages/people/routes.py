"""Addresses, with the roles that may use them."""

from foramen.clinic.pages.people import views
from foramen.clinic.rights.matrix import ADMINS, LEADS, Route

KEEPERS = ADMINS | LEADS

ROUTES: tuple[Route, ...] = (
    Route("people", "people/", views.people, KEEPERS),
    Route("person-new", "people/new/", views.new_person, KEEPERS, KEEPERS),
    Route("person-known", "people/known/", views.known_person, frozenset(), KEEPERS),
    Route("person", "people/<uuid:pk>/", views.person, KEEPERS),
    Route("role-give", "people/<uuid:pk>/roles/", views.give, frozenset(), KEEPERS),
    Route("account-end", "people/<uuid:pk>/end/", views.end_account, frozenset(), KEEPERS),
    Route("sign-in-reset", "people/<uuid:pk>/reset/", views.reset, frozenset(), KEEPERS),
    Route("role-end", "people/roles/<uuid:pk>/end/", views.end_role, frozenset(), KEEPERS),
)
