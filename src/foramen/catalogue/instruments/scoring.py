"""Answers in, scores out: a score, or the reason why there is none. Never a part of a score."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from foramen.catalogue.instruments.answers import Answers, read_answers, shown
from foramen.catalogue.instruments.definition import Instrument, Reason, Score
from foramen.catalogue.instruments.value_sets import YES, Number
from foramen.kernel.errors import DataError, Fault, raise_all
from foramen.kernel.rounding import rounded


@dataclass(frozen=True, slots=True)
class Scored:
    """A score. `value` is exact, `text` as it is printed; it came from `points` of at most `maximum`, where known."""

    instrument: str
    version: str
    score: str
    value: Fraction
    text: str
    answered: int
    items: int
    points: Fraction
    maximum: Fraction | None

    def to_json(self) -> dict[str, Any]:
        return {
            "score": self.score, "value": self.text, "exact": str(self.value), "answered": self.answered,
            "items": self.items, "points": str(self.points),
            "maximum": None if self.maximum is None else str(self.maximum),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class NotScored:
    """Why there is no score."""

    instrument: str
    version: str
    score: str
    reason: Reason
    says: str
    answered: int
    items: int

    def to_json(self) -> dict[str, Any]:
        return {
            "score": self.score, "value": None, "reason": self.reason, "says": self.says, "answered": self.answered,
            "items": self.items,
        }  # fmt: skip


Result = Scored | NotScored


def score(
    instrument: Instrument, given: Mapping[str, Any] | Answers, parameters: Mapping[str, Number] | None = None
) -> tuple[Result, ...]:
    """Every score of an instrument, in the order of its document.

    `given` is what was entered, by item; `parameters` what the site has set. Raises DataError where an answer is not
    one of those the instrument knows, with every fault.
    """
    answers = given if isinstance(given, Answers) else read_answers(instrument, given)
    site = dict(parameters or {})
    raise_all(DataError, _wrong_parameters(instrument, site))
    return tuple(_score(one, answers, site) for one in instrument.scores)


def _score(one: Score, answers: Answers, site: Mapping[str, Number]) -> Result:
    instrument, wanted = answers.instrument, answers.instrument.items_of(one)
    answered = [item for item in wanted if item in answers.values]
    head = (instrument.id, instrument.version, one.id)
    if len(answered) < one.missing.minimum_answered:
        says = f"{len(answered)} of {_items(wanted)} answered; {one.missing.minimum_answered} needed"
        return NotScored(*head, "too_few_answers", says, len(answered), len(wanted))
    points = {item: instrument.values_of(item).points(answers.values[item]) for item in answered}
    if unset := [item for item in points if points[item] and item in one.factors and one.factors[item] not in site]:
        says = f"{unset[0]} was answered, and the site has not set {one.factors[unset[0]]}"
        return NotScored(*head, "factor_not_set", says, len(answered), len(wanted))
    total, maximum = _total(one, answers, points, site)
    value = 100 * total / maximum if one.kind == "percent_of_answered" and maximum else total
    text = rounded(value, one.places)
    return Scored(*head, value, text, len(answered), len(wanted), total, maximum)


def _items(wanted: list[str]) -> str:
    return "1 item" if len(wanted) == 1 else f"{len(wanted)} items"


def _total(
    one: Score, answers: Answers, points: Mapping[str, Fraction], site: Mapping[str, Number]
) -> tuple[Fraction, Fraction | None]:
    """The points, and the most that the answered items could have given; that is open where a factor plays in."""
    if one.kind == "count_of_yes":
        return Fraction(sum(answers.values[item] == YES for item in points)), Fraction(len(points))
    if one.factors:
        factor = {item: Fraction(site.get(name, 0)) for item, name in one.factors.items()}
        return sum((points[item] * factor.get(item, Fraction(1)) for item in points), Fraction(0)), None
    most = [bounds[1] for item in points if (bounds := answers.instrument.values_of(item).bounds()) is not None]
    return sum(points.values(), Fraction(0)), sum(most, Fraction(0))


def _wrong_parameters(instrument: Instrument, site: Mapping[str, Any]) -> Iterator[Fault]:
    known = {parameter.name: parameter for parameter in instrument.parameters}
    for name, value in site.items():
        where = f"parameters.{name}"
        if name not in known:
            yield Fault(f"{instrument.abbreviation} has no such parameter", where, name, ", ".join(known) or "none")
        elif isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite():
            yield Fault("this is no number", where, shown(value), "a number, in the digits 0 to 9")
        elif not _within(value, known[name].lowest, known[name].highest):
            yield Fault(
                "this value is out of range", where, shown(value), f"from {known[name].lowest} to {known[name].highest}"
            )


def _within(value: Number, lowest: Number | None, highest: Number | None) -> bool:
    return (lowest is None or value >= lowest) and (highest is None or value <= highest)
