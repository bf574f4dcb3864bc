"""Address of a letter or sheet, with the roles that may read it."""

from foramen.clinic.pages.letters import views
from foramen.clinic.rights.matrix import CARE, Route

ROUTES: tuple[Route, ...] = (Route("letter", "letters/<uuid:key>/", views.show, CARE),)
