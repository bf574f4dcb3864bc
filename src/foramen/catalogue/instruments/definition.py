"""The document of an instrument."""

from typing import Any, Literal

from pydantic import Field

from foramen.catalogue.definition import Definition, Parameter
from foramen.catalogue.document import Part
from foramen.catalogue.instruments.value_sets import Name, Number, ValueSet

NOT_PRINTED = "NOT PRINTED"
"""What stands where a source gives no value: then the value beside it is a proposal."""

Direction = Literal["higher_is_worse", "higher_is_better"]
Reason = Literal["too_few_answers", "factor_not_set"]


class Code(Part):
    """A code of a public terminology, as verified in a stored document."""

    system: str = Field(description="address of the terminology, such as http://loinc.org")
    code: str = Field(description="the code")
    meaning: str = Field(description="what it stands for")
    of: Literal["instrument", "score"] = Field(description="what the code is for")


class Item(Part):
    """One question."""

    id: Name = Field(description="short name; where the wording is the site's: q1, q2 and so on")
    text: str = Field("", description="the question; empty where the wording is the site's")
    values: Name = Field(description="id of the value set that is answered from")


class MissingRule(Part):
    """What happens when items are not answered."""

    minimum_answered: int = Field(ge=1, description="with fewer items answered there is no score")
    rule: str = Field(min_length=1, description="the rule in words")
    printed: str = Field(min_length=1, description="what the source says of it, or NOT PRINTED")
    source: str = Field(description="key of the source")


class Threshold(Part):
    """What counts as an important change, or as a good result."""

    id: Name = Field(description="short name")
    kind: Literal["relief_percent", "points", "reached"] = Field(
        description="improvement in percent of the score before; improvement in points; or the score itself, this good"
    )
    amount: Number = Field(ge=0, description="the percentage, the points or the score; reaching it is enough")
    meaning: str = Field(min_length=1, description="what has happened when it is reached")
    printed: str = Field(min_length=1, description="what the source says, or NOT PRINTED, which makes it a proposal")
    source: str = Field(description="key of the source")

    def says(self) -> str:
        """The threshold in words."""
        amounts = {
            "relief_percent": f"at least {self.amount} % less than before",
            "points": f"better by {self.amount} or more",
            "reached": f"{self.amount} or better",
        }
        return f"{amounts[self.kind]}: {self.meaning}"


class Score(Part):
    """How answers become one number, or none."""

    id: Name = Field(description="short name")
    title: str = Field(description="what is printed above the number")
    kind: Literal["value", "sum", "percent_of_answered", "count_of_yes"] = Field(
        description="points of the one item; sum of points; percent of the points that the answered items could have "
        "given; number of items answered yes"
    )
    items: list[Name] | None = Field(None, description="the items that count; all of them when left out")
    factors: dict[Name, Name] = Field(
        {}, description="sum: items whose points are multiplied first, each with the parameter that the site sets"
    )
    lowest: Number = Field(description="the least score")
    highest: Number | None = Field(None, description="the greatest score; left out where a factor of the site decides")
    places: int = Field(0, ge=0, le=2, description="decimals when printed, rounded half up; the score itself is exact")
    unit: str = Field("", description="unit of the score, such as %")
    direction: Direction = Field(description="what a higher score means")
    missing: MissingRule = Field(description="what happens when items are not answered")
    thresholds: list[Threshold] = Field([], description="changes and results that have a meaning, each with its source")


class Expected(Part):
    """What a worked example gives for one score."""

    score: Name = Field(description="id of the score")
    value: str | None = Field(None, description="the score as printed")
    none: Reason | None = Field(None, description="why there is no score")


class Example(Part):
    """A worked example. It is run whenever the file is checked."""

    says: str = Field(description="what it shows")
    answers: dict[Name, Any] = Field(description="answers by item")
    parameters: dict[Name, Number] = Field({}, description="what the site of the example has set")
    expect: list[Expected] = Field([], description="what every score gives")
    refused: list[Name] = Field([], description="the items whose answers are refused, instead of scores")


class Instrument(Definition):
    """An instrument document."""

    abbreviation: str = Field(description="what people call it")
    refers_to: str = Field(description="the time the questions ask about, such as now or today")
    language: str = Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$", description="language of its texts, such as en")
    wording: Literal["shipped", "site"] = Field(
        description="shipped: the texts stand here; site: a site brings its own wording file, here are numbers only"
    )
    licence: str = Field(min_length=1, description="who may use the instrument, and on what terms")
    codes: list[Code] = Field([], description="codes of public terminologies; empty where none was found")
    remarks: list[str] = Field([], description="what a reader of scores should know")
    parameters: list[Parameter] = Field([], description="what the source does not print and a site has to set")
    value_sets: list[ValueSet] = Field(min_length=1, description="what may be answered")
    items: list[Item] = Field(min_length=1, description="the questions, in order")
    scores: list[Score] = Field([], description="the scores; without any, answers are kept as they are")
    examples: list[Example] = Field(min_length=1, description="worked examples, run whenever the file is checked")

    def values_of(self, item: str) -> ValueSet:
        """What may be answered to an item."""
        wanted = next(one.values for one in self.items if one.id == item)
        return next(one for one in self.value_sets if one.id == wanted)

    def items_of(self, score: Score) -> list[str]:
        """The items that count in a score."""
        return score.items if score.items is not None else [item.id for item in self.items]
