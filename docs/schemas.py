"""The published JSON Schemas: of documents from their models, of results.json from its dataclasses."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, get_args

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from foramen.catalogue.document import Part
from foramen.catalogue.drugs import DrugNames
from foramen.catalogue.instruments.answers_file import AnswersFile
from foramen.catalogue.instruments.definition import Instrument
from foramen.catalogue.instruments.wording import Wording
from foramen.catalogue.policies import POLICIES
from foramen.catalogue.schedules.definition import Schedule
from foramen.catalogue.site_record import SiteRecord
from foramen.evidence.document import Evidence
from foramen.intake.mapping import TableMapping
from foramen.report.style import Style
from foramen.snapshot.write import People
from foramen.statistics.definitions import CHOICES, PRESETS
from foramen.study.definition import Study
from foramen.study.engines.choice import ENGINES
from foramen.study.results import DIMENSIONS

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
BOUNDS = {"gt": "exclusiveMinimum", "ge": "minimum", "lt": "exclusiveMaximum", "le": "maximum"}
NAME = "lower"
"""How the description of a plain name begins in the models: it says what a name looks like, not what it is for."""


class _TomlSchema(GenerateJsonSchema):
    """TOML has no null, and writes exact decimals as numbers."""

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        return {"type": "number", **{BOUNDS[key]: float(schema[key]) for key in BOUNDS if key in schema}}  # type: ignore[literal-required]

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


def model_schema(model: type[Part], title: str) -> Schema:
    """The schema of a TOML document whose model describes every key itself."""
    raw = model.model_json_schema(by_alias=True, schema_generator=_TomlSchema)
    return {"$schema": DIALECT, "title": title, **_tidy(raw)}


def document_schema(model: type[Part], title: str) -> Schema:
    """The schema of a TOML document of which some keys are described in descriptions.toml."""
    schema = model_schema(model, title)
    definitions = {model.__name__: schema, **schema.get("$defs", {})}
    for name, words in descriptions().items():
        for key, text in words.items():
            if name in definitions:
                _describe(definitions[name]["properties"][key], text, f"{name}.{key}")
    return schema


def study_schema() -> Schema:
    return document_schema(Study, "Study document of Foramen")


def mapping_schema() -> Schema:
    return document_schema(TableMapping, "Mapping document of Foramen")


def descriptions() -> dict[str, dict[str, str]]:
    """Descriptions of keys by model, beside those that stand in the models."""
    text = (Path(__file__).parent / "descriptions.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def undescribed(schema: Schema) -> Iterator[str]:
    """Keys of a document without a description."""
    for name, definition in {"document": schema, **schema.get("$defs", {})}.items():
        for key, value in definition.get("properties", {}).items():
            if not value.get("description"):
                yield f"{name}.{key}"


def _describe(value: Schema, text: str, where: str) -> None:
    if "description" in value:
        raise ValueError(f"{where} is described twice: in the model and in descriptions.toml")
    value["description"] = text


def _tidy(schema: Any) -> Any:
    """Without titles, nulls and the words about names; bounds in the words of JSON Schema."""
    if isinstance(schema, list):
        return [_tidy(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    tidied = {BOUNDS.get(key, key): _tidy_entry(key, value) for key, value in schema.items() if _kept(key, schema)}
    numbers = {"type": "integer"}, {"type": "number"}
    if "anyOf" in tidied and all(number in tidied["anyOf"] for number in numbers):
        tidied["anyOf"].remove(numbers[0])
    if "patternProperties" in tidied:
        tidied["additionalProperties"] = False
    if len(tidied.get("anyOf", [])) == 1:
        (only,) = tidied.pop("anyOf")
        tidied = {**only, **tidied}
    return tidied


def _tidy_entry(key: str, value: Any) -> Any:
    """Below `properties` and `$defs` keys are names, not keywords."""
    if key in ("properties", "$defs"):
        return {name: _tidy(part) for name, part in value.items()}
    return float(value) if key == "default" and isinstance(value, str) and _is_number(value) else _tidy(value)


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit() and "." in text


def _kept(key: str, schema: Mapping[str, Any]) -> bool:
    if key == "description" and "pattern" in schema:
        return not str(schema[key]).startswith(NAME)
    return not (key in ("title", "discriminator") or (key == "default" and _says_nothing(schema[key])))


def _says_nothing(default: Any) -> bool:
    """A default section stands key by key in its own definition."""
    return default in (None, []) or isinstance(default, dict)


# --- results.json -------------------------------------------------------------------------------------------------

HEXADECIMAL = {"pattern": "^[0-9a-f]{64}$"}
SHA256 = {"type": "string", **HEXADECIMAL}


def _object(description: str, **properties: Schema) -> Schema:
    return {
        "type": "object", "description": description, "properties": properties, "required": list(properties),
        "additionalProperties": False,
    }  # fmt: skip


def _text(description: str, **more: Any) -> Schema:
    return {"type": "string", "description": description, **more}


def _or_null(kind: str, description: str, **more: Any) -> Schema:
    return {"type": [kind, "null"], "description": description, **more}


def _manifest() -> Schema:
    methods = {
        family: _text("the definition in force", enum=list(choices)) for family, choices in CHOICES.items()
    }  # fmt: skip
    index = _object(
        "the event that days are counted from",
        event=_text("what it is", enum=["treatment", "allocation", "registration"]),
        which=_text("which of a person's", enum=["first", "each", "last"]),
    )
    study = _object(
        "the study document",
        id=_text("its short name"),
        title=_text("its title"),
        version=_text("its own version"),
        unit=_text("what was counted", enum=["patient", "treatment", "target", "read"]),
        index=index,
        sha256={**SHA256, "description": "digest of its content; comments and layout do not count"},
    )
    return _object(
        "how the results came about",
        kind={"const": "results", "description": "what the manifest is of"},
        foramen=_text("version of the software"),
        engine=_text("which engine counted; all give the same numbers", enum=list(ENGINES)),
        study=study,
        definitions=_object(
            "preset, confidence level, and the definition in force of every family where several are in use",
            preset=_text("where definitions come from", enum=list(PRESETS)),
            level={"type": "number", "description": "confidence level of all intervals, 0.95 for 95 %"},
            **methods,
        ),
        snapshot=_object(
            "the data",
            sha256={**SHA256, "description": "digest of the snapshot's manifest, which holds that of every file"},
            origin=_text("where the data come from, as the mapping says"),
            day=_text("the day the source was extracted", format="date"),
            people=_text("whether the people exist", enum=list(get_args(People))),
            timepoints={
                "type": "object",
                "description": "label of each planned time point, by name",
                "additionalProperties": {"type": "string"},
            },
        ),
        left_out={
            "type": "array",
            "items": _left_out(),
            "description": "what the snapshot does not hold, in a partial run",
        },
        disclosure={"anyOf": [_text("why the results may not leave, or need no control"), _disclosure()]},
    )


def _left_out() -> Schema:
    return _object(
        "an analysis, or one outcome of it, that was left out",
        analysis=_text("name of the analysis"),
        outcome=_or_null("string", "name of the outcome or finding; null for the whole analysis"),
        timepoint=_or_null("string", "name of the time point; null for all"),
        reason=_text("what the snapshot does not hold"),
    )


def _disclosure() -> Schema:
    count = {"type": "integer", "minimum": 0}
    withheld = _object(
        "numbers withheld for one reason",
        what=_text("what they are of"),
        why=_text("why they are withheld"),
        rows={**count, "description": "how many statistics or lines of the flow"},
    )
    return _object(
        "what disclosure control withheld",
        threshold={**count, "description": "counts below it are withheld, but 0 is shown"},
        suppressed={"type": "array", "items": withheld, "description": "by what and why"},
        rows_suppressed={**count, "description": "statistics withheld"},
        tables_withheld={**count, "description": "count tables that are not in counts/"},
    )


def _flow() -> Schema:
    return _object(
        "one line of the flow diagram; n and excluded add up to the n of the line before",
        group=_text("label of the group; `all` is everybody"),
        step=_text("what is true of those who stay"),
        n=_or_null("integer", "how many are left", minimum=0),
        excluded=_or_null("integer", "how many left at this step", minimum=0),
        reason=_or_null("string", "why: the condition is not so, or not known", enum=["not so", "not known", None]),
        suppressed=_or_null("string", "why disclosure control withheld the numbers; they are then null"),
    )


def _about() -> Schema:
    words = {
        "analysis": "name of the analysis", "outcome": "name of the outcome", "timepoint": "name of the time point",
        "group": "label of the group; `all` is everybody", "category": "label of the category",
        "against": "what it is compared with: a group, a time point, a reader or an outcome",
        "from_category": "label of the class before", "first": "the first of two", "second": "the second of two",
        "reader": "name of the reader or readers", "finding": "name of the imaging finding",
        "weights": "weights of Cohen's kappa",
        "model": "name of the model", "term": "the term of the model",
        "point": "number of a point of a curve or of a risk group", "mode": "how it was answered",
        "stratum": "label of the stratum",
    }  # fmt: skip
    return {
        "type": "object",
        "description": "what the number is about; only what applies stands here",
        "properties": {name: _text(words[name]) for name in DIMENSIONS},
        "additionalProperties": False,
    }


def _statistic() -> Schema:
    pair = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
    df = {"anyOf": [{"type": ["number", "null"]}, pair]}
    return _object(
        "one number with everything needed to trust it; null is what does not apply",
        name=_text("the quantity: mean, risk_difference, mann_whitney …"),
        method=_text("the definition used, as a methods section could print it"),
        about=_about(),
        estimate=_or_null("number", "the number; percentages run from 0 to 100"),
        lower=_or_null("number", "lower limit of the interval"),
        upper=_or_null("number", "upper limit of the interval"),
        level=_or_null("number", "confidence level of the interval"),
        statistic=_or_null("number", "the test statistic: t, z, chi-square, U …"),
        df={**df, "description": "degrees of freedom; two for an F test"},
        p=_or_null("number", "p-value, two-sided unless the method says otherwise", minimum=0, maximum=1),
        log10_p=_or_null("number", "its base-10 logarithm, which stays right where p underflows to 0"),
        n=_or_null("integer", "how many units entered; of a percentage, the numerator", minimum=0),
        denominator=_or_null(
            "integer", "how many could have; of a percentage, what it is a percentage of", minimum=0
        ),
        inputs=_or_null("string", "digest of the count table, the name of its file in counts/", **HEXADECIMAL),
        suppressed=_or_null("string", "why disclosure control withheld it; every number is then null"),
        warning=_or_null("string", "what to be careful about"),
        error=_or_null("string", "why there is no number; then estimate is null"),
    )  # fmt: skip


def results_schema() -> Schema:
    """The contract of results.json."""
    whole = _object(
        "Results of a study run",
        manifest=_manifest(),
        flow={"type": "array", "items": _flow(), "description": "the flow diagram: everybody, then each group"},
        statistics={"type": "array", "items": _statistic(), "description": "one entry per number"},
    )
    return {"$schema": DIALECT, "title": "results.json of Foramen", **whole}


SCHEMAS: Mapping[str, Callable[[], Schema]] = {
    "study": study_schema,
    "mapping": mapping_schema,
    "results": results_schema,
    "evidence": partial(document_schema, Evidence, "Evidence document of Foramen"),
    "style": partial(document_schema, Style, "Journal style of Foramen"),
    **{
        f"policy-{name}": partial(model_schema, one.content, f"Policy {name} of Foramen")
        for name, one in POLICIES.items()
    },
    **{
        f"inputs-{name}": partial(model_schema, one.inputs, f"Inputs of the policy {name}")
        for name, one in POLICIES.items()
    },
    "site-record": partial(model_schema, SiteRecord, "A site's record of a policy of Foramen"),
    "drug-names": partial(model_schema, DrugNames, "Table of drug names of Foramen"),
    "instrument": partial(model_schema, Instrument, "Instrument of Foramen"),
    "instrument-wording": partial(model_schema, Wording, "A site's wording of an instrument of Foramen"),
    "instrument-answers": partial(model_schema, AnswersFile, "Answers to an instrument of Foramen"),
    "schedule": partial(model_schema, Schedule, "Follow-up schedule of Foramen"),
}
