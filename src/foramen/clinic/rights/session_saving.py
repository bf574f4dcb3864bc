"""Sessions that do not stand in the way of looking: where nothing can be written, a page is shown all the same."""

import logging

from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse

from foramen.clinic.logs import log_error


class Sessions(SessionMiddleware):
    """Middleware. That somebody was here a minute ago is written down with the next request that can be; what somebody
    has sent is only acknowledged with its session."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """As Django does it. Where it cannot write, it says that the session is gone; that is not so."""
        try:
            return super().process_response(request, response)
        except (OperationalError, SessionInterrupted) as error:
            cause = _cause_of(error)
            if cause is None:
                raise
            if request.method not in ("GET", "HEAD"):
                raise cause from cause.__cause__
            log_error("session not saved", cause, logging.WARNING)
            return response


def _cause_of(error: BaseException | None) -> OperationalError | None:
    """The error of the database at the bottom of an error."""
    while error is not None and not isinstance(error, OperationalError):
        error = error.__context__
    return error
