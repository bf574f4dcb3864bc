"""A results.json of Foramen, read as a file: nothing is taken from the run that wrote it."""

import json
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from foramen.evidence.counts_folder import MOST
from foramen.kernel.errors import DataError, Fault

NAME = "results.json"
USUAL_LEVEL = 0.95


class _Read(BaseModel):
    """Only what is checked is read; further keys are left alone."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, allow_inf_nan=False)


Units = Annotated[int, Field(ge=0, le=MOST)]
Freedom = Annotated[float, Field(ge=1e-6, le=MOST)]
"""Degrees of freedom, if only a trace."""


class Step(_Read):
    """A line of the flow; None where a number was withheld."""

    group: str
    step: str
    n: Units | None
    excluded: Units | None


class Row(_Read):
    """One statistic."""

    name: str
    method: str
    about: dict[str, str] = Field(default_factory=dict)
    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None
    level: float | None = None
    statistic: float | None = None
    df: Freedom | list[Freedom] | None = None
    p: float | None = None
    log10_p: float | None = None
    n: Units | None = None
    denominator: Units | None = None
    inputs: str | None = None
    suppressed: str | None = None
    error: str | None = None

    @property
    def at(self) -> str:
        """What the row is about, in words: `percent (analysis participants, category female)`."""
        about = ", ".join(f"{key} {value}" for key, value in self.about.items())
        return f"{self.name} ({about})" if about else self.name

    @property
    def main(self) -> str:
        """Its number, or the first it has."""
        found = [number for number in (self.estimate, self.statistic, self.p, self.n) if number is not None]
        return f"{found[0]:.6g}" if found else ""

    def key(self, *, without: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        """What the row is about, less some dimensions."""
        return tuple(sorted((key, value) for key, value in self.about.items() if key not in without))


class ResultsFile(_Read):
    """The part of results.json that is checked."""

    flow: list[Step]
    statistics: list[Row]
    manifest: dict[str, Any] = Field(default_factory=dict)

    @property
    def released(self) -> bool:
        """Whether it has passed disclosure control, which withholds count tables, and denominators of single rows."""
        return isinstance(self.manifest.get("disclosure"), dict)

    def level(self, row: Row) -> float:
        """The confidence level of a row's interval: a study has one, which its manifest names."""
        definitions = self.manifest.get("definitions")
        named = definitions.get("level") if isinstance(definitions, dict) else row.level
        return named if isinstance(named, float) and 0 < named < 1 else USUAL_LEVEL


def results_path(path: Path) -> Path:
    """The file itself, of a folder the one in it."""
    return path / NAME if path.is_dir() else path


def read_results(path: Path) -> ResultsFile:
    """Read results.json, or the one in a folder of results; everything wrong with its shape is in the one error."""
    file = results_path(path)
    value = _json(file)
    if not isinstance(value, dict) or not {"flow", "statistics"} <= value.keys():
        raise DataError.single(
            "this is no results.json of Foramen", where=str(file), received="no flow or no statistics",
            remedy="the file or folder that `foramen study run … --out DIR` wrote; a paper's facts go to --file",
        )  # fmt: skip
    try:
        return ResultsFile.model_validate(value)
    except ValidationError as error:
        raise DataError(*_faults(file, error)) from None


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError.single("cannot be read", where=str(file), received=error.strerror or str(error)) from None
    except (ValueError, RecursionError) as error:
        raise DataError.single("this is not JSON", where=str(file), received=str(error)) from None


MOST_FAULTS = 20


def _faults(file: Path, error: ValidationError) -> list[Fault]:
    """Where the shape is wrong, each place once; the values themselves are not repeated."""
    places = Counter(_place(detail["loc"]) for detail in error.errors())
    remedy = "write the file anew; do not edit it by hand"
    faults = [Fault("this is not as Foramen writes it", f"{file}: {place}", "", remedy) for place in places]
    more = len(faults) - MOST_FAULTS
    return [*faults[:MOST_FAULTS], *([Fault(f"{more} more places", str(file))] if more > 0 else [])]


def _place(location: tuple[int | str, ...]) -> str:
    text = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in location[:3])
    return text.removeprefix(".")
