"""From a form that was sent to a verb that is performed, and back to the form when it is refused."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from django.forms import CharField, Form, Textarea
from pydantic import ValidationError

from foramen.clinic.domain.act import Act
from foramen.clinic.domain.errors import (
    NotAllowedError,
    StaleError,
    UnknownError,
    WrongInputError,
    WrongPatientError,
)
from foramen.clinic.domain.verbs import VERBS, Done, perform
from foramen.clinic.facts.content import Content
from foramen.clinic.models import Patient
from foramen.clinic.pages.local_time import LocalTimeField
from foramen.clinic.rights.gatekeeper import ClinicRequest
from foramen.kernel.errors import Fault, UserError

KEY = "key"
"""Name of the hidden field with the idempotency key; `{% key %}` writes it."""

PATIENT = "patient"
"""Name of the hidden field that says whose record a form belongs to; `{% of_patient %}` writes it."""

LATE, WHY = "late_at", "late_why"
"""Names of the fields of a late entry."""

_OF_LATE_ENTRY = {"happened_at": LATE, "why": WHY}
"""As the domain calls them."""


class LateEntry(Form):
    """To inherit from: what is entered later than it happened says when it happened, and why it comes late."""

    late_at = LocalTimeField(label="When it happened, if you enter it late", required=False)
    late_why = CharField(label="Why it is entered late", required=False, widget=Textarea({"rows": 2}))


def act_of(request: ClinicRequest, why: str = "") -> Act:
    """Who acts by this request."""
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

    `data` takes the place of the form's cleaned data where the content of the verb has another shape. What has a page
    of its own is raised: a conflict, an unknown row, a missing right, a form of another patient. Of a refusal,
    `request.refused` keeps the error, for what else it holds, such as the decisions of a gate.
    """
    check_patient(request, name, subject)
    if not form.is_valid():
        return None
    entered = {key: value for key, value in form.cleaned_data.items() if key not in (LATE, WHY)}
    try:
        act = _late(act_of(request, why), form)
        content = model.model_validate(dict(entered if data is None else data), strict=False)
        return perform(act, name, subject, content)
    except ValidationError as error:
        for one in error.errors():
            add_fault(form, Fault(one["msg"].removeprefix("Value error, "), ".".join(map(str, one["loc"]))))
    except (StaleError, UnknownError, NotAllowedError):
        raise
    except UserError as error:
        request.refused = error
        for fault in error.faults:
            add_fault(form, fault)
    return None


def check_patient(request: ClinicRequest, name: str, subject: UUID | str) -> None:
    """Whether the form was shown in the record of the patient whom it would change (H01). Raises WrongPatientError."""
    meant = _patient_of(name, subject, request)
    if meant is not None and request.POST.get(PATIENT, "") != str(meant):
        raise WrongPatientError.single(
            "this form belongs to the record of another patient", remedy="open the record again, and enter it there"
        )


def _patient_of(name: str, subject: UUID | str, request: ClinicRequest) -> Any:
    """The key of the patient whom a verb concerns; None where it concerns nobody, or where there is no such row."""
    model = VERBS[name].on
    path = "pk" if model is Patient else "patient_id"
    if model is not Patient and not hasattr(model, "patient"):
        return None
    return model._default_manager.filter(site=request.at_site, pk=subject).values_list(path, flat=True).first()


def _late(act: Act, form: Form) -> Act:
    """The act with the time at which it happened, where the form says that it is entered late."""
    at, why = form.cleaned_data.get(LATE), form.cleaned_data.get(WHY, "").strip()
    return act if at is None else replace(act, happened_at=at, why=" ".join(one for one in (act.why, why) if one))


def add_fault(form: Form, fault: Fault) -> None:
    """A fault at the field that it names, or at the form as a whole."""
    named = next((one for one in (fault.where, _OF_LATE_ENTRY.get(fault.where)) if one in form.fields), None)
    said = ": ".join(part for part in (fault.what, fault.remedy) if part)
    form.add_error(named, f"{said[:1].upper()}{said[1:]}.".replace("..", "."))
