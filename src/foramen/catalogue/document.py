"""Read a TOML document into a strict model, or say everything that is wrong with it."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from foramen.kernel.digests import digest
from foramen.kernel.errors import DefinitionError, Fault, raise_all


class Part(BaseModel):
    """Base of every part of a document: unknown keys are refused, nothing is converted silently, nothing changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Document(Generic[Model]):
    """A checked document. The digest is of its content: comments and layout do not count."""

    path: Path
    content: Model
    digest: str


def load_document(path: Path, model: type[Model]) -> Document[Model]:
    """Read and check a document; every fault found is in the one error raised. Decimals are kept exact."""
    return _checked(path, _read(path), model)


def document_of(text: str, name: str, model: type[Model]) -> Document[Model]:
    """Check a document that is kept as text and not in a file; `name` stands where messages name the file."""
    path = Path(name)
    return _checked(path, _parsed(path, lambda: text), model)


def _checked(path: Path, data: dict[str, Any], model: type[Model]) -> Document[Model]:
    _check_kind(path, data, model)
    raise_all(DefinitionError, _unprintable(path, data))
    try:
        content = model.model_validate(data)
    except RecursionError:
        raise DefinitionError.single("parts are nested too deeply", where=str(path), remedy="use all and any") from None
    except ValidationError as error:
        faults = dict.fromkeys(_fault(path, detail, data, model) for detail in error.errors())
        raise DefinitionError(*faults) from None
    return Document(path, content, digest(_plain(data)))


def _read(path: Path) -> dict[str, Any]:
    return _parsed(path, lambda: path.read_text(encoding="utf-8-sig"))


def _parsed(path: Path, read: Callable[[], str]) -> dict[str, Any]:
    try:
        return tomllib.loads(read(), parse_float=Decimal)
    except FileNotFoundError:
        raise DefinitionError.single("there is no such file", where=str(path)) from None
    except UnicodeDecodeError as error:
        raise DefinitionError.single(
            "the document is not UTF-8", where=f"{path}, byte {error.start + 1}", remedy="save it as UTF-8"
        ) from None
    except tomllib.TOMLDecodeError as error:
        remedy = "texts stand in quotes, lists in [ ], and each [section] or [[entry]] on a line of its own"
        if "overwrite" in str(error) or "twice" in str(error):
            remedy = "this key stands twice; keep one"
        raise DefinitionError.single(
            "this is not valid TOML", where=str(path), received=str(error), remedy=remedy
        ) from None
    except (ValueError, RecursionError):
        raise DefinitionError.single(
            "this cannot be read: a number is far too long, or brackets are nested too deeply", where=str(path),
            remedy="look for a slip of the pen",
        ) from None  # fmt: skip
    except OSError as error:
        raise DefinitionError.single("cannot be read", where=str(path), received=error.strerror or str(error)) from None


UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
"""Control characters, and those that turn the direction of what follows: they hide what a page says."""


def _unprintable(path: Path, value: Any, place: tuple[str | int, ...] = ()) -> Iterator[Fault]:
    if isinstance(value, str) and (found := UNPRINTABLE.search(value)):
        where = f"{path}: {'.'.join(f'{part + 1}' if isinstance(part, int) else part for part in place)}"
        yield Fault("a character that cannot be seen", where, f"U+{ord(found[0]):04X}", "take it out")
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from _unprintable(path, part, (*place, key))


def _check_kind(path: Path, data: dict[str, Any], model: type[BaseModel]) -> None:
    """Say in one sentence that a document is of another kind, rather than find fault with every key of it."""
    known = set(model.model_fields)
    if data and len(known & data.keys()) * 3 < len(data):
        raise DefinitionError.single(
            f"this does not look like a {model.__name__.lower().removesuffix('mapping') or 'mapping'} document",
            where=str(path),
            received=f"the keys {', '.join(list(data)[:6])}",
            remedy=f"expected are keys such as {', '.join(sorted(known)[:8])}; is it another document?",
        )


