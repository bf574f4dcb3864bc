"""Snapshots that were asked for, made once."""

from collections.abc import Mapping
from functools import partial
from typing import Any, cast

from foramen.clinic.freeze.detail import Detail
from foramen.clinic.freeze.snapshot import make_snapshot
from foramen.clinic.models import Freeze
from foramen.clinic.work.folders import make_room, snapshot_folder
from foramen.clinic.work.once import make_once
from foramen.clinic.work.registry import handles
from foramen.snapshot.store import MANIFEST, open_snapshot


@handles("freeze")
def freeze_site(content: dict[str, Any]) -> None:
    """Make a snapshot that was asked for, once."""
    freeze = Freeze.objects.select_related("site").get(pk=content["freeze"])
    make_once(freeze, partial(_made, freeze))


def _made(freeze: Freeze) -> Mapping[str, Any]:
    """What the row is told of its snapshot; one that a killed worker has finished is not made again."""
    folder = make_room(snapshot_folder(freeze))
    if not (folder / MANIFEST).exists():
        make_snapshot(freeze.site, folder, day=freeze.day, detail=cast(Detail, freeze.detail))
    snapshot = open_snapshot(folder)
    return {"told": snapshot.manifest["frozen"]["told"], "sha256": snapshot.digest}
