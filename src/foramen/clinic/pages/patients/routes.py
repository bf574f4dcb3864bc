"""Addresses of patients, with the roles that may use them."""

from foramen.clinic.domain.erasure import ERASERS
from foramen.clinic.pages.patients import erasing, views
from foramen.clinic.rights.matrix import CARE, SCHEDULERS, Route

ROUTES: tuple[Route, ...] = (
    Route("patients", "patients/", views.patients, CARE),
    Route("patient-new", "patients/new/", views.register, SCHEDULERS, SCHEDULERS),
    Route("patient", "patients/<uuid:key>/", views.patient, CARE),
    Route("patient-change", "patients/<uuid:key>/change/", views.change, SCHEDULERS, SCHEDULERS),
    Route("patient-erase", "patients/<uuid:key>/erase/", erasing.erase, ERASERS, ERASERS, step_up=True),
)
