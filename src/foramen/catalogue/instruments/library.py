"""Instruments of the library, and instrument documents of one's own."""

from pathlib import Path

from foramen.catalogue.document import Document, load_document
from foramen.catalogue.instruments.check import instrument_faults
from foramen.catalogue.instruments.definition import Instrument
from foramen.catalogue.shelf import identifiers, load_definition
from foramen.kernel.errors import DefinitionError, raise_all


def load_instrument(identifier: str, version: str | None = None) -> Document[Instrument]:
    """An instrument of the library, the newest version if none is named, checked and its worked examples run."""
    return _checked(load_definition("instruments", identifier, Instrument, version))


def load_instruments() -> list[Document[Instrument]]:
    """The newest version of every instrument of the library."""
    return [load_instrument(identifier) for identifier in identifiers("instruments")]


def load_instrument_file(path: Path) -> Document[Instrument]:
    """An instrument document of one's own; every fault is in the one error raised."""
    return _checked(load_document(path, Instrument))


def _checked(document: Document[Instrument]) -> Document[Instrument]:
    raise_all(DefinitionError, instrument_faults(document.content, str(document.path)))
    return document
