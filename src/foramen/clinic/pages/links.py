"""Addresses that a page shows only to those who may open them."""

from typing import Any

from django.urls import reverse

from foramen.clinic.rights.gatekeeper import ClinicRequest
from foramen.clinic.rights.matrix import ROUTE_OF


def link_for(request: ClinicRequest, name: str, *args: Any, method: str = "GET") -> str:
    """The address of a page by its name; empty for somebody who may not ask for it that way."""
    route = ROUTE_OF.get(name)
    if route is None or not route.may(request.roles, method, signed_in=True):
        return ""
    return reverse(name, args=args)
