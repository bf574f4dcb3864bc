"""The study templates of the library: their names, and where their documents are."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path

TEMPLATES = (
    "infiltration-outcomes", "pars-injections", "ultrasound-rehabilitation", "ct-or-fluoroscopy", "service-review",
)  # fmt: skip
"""The studies of the library, in the order of the papers whose structure they follow."""


@contextmanager
def template_path(name: str) -> Iterator[Path]:
    """The document of a template, as long as the context lasts."""
    with as_file(files("foramen.library").joinpath("studies", name, "study.toml")) as path:
        yield path
