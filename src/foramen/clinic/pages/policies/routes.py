"""Addresses, with the roles that may use them."""

from foramen.clinic.pages.policies import views
from foramen.clinic.rights.matrix import ALL, DOCTORS, LEADS, Route

ROUTES: tuple[Route, ...] = (
    Route("policies", "policies/", views.policies, ALL),
    Route("policy", "policies/<slug:policy>/", views.policy, ALL),
    Route("policy-propose", "policies/<slug:policy>/propose/", views.propose, frozenset(), LEADS, step_up=True),
    Route("policy-sign", "policies/records/<uuid:pk>/sign/", views.sign, frozenset(), DOCTORS, step_up=True),
)
