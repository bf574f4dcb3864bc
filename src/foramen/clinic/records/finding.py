"""Finding patients by what they are asked for: beginnings of names, number, birth date, phone.

The database knows marks (`sealed.marks`). Whoever has the mark of every word is read, opened, and looked at again.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from foramen.clinic.models import Patient, SearchMark, Site
from foramen.clinic.sealed.marks import BEGINNING, day_of_text, folded, mark_of, number_of, phone_of, words_of

MOST = 400
"""Patients that are opened for one search: nobody reads a longer list of them."""

MOST_WORDS = 6


@dataclass(frozen=True, slots=True)
class Found:
    """Patients by name; `more`: so many begin alike that not all were looked at."""

    patients: Sequence[Patient]
    more: bool = False


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One word of a search: marks that say it is meant, marks of everybody who may be, and how to tell."""

    exact: tuple[str, ...]
    maybe: tuple[str, ...]
    fits: Callable[[Patient], bool]


def find_patients(site: Site, text: str = "", born: date | None = None) -> Found:
    """Everybody at a site whom all the words mean. Two queries. What was searched for is never logged."""
    wanted = [*_words(site, text), *([_born(site, born)] if born else [])][:MOST_WORDS]
    if not wanted:
        return Found(())
    rows = {one.pk: one for one in _having(site, [one.exact for one in wanted])}
    begin = _having(site, [one.exact + one.maybe for one in wanted])
    more = len(begin) > MOST
    rows |= {one.pk: one for one in begin[:MOST]}
    fitting = [one for one in rows.values() if all(part.fits(one) for part in wanted)]
    return Found(sorted(fitting, key=lambda one: (folded(one.name), one.pk)), more)


def _having(site: Site, marks: Sequence[tuple[str, ...]]) -> list[Patient]:
    """Patients that have one of the marks of each word."""
    rows = Patient.objects.filter(site=site)
    for one in marks:
        rows = rows.filter(pk__in=SearchMark.objects.filter(mark__in=one).values("patient"))
    return list(rows.order_by("-registered_at", "pk")[: MOST + 1])


def _words(site: Site, text: str) -> Iterator[_Wanted]:
    """The words of a search; digits and what stands between them are one number."""
    if phone_of(text) and not any(one.isalpha() for one in text) and day_of_text(text) is None:
        yield _number(site, text)
        return
    for part in text.replace(",", " ").split():
        if day := day_of_text(part):
            yield _born(site, day)
        elif any(one.isdigit() for one in part):
            yield _number(site, part)
        else:
            yield from (_name(site, word) for word in words_of(part))


def _name(site: Site, word: str) -> _Wanted:
    begins = (mark_of("beginning", site.pk, word[:BEGINNING]),) if len(word) >= BEGINNING else ()

    def fits(patient: Patient) -> bool:
        words = words_of(f"{patient.family_name} {patient.given_name}")
        return word in words or (bool(begins) and any(one.startswith(word) for one in words))

    return _Wanted((mark_of("word", site.pk, word),), begins, fits)


def _number(site: Site, text: str) -> _Wanted:
    number, phone = number_of(text), phone_of(text)
    marks: Any = (mark_of("number", site.pk, text), mark_of("phone", site.pk, text))

    def fits(patient: Patient) -> bool:
        return number_of(patient.number) == number or (bool(phone) and phone_of(patient.phone) == phone)

    return _Wanted(tuple(filter(None, marks)), (), fits)


def _born(site: Site, day: date) -> _Wanted:
    return _Wanted((mark_of("born", site.pk, str(day)),), (), lambda patient: patient.born == day)
