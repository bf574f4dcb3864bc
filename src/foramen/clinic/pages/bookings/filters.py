"""What the lists of visits and of waiting orders are narrowed to."""

from typing import ClassVar

from django import forms
from django.db.models import Q, QuerySet

from foramen.clinic.models import Modality, Order, Room, Site, Visit
from foramen.clinic.pages.bookings.slots import day_bounds
from foramen.clinic.pages.paging import DayField, ListFilter, SearchField, of_patients


class VisitFilter(ListFilter):
    """Visits by patient, day, room, state and radiologist."""

    sorted_by: ClassVar = {
        "start": ("start", "pk"),
        "latest": ("-start", "-pk"),
        "room": ("room__place", "start", "pk"),
    }

    q = SearchField()
    first = DayField(label="From", required=False)
    last = DayField(label="To", required=False)
    room = forms.ChoiceField(label="Room", required=False)
    state = forms.ChoiceField(label="State", required=False, choices=[("", "any"), *Visit.State.choices])
    radiologist = forms.ChoiceField(label="Radiologist", required=False)

    def narrow(self, rows: "QuerySet[Visit]", site: Site) -> "QuerySet[Visit]":
        """The visits that are meant, in the order that is asked for."""
        rows = of_patients(rows, self.asked("q"), site)
        if first := self.asked("first"):
            rows = rows.filter(start__gte=day_bounds(first, site.zone)[0])
        if last := self.asked("last"):
            rows = rows.filter(start__lt=day_bounds(last, site.zone)[1])
        equal = {"room": "room", "state": "state", "radiologist": "radiologist"}
        wanted = Q(**{path: self.asked(name) for name, path in equal.items() if self.asked(name)})
        return rows.filter(wanted).order_by(*self.order)


class WaitingFilter(ListFilter):
    """Orders that wait, by patient and modality."""

    sorted_by: ClassVar = {
        "asked": ("waiting_since", "pk"),
    }

    q = SearchField()
    modality = forms.ChoiceField(label="Watched by", required=False, choices=[("", "any"), *Modality.choices])

    def narrow(self, rows: "QuerySet[Order]", site: Site) -> "QuerySet[Order]":
        """The orders that are meant, in the order that is asked for."""
        rows = of_patients(rows, self.asked("q"), site)
        if modality := self.asked("modality"):
            rows = rows.filter(modality=modality)
        return rows.order_by(*self.order)


def rooms_of(site: Site) -> list[tuple[str, str]]:
    """Key and name of the rooms of a site. One query."""
    return [(str(one.pk), one.name) for one in Room.objects.filter(site=site)]
