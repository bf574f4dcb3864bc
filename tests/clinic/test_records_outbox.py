"""What goes out is stored with its cause, and one worker has it (H18)."""

from datetime import timedelta

import pytest
from django.db import transaction

from foramen.clinic.models import Outgoing
from foramen.clinic.records import outbox
from foramen.kernel.errors import Defect
from tests.clinic.conftest import Time
from tests.clinic.hospital import Hospital


@pytest.mark.django_db(transaction=True)
def test_a_cause_that_is_taken_back_leaves_nothing_to_be_sent(time: Time) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.put("letter", {"visit": "V-1"})
        raise ZeroDivisionError
    assert Outgoing.objects.count() == 0
    with transaction.atomic():
        outbox.put("letter", {"visit": "V-1"})
    assert [(one.kind, one.content, one.made_at) for one in outbox.take(5)] == [("letter", {"visit": "V-1"}, time.at)]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_put_down_without_the_transaction_of_a_cause(time: Time) -> None:
    with pytest.raises(Defect, match="in the transaction of its cause"):
        outbox.put("letter", {})
    assert Outgoing.objects.count() == 0


@pytest.mark.requirement("H18")
def test_the_oldest_are_taken_first_and_each_by_one_worker(hospital: Hospital) -> None:
    for n in range(5):
        outbox.put("letter", {"n": n})
        hospital.time.at += timedelta(minutes=1)
    assert [one.content["n"] for one in outbox.take(2)] == [0, 1]
    assert [one.content["n"] for one in outbox.take(9)] == [2, 3, 4]
    assert outbox.take(9) == []


def test_what_two_workers_saw_only_one_of_them_has(hospital: Hospital) -> None:
    seen_by_both = outbox.put("letter", {})
    assert [one.pk for one in outbox.take(1)] == [seen_by_both.pk]
    assert outbox._claim(seen_by_both, hospital.time.at) is False
    assert Outgoing.objects.get().attempts == 1


def test_what_a_dead_worker_took_is_taken_again_and_what_is_sent_is_not(hospital: Hospital) -> None:
    outbox.put("letter", {"n": 1})
    hospital.time.at += timedelta(minutes=1)
    outbox.put("letter", {"n": 2})
    first, _ = outbox.take(2)
    outbox.done(first)
    hospital.time.at += outbox.LEASE - timedelta(seconds=1)
    assert outbox.take(2) == []
    hospital.time.at += timedelta(seconds=1)
    again = outbox.take(2)
    assert [one.content["n"] for one in again] == [2]
    assert Outgoing.objects.get(pk=again[0].pk).attempts == 2
