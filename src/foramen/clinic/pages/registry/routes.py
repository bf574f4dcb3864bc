"""Addresses of the registry, with the roles that may use them."""

from foramen.clinic.domain.registry import FREEZERS, RUNNERS
from foramen.clinic.pages.registry import files, views
from foramen.clinic.rights.matrix import Route

ROUTES: tuple[Route, ...] = (
    Route("registry", "registry/", views.registry, RUNNERS),
    Route("registry-freeze", "registry/freeze/", views.ask_freeze, frozenset(), FREEZERS, step_up=True),
    Route("snapshot", "registry/<uuid:pk>/", views.snapshot, RUNNERS),
    Route("snapshot-files", "registry/<uuid:pk>/files/", files.snapshot_files, RUNNERS, step_up=True),
    Route("snapshot-study", "registry/<uuid:pk>/study/", views.ask_study, frozenset(), RUNNERS),
    Route("report", "registry/reports/<uuid:pk>/", files.report, RUNNERS),
    Route("report-file", "registry/reports/<uuid:pk>/<slug:kind>/", files.report_file, RUNNERS),
)
