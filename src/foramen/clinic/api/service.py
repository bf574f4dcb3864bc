"""The API: its addresses, who is let in, and how a refusal is told."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Router
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as NinjaValidationError
from ninja.security import HttpBearer

from foramen import __version__
from foramen.clinic.api.answers import NoTokenError, Problem, TooManyError, problem_of, status_of
from foramen.clinic.api.reading import add_reads
from foramen.clinic.api.tokens import Holder, holder_of
from foramen.clinic.api.writing import add_verbs
from foramen.clinic.domain.errors import WrongInputError
from foramen.clinic.rights import limits
from foramen.clinic.rights.gatekeeper import ClinicRequest
from foramen.kernel.errors import Fault, UserError

ABOUT = """\
The verbs of the pathway, as the pages have them: the same rules, the same order of steps, the same record. A token is
made for some of them, at one site, for one person, whose roles of the day count. Another site's row is as unknown as
none. Every write has an Idempotency-Key of its own: sent again with the same body it is answered again, with another
body it is refused."""


class BearerToken(HttpBearer):
    """Authorization: Bearer TOKEN. A cookie lets nobody in."""

    def authenticate(self, request: HttpRequest, token: str) -> Holder | None:
        """Whose token it is. The request is theirs from here on, whatever session its cookies name. A token that holds
        is let in however many others did not; raises TooManyError when there were too many of those."""
        holder = holder_of(token)
        if holder is None and limits.take(request, limits.TOKEN) is None:
            raise TooManyError.single("too many wrong tokens from one address", remedy="wait a minute")
        if holder is not None:
            asking = cast(ClinicRequest, request)
            asking.person, asking.at_site, asking.roles = holder.person, holder.site, holder.roles
        return holder


def made_api() -> NinjaAPI:
    """The API with every address."""
    api = NinjaAPI(
        title="Foramen, the clinic", version=__version__, description=ABOUT, openapi_url=None, docs_url=None,
        auth=BearerToken(), urls_namespace="api",
    )  # fmt: skip
    router = Router()
    add_reads(router)
    add_verbs(router)
    api.add_router("", router)
    api.add_exception_handler(UserError, lambda request, error: refused(api, request, error))
    api.add_exception_handler(AuthenticationError, lambda request, _: refused(api, request, NO_TOKEN))
    api.add_exception_handler(NinjaValidationError, lambda request, error: refused(api, request, _wrong(error)))
    api.add_exception_handler(HttpError, lambda request, error: _other(api, request, error))
    return api


NO_TOKEN = NoTokenError.single(
    "nobody is let in without a token that holds", where="Authorization", remedy="Authorization: Bearer TOKEN"
)


def refused(api: NinjaAPI, request: HttpRequest, error: Any) -> HttpResponse:
    """A refusal of ours."""
    return _answer(api, request, problem_of(error), status_of(error))


def _wrong(error: Any) -> UserError:
    return WrongInputError(*(Fault(one["msg"], ".".join(map(str, one["loc"][1:]))) for one in error.errors))


def _other(api: NinjaAPI, request: HttpRequest, error: Any) -> HttpResponse:
    said = WrongInputError.single(str(error))
    return _answer(api, request, problem_of(said), error.status_code)


def _answer(api: NinjaAPI, request: HttpRequest, problem: Problem, status: int) -> HttpResponse:
    return api.create_response(request, problem.model_dump(mode="json"), status=status)
