"""A results folder as somebody finds it who was only given the folder: its rows, its flow, where it comes from."""

import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foramen.disclosure.blocks import STUDY
from foramen.disclosure.reader import ALL
from foramen.kernel.errors import UserError
from foramen.statistics.flow import FlowStep
from foramen.statistics.result import Statistic, from_json


@dataclass(frozen=True)
class Published:
    """What stands in a results folder."""

    folder: Path
    manifest: Mapping[str, Any]
    rows: Sequence[Statistic]
    flow: Sequence[FlowStep]

    @property
    def schemes(self) -> dict[str, Hashable]:
        """How the rows of each analysis are grouped: as the flow is, or in a way of their own."""
        labels = {step.group for step in self.flow}
        schemes: dict[str, Hashable] = {}
        for row in self.rows:
            about = dict(row.about)
            analysis = about.get("analysis", "")
            schemes.setdefault(analysis, STUDY)
            if about.get("group", ALL) not in labels:
                schemes[analysis] = ("groups of", analysis)
        return schemes

    def source(self, name: str) -> str:
        """The digest of the snapshot or of the study."""
        return str(self.manifest[name]["sha256"])


def read_published(folder: Path) -> Published:
    """Read the results of a folder; a folder that holds none, or files that do not fit, are refused."""
    results, manifest = _json(folder / "results.json"), _json(folder / "manifest.json")
    own = results.get("manifest")
    if not isinstance(own, dict) or manifest.get("kind") != "results" or not own.items() <= manifest.items():
        raise UserError.single(
            "the manifest is not that of these results",
            where=str(folder / "manifest.json"),
            remedy="give a folder as `foramen study run` wrote it",
        )
    try:
        rows = [from_json(row) for row in results["statistics"]]
        found = Published(folder, manifest, rows, [FlowStep(**step) for step in results["flow"]])
        found.source("snapshot"), found.source("study")
    except (LookupError, TypeError, ValueError) as error:
        raise _unreadable(folder / "results.json") from error
    return found


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise UserError.single(
            "there are no results here", where=str(path), remedy="give a folder as `foramen study run` wrote it"
        ) from error
    except ValueError as error:
        raise _unreadable(path) from error
    if not isinstance(found, dict):
        raise _unreadable(path)
    return found


def _unreadable(path: Path) -> UserError:
    return UserError.single(
        "this is not what a results folder of this version holds",
        where=str(path),
        remedy="run the study again with this version",
    )
