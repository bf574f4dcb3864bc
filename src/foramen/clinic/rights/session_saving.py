"""Sessions that do not stand in the way of looking: where nothing can be written, a page is shown all the same."""

import logging

from django.contrib.sessions.middleware import SessionMiddleware
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse

from foramen.clinic.logs import log_error


class Sessions(SessionMiddleware):
    """Middleware. That somebody was here a minute ago is written down with the next request that can be; what somebody
    has sent is only acknowledged with its session."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """As Django does it."""
        try:
            return super().process_response(request, response)
        except OperationalError as error:
            if request.method not in ("GET", "HEAD"):
                raise
            log_error("session not saved", error, logging.WARNING)
            return response
