"""Addresses of the day board, with the roles that may use them."""

from foramen.clinic.pages.board import actions, sheet, views
from foramen.clinic.rights.matrix import CARE, SCHEDULERS, Route
from foramen.clinic.rights.roles import Role

CREW_SETTERS = frozenset({Role.LEAD, Role.COORDINATOR})

ROUTES: tuple[Route, ...] = (
    Route("board", "", views.show_today, CARE),
    Route("board-day", "board/<str:on>/", views.show, CARE),
    Route("day-sheet", "board/<str:on>/sheet/", sheet.day_sheet, CARE),
    Route("board-room", "board/<str:on>/<slug:code>/", views.room, CARE),
    Route("add-on", "board/<str:on>/<slug:code>/add-on/", actions.add_on, SCHEDULERS, SCHEDULERS),
    Route("crew", "board/<str:on>/<slug:code>/crew/", actions.crew, CREW_SETTERS, CREW_SETTERS),
)
