"""The documents of a patient: letters, consents, images. Each names when, by whom, and where it leads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from foramen.catalogue.instants import MONTHS
from foramen.clinic.domain.places import words
from foramen.clinic.domain.signatures import signatures_of
from foramen.clinic.facts.day import ConsentSigned, MriReviewed
from foramen.clinic.facts.referral import ReferralAsked
from foramen.clinic.models import Letter
from foramen.clinic.pages.links import link_for
from foramen.clinic.pages.patients.course import Course
from foramen.clinic.records.facts import Known, facts_of_visits
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
    papers += _signatures(request, course)
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


def _signatures(request: ClinicRequest, course: Course) -> Iterator[Paper]:
    """The signatures under records of visits, each held against what stands now. One query where there are any."""
    signed = {one.fact.visit_id for one in course.known if one.fact.kind == "signature"}
    visits = {one.visit.pk: one.visit for one in course.sessions if one.visit.pk in signed}
    for key, facts in facts_of_visits(visits.values()).items():
        for one in signatures_of(visits[key], facts):
            holds = "valid" if one.valid else "signature no longer valid for the current version"
            at, name = one.fact.recorded_at, one.content.printed_name
            small = f"signed {_day(at)}, {timezone.localtime(at):%H:%M}, by {name}; {holds}"
            yield Paper(f"Record {one.content.meaning}", small, link_for(request, "treatment", key), at)


def _day(instant: datetime) -> str:
    here = timezone.localtime(instant)
    return f"{here.day} {MONTHS[here.month - 1][:3]} {here.year}"
