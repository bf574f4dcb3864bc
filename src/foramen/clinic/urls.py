"""Every address of the clinic, from the routes of its pages."""

from itertools import chain

from foramen.clinic.api.routes import ROUTES as API
from foramen.clinic.pages.assessments.routes import ROUTES as ANSWERS
from foramen.clinic.pages.board.routes import ROUTES as BOARD
from foramen.clinic.pages.bookings.routes import ROUTES as BOOKINGS
from foramen.clinic.pages.gate.routes import ROUTES as GATE
from foramen.clinic.pages.health.routes import ROUTES as HEALTH
from foramen.clinic.pages.history.routes import ROUTES as HISTORY
from foramen.clinic.pages.letters.routes import ROUTES as LETTERS
from foramen.clinic.pages.patients.routes import ROUTES as PATIENTS
from foramen.clinic.pages.people.routes import ROUTES as PEOPLE
from foramen.clinic.pages.policies.routes import ROUTES as POLICIES
from foramen.clinic.pages.referrals.routes import ROUTES as REFERRALS
from foramen.clinic.pages.registry.routes import ROUTES as REGISTRY
from foramen.clinic.pages.research.routes import ROUTES as RESEARCH
from foramen.clinic.pages.restored.routes import ROUTES as RESTORED
from foramen.clinic.pages.screening.routes import ROUTES as SCREENING
from foramen.clinic.pages.treatment.routes import ROUTES as TREATMENT
from foramen.clinic.rights.matrix import patterns

ROUTES = tuple(
    chain(
        GATE, BOARD, BOOKINGS, REFERRALS, PATIENTS, SCREENING, TREATMENT, ANSWERS, RESEARCH, LETTERS, REGISTRY,
        POLICIES, PEOPLE, HISTORY, RESTORED, HEALTH, API,
    )
)  # fmt: skip
urlpatterns = patterns(ROUTES)

handler400 = "foramen.clinic.pages.errors.bad_request"
handler403 = "foramen.clinic.pages.errors.forbidden"
handler404 = "foramen.clinic.pages.errors.not_found"
handler429 = "foramen.clinic.pages.errors.too_many"
handler500 = "foramen.clinic.pages.errors.server_error"
