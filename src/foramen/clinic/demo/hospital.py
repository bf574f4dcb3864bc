"""Building the demonstration: the same seed gives the same hospital."""

from datetime import UTC, date, datetime
from random import Random

from django.db import transaction

from foramen.clinic import clock
from foramen.clinic.demo.accounts import EXAMPLE, make_accounts
from foramen.clinic.demo.past import NAMED, TODAY, Past, build_past
from foramen.clinic.demo.places import Hospital, make_crews, make_policies, make_rooms, make_sites
from foramen.clinic.demo.story import ADD_ONS, DAY, REFERRALS, TO_COME
from foramen.clinic.demo.today import add_first_sessions, play_today
from foramen.clinic.models import LIVE, Order, Visit
from foramen.clinic.records.context import saying
from foramen.clinic.rules import readiness

SEED = 20261126
PATIENTS = 300
OPENED = datetime(2025, 5, 20, 9, 0, tzinfo=UTC)
SIGNED = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
"""When the policies were put in force: the day on which their present versions came out."""

SHOWN = datetime(2026, 11, 26, 8, 12, tzinfo=UTC)
"""The instant at which the day is shown: 09:12 in Zurich."""


def build_hospital(seed: int = SEED) -> Hospital:
    """Everything, in an empty database, in one transaction."""
    chance = Random(seed)
    with transaction.atomic():
        hospital = open_hospital()
        past = build_past(hospital, chance, PATIENTS - len(NAMED) - len(DAY) - len(ADD_ONS) - len(REFERRALS))
        orders = add_first_sessions(past)
        past.rows.store()
        play_today(past, orders, _to_come(past))
        with clock.standing_at(SHOWN):
            for visit in Visit.objects.filter(state__in=LIVE).select_related("site", "room", "order__referral"):
                readiness.refresh(visit)
    return hospital


def _to_come(past: Past) -> list[Order]:
    """Open orders of the past on which a second session may be booked in the rooms of the next days."""
    found, left = [], [order for order in past.rows.orders if _may_come_again(order)]
    for code, *_ in TO_COME:
        modality = past.hospital.rooms[code].modality
        order = next(one for one in left if one.modality == modality)
        left.remove(order)
        found.append(order)
    return found


def _may_come_again(order: Order) -> bool:
    """Used once, a while ago and not too long ago; and not one of the story's."""
    named = {one.family for one in DAY} | {one.family for one in (*ADD_ONS, *REFERRALS)} | {one[0] for one in NAMED}
    ago = (TODAY - order.ordered_on).days
    return order.used == 1 and 50 < ago < 150 and order.site.code == EXAMPLE and order.patient.family_name not in named


def open_hospital() -> Hospital:
    """Sites, rooms, people, policies, and the crews of today and of the days to come, without a patient."""
    with saying({"shown_as": "demonstration", "verb": "build", "at": OPENED.isoformat()}), clock.standing_at(OPENED):
        sites = make_sites()
        hospital = Hospital(sites, make_rooms(sites), make_accounts(sites))
        make_policies(sites, hospital.people, SIGNED)
        for day in sorted({TODAY, *(date.fromisoformat(one) for _, one, _, _ in TO_COME)}):
            make_crews(hospital.rooms, hospital.people, day)
    return hospital
