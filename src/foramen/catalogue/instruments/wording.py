"""The words of an instrument in one language, as a site brings them.

A wording file is whole or it is refused: a questionnaire is never asked half in one wording and half in another.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field

from foramen.catalogue.definition import Identifier, Version
from foramen.catalogue.document import Document, Part, load_document
from foramen.catalogue.instruments.definition import Instrument
from foramen.catalogue.instruments.library import load_instrument
from foramen.catalogue.instruments.value_sets import Name
from foramen.kernel.errors import DefinitionError, Fault, raise_all

Text = Annotated[str, Field(min_length=1)]


class ItemWording(Part):
    """The words of one item."""

    id: Name = Field(description="the item")
    text: Text = Field(description="the question as it is asked")
    answers: dict[str, Text] = Field({}, description="the text of every answer, by step or code")


class Wording(Part):
    """A wording file."""

    instrument: Identifier = Field(description="id of the instrument")
    instrument_version: Version = Field(description="version of the instrument file")
    language: str = Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$", description="language of the texts, such as de-CH")
    version: Text = Field(description="the version of the wording as its owner calls it")
    licence: Text = Field(description="by what right the site uses it: owner, agreement, date")
    title: Text = Field(description="the title a patient reads")
    instructions: str = Field("", description="what a patient reads before the first question")
    items: list[ItemWording] = Field(min_length=1, description="the words of every item, in order")


def load_wording(path: Path) -> Document[Wording]:
    """A site's wording of an instrument of the library; every fault is in the one error raised."""
    document = load_document(path, Wording)
    instrument = load_instrument(document.content.instrument, document.content.instrument_version).content
    raise_all(DefinitionError, wording_faults(document.content, instrument, str(path)))
    return document


def wording_faults(wording: Wording, instrument: Instrument, where: str) -> Iterator[Fault]:
    """Every question and every answer has its text, and nothing else stands there."""
    items, known = [item.id for item in wording.items], [item.id for item in instrument.items]
    for name in dict.fromkeys([*known, *items]):
        if items.count(name) != 1 or name not in known:
            yield _item_fault(name, f"{where}: items", items.count(name))
    if not [name for name in known if name not in items] and items != known and sorted(items) == sorted(known):
        yield Fault("the items are in another order", f"{where}: items", ", ".join(items), ", ".join(known))
    for item in wording.items:
        if item.id in known:
            yield from _texts(item, instrument.values_of(item.id).worded(), f"{where}: {item.id}")


def _item_fault(name: str, where: str, times: int) -> Fault:
    if times == 0:
        return Fault("this item has no wording", where, "nothing", f"add {name}; half a wording is not used")
    if times > 1:
        return Fault("this item stands more than once", where, name, "keep one")
    return Fault("the instrument has no such item", where, name, "remove it")


def _texts(item: ItemWording, worded: list[str], where: str) -> Iterator[Fault]:
    if not item.text.strip():
        yield Fault("the question is blank", f"{where}.text", "nothing", "write it")
    given: Mapping[str, str] = item.answers
    for key in dict.fromkeys([*worded, *given]):
        if key not in worded:
            yield Fault("the item has no such answer", f"{where}.answers", key, f"one of {', '.join(worded) or 'none'}")
        elif not given.get(key, "").strip():
            yield Fault("this answer has no text", f"{where}.answers", f"nothing for {key}", f"write {key} = “…”")
