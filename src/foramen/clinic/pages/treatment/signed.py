"""The signatures under the record of a treatment, and who may add one now."""

from typing import Any

from foramen.clinic.domain.signatures import ENDED, signatures_of
from foramen.clinic.pages.treatment.forms_signing import SignForm
from foramen.clinic.pages.treatment.panels import Forms


def signing_parts(page: Forms) -> dict[str, Any]:
    """What the page shows of them once the needle is out."""
    record = page.record
    return {
        "signatures": signatures_of(record.visit, record.facts),
        "sign_form": page.get(SignForm.step) if record.visit.state in ENDED else None,
    }
