"""Markdown of generated pages: notes, tables, and the objects of a JSON Schema in words."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Schema = Mapping[str, Any]

PLAIN_NAME = "a name"
TEXTS = {None: "text", "date": "a date", "date-time": "date and time"}
"""Formats of texts as a TOML document would call them."""

KINDS = ("kind", "check")
"""Keys by whose word a document says which of several objects it means."""


def page(title: str, source: str, *parts: str) -> str:
    """A whole page, with a line that says it is generated and from what."""
    note = f"*This page is generated from {source}; `make docs` renews it.*"
    return "\n\n".join([f"# {title}", note, *(part.strip("\n") for part in parts if part)]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; bars and line breaks inside cells are made harmless."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(text) for text in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def code(text: object) -> str:
    return f"`{text}`"


def sentence(text: str) -> str:
    """With a capital and a full stop, whatever it had."""
    stripped = text.strip()
    if not stripped:
        return ""
    return stripped[0].upper() + stripped[1:] + ("" if stripped[-1] in ".:!?" else ".")


class Objects:
    """The objects of a document's schema, in the order in which the document names them."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._definitions: Mapping[str, Schema] = schema.get("$defs", {})
        self._places: dict[str, list[str]] = {}
        self._collect(schema, "", set())

    def sections(self) -> Iterator[str]:
        """One section per object: the document itself first."""
        yield "## The document\n\n" + self._keys(self._schema)
        for name, places in self._places.items():
            definition = self._definitions[name]
            named = _heading(name, definition, places)
            heading = f'<a id="{_anchor(name)}"></a>\n\n## {named}'
            used = "" if named.startswith(places[0]) else f"Stands in {', '.join(dict.fromkeys(places))}."
            yield "\n\n".join(part for part in (heading, definition.get("description", ""), used,
                                                self._keys(definition)) if part)  # fmt: skip

    def _collect(self, schema: Schema, path: str, inside: set[str]) -> None:
        """Where each object stands, as TOML would write it."""
        for key, value in schema.get("properties", {}).items():
            place = f"{path}{key}"
            for name, written in _references(value, place):
                if name not in inside:
                    new = name not in self._places
                    self._places.setdefault(name, []).append(code(written))
                    if new:
                        self._collect(self._definitions[name], f"{place}.", {*inside, name})

    def _keys(self, definition: Schema) -> str:
        required = definition.get("required", [])
        rows = [
            [code(key), self._values(value), _need(value, key in required), value.get("description", "")]
            for key, value in definition["properties"].items()
        ]
        return table(["key", "value", "", "meaning"], rows)

    def _values(self, value: Schema) -> str:
        """What may stand there."""
        if "$ref" in value:
            name = value["$ref"].rsplit("/", 1)[-1]
            return f"[{_word(name, self._definitions[name])}](#{_anchor(name)})"
        if "const" in value:
            return _plain_json(value["const"])
        if "enum" in value:
            return ", ".join(map(_plain_json, value["enum"]))
        for several in ("anyOf", "oneOf"):
            if several in value:
                return " or ".join(dict.fromkeys(self._values(one) for one in value[several]))
        return self._simple(value)

    def _simple(self, value: Schema) -> str:
        kind = value.get("type")
        if kind == "array":
            return f"list: {self._values(value['items'])}"
        if kind == "object":
            inside = self._values(_named(value))
            return f"name = {inside}" if inside == "text" else f"a section per name: {inside}"
        if kind == "boolean":
            return "`true`, `false`"
        if kind == "string":
            return PLAIN_NAME if _is_name(value.get("pattern", "")) else TEXTS[value.get("format")]
        return _number(value) if kind else "anything"


def _is_name(pattern: str) -> bool:
    """Names have no fixed length; a language, a digest or a level has a pattern and is no name."""
    return pattern.startswith("^[a-z") and "{" not in pattern


def _references(value: Schema, place: str) -> Iterator[tuple[str, str]]:
    """The objects a value may be, each with the way to write it."""
    if "$ref" in value:
        yield value["$ref"].rsplit("/", 1)[-1], place if "." in place else f"[{place}]"
    for several in ("anyOf", "oneOf"):
        for one in value.get(several, []):
            yield from _references(one, place)
    for one, written in ((value.get("items"), f"[[{place}]]"), (_named(value), f"[{place}.NAME]")):
        if one:
            yield from ((name, written if "." not in place else place) for name, _ in _references(one, place))


def _named(value: Schema) -> Schema:
    """What may stand under each name of an object whose keys are chosen by its writer."""
    (named,) = value.get("patternProperties", {"": value.get("additionalProperties")}).values()
    return named if isinstance(named, Mapping) else {}


def _heading(name: str, definition: Schema, places: Sequence[str]) -> str:
    for key, kind in _kinds(definition):
        return f'{places[0]}, `{key} = "{kind}"`'
    return places[0] if places and places[0].startswith("`[") else _words(name).capitalize()


def _kinds(definition: Schema) -> Iterator[tuple[str, str]]:
    """The key and the word by which a document says that it means this one of several objects."""
    for key in KINDS:
        if word := definition["properties"].get(key, {}).get("const"):
            yield key, word


def _word(name: str, definition: Schema) -> str:
    return next((word for _, word in _kinds(definition)), _words(name))


def _words(name: str) -> str:
    """`ColumnMapping` as “column”, `OutcomeAt` as “outcome at a time point”, `PrintedTable` as “printed table”."""
    known = {"OutcomeAt": "outcome at a time point", "When": "condition", "MeanSd": "mean and SD",
             "RowMapping": "rows", "SourceFormat": "source"}  # fmt: skip
    parts = re.findall("[A-Z][a-z]+|[A-Z]+(?![a-z])", re.sub("(Mapping|Wanted)$", "", name))
    return known.get(name) or " ".join(parts).lower()


def _anchor(name: str) -> str:
    return name.lower()


def _need(value: Schema, required: bool) -> str:
    if value.get("default", "") != "":
        return f"else {_plain_json(value['default'])}"
    return "required" if required else ""


def _number(value: Schema) -> str:
    kind = "whole number" if value.get("type") == "integer" else "number"
    bounds = {"exclusiveMinimum": "above", "minimum": "from", "exclusiveMaximum": "below", "maximum": "to"}
    said = [f"{word} {_plain(value[key])}" for key, word in bounds.items() if key in value]
    return " ".join([kind, *said])


def _plain_json(value: object) -> str:
    return code(json.dumps(value, ensure_ascii=False))


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else str(number)
