"""The reference page of a folder of results, from the JSON Schema of results.json."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from docs.markdown import code, page, table
from docs.schemas import results_schema


def results() -> str:
    """The contract of results.json and its neighbours."""
    schema = results_schema()
    parts = [RESULTS_OPENING]
    for heading, definition in _results_objects(schema):
        rows = [[code(key), _json_type(value), _json_meaning(value)] for key, value in definition.items()]
        parts.append(f"## {heading}\n\n{table(['key', 'type', 'meaning'], rows)}")
    return page("Results", "the JSON Schema of results.json", *parts, RESULTS_CLOSING)


def _results_objects(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    keys = schema["properties"]
    manifest = keys["manifest"]["properties"]
    statistic = keys["statistics"]["items"]["properties"]
    yield "The whole", keys
    yield "`manifest`", manifest
    for part in ("study", "definitions", "snapshot"):
        yield f"`manifest.{part}`", manifest[part]["properties"]
    (disclosure,) = (one for one in manifest["disclosure"]["anyOf"] if one["type"] == "object")
    yield "`manifest.disclosure`, if results have passed it", disclosure["properties"]
    yield "`manifest.disclosure.suppressed[]`", disclosure["properties"]["suppressed"]["items"]["properties"]
    yield "`flow[]`", keys["flow"]["items"]["properties"]
    yield "`statistics[]`", statistic
    yield "`statistics[].about`", statistic["about"]["properties"]


def _json_meaning(value: Mapping[str, Any]) -> str:
    described = value["description"] if "description" in value else "; or ".join(map(_json_meaning, value["anyOf"]))
    return str(described)


def _json_type(value: Mapping[str, Any]) -> str:
    if "const" in value:
        return code(json.dumps(value["const"]))
    if "enum" in value:
        return ", ".join(code(json.dumps(one)) for one in value["enum"])
    if "anyOf" in value:
        return " or ".join(_json_type(one) for one in value["anyOf"])
    kind = value["type"]
    if kind == "array" and "minItems" in value:
        return f"list of {value['minItems']}"
    return " or ".join(kind) if isinstance(kind, list) else {"array": "list"}.get(kind, kind)


RESULTS_OPENING = """\
`foramen study run … --out DIR` writes a folder. The same study, snapshot and version give the same bytes.

| file | what it is |
|---|---|
| `report.html` | the report: one file that needs no network; every number opens its explanation |
| `report.docx` | the same for Word: tables and captions of Word's own, figures as pictures |
| `report.pdf` | the same as tagged PDF (PDF/UA); with `--format pdf` |
| `tables/table-1.csv`, `tables/figure-1.csv` … | each table, and the numbers that each figure draws, as printed |
| `figures/figure-1.svg`, `.pdf`, `.png`, `.vl.json` … | each figure, the PNG at 300 dpi; with `--format figures` |
| `results.json` | everything, for programs: the contract below |
| `results.csv` | the statistics, one line each, for a spreadsheet or R |
| `manifest.json` | the manifest, and the files of the folder |
| `counts/DIGEST.json` | what numbers rest on: a count table or sums, with the request; for the folder's owner only |

Without `--format` there are `report.html`, `report.docx` and `tables/`. Released results hold only the count tables in
which everything may be shown; `inputs` of other numbers then names the question instead of the answer.

The same as a JSON Schema: `src/foramen/library/schemas/results.json`. Every key is always there; what does not apply is
null."""

RESULTS_CLOSING = """\
## results.csv

The keys of `about` are columns of their own, in the order above, then the other keys of a statistic. Empty is what does
not apply. The two degrees of freedom of an F test stand in one cell, with a blank between them.

## counts/

`kind` is `counts` or `sums`, `table` what was counted, and `origins` says what it is of (`of`) and what the engine was
asked (`request`); one table may answer several questions. In a count table, `axes` name the dimensions and `cells`
pairs each combination of codes with how many units have it; null is missing. The value of a code is code / (10 to the
power of `decimals`) / `divisor`; `labels` pairs codes with labels."""
