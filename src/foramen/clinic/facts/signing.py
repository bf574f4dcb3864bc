"""The fact of an electronic signature under a whole record."""

from typing import Literal

from pydantic import Field

from foramen.clinic.facts.content import Content, Instant, Text

Meaning = Literal["reviewed", "approved", "responsible"]


class Signed(Content):
    """A person's signature under the record of a visit as it stood: any later fact or correction ends it (SIG-2)."""

    meaning: Meaning
    printed_name: Text
    sha256: str = Field(pattern="^[0-9a-f]{64}$", description="of the facts that stood, with the visit they belong to")
    last_fact: int = Field(ge=1, description="number of the last fact that it covers")
    authenticated_at: Instant = Field(description="when the signer gave the own password or a code once more")
