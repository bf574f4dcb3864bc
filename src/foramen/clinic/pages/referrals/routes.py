"""Addresses of referrals and of what follows from them, with the roles that may use them."""

from foramen.clinic.pages.referrals import one, views
from foramen.clinic.rights.matrix import CARE, DOCTORS, SCHEDULERS, Route

ROUTES: tuple[Route, ...] = (
    Route("referrals", "referrals/", views.referrals, CARE),
    Route("referral-new", "referrals/new/", views.new, SCHEDULERS, SCHEDULERS),
    Route("referral-for", "referrals/new/<uuid:key>/", views.new_for, SCHEDULERS, SCHEDULERS),
    Route("referral", "referrals/<uuid:key>/", one.show, CARE),
    Route("triage", "referrals/<uuid:key>/triage/", one.triage, frozenset(), DOCTORS),
    Route("place-order", "referrals/<uuid:key>/order/", one.place_order, frozenset(), SCHEDULERS),
    Route("ask-add-on", "orders/<uuid:key>/add-on/", one.ask_add_on, frozenset(), SCHEDULERS),
    Route("decide-repeat", "orders/<uuid:key>/repeat/", one.decide_repeat, frozenset(), DOCTORS),
)
