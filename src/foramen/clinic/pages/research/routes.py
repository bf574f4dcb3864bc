"""Addresses of consent to research, with the roles that may use them."""

from foramen.clinic.domain.research import WHO
from foramen.clinic.pages.research import views
from foramen.clinic.rights.matrix import CARE, Route

ROUTES: tuple[Route, ...] = (
    Route("research", "patients/<uuid:key>/research/", views.research, CARE),
    Route("research-sign", "patients/<uuid:key>/research/sign/", views.sign, frozenset(), WHO),
    Route("research-withdraw", "patients/<uuid:key>/research/withdraw/", views.withdraw, frozenset(), WHO),
)
