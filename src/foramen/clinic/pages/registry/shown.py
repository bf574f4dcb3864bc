"""What the pages of the registry show of a row: words and counts. Nobody who was treated is named."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from foramen.clinic import clock
from foramen.clinic.domain.registry import BEGUN, ELSEWHERE, STUCK
from foramen.clinic.models import Freeze, Installation, StudyRun
from foramen.clinic.models.evidence import Progress
from foramen.clinic.work.folders import snapshot_folder
from foramen.clinic.work.offers import Offer, offers
from foramen.snapshot.store import MANIFEST

QUIET = timedelta(minutes=15)
"""A worker that has given no sign of life for so long is not running."""

LOOKS = {Progress.DONE: ("OK", "made"), Progress.FAILED: ("STOP", "not made")}
"""Mark and word of what has ended; the rest is “later”, in the word of the state."""

DETAIL = {
    "safe_harbor": "years only, de-identified (Safe Harbor)",
    "limited": "months too, limited: stays in the hospital",
}
"""How much of a date a snapshot keeps, in a line."""

RUN_WORDS = {"made": "run", "not made": "not run", "being made": "being run"}


def look(row: Freeze | StudyRun) -> tuple[str, str]:
    """Mark and word of a state."""
    mark, word = LOOKS.get(Progress(row.state), ("later", Progress(row.state).label))
    return mark, RUN_WORDS.get(word, word) if isinstance(row, StudyRun) else word


@dataclass(frozen=True, slots=True)
class ShownFreeze:
    """A snapshot in a list."""

    freeze: Freeze

    @property
    def look(self) -> tuple[str, str]:
        return look(self.freeze)

    @property
    def detail(self) -> str:
        return DETAIL.get(self.freeze.detail, self.freeze.detail)

    @property
    def elsewhere(self) -> bool:
        """Whether its files are where somebody wrote them at the command line."""
        return bool(self.freeze.told.get(ELSEWHERE))

    @property
    def treatments(self) -> int:
        return int(self.freeze.told.get("treatments", 0))

    @property
    def not_in(self) -> Sequence[tuple[str, int]]:
        """Treatments that are not in it, by reason, most first."""
        return _most_first(self.freeze.told.get("treatments_not_in", {}))

    @property
    def not_in_all(self) -> int:
        return sum(n for _, n in self.not_in)

    @property
    def on_record(self) -> int:
        """Treatments of the site, in it or not."""
        return self.treatments + self.not_in_all


@dataclass(frozen=True, slots=True)
class ShownRun:
    """A study that was run, or is about to be."""

    run: StudyRun

    @property
    def look(self) -> tuple[str, str]:
        return look(self.run)

    @property
    def left_out(self) -> Sequence[str]:
        """What the snapshot did not hold, each thing once: which analysis did without it, and why."""
        named = (" ".join((one["analysis"], one.get("outcome") or "")).strip() for one in self.run.left_out)
        reasons = (one["reason"] for one in self.run.left_out)
        return list(dict.fromkeys(f"{_words(name)}: {why}" for name, why in zip(named, reasons, strict=True)))


@dataclass(frozen=True, slots=True)
class ShownStudy:
    """A study of the library on one snapshot, with its runs there, the latest first."""

    offer: Offer
    runs: Sequence[ShownRun]

    @property
    def begun(self) -> bool:
        """Whether it is on its way; what has not ended for long may be asked for again."""
        since = clock.now() - STUCK
        return any(one.run.state in BEGUN and one.run.asked_at > since for one in self.runs)


def studies_of(freeze: Freeze, runs: Iterable[StudyRun]) -> Sequence[ShownStudy]:
    """Every study of the library; none where the files of the snapshot are not there as they were frozen."""
    found = offers(snapshot_folder(freeze), freeze.sha256) if freeze.state == Progress.DONE else ()
    rows = [ShownRun(one) for one in runs]
    return [ShownStudy(one, [row for row in rows if row.run.study == one.name]) for one in found]


@dataclass(frozen=True, slots=True)
class Held:
    """What a snapshot holds, from its manifest."""

    manifest: Mapping[str, Any]

    @property
    def rows(self) -> Sequence[tuple[str, int]]:
        """Each file of rows with how many it has."""
        files = ((name.removesuffix(".parquet"), entry["rows"]) for name, entry in self.manifest["files"].items())
        return sorted((_words(name.split("/")[-1]), rows) for name, rows in files if name.startswith("rows/"))

    @property
    def policies(self) -> int:
        """Records of policies that were in force when it was frozen."""
        return len(self.manifest.get("frozen", {}).get("in_force", {}).get("policy_records", ()))

    @property
    def timepoints(self) -> Sequence[str]:
        return [one["label"] for one in self.manifest["timepoints"]]

    @property
    def variables(self) -> Sequence[tuple[str, str, str]]:
        """Each variable: its name, what it is, and its unit or its levels."""
        found = self.manifest["codebook"]["variables"]
        return [(one["name"], one["label"] or _words(one["name"]), _values(one)) for one in found]


def held_by(freeze: Freeze) -> Held | None:
    """What the manifest of a snapshot says; None where it is not there."""
    try:
        return Held(json.loads((snapshot_folder(freeze) / MANIFEST).read_bytes()))
    except (OSError, ValueError):
        return None


def counted(told: Mapping[str, Any]) -> Sequence[tuple[str, Sequence[tuple[str, int]]]]:
    """What is not in a snapshot and what is kept apart in it, by reason, below a heading each."""
    parts = (
        ("Treatments not in it", "treatments_not_in"), ("Answers not in it", "answers_not_in"),
        ("In it, and marked", "apart"),
    )  # fmt: skip
    return [(heading, _most_first(told.get(name, {}))) for heading, name in parts if told.get(name)]


def worker_quiet() -> tuple[bool, datetime | None]:
    """Whether no worker runs, and when one was last alive. One query."""
    at = Installation.objects.filter(pk=1).values_list("worker_at", flat=True).first()
    return at is None or clock.now() - at > QUIET, at


def _most_first(counts: Mapping[str, int]) -> Sequence[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def _values(variable: Mapping[str, Any]) -> str:
    if variable["kind"] == "category":
        return ", ".join(variable["labels"])
    return variable["unit"] or "number"


def _words(name: str) -> str:
    return name.replace("_", " ")
