"""Facts of consent to research. The last fact of the two kinds counts, scope by scope."""

from typing import Literal

from pydantic import Field

from foramen.clinic.facts.content import Content, Language, Text, Words

Scope = Literal["contact", "new_data", "use"]
"""Being asked for research; data of treatments and answers still to come; use of data that there are."""

YesNo = Literal["yes", "no"]


class ResearchConsent(Content):
    """The patient's signed consent to research, scope by scope."""

    form: Text = Field(description="name and version of the form that was signed")
    language: Language
    contact: YesNo = Field(description="may be contacted for research")
    new_data: YesNo = Field(description="what is recorded from now on may be used")
    use: YesNo = Field(description="what was recorded until now may be used")


class ResearchWithdrawn(Content):
    """The patient takes consent back, for some scopes or all; nobody has to say why."""

    scopes: list[Scope] = Field(min_length=1)
    told_by: Literal["in the clinic", "by letter", "by phone", "by e-mail"]
    reason: Words = ""
