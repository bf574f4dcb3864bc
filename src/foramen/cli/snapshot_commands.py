"""`foramen snapshot verify`: whether a snapshot is as it was frozen."""

from pathlib import Path
from typing import Annotated

import typer

from foramen.kernel.errors import Fault, SnapshotError, raise_all

app = typer.Typer(no_args_is_help=True, help="Look at snapshots.")


@app.callback()
def snapshot() -> None:
    """Look at snapshots."""


@app.command("verify")
def snapshot_verify(
    folder: Annotated[Path, typer.Argument(help="Folder of a snapshot.", metavar="DIR")],
    digest: Annotated[
        str, typer.Option("--digest", help="The digest told when it was made: with it the manifest is judged too.")
    ] = "",
) -> None:
    """Say whether every byte of a snapshot is as it was frozen; a file that differs is named (exit code 2)."""
    from foramen.snapshot.store import MANIFEST, open_snapshot  # noqa: PLC0415 - start-up time

    found = open_snapshot(folder)
    files = found.manifest["files"]
    raise_all(SnapshotError, [_added(folder, name) for name in _others(folder, {MANIFEST, *files})])
    if digest and digest != found.digest:
        raise SnapshotError.single(
            "the manifest was changed after it was written", where=str(folder / MANIFEST), received=found.digest,
            remedy="freeze again, or restore the folder from its backup",
        )  # fmt: skip
    typer.echo(f"{folder}: {len(files)} files and the manifest are as they were written")
    typer.echo(f"  digest {found.digest}")


def _others(folder: Path, known: set[str]) -> list[str]:
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())
    return sorted(set(names) - known)


def _added(folder: Path, name: str) -> Fault:
    return Fault("this file is not of the snapshot", str(folder / name), "", "take it out of the folder")
