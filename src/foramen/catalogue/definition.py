"""What every definition of the library says about itself: identity, sources, review, and what a site has to set."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from foramen.catalogue.document import Part

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Version = Annotated[str, Field(pattern=r"^[0-9]{4}(-[0-9]{2}){0,2}$")]
ParameterName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Number = int | Decimal


class Source(Part):
    """Where something is printed."""

    key: str = Field(description="short name, by which rows cite it")
    citation: str = Field(description="what it is, as a reader would look for it")
    locator: str = Field("", description="table, section or page; where a row gives none of its own")


class Definition(Part):
    """The head of a definition. A file never changes after release; a status has only a site's record of it."""

    id: Identifier = Field(description="short name; also the folder the file stands in")
    version: Version = Field(description="year, month, day of release; also the name of the file")
    title: str = Field(description="what it is called on screens and pages")
    about: str = Field(description="what it is for, in one or two sentences that a nurse would accept")
    sources: list[Source] = Field(min_length=1, description="where it is printed; rows cite the keys")
    review_by: date = Field(description="past it every result carries a banner, 60 days later every result is DECIDE")
    supersedes: str | None = Field(None, description="the version it takes the place of")


class Parameter(Part):
    """A value that the source does not print and a site sets in its signed record."""

    name: ParameterName = Field(description="by which the site's record sets it")
    about: str = Field(description="what it decides")
    unit: str = Field(description="unit of the value, such as years or days")
    lowest: Number | None = Field(None, description="the least value a record may set")
    highest: Number | None = Field(None, description="the greatest value a record may set")
    unset: str = Field(description="how the policy behaves as long as a site has set nothing")
    suggestion: str = Field("", description="what others use; shown to the site, never preset")


class PolicyDefinition(Definition):
    """The head of a policy."""

    parameters: list[Parameter] = Field([], description="what the source does not print and a site has to set")
