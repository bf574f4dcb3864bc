"""Facts of consent to research. Scope by scope the last word of the two kinds counts (`domain.research`)."""

from typing import Literal

from pydantic import Field

from foramen.clinic.facts.content import Content, Language, Text, Words

Scope = Literal["contact", "new_data", "use"]
"""Being asked for research; adding what is recorded from now on; using what is on record."""

YesNo = Literal["yes", "no"]
Channel = Literal["in the clinic", "by letter", "by phone", "by e-mail"]


class ResearchConsent(Content):
    """The patient's signed consent to research, scope by scope; a refusal is one that says no."""

    form: Text = Field(description="name and version of the form that was signed")
    language: Language
    contact: YesNo = Field(description="may be contacted for research")
    new_data: YesNo = Field(description="what is recorded from now on may be added to what is used")
    use: YesNo = Field(description="what is on record may be used; no: nothing is used, whenever it was recorded")


class ResearchWithdrawn(Content):
    """The patient takes consent back, for some scopes or all; nobody has to say why."""

    scopes: list[Scope] = Field(min_length=1)
    told_by: Channel
    reason: Words = ""
