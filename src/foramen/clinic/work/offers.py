"""What the studies of the library would find in a snapshot: whether they can run, and what is not there for them.

Only the manifest is read. The same snapshot gives the same answer, so that it is worked out once.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from foramen.catalogue.document import Document
from foramen.kernel.digests import digest
from foramen.kernel.errors import UserError
from foramen.snapshot.store import MANIFEST, Snapshot
from foramen.study.definition import Study
from foramen.study.held import FALLING_AWAY
from foramen.study.run import load_study, plan_study
from foramen.study.templates import TEMPLATES, template_path

AS_RECORDED = ("score", "category")
"""Kinds of outcomes that are called like what was recorded, and not like what is worked out from it."""

READER = re.compile(r", reader \d+$")


@dataclass(frozen=True, slots=True)
class Missing:
    """Something of one kind that a study asks for and the snapshot does not hold: what it is, and which ones."""

    what: str
    which: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """A study of the library on one snapshot. `missing` keeps it from running, or is what it would leave out."""

    name: str
    title: str
    question: str
    runs: bool
    missing: tuple[Missing, ...]


def offers(folder: Path, sha256: str) -> Sequence[Offer]:
    """Every study of the library, those that can run first. None where the snapshot's manifest is gone or another."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return ()
    return _offers(folder, sha256) if digest(manifest) == sha256 else ()


@lru_cache(maxsize=64)
def _offers(folder: Path, sha256: str) -> Sequence[Offer]:  # noqa: ARG001 - another content, another answer
    snapshot = Snapshot(folder, json.loads((folder / MANIFEST).read_bytes()))
    return tuple(sorted((_offer(name, snapshot) for name in TEMPLATES), key=lambda one: (not one.runs, one.name)))


def _offer(name: str, snapshot: Snapshot) -> Offer:
    with template_path(name) as path:
        document = load_study(path)
    study, runs = document.content, _runs(document, snapshot)
    missing = [one for one in _missing(document, snapshot) if runs or one.what != FALLING_AWAY]
    return Offer(study.id, study.title, study.question or "", runs, tuple(missing))


def _runs(document: Document[Study], snapshot: Snapshot) -> bool:
    """Whether anything is left of it without what is not held."""
    try:
        plan = plan_study(document, snapshot, partial=True)
    except UserError:
        return False
    return any(tasks for _, tasks in plan.planned.analyses)


def _missing(document: Document[Study], snapshot: Snapshot) -> Iterable[Missing]:
    """Everything that is not there, told together by what it is."""
    try:
        plan_study(document, snapshot)
    except UserError as error:
        kinds: dict[str, dict[str, None]] = {}
        for fault in error.faults:
            kinds.setdefault(fault.what, {}).setdefault(_words(document.content, fault.received))
        return [Missing(what, tuple(filter(None, which))) for what, which in kinds.items()]
    return ()


def _words(study: Study, received: str) -> str:
    """A variable as the study calls it, with its time point; anything else as it is."""
    name, _, at = received.partition(" at ")
    plain = (one for one in study.outcomes if one.variable == name and one.kind in AS_RECORDED and one.label)
    label = next((READER.sub("", one.label or "") for one in plain), name.replace("_", " "))
    when = next((one.label for one in study.timepoints if one.name == at and one.label), at.replace("_", " "))
    return ", ".join(filter(None, (label, when.lower())))
