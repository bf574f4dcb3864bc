"""The documents of a patient: letters, consents, images. Each names when, by whom, and where it leads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from foramen.catalogue.instants import MONTHS
from foramen.clinic.domain.places import words
from foramen.clinic.facts.day import ConsentSigned, MriReviewed
from foramen.clinic.facts.referral import ReferralAsked
from foramen.clinic.models import Letter
from foramen.clinic.pages.links import link_for
from foramen.clinic.pages.patients.course import Course
from foramen.clinic.records.facts import Known
from foramen.clinic.rights.gatekeeper import ClinicRequest


@dataclass(frozen=True, slots=True)
class Paper:
    """One document."""

    title: str
    small: str
    address: str
    at: datetime


def documents_of(request: ClinicRequest, course: Course) -> Sequence[Paper]:
    """All of them, the latest first."""
    papers = [_letter(request, one) for one in course.letters]
    papers += [paper for one in course.known for paper in _of_fact(request, one)]
    return sorted(papers, key=lambda one: one.at, reverse=True)


def _letter(request: ClinicRequest, letter: Letter) -> Paper:
    what = Letter.Kind(letter.kind).label
    small = f"made {_day(letter.made_at)} by {letter.by}, for the visit of {_day(letter.start)}"
    return Paper(f"Letter {letter.number}, {what}", small, link_for(request, "letter", letter.pk), letter.made_at)


def _of_fact(request: ClinicRequest, known: Known) -> Iterator[Paper]:
    fact, content = known.fact, known.content
    at = fact.happened_at
    if isinstance(content, ConsentSigned):
        small = f"signed {_day(at)}, form version {content.form}, with {fact.by}"
        yield Paper(f"Consent, {words(content.targets)}", small, link_for(request, "treatment", fact.visit_id), at)
    elif isinstance(content, MriReviewed):
        yield Paper(f"MRI {content.accession}", f"looked at by {fact.by}, {_day(at)}", "", at)
    elif isinstance(content, ReferralAsked):
        title = f"Referral by {content.referrer}"
        yield Paper(title, f"received {_day(at)}", link_for(request, "referral", fact.referral_id), at)


def _day(instant: datetime) -> str:
    here = timezone.localtime(instant)
    return f"{here.day} {MONTHS[here.month - 1][:3]} {here.year}"
