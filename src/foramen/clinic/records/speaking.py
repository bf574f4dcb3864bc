"""Who writes outside of a verb, such as a change of a password: whoever is signed in."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from foramen.clinic import clock
from foramen.clinic.records.context import saying


class AuditContext:
    """Middleware. A verb says more, and takes its place while it runs."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        context = {"page": request.path}
        if request.user.is_authenticated:
            context |= {"person": request.user.pk.hex, "shown_as": str(request.user)}
        with saying(context, clock.now()):
            return self.answer(request)
