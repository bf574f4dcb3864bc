"""Addresses of answers, with the roles that may use them."""

from foramen.clinic.pages.assessments import correcting, views
from foramen.clinic.rights.matrix import CARE, Route

ROUTES: tuple[Route, ...] = (
    Route("answers", "answers/", views.answers_due, CARE),
    Route("visit-answers", "visits/<uuid:visit_id>/answers/", views.of_visit, CARE),
    Route("answer", "visits/<uuid:visit_id>/answers/<slug:timepoint>/", views.answer, CARE, CARE),
    Route("correct-answer", "facts/<int:fact_id>/answers/", correcting.correct_answer, CARE, CARE),
)
