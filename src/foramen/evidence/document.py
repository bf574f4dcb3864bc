"""The evidence document: a paper's printed facts, what is checked about them, and contradictions in words."""

import re
from collections import Counter
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from foramen.catalogue.document import Document, Part, load_document
from foramen.evidence.checks.association import ChiSquare, FisherExact, McNemar
from foramen.evidence.checks.intervals import CorrelationInterval, CorrelationP, PValue, RatioInterval
from foramen.evidence.checks.means import Granularity, PooledMean, Scale, Spread, TTest
from foramen.evidence.checks.proportions import Attainable, Percent, Percents, Prediction
from foramen.evidence.checks.quantities import Product, SameQuantity, Strength, Unit
from foramen.evidence.checks.repeats import Order, Range, Same, SameFraction, Schedule
from foramen.evidence.checks.sums import Categories, RowSum, Sum
from foramen.evidence.checks.undetermined import NotPrinted, RankTest
from foramen.evidence.facts import Facts

AnyCheck = Annotated[
    Percent | Percents | Attainable | Prediction | Sum | RowSum | Categories | ChiSquare | FisherExact | McNemar
    | TTest | PooledMean | Granularity | Scale | Spread | CorrelationInterval | CorrelationP | RatioInterval | PValue
    | Same | SameFraction | Order | Range | Schedule | Unit | Strength | Product | SameQuantity | RankTest | NotPrinted,
    Field(discriminator="check"),
]  # fmt: skip

NAME = "[a-z0-9]+(?:-[a-z0-9]+)*"

LONGEST_QUOTE = 14
"""Words of a paper that may be quoted."""


class Quote(Part):
    """A few words of the paper."""

    text: str = Field(min_length=1, description=f"as printed, at most {LONGEST_QUOTE} words")
    at: str = Field(min_length=1, description="where they stand")

    @field_validator("text")
    @classmethod
    def _is_short(cls, text: str) -> str:
        if len(text.split()) > LONGEST_QUOTE:
            raise ValueError(f"a quotation has at most {LONGEST_QUOTE} words, this has {len(text.split())}")
        return text


class Noted(Part):
    """A contradiction in words, which nothing can compute. It is shown as noted, never as computed."""

    says: str = Field(min_length=1, description="what does not fit, in your words")
    quotes: list[Quote] = Field(min_length=1, description="what the paper says")


class Heading(Part):
    """Which paper it is."""

    id: str = Field(
        description="short name: small letters, digits, hyphens", json_schema_extra={"pattern": f"^{NAME}$"}
    )
    title: str = Field(min_length=1, description="title of the paper")
    citation: str = Field(min_length=1, description="authors, journal, year")
    locators: str = Field(min_length=1, description="how places in the paper are named")

    @field_validator("id")
    @classmethod
    def _is_a_name(cls, name: str) -> str:
        if re.fullmatch(NAME, name) is None:
            raise ValueError("an id has small letters, digits and hyphens only, such as my-paper-2026")
        return name


class Evidence(Facts, Heading):
    """The printed facts of one paper and what is checked about them."""

    checks: list[AnyCheck] = Field(default_factory=list, description="what is recomputed, in order")
    noted: list[Noted] = Field(default_factory=list, description="contradictions in words")

    @model_validator(mode="after")
    def _names_are_clear(self) -> "Evidence":
        twice = [name for name, times in Counter(table.name for table in self.tables).items() if times > 1]
        faults = [f"two tables are called “{name}”" for name in twice]
        faults += [f"the fact “{name}” has a / in its name" for name in self.facts if "/" in name]
        if faults:
            raise ValueError("; ".join(faults))
        return self


def load_evidence(path: Path) -> Document[Evidence]:
    """Read an evidence document; what its checks refer to is looked up by `examine`."""
    return load_document(path, Evidence)
