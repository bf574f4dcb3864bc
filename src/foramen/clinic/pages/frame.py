"""What stands around every page."""

from typing import Any

from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, Any]:
    """For every template: the site, the roles, and the name of whoever is signed in."""
    return {"site": getattr(request, "at_site", None), "roles": getattr(request, "roles", frozenset())}
