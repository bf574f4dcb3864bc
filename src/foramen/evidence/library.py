"""The papers that ship with Foramen."""

from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from importlib.resources import as_file, files
from pathlib import Path

from foramen.evidence.document import load_evidence
from foramen.evidence.examine import Examined, examine
from foramen.kernel.errors import DefinitionError


@contextmanager
def _folder() -> Iterator[Path]:
    with as_file(files("foramen.library").joinpath("evidence")) as folder:
        yield folder


def papers() -> list[str]:
    """The names of the papers, in order."""
    with _folder() as folder:
        return sorted(path.stem for path in folder.glob("*.toml"))


def examine_paper(name: str) -> Examined:
    """Check a paper by its name; refuses one that is not there."""
    known = papers()
    if name not in known:
        near = get_close_matches(name, known, n=1)
        raise DefinitionError.single(
            "there is no such paper", received=name,
            remedy=f"did you mean “{near[0]}”?" if near else f"one of {', '.join(known)}; your own with --file",
        )  # fmt: skip
    with _folder() as folder:
        return examine(load_evidence(folder / f"{name}.toml"))


def examine_papers() -> list[Examined]:
    """Check every paper."""
    return [examine_paper(name) for name in papers()]
