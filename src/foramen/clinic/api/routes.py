"""The addresses of the API in the matrix of rights. Its token says who asks; a cookie lets nobody in."""

from typing import Any

from django.urls import URLPattern

from foramen.clinic.api.document import view_of
from foramen.clinic.api.service import made_api
from foramen.clinic.domain.verbs import VERBS
from foramen.clinic.rights.matrix import ANYBODY, Route
from foramen.clinic.rights.roles import CARE, Role

API = made_api()
ROOT = "api-root"


def _routes() -> tuple[Route, ...]:
    addresses, _, _ = API.urls
    document = Route("api-document", "api/openapi.json", view_of(API), ANYBODY)
    return (document, *(_route(one) for one in addresses if isinstance(one, URLPattern) and one.name != ROOT))


def _route(one: URLPattern) -> Route:
    """The line of an address: the roles of its verb may send, those who see patients may look."""
    view: Any = one.callback
    verb = VERBS.get(str(one.name))
    looks, writes = (frozenset(), verb.roles) if verb else (CARE, frozenset[Role]())
    return Route(f"api-{one.name}", f"api/{one.pattern}", view, looks, writes, by_token=True)


ROUTES: tuple[Route, ...] = _routes()
