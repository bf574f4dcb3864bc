"""Addresses, with the roles that may use them."""

from foramen.clinic.pages.people import rights, views
from foramen.clinic.rights.matrix import ADMINS, LEADS, Route

KEEPERS = ADMINS | LEADS

ROUTES: tuple[Route, ...] = (
    Route("people", "people/", views.people, KEEPERS),
    Route("person-new", "people/new/", views.new_person, KEEPERS, KEEPERS, step_up=True),
    Route("person-known", "people/known/", views.known_person, frozenset(), KEEPERS, step_up=True),
    Route("person", "people/<uuid:pk>/", views.person, KEEPERS),
    Route("rights-then", "people/<uuid:pk>/rights/", rights.rights_then, KEEPERS),
    Route("role-give", "people/<uuid:pk>/roles/", views.give, frozenset(), KEEPERS, step_up=True),
    Route("account-end", "people/<uuid:pk>/end/", views.end_account, frozenset(), KEEPERS, step_up=True),
    Route("sign-in-reset", "people/<uuid:pk>/reset/", views.reset, frozenset(), KEEPERS, step_up=True),
    Route("role-end", "people/roles/<uuid:pk>/end/", views.end_role, frozenset(), KEEPERS, step_up=True),
)
