"""From a form that was sent to a verb that is performed, and back to the form when it is refused."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.forms import Form
from pydantic import ValidationError

from foramen.clinic.domain.act import Act
from foramen.clinic.domain.errors import StaleError, UnknownError, WrongInputError
from foramen.clinic.domain.verbs import Done, perform
from foramen.clinic.facts.content import Content
from foramen.clinic.rights.gatekeeper import ClinicRequest
from foramen.kernel.errors import Fault, UserError

KEY = "key"
"""Name of the hidden field with the idempotency key; `{% key %}` writes it."""


def act_of(request: ClinicRequest, why: str = "") -> Act:
    """Who acts by this request. A form without a readable key counts as a new request."""
    return Act(request.person, request.at_site, request.roles, key=_key(request), why=why)


def _key(request: ClinicRequest) -> UUID:
    try:
        return UUID(request.POST.get(KEY, ""))
    except ValueError:
        raise WrongInputError.single(
            "this form was sent without its number", where=KEY, remedy="load the page again and enter it anew"
        ) from None


def new_key() -> UUID:
    """A key for a form that is shown."""
    return uuid4()


def perform_form(
    request: ClinicRequest,
    form: Form,
    name: str,
    subject: UUID | str,
    model: type[Content],
    data: Mapping[str, Any] | None = None,
    why: str = "",
) -> Done | None:
    """Perform a verb with what a form holds; None: the form has the reasons now, and nothing is stored.

    `data` takes the place of the form's cleaned data where the content of the verb has another shape. A conflict and an
    unknown row are raised: they have pages of their own.
    """
    if not form.is_valid():
        return None
    try:
        content = model.model_validate(dict(form.cleaned_data if data is None else data), strict=False)
        return perform(act_of(request, why), name, subject, content)
    except ValidationError as error:
        for one in error.errors():
            add_fault(form, Fault(one["msg"].removeprefix("Value error, "), ".".join(map(str, one["loc"]))))
    except (StaleError, UnknownError):
        raise
    except UserError as error:
        for fault in error.faults:
            add_fault(form, fault)
    return None


def add_fault(form: Form, fault: Fault) -> None:
    """A fault at the field that it names, or at the form as a whole."""
    field = fault.where if fault.where in form.fields else None
    said = [fault.what, *([fault.remedy] if fault.remedy else [])]
    form.add_error(field, ": ".join(said))
