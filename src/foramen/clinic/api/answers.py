"""What the API answers when it does not do what was asked, and with which status."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from foramen.clinic.domain import errors
from foramen.kernel.errors import Fault, UserError


class Reason(BaseModel):
    """One thing that is wrong."""

    what: str
    where: str = Field("", description="the field, where there is one")
    received: str = ""
    remedy: str = ""


class Problem(BaseModel):
    """Why it was not done. Nothing is stored but what a rule said."""

    faults: list[Reason]
    decisions: list[dict[str, Any]] = Field([], description="what the rules said, of those that stand in the way")
    theirs: dict[str, Any] = Field({}, description="what stands now, when somebody else saved first")


class BadRequestError(UserError):
    """A request that cannot be read: no key, no JSON, too long."""


class NoTokenError(UserError):
    """Nobody is let in without a token that holds."""


class TooManyError(UserError):
    """Too many tokens that let nobody in, from one address."""


class NoScopeError(UserError):
    """The token was not made for this."""


STATUS: Mapping[type[UserError], int] = {
    BadRequestError: 400,
    NoTokenError: 401,
    NoScopeError: 403,
    errors.NotAllowedError: 403,
    errors.UnknownError: 404,
    errors.StaleError: 409,
    TooManyError: 429,
}
"""By the kind of refusal; any other is 422."""

REFUSALS = (400, 401, 403, 404, 409, 422, 429)
"""Every status of a refusal, as the API document lists them."""


def status_of(error: UserError) -> int:
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 422)


def problem_of(error: UserError) -> Problem:
    """The refusal in words."""
    return Problem(
        faults=[_reason(fault) for fault in error.faults],
        decisions=[dict(one) for one in getattr(error, "decisions", ())],
        theirs=dict(getattr(error, "theirs", {})),
    )


def unreadable(error: ValidationError) -> UserError:
    """What is wrong with a body: no JSON at all, or values that cannot be."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    if any(one["type"] == "json_invalid" for one in found):
        return BadRequestError.single(
            "the body is no JSON document", remedy="send one with Content-Type application/json"
        )
    return errors.WrongInputError(
        *(Fault(one["msg"].removeprefix("Value error, "), ".".join(map(str, one["loc"]))) for one in found)
    )


def _reason(fault: Fault) -> Reason:
    return Reason(what=fault.what, where=fault.where, received=fault.received, remedy=fault.remedy)
