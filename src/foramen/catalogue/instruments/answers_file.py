"""Answers in a file: scored, and set beside the answers from before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from pydantic import Field

from foramen.catalogue.document import Document, Part, load_document
from foramen.catalogue.instruments.answers import read_answers
from foramen.catalogue.instruments.change import Response, relief_percent, respond
from foramen.catalogue.instruments.definition import Instrument
from foramen.catalogue.instruments.scoring import Result, Scored, score
from foramen.catalogue.instruments.value_sets import Name, Number
from foramen.kernel.errors import DataError, Fault, UserError, raise_all
from foramen.kernel.rounding import rounded


class AnswersFile(Part):
    """A file of answers of one person at one time point, and, where a change is asked for, of an earlier one."""

    instrument: str | None = Field(None, description="id of the instrument; a file of another one is refused")
    version: str | None = Field(None, description="version of the instrument; a file of another one is refused")
    answers: dict[str, Any] = Field(description="answers by item; leave out what was not answered")
    before: dict[str, Any] | None = Field(None, description="answers of the earlier time point")
    parameters: dict[Name, Number] = Field({}, description="what the site has set")


@dataclass(frozen=True, slots=True)
class Change:
    """What came of one threshold of one score."""

    score: str
    threshold: str
    says: str
    response: Response


@dataclass(frozen=True, slots=True)
class Relief:
    """Relief of one score in percent; `percent` is None where it is undefined or missing, and `says` why."""

    score: str
    percent: Fraction | None
    says: str


@dataclass(frozen=True, slots=True)
class Scoring:
    """The scores of a file; `before` holds one entry per score, None where there were no earlier answers."""

    instrument: Document[Instrument]
    results: Sequence[Result]
    before: Sequence[Result | None]
    reliefs: Sequence[Relief]
    changes: Sequence[Change]

    def to_json(self) -> dict[str, Any]:
        content = self.instrument.content
        return {
            "instrument": content.id,
            "version": content.version,
            "digest": self.instrument.digest,
            "scores": [one.to_json() for one in self.results],
            "before": [one.to_json() for one in self.before if one is not None],
            "relief_percent": [
                {"score": one.score, "value": one.says if one.percent is None else rounded(one.percent, 1)}
                for one in self.reliefs
            ],
            "thresholds": [
                {"score": one.score, "threshold": one.threshold, "response": one.response.name.lower()}
                for one in self.changes
            ],
        }


def score_file(instrument: Document[Instrument], path: Path) -> Scoring:
    """Score a file of answers. Raises with every fault of both time points."""
    content, file = instrument.content, load_document(path, AnswersFile).content
    _check_same(content, file, path)
    faults: list[Fault] = []
    results: list[Sequence[Result | None]] = []
    for name, given in (("answers", file.answers), ("before", file.before)):
        try:
            answers = read_answers(content, given, f"{path}: {name}") if given is not None else None
            results.append(score(content, answers, file.parameters) if answers else (None,) * len(content.scores))
        except UserError as refused:
            faults += refused.faults
    raise_all(DataError, dict.fromkeys(faults))
    after, before = results
    reliefs, changes = list(_reliefs(content, after, before)), list(_changes(content, after, before))
    return Scoring(instrument, [one for one in after if one], before, reliefs, changes)


def _check_same(content: Instrument, file: AnswersFile, path: Path) -> None:
    for key, given, wanted in (
        ("instrument", file.instrument, content.id), ("version", file.version, content.version),
    ):  # fmt: skip
        if given not in (None, wanted):
            raise DataError.single(
                f"these are answers to another {key}", where=f"{path}: {key}", received=str(given), remedy=wanted
            )


def _reliefs(content: Instrument, after: Sequence[Result | None], before: Sequence[Result | None]) -> Iterator[Relief]:
    """Of the scores of which a percentage makes sense: they begin at 0, and higher is worse."""
    for one, later, earlier in zip(content.scores, after, before, strict=True):
        if one.direction != "higher_is_worse" or one.lowest != 0 or earlier is None:
            continue
        if not (isinstance(earlier, Scored) and isinstance(later, Scored)):
            yield Relief(one.id, None, Response.MISSING.value)
        elif (percent := relief_percent(earlier.value, later.value)) is None:
            yield Relief(one.id, None, Response.UNDEFINED.value)
        else:
            yield Relief(one.id, percent, f"{rounded(percent, 1)} %")


def _changes(content: Instrument, after: Sequence[Result | None], before: Sequence[Result | None]) -> Iterator[Change]:
    """Thresholds of a change only where there were earlier answers; those of a result always."""
    for one, later, earlier in zip(content.scores, after, before, strict=True):
        for threshold in one.thresholds:
            if threshold.kind == "reached" or earlier is not None:
                yield Change(one.id, threshold.id, threshold.says(), respond(threshold, one, earlier, later))
