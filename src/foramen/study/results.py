"""The results of a study run: rows of statistics, the flow, the manifest; written as JSON and CSV."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from foramen.statistics.flow import FlowStep
from foramen.statistics.result import Statistic
from foramen.statistics.tables import CountTable
from foramen.study.analyses.task import Source
from foramen.study.engines.request import plain

DIMENSIONS = (
    "analysis", "outcome", "timepoint", "group", "category", "against", "from_category", "first", "second", "reader",
    "finding", "weights", "model", "term", "point", "mode", "stratum",
)  # fmt: skip
"""Every key that may stand in `about`, in the order of columns in results.csv."""


@dataclass(frozen=True)
class Results:
    """What a run found. `inputs` holds every count table a number rests on, by digest, with the requests behind it."""

    manifest: Mapping[str, Any]
    flow: Sequence[FlowStep]
    statistics: Sequence[Statistic]
    inputs: Mapping[str, Source]

    def to_json(self) -> dict[str, Any]:
        """The contract of results.json."""
        return {
            "manifest": dict(self.manifest),
            "flow": [step.to_json() for step in self.flow],
            "statistics": [row.to_json() for row in self.statistics],
        }


def json_text(value: Any) -> str:
    """JSON for people and programs: stable order as given, one entry per line, no NaN."""
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def csv_text(statistics: Sequence[Statistic]) -> str:
    """One line per statistic; the dimensions of `about` are columns of their own. Empty is what does not apply."""
    names = [f.name for f in fields(Statistic) if f.name != "about"]
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*DIMENSIONS, *names])
    for statistic in statistics:
        row = statistic.to_json()
        writer.writerow(
            [*(_word(row["about"].get(key, "")) for key in DIMENSIONS), *(_cell(row[name]) for name in names)]
        )
    return stream.getvalue()


def _word(text: str) -> str:
    """A label that a spreadsheet would run as a formula gets a quote in front."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return " ".join(repr(part) for part in value)
    return "" if value is None else value


def input_json(source: Source) -> dict[str, Any]:
    """A count table (or sums) as written to `counts/`, with every request it answers and what it is of."""
    kind = "counts" if isinstance(source.table, CountTable) else "sums"
    origins = [{"of": part, "request": plain(request)} for request, part in source.origins]
    return {"kind": kind, "table": source.table.to_json(), "origins": origins}