def sections_of(data: Mapping[str, Any], key: str) -> list[tuple[str, Mapping[str, Any]]]:
    """The sections of a list that can be read, each with its place in the file."""
    found = data.get(key)
    readable = found if isinstance(found, list) else []
    return [
        (f"{key}[{i}]" + (f" ({one['id']})" if isinstance(one.get("id"), str) else ""), one)
        for i, one in enumerate(readable, start=1)
        if isinstance(one, Mapping)
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value if isinstance(value, (str, int, bool)) else str(value)


def _fault(path: Path, detail: Any, data: Any, model: type[BaseModel]) -> Fault:
    where = f"{path}: {_place(detail['loc'], data)}"
    received = detail["input"]
    shown = repr(received) if isinstance(received, (str, int, float, bool, Decimal)) else ""
    if detail["type"] == "extra_forbidden":
        return Fault("unknown key", where, str(detail["loc"][-1]), _suggestion(str(detail["loc"][-1]), model))
    if detail["type"] == "missing":
        return Fault("this key is required", where, "nothing", "add it")
    if detail["type"] == "union_tag_invalid":
        return _unknown_kind(where, detail["ctx"])
    what, remedy = _in_words(detail)
    return Fault(what, where, shown, remedy)


def _in_words(detail: Any) -> tuple[str, str]:
    """What is wrong and what to write instead, for the faults a newcomer makes."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "string_pattern_mismatch":
        return "this is no name", "lower-case letters, digits and _, beginning with a letter, such as nrs_before"
    if kind == "literal_error":
        return _not_among(str(detail["input"]), context["expected"])
    if kind in EXPECTED:
        return EXPECTED[kind]
    message = detail["msg"].removeprefix("Value error, ")
    return message[:1].lower() + message[1:], ""


EXPECTED = {
    "list_type": ("a list is needed here", "write [ ] around it; a section of a list has two brackets: [[section]]"),
    "string_type": ("a text is needed here", "put it in quotes"),
    "string_too_short": ("a text is needed here", "write something"),
    "int_type": ("a whole number is needed here", "write it without quotes and decimals"),
    "is_instance_of": ("a number is needed here", "write it without quotes"),
    "decimal_type": ("a number is needed here", "write it without quotes"),
    "date_type": ("a date is needed here", "write it as year-month-day without quotes, such as 2026-11-20"),
    "bool_type": ("true or false is needed here", "write true or false without quotes"),
    "model_type": ("a section is needed here", "write its keys in { } or under a [section]"),
    "dict_type": ("a section is needed here", "write its keys in { } or under a [section]"),
}  # fmt: skip


def _not_among(received: str, expected: str) -> tuple[str, str]:
    known = [word.strip(" '") for word in expected.replace(" or ", ", ").split(",")]
    near = get_close_matches(received.lower(), known, n=1)
    return "this word is not known here", f"did you mean “{near[0]}”?" if near else f"one of {', '.join(known)}"


def _unknown_kind(where: str, context: Any) -> Fault:
    """A part of which there are several kinds, with a kind that there is not."""
    known = [tag.strip(" '") for tag in context["expected_tags"].split(",")]
    near = get_close_matches(context["tag"], known, n=1)
    remedy = f"did you mean “{near[0]}”?" if near else f"one of {', '.join(known)}"
    return Fault("there is no such kind", f"{where}.{context['discriminator'].strip(chr(39))}", context["tag"], remedy)


def _place(location: tuple[str | int, ...], data: Any) -> str:
    """`analyses[2].tests`: a position a reader can find, counted from 1. What the checker adds of its own is left out:
    a part of the location that leads nowhere in the document, unless it is the last, which may be what is missing."""
    text, found = "", data
    for i, part in enumerate(location):
        if _leads(found, part):
            found = found[part]
        elif i + 1 < len(location) or not isinstance(found, dict):
            continue
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text or "the document"


def _leads(found: Any, part: str | int) -> bool:
    return part in found if isinstance(found, dict) else isinstance(found, list) and isinstance(part, int)


def _suggestion(key: str, model: type[BaseModel]) -> str:
    known = sorted(_keys(model.model_json_schema()))
    near = [name for name in get_close_matches(key, known, n=2) if name != key]
    return f"did you mean “{near[0]}”?" if near else "remove it, or see the reference page of this document"


def _keys(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return set().union(*(_keys(part) for part in schema)) if schema else set()
    if not isinstance(schema, dict):
        return set()
    found = set(schema.get("properties", {}))
    return found.union(*(_keys(part) for part in schema.values())) if schema else found
