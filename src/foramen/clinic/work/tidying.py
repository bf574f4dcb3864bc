"""What is cleared away or brought up to date without anybody asking. Nothing of the record is ever cleared away."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db.models import Q

from foramen.clinic import clock
from foramen.clinic.models import Visit
from foramen.clinic.rules import readiness
from foramen.clinic.work.registry import again

AT_ONCE = 200
"""Visits whose rules are asked in one go."""


@again("end sessions", every=timedelta(days=1))
def clear_ended_sessions() -> None:
    """Sessions that have ended let nobody in; their rows go."""
    Session.objects.filter(expire_date__lt=clock.now()).delete()


@again("readiness", every=timedelta(minutes=1))
def keep_readiness_fresh() -> None:
    """Ask the rules about visits whom time has changed, so that lists are quick and show what holds."""
    now = clock.now()
    due = Q(readiness_until__lte=now - readiness.SETTLED)
    readiness.keep_fresh(Visit.objects.filter(due).order_by("readiness_until", "pk")[:AT_ONCE], now)
