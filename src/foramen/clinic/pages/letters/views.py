"""Letters and sheets as they print on A4: what was made then, and whether it still holds."""

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from foramen.clinic.domain.letter_words import TEMPLATES, title_of, why_over
from foramen.clinic.models import Letter
from foramen.clinic.pages.links import link_for
from foramen.clinic.records.reading import note_reading
from foramen.clinic.rights.gatekeeper import ClinicRequest

BACK: Mapping[str, str] = {
    Letter.Kind.HOLD_PLAN: "screening", Letter.Kind.RESTART: "treatment", Letter.Kind.PROCEDURE: "treatment",
}  # fmt: skip
"""The page that a letter is made from."""


def show(request: ClinicRequest, key: UUID) -> HttpResponse:
    """One letter."""
    wanted = Letter.objects.select_related("patient", "visit", "visit__site")
    letter = get_object_or_404(wanted, site=request.at_site, pk=key)
    title = title_of(letter)
    note_reading(request, letter.patient, title.lower())
    if letter.patient.is_erased:
        return render(request, "clinic/letters/erased.html", {"patient": letter.patient, "title": title}, status=410)
    context = {
        "letter": letter, "said": letter.content, "title": title, "over": why_over(letter),
        "back": link_for(request, BACK[letter.kind], letter.visit_id), "back_to": BACK[letter.kind],
    }  # fmt: skip
    return render(request, TEMPLATES[letter.kind], context)
