"""The small hospital of the tests stands."""

from foramen.clinic.records.facts import facts_of_visit
from tests.clinic.hospital import Hospital


def test_a_whole_day_is_signed_and_read_back(hospital: Hospital) -> None:
    visit = hospital.visit()
    hospital.walk(visit, "discharge")
    facts = facts_of_visit(visit)
    assert {"referral", "order", "needle_out", "way_home"} <= set(facts.by_kind)
