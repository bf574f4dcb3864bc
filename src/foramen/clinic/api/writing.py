"""One address for each verb: POST /api/{what}/{its key}/{verb}."""

from typing import Annotated, Any, TypeVar, cast
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from ninja import Path as InPath
from ninja import Query, Router
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, ValidationError

from foramen.catalogue.inputs import within_years
from foramen.clinic.api.answers import REFUSALS, BadRequestError, NoScopeError, Problem, unreadable
from foramen.clinic.api.tokens import Holder, verbs_by_token
from foramen.clinic.domain.act import Act
from foramen.clinic.domain.errors import WrongInputError
from foramen.clinic.domain.verbs import Verb, perform
from foramen.clinic.facts.content import Content

KEY = "Idempotency-Key"
REFERENCE = "#/components/schemas/{model}"

Name = Annotated[str, InPath(max_length=40, pattern="^[0-9a-zA-Z-]+$")]
"""The key of a row in an address: a UUID, or the number of a fact."""


Why = Annotated[str, Query(max_length=500, description="a reason, where one is asked for")]
HappenedAt = Annotated[
    Annotated[AwareDatetime, AfterValidator(within_years)] | None,
    Query(description="of a late entry: when it was, with the offset; then `why` says why it comes late"),
]
Kind = TypeVar("Kind")


class Row(BaseModel):
    """What was made or changed."""

    model: str
    key: str
    again: bool = Field(description="this key had done it before; nothing was done twice")


def holder_of_request(request: HttpRequest, scope: str) -> Holder:
    """Who asks. Raises NoScopeError when the token was made for something else."""
    holder = cast(Holder, cast(Any, request).auth)
    if scope not in holder.scopes:
        raise NoScopeError.single(
            "this token was not made for that", where="scope", received=", ".join(sorted(holder.scopes)),
            remedy=f"a token with the scope {scope}",
        )  # fmt: skip
    return holder


def add_verbs(router: Router) -> None:
    """An address for every verb that a token may be made for."""
    for verb in verbs_by_token():
        _add(router, verb)


def _add(router: Router, verb: Verb) -> None:
    subject = str(verb.on._meta.verbose_name)

    def run(request: HttpRequest, id: Name, why: Why = "", happened_at: HappenedAt = None) -> Any:
        holder = holder_of_request(request, verb.name)
        who = (holder.person, holder.site, holder.roles)
        act = Act(*who, key=_key(request), happened_at=happened_at, why=_storable(why, why), channel="api")
        act.role_for(verb.roles)
        done = perform(act, verb.name, id, _content(request, verb.content))
        return Row(model=done.model, key=done.key, again=done.again)

    router.post(
        f"/{subject}/{{id}}/{verb.name}",
        response={200: Row} | dict.fromkeys(REFUSALS, Problem),
        operation_id=verb.name,
        url_name=verb.name,
        summary=verb.says,
        description=f"For: {', '.join(sorted(verb.roles))}.",
        tags=[subject],
        openapi_extra=_said(verb),
    )(run)


def _said(verb: Verb) -> dict[str, Any]:
    """What the document says of the key and of the body: both are read here, for an answer that says what is wrong."""
    schema = {"$ref": REFERENCE.format(model=verb.content.__name__)}
    key = {
        "in": "header", "name": KEY, "required": True, "schema": {"type": "string", "format": "uuid"},
        "description": "one for each thing to be done; sent again with the same body, it is answered again",
    }  # fmt: skip
    return {"parameters": [key], "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _key(request: HttpRequest) -> UUID:
    try:
        return UUID(request.headers.get(KEY, ""))
    except ValueError:
        raise BadRequestError.single(
            "every write has a key of its own", where=KEY, remedy="send a new UUID with each thing to be done"
        ) from None


def _content(request: HttpRequest, model: type[Content]) -> Content:
    try:
        content = model.model_validate_json(request.body)
    except RequestDataTooBig:
        raise BadRequestError.single("the body is too long") from None
    except ValidationError as error:
        raise unreadable(error) from None
    return _storable(content, content.model_dump_json())


def _storable(value: Kind, text: str) -> Kind:
    """The value, unless its text holds the one character that a database cannot keep."""
    if "\\u0000" in text or "\0" in text:
        raise WrongInputError.single("a text holds a character that nothing can keep", remedy="leave U+0000 out")
    return value
