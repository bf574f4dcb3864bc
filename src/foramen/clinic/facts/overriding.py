"""The fact of going on in spite of what a rule says."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from foramen.clinic.facts.content import Content, Instant, Text

ReasonText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, pattern="[A-Za-z0-9]")]
"""At least ten characters, and not only punctuation."""

ReasonCode = Literal["benefit outweighs risk", "no alternative", "told otherwise by the prescriber", "other"]


class Overridden(Content):
    """One person's signature to go on; class O2 needs two. It holds for this procedure at this time only."""

    of_sending: ClassVar[frozenset[str]] = frozenset({"authenticated_at"})

    rule: Text
    subject: str = ""
    outcome: Literal["HOLD", "DECIDE", "STOP"]
    override: Literal["O1", "O2"]
    occasion: Literal["arrival", "time_out", "needle_in", "discharge"]
    reasons: list[str] = Field(description="what the rule said, word for word")
    start: Instant
    plan: int = Field(ge=1)
    code: ReasonCode
    words: ReasonText
    authenticated_at: Instant | None = Field(None, description="when whoever signs gave the own password once more")
