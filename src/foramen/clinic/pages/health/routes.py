"""Addresses for monitors. They tell nothing about anybody, and no version."""

from foramen.clinic.pages.health import views
from foramen.clinic.rights.matrix import ANYBODY, Route

ROUTES = (
    Route("health", "health", views.health, ANYBODY),
    Route("ready", "ready", views.ready, ANYBODY),
)
