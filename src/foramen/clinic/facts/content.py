"""The base of what facts hold, and the pieces that several kinds share."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field

from foramen.catalogue.document import Part
from foramen.catalogue.gates.inputs import Kind, Level, Root, Route, Side
from foramen.catalogue.inputs import Answer as Answer
from foramen.catalogue.inputs import Text as Text
from foramen.catalogue.inputs import Words as Words
from foramen.catalogue.units import Mass, Strength, Volume

Language = Annotated[str, Field(pattern="^[a-z]{2}(-[A-Z]{2})?$")]
Instant = AwareDatetime
"""An instant with its offset; stored in UTC."""


class Content(Part):
    """What one fact holds. Unknown keys are refused and nothing is converted silently."""

    of_sending: ClassVar[frozenset[str]] = frozenset()
    """Names of what belongs to one sending and not to what is asked for: the same request sent again may differ in it.
    """


class Spot(Content):
    """Where: a root or a level, a side, an approach; as far as it was told."""

    root: Root | None = Field(None, description="the nerve root, such as L5")
    level: Level | None = Field(None, description="the level, such as L4/L5, or the vertebra of a pars, such as L5")
    side: Side | None = Field(None, description="left, right or midline; both sides are two spots")
    route: Route | None = Field(None, description="how the needle goes")


class DrugAmount(Content):
    """A drug with its three amounts, all typed; none is computed from the others."""

    kind: Kind
    product: Text
    strength: Strength
    volume: Volume
    mass: Mass


class Mri(Content):
    """The MRI that the level is determined with."""

    accession: Words = ""
    on: date | None = None
    regions: list[Literal["cervical", "thoracic", "lumbar", "sacral"]] = []
