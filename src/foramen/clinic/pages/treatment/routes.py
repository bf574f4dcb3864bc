"""Addresses of the record of a treatment, with the roles that may use them."""

from foramen.clinic.pages.treatment import corrections, views
from foramen.clinic.rights.matrix import CARE, Route

ROUTES: tuple[Route, ...] = (
    Route("treatment", "visits/<uuid:visit_id>/treatment/", views.treatment, CARE),
    Route("check-mass", "visits/<uuid:visit_id>/treatment/check/", views.check_mass, frozenset(), CARE),
    Route("treatment-news", "visits/<uuid:visit_id>/treatment/news/<int:since>/", views.news, CARE),
    Route("treatment-step", "visits/<uuid:visit_id>/treatment/<slug:step>/", views.do_step, CARE, CARE),
    Route("correct-fact", "facts/<int:fact_id>/correct/", corrections.correct_fact, CARE, CARE),
    Route("void-fact", "facts/<int:fact_id>/void/", corrections.void_fact, CARE, CARE),
)
