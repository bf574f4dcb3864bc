"""Markdown of generated pages: notes, tables, and the objects of a JSON Schema in words."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Schema = Mapping[str, Any]

PLAIN_NAME = "a name"


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
            return f"[{_words(name)}](#{_anchor(name)})"
        if "const" in value:
            return code(f'"{value["const"]}"')
        if "enum" in value:
            return ", ".join(code(f'"{one}"') for one in value["enum"])
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
            return PLAIN_NAME if "pattern" in value else "a date" if value.get("format") == "date" else "text"
        return _number(value)


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
    kind = definition["properties"].get("kind", {}).get("const")
    if kind:
        return f'{places[0]}, `kind = "{kind}"`'
    return places[0] if places and places[0].startswith("`[") else _words(name).capitalize()


def _words(name: str) -> str:
    """`ColumnMapping` as “column”, `OutcomeAt` as “outcome at a time point”."""
    known = {"OutcomeAt": "outcome at a time point", "When": "condition", "TableWanted": "table", "Step": "step",
             "RowMapping": "rows", "IndexEventMapping": "index event", "SourceFormat": "source"}  # fmt: skip
    return known.get(name) or name.removesuffix("Mapping").lower()


def _anchor(name: str) -> str:
    return name.lower()


def _need(value: Schema, required: bool) -> str:
    if "default" in value:
        return f"else {code(json.dumps(value['default']))}"
    return "required" if required else ""


def _number(value: Schema) -> str:
    kind = "whole number" if value.get("type") == "integer" else "number"
    bounds = {"exclusiveMinimum": "above", "minimum": "from", "exclusiveMaximum": "below", "maximum": "to"}
    said = [f"{word} {_plain(value[key])}" for key, word in bounds.items() if key in value]
    return " ".join([kind, *said])


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else str(number)
