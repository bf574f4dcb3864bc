"""Who looked at whose record: reading leaves an event too."""

from foramen.clinic.models import Patient
from foramen.clinic.records.events import READ, note_event
from foramen.clinic.rights.gatekeeper import ClinicRequest


def note_reading(request: ClinicRequest, patient: Patient, what: str) -> None:
    """Write down that this page of a patient's record was opened. `what` is the page in words, such as “letter”.

    For the views of a whole record, once for each page that is shown; not for the fragments that refresh it.
    """
    context = {
        "person": request.person.pk.hex, "shown_as": str(request.person), "role": ", ".join(sorted(request.roles)),
        "site": request.at_site.pk.hex, "what": what, "page": request.path,
    }  # fmt: skip
    note_event(READ, patient, context, patient.pk)
