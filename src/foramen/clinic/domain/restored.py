"""After a restore: somebody says that what came after the backup is entered again, and things may be sent."""

from foramen.clinic.domain.act import Act
from foramen.clinic.domain.asked import RestoreConfirmed
from foramen.clinic.domain.errors import WrongInputError
from foramen.clinic.domain.verbs import verb
from foramen.clinic.models import Installation, Site
from foramen.clinic.records.installation import is_reconciling, note_confirmed
from foramen.clinic.rights.roles import Role


@verb(
    "confirm_restored", says="Confirm the restore", on=Site, content=RestoreConfirmed, roles=frozenset({Role.LEAD}),
    in_person=True,
)  # fmt: skip
def confirm_restored(act: Act, _site: Site, _asked: RestoreConfirmed) -> Installation:
    """For the whole installation: from now on the worker sends what waits. Once for each restore."""
    if not is_reconciling():
        raise WrongInputError.single("nothing waits to be confirmed: somebody has done so, or nothing was restored")
    return note_confirmed(str(act.person))
