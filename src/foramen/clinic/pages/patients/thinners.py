"""Medicines that thin the blood, as a list or a band tells them."""

from django.utils import timezone

from foramen.catalogue.instants import MONTHS, WEEKDAYS
from foramen.clinic.facts.screening import MedicineTold


def last_dose(told: MedicineTold) -> str:
    """When it was last taken, in the zone of the site; empty where nobody said."""
    if told.last_dose_at is not None:
        here = timezone.localtime(told.last_dose_at)
        return f"{WEEKDAYS[here.weekday()]} {here.day} {MONTHS[here.month - 1][:3]} {here:%H:%M}"
    if told.last_dose_on is not None:
        day = told.last_dose_on
        return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1][:3]}"
    return "dose unknown" if told.last_dose_unknown else ""
