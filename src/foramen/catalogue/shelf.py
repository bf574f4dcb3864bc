"""The library: definitions by kind, id and version, as files that are never edited after release."""

from importlib.resources import as_file, files
from pathlib import Path
from typing import Literal, TypeVar

from foramen.catalogue.definition import Definition
from foramen.catalogue.document import Document, load_document
from foramen.kernel.errors import DefinitionError

Kind = Literal["policies", "schedules", "instruments", "drugs"]
Model = TypeVar("Model", bound=Definition)


def identifiers(kind: Kind) -> list[str]:
    """What the library has of a kind."""
    return sorted(entry.name for entry in files("foramen.library").joinpath(kind).iterdir() if entry.is_dir())


def versions(kind: Kind, identifier: str) -> list[str]:
    """The released versions of a definition, oldest first."""
    if identifier not in identifiers(kind):
        raise DefinitionError.single(
            f"the library has no such entry among its {kind}", where=kind, received=identifier,
            remedy=", ".join(identifiers(kind)),
        )  # fmt: skip
    folder = files("foramen.library").joinpath(kind, identifier)
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))


def load_definition(kind: Kind, identifier: str, model: type[Model], version: str | None = None) -> Document[Model]:
    """A definition of the library, the newest version if none is named."""
    known = versions(kind, identifier)
    wanted = version or known[-1]
    if wanted not in known:
        raise DefinitionError.single(
            "there is no such version", where=f"{kind}/{identifier}", received=wanted, remedy=", ".join(known)
        )
    with as_file(files("foramen.library").joinpath(kind, identifier)) as folder:
        return check_place(load_document(folder / f"{wanted}.toml", model))


def check_place(document: Document[Model]) -> Document[Model]:
    """A library file stands where its id and version say."""
    path, content = document.path, document.content
    if (path.parent.name, path.stem) != (content.id, content.version):
        raise DefinitionError.single(
            "a definition stands in <id>/<version>.toml", where=str(path), received=f"{content.id}, {content.version}",
            remedy=f"move it to {Path(content.id) / content.version}.toml",
        )  # fmt: skip
    return document
