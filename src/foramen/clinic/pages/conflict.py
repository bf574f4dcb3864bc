"""Two people saved the same: both versions line by line, and a form that sends what was chosen (H22)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from http import HTTPStatus
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import reselect, reswap, retarget

from foramen.clinic.domain.errors import StaleError
from foramen.clinic.pages.acting import KEY, PATIENT
from foramen.clinic.rights.gatekeeper import ClinicRequest

VERSION = "version"
"""Name of the field with the version that a form was filled in on."""

NOT_SENT_ON = frozenset({KEY, VERSION, "csrfmiddlewaretoken"})
SECRET = ("confirm-", "password")
"""What fields begin with, or hold in their name, that no page shows: a form that was sent on holds the password of who
confirmed it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that differs: as the form sends it, and as it is read."""

    name: str
    label: str
    mine: str
    theirs: str
    says_mine: str
    says_theirs: str


def conflict(
    request: ClinicRequest,
    stale: StaleError,
    mine: Mapping[str, Any],
    labels: Mapping[str, str],
    save_url: str,
    *,
    says: Callable[[str, str], str] = lambda _name, value: value,
    who: str = "Somebody else",
    leave_url: str = "",
) -> HttpResponse:
    """The page with both versions, 409. Lines that agree are not shown, and are sent on as they are, with the patient.

    `mine` is what was typed, by the name of the field; of `stale.theirs`, what has a label is compared. `says` tells a
    value of a field in words, such as the name of a person instead of a key.
    """
    lines, same = [], [(name, request.POST[name]) for name in (PATIENT,) if name in request.POST and name not in mine]
    for name, typed in mine.items():
        value, other = as_sent(typed), as_sent(stale.theirs.get(name, typed))
        if name in labels and value != other:
            lines.append(Line(name, labels[name], value, other, says(name, value), says(name, other)))
        elif name not in NOT_SENT_ON:
            same.extend((name, as_sent(one)) for one in (typed if isinstance(typed, list) else [typed]))
    told = {
        "lines": lines, "same": same, "version": stale.theirs.get(VERSION, ""), "save_url": save_url, "who": who,
        "leave_url": leave_url or _leave_url(request),
    }  # fmt: skip
    return instead_of_page(request, render(request, "clinic/errors/conflict.html", told, status=HTTPStatus.CONFLICT))


def instead_of_page(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """A whole page that answers the request for a part: its content takes the place of the content that is shown."""
    if getattr(request, "htmx", False):
        reselect(reswap(retarget(answer, "#main"), "innerHTML"), "#main > *")
    return answer


def _leave_url(request: ClinicRequest) -> str:
    """Back to the form as it stands now; where its address only takes what is sent, to the first page."""
    return request.path if "GET" in request.route.methods else reverse("start")


def conflict_of_form(request: ClinicRequest, stale: StaleError) -> HttpResponse:
    """The page for a form whose view has none of its own: fields are compared by their names."""
    mine = {name: values if len(values) > 1 else "".join(values)
            for name, values in request.POST.lists() if not any(one in name for one in SECRET)}  # fmt: skip
    labels = {name: name.replace("_", " ").capitalize() for name in stale.theirs if name != VERSION}
    return conflict(request, stale, mine, labels, request.path, says=partial(_says, stale.theirs))


def _says(theirs: Mapping[str, Any], name: str, value: str) -> str:
    """A value in words: a row by its name, a time without the letter between."""
    row = theirs.get(name)
    if isinstance(row, models.Model):
        return str(type(row)._default_manager.filter(pk=value).first() or "")
    return value.replace("T", " ") if isinstance(row, datetime) else value


def as_sent(value: Any) -> str:
    """A stored value as a form would send it."""
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%dT%H:%M}"
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(as_sent, value))
    return "" if value is None else str(value)
