"""Who acts, in which role, where, and for which request."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid4

from foramen.clinic import clock
from foramen.clinic.domain.errors import NotAllowedError
from foramen.clinic.models import Person, Site
from foramen.clinic.rights.roles import Role

Channel = Literal["page", "api", "import"]


@dataclass(frozen=True, slots=True)
class Act:
    """One request of one person.

    `key` makes it idempotent. `at` is the server's instant. `happened_at` is set for a late entry, with the instant on
    the paper form and a reason. `why` is the reason of a correction, a void, a move or a late entry.
    """

    person: Person
    site: Site
    roles: frozenset[Role]
    key: UUID = field(default_factory=uuid4)
    at: datetime = field(default_factory=lambda: clock.now())
    happened_at: datetime | None = None
    why: str = ""
    channel: Channel = "page"

    def role_for(self, allowed: frozenset[Role]) -> Role:
        """The role in which the person does this: the first of the allowed ones that the person has."""
        for role in Role:
            if role in allowed and role in self.roles:
                return role
        raise NotAllowedError.single(
            "your roles at this site do not include this", where=self.site.name,
            remedy=f"ask a {' or a '.join(sorted(allowed)) or 'person who may'}",
        )  # fmt: skip

    @property
    def when(self) -> datetime:
        """When it happened: now, unless it is entered late."""
        return self.happened_at or self.at
