"""Finding patients by marks: names by their beginnings, numbers, days and phones; and nobody without need."""

from datetime import date
from typing import Any

import pytest

from foramen.clinic.domain.asked import PatientDetails
from foramen.clinic.domain.verbs import perform
from foramen.clinic.models import Patient, SearchMark, Visit
from foramen.clinic.records import finding
from foramen.clinic.records.finding import find_patients
from tests.clinic.hospital import Hospital

PEOPLE = (
    ("Müller-Lüdenscheid", "Jürgen", "4158 2093", date(1961, 3, 24), "+41 79 555 01 02"),
    ("Mull", "Ida", "A-77", date(1961, 3, 25), ""), ("Muldoon", "Li", "12", date(1990, 12, 1), "079 555 01 03"),
    ("O'Brien", "Zoë", "13", date(1990, 12, 1), "555 01 02"),
)  # fmt: skip


@pytest.fixture
def people(hospital: Hospital) -> Hospital:
    Patient.objects.bulk_create(
        Patient(
            site=hospital.site, family_name=family, given_name=given, number=number, born=born, phone=phone, sex="other"
        )
        for family, given, number, born, phone in PEOPLE
    )
    return hospital


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mul", ["Muldoon", "Mull", "Müller-Lüdenscheid"]), ("mull", ["Mull", "Müller-Lüdenscheid"]),
        ("MÜLLER", ["Müller-Lüdenscheid"]), ("muller jur", ["Müller-Lüdenscheid"]), ("luden", ["Müller-Lüdenscheid"]),
        ("li", ["Muldoon"]), ("mu", []), ("l", []), ("mulx", []), ("ida mul", ["Mull"]), ("obrien", ["O'Brien"]),
        ("zoe", ["O'Brien"]), ("4158 2093", ["Müller-Lüdenscheid"]), ("41582093", ["Müller-Lüdenscheid"]),
        ("4158", []), ("a77", ["Mull"]), ("A-77", ["Mull"]), ("24.3.1961", ["Müller-Lüdenscheid"]),
        ("1961-03-24", ["Müller-Lüdenscheid"]), ("mul 25.3.1961", ["Mull"]), ("31.2.1961", []),
        ("079 555 01 02", ["Müller-Lüdenscheid"]), ("0041795550103", ["Muldoon"]), ("555 01 02", ["O'Brien"]),
        ("", []), ("%", []), ("_ull", []), ("'; --", []),
    ],
)  # fmt: skip
def test_a_search_finds_whom_it_means(people: Hospital, text: str, found: list[str]) -> None:
    assert [one.family_name for one in find_patients(people.site, text).patients] == found
    assert find_patients(people.other, text).patients in ([], ())


def test_a_change_of_details_changes_what_is_found(people: Hospital) -> None:
    patient = find_patients(people.site, "muldoon").patients[0]
    told = PatientDetails(
        number="12", family_name="Heron", given_name="Li", born=date(1990, 12, 1), sex="other", version=1
    )
    perform(people.act("lind"), "change_patient", patient.pk, told)
    assert find_patients(people.site, "muldoon").patients == []
    assert [one.pk for one in find_patients(people.site, "heron").patients] == [patient.pk]


def test_a_new_birth_date_changes_the_age_of_past_treatments(hospital: Hospital) -> None:
    visit = hospital.visit(born=date(1957, 3, 2))
    Visit.objects.filter(pk=visit.pk).update(needle_in_at=hospital.time.at, state="home", age=69)
    told = PatientDetails(
        number="1", family_name="Heron", given_name="J", born=date(1957, 11, 27), sex="female", version=1
    )
    perform(hospital.act("lind"), "change_patient", visit.patient_id, told)
    assert Visit.objects.get().age == 68


def test_a_search_of_many_says_so_and_finds_the_whole_name(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "MOST", 3)
    about: dict[str, Any] = {"given_name": "J", "born": date(1960, 1, 1), "sex": "male", "site": hospital.site}
    names = ["Mulberry", *(f"Mulx{n}" for n in range(6))]
    for n, name in enumerate(names):
        Patient.objects.create(family_name=name, number=f"{n}", **about)
    found = find_patients(hospital.site, "mulberry")
    assert ([one.family_name for one in found.patients], found.more) == (["Mulberry"], True)


def test_a_mark_says_nothing_of_what_it_stands_for(people: Hospital) -> None:
    marks = set(SearchMark.objects.values_list("mark", flat=True))
    assert {len(one) for one in marks} == {22}
    own = {one.mark for one in Patient(
        site=people.other, family_name="Mull", given_name="Ida", number="A-77", born=date(1961, 3, 25)
    ).marks()}  # fmt: skip
    assert not own & marks, "another site has other marks"
