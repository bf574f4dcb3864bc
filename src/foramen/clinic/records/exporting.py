"""What leaves the record leaves an event: snapshots that are downloaded, reports that are opened (AUD-2)."""

from foramen.clinic.models import Freeze, StudyRun
from foramen.clinic.records.events import EXPORT, note_event
from foramen.clinic.rights.gatekeeper import ClinicRequest


def note_export(request: ClinicRequest, about: Freeze | StudyRun, what: str) -> None:
    """Write down who took what, such as “report opened”."""
    context = {
        "person": request.person.pk.hex, "shown_as": str(request.person), "role": ", ".join(sorted(request.roles)),
        "site": request.at_site.pk.hex, "what": what, "page": request.path,
    }  # fmt: skip
    note_event(EXPORT, about, context)
