"""Addresses of screening and hold plan, with the roles that may use them."""

from foramen.clinic.pages.screening import letters, views
from foramen.clinic.rights.matrix import CARE, Route

ROUTES: tuple[Route, ...] = (
    Route("screening", "visits/<uuid:visit_id>/screening/", views.screening, CARE),
    Route("screening-edit", "visits/<uuid:visit_id>/screening/edit/", views.edit, CARE, CARE),
    Route("screening-judge", "visits/<uuid:visit_id>/screening/judge/", views.judge_again, frozenset(), CARE),
    Route("screening-sign", "visits/<uuid:visit_id>/screening/sign/", views.sign, CARE, CARE),
    Route("letter-make", "visits/<uuid:visit_id>/screening/letter/", letters.make, CARE, CARE),
    Route("letter-read", "visits/<uuid:visit_id>/screening/read/", letters.read, CARE, CARE),
    Route("drugs", "drugs/", views.find_drug, CARE),
)
"""The route that judges what is being typed takes it as a form, and stores nothing."""
