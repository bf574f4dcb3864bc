"""The day board: one view for the page and for the fragment of a room, and what is done on it."""

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django_htmx.http import reselect, reswap, retarget

from foramen.catalogue.inputs import FIRST_YEAR, LAST_YEAR
from foramen.clinic import clock
from foramen.clinic.domain.times import day_at
from foramen.clinic.models import Site, Visit
from foramen.clinic.pages.board.counters import gauges, late_list, waits
from foramen.clinic.pages.board.day import Day, RoomDay, day_of_site
from foramen.clinic.pages.board.ways import seen, with_ways, worsened
from foramen.clinic.pages.links import link_for
from foramen.clinic.rights.gatekeeper import ClinicRequest


def show_today(request: ClinicRequest) -> HttpResponse:
    """The board of today."""
    return show(request, today(request.at_site).isoformat())


def show(request: ClinicRequest, on: str) -> HttpResponse:
    """The board of a day."""
    day = shown_day(request, on)
    return render(request, "clinic/board/board.html", board_context(request, day, day.rooms))


def room(request: ClinicRequest, on: str, code: str) -> HttpResponse:
    """One room: the fragment that replaces it, or the page with nothing but it."""
    day = shown_day(request, on)
    found = room_of(day, code)
    if not request.htmx:
        return render(request, "clinic/board/board.html", board_context(request, day, (found,)))
    said = worsened(found, str(request.GET.get("seen", "")))
    context = board_context(request, day, (found,)) | {"room": _shown(request, day, found), "said": said}
    context |= {"open": request.GET.get("open", ""), "opened": "seen" not in request.GET}
    return render(request, "clinic/board/room_alone.html", context)


def rooms_after(request: ClinicRequest, visit: Visit, left: str, said: str) -> HttpResponse:
    """The rooms that an action has changed: the one that was left by its code, and the one that the visit is in now.
    What was done is said beside the visit, and aloud."""
    day = shown_day(request, day_at(request.at_site, visit.start).isoformat())
    here = next((one for one in day.rooms if one.room.code == left), None)
    there = room_of(day, visit.room.code)
    first = here or there
    context = board_context(request, day, (first,)) | {"room": _shown(request, day, first), "said": [said]}
    if there is not first:
        context["other"] = _shown(request, day, there)
    return render(request, "clinic/board/room_alone.html", context | {"focus": visit.pk})


def in_the_middle(answer: HttpResponse) -> HttpResponse:
    """A page that comes back to a part of the board takes the place of all of it."""
    return reswap(reselect(retarget(answer, "#main"), "#main > *"), "innerHTML")


def shown_day(request: ClinicRequest, on: str) -> Day:
    """The day that an address names, with the ways out for whoever asks."""
    return with_ways(request, day_of_site(request.at_site, day_named(on), clock.now()))


def day_named(on: str) -> date:
    """The day of an address, or 404."""
    try:
        found = date.fromisoformat(on)
    except ValueError:
        raise Http404 from None
    if not FIRST_YEAR < found.year < LAST_YEAR:
        raise Http404
    return found


def room_of(day: Day, code: str) -> RoomDay:
    """The room of an address, or 404: another site's is as unknown as none."""
    found = next((one for one in day.rooms if one.room.code == code), None)
    if found is None:
        raise Http404
    return found


def today(site: Site) -> date:
    """The local date now."""
    return day_at(site, clock.now())


def board_context(request: ClinicRequest, day: Day, rooms: Any) -> dict[str, Any]:
    late = late_list(request.at_site, day.now)
    return {
        "day": day, "rooms": [_shown(request, day, one) for one in rooms], "late": late, "waits": waits(day),
        "gauges": gauges(request, day, late), "is_today": day.on == today(request.at_site),
        "before": day.on - timedelta(days=1), "after": day.on + timedelta(days=1), "today": today(request.at_site),
    }  # fmt: skip


def _shown(request: ClinicRequest, day: Day, one: RoomDay) -> dict[str, Any]:
    """A room with its addresses."""
    place = (day.on.isoformat(), one.room.code)
    return {
        "day": one, "address": reverse("board-room", args=place), "seen": seen(one),
        "add_on": link_for(request, "add-on", *place), "crew": link_for(request, "crew", *place),
    }  # fmt: skip
