"""People who have signed in, for tests of pages."""

import time

from django.test import Client

from foramen.clinic import clock
from foramen.clinic.models import Person, Site
from foramen.clinic.rights.gatekeeper import SITE
from foramen.clinic.rights.sessions import BEGUN, BROWSER, TOUCHED
from foramen.clinic.rights.step_up import SHOWN_AT

PASSWORD = "a long enough password"


def signed_in(client: Client, person: Person, site: Site | None = None) -> Client:
    """A client with a session that was begun with both factors a moment ago, at a site."""
    client.force_login(person)
    session, now = client.session, time.time()
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": now}]
    session[BEGUN], session[TOUCHED], session[BROWSER] = now, now, "Chrome"
    session[SHOWN_AT] = clock.now().timestamp()
    if site is not None:
        session[SITE] = str(site.pk)
    session.save()
    return client
