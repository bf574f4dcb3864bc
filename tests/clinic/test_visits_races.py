"""Several people at the same moment: one of them has the slot, nobody's words are lost, no number is given twice."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from foramen.clinic.domain.errors import OutOfOrderError, StaleError, WrongInputError
from foramen.clinic.models import Draft, Referral, Visit
from foramen.kernel.errors import UserError
from tests.clinic.hospital import Hospital
from tests.clinic.journey import ASKED, Journey

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 8


@pytest.fixture
def journey(hospital: Hospital) -> Journey:
    return Journey(hospital)


def at_once(*what: Callable[[], Any]) -> Sequence[Any]:
    """Do all of it at the same moment, each in a thread with a connection of its own: results, or refusals."""
    together = Barrier(len(what))

    def run(one: Callable[[], Any]) -> Any:
        try:
            together.wait()
            return one()
        except UserError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(what)) as pool:
        return list(pool.map(run, what))


def refusals(results: Sequence[Any]) -> list[type]:
    return [type(one) for one in results if isinstance(one, UserError)]


@pytest.mark.requirement("ASVS V2.3.4", "ASVS V15.4.2")
def test_one_slot_is_booked_once_also_where_starts_differ(journey: Journey) -> None:
    orders = [journey.order(journey.patient(number=f"7000 {i:04d}")) for i in range(MANY)]
    results = at_once(*(
        lambda order=order, i=i: journey.do("lind", "book", order, journey.slot(f"10:{10 + 2 * i}"))
        for i, order in enumerate(orders)
    ))  # fmt: skip
    assert refusals(results) == [WrongInputError] * (MANY - 1)
    assert Visit.objects.count() == 1


def test_one_order_has_one_visit_to_come_whoever_books_it(journey: Journey) -> None:
    order = journey.order()
    results = at_once(*(
        lambda i=i: journey.do("lind", "book", order, journey.slot(f"1{i}:00", "fl1" if i % 2 else "fl2"))
        for i in range(5)
    ))  # fmt: skip
    assert set(refusals(results)) <= {OutOfOrderError, StaleError}
    assert (len(refusals(results)), Visit.objects.count()) == (4, 1)


def test_two_visits_do_not_move_into_one_slot(journey: Journey) -> None:
    visits = [journey.visit(f"1{i}:00", journey.order(journey.patient(number=f"71 {i}"))) for i in range(4)]
    results = at_once(*(
        lambda visit=visit: journey.do(
            "lind", "move", visit, journey.slot("15:10", version=visit.version, reason="the room is late")
        )
        for visit in visits
    ))  # fmt: skip
    assert refusals(results) == [WrongInputError] * 3
    assert Visit.objects.filter(start=journey.hospital.local("15:10")).count() == 1


def test_no_number_is_given_twice_and_none_is_lost(journey: Journey) -> None:
    patient = journey.patient()
    results = at_once(*(lambda: journey.do("lind", "refer", patient, ASKED) for _ in range(MANY)))
    assert refusals(results) == []
    assert sorted(Referral.objects.values_list("number", flat=True)) == [f"2026-{i:04d}" for i in range(1, MANY + 1)]


def test_of_eight_first_drafts_one_is_kept_and_seven_are_told(journey: Journey) -> None:
    visit = journey.visit("10:00")
    results = at_once(*(
        lambda i=i: journey.do("dahl", "save_screening", visit, {"version": 0, "content": {"n": i}})
        for i in range(MANY)
    ))  # fmt: skip
    assert refusals(results) == [StaleError] * (MANY - 1)
    kept = {error.theirs["content"]["n"] for error in results if isinstance(error, StaleError)}
    assert kept == {Draft.objects.get(visit=visit).content["n"]}


@pytest.mark.requirement("H22")
def test_two_hundred_saves_of_four_people_lose_nothing(journey: Journey) -> None:
    """H22: whoever is told of a conflict adds to what stands; in the end every word of everybody is there."""
    visit = journey.visit("10:00")

    def write(person: int) -> None:
        for i in range(50):
            seen: dict[str, Any] = {"version": 0, "content": {"words": []}}
            while True:
                content = {"words": [*seen["content"]["words"], f"{person}-{i}"]}
                try:
                    journey.do("dahl", "save_screening", visit, {"version": seen["version"], "content": content})
                except StaleError as error:
                    seen = dict(error.theirs)
                else:
                    break

    assert refusals(at_once(*(lambda n=n: write(n) for n in range(4)))) == []
    words = Draft.objects.get(visit=visit).content["words"]
    assert sorted(words) == sorted(f"{person}-{i}" for person in range(4) for i in range(50))
