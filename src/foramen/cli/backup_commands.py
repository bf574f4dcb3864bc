"""`foramen backup` and `foramen restore`: a copy of everything in one sealed file, and back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from foramen.kernel.errors import OutputError

if TYPE_CHECKING:
    from foramen.clinic.backup.making import Proof
    from foramen.clinic.backup.manifest import Manifest


def add_backup_commands(app: typer.Typer) -> None:
    """Put the commands where all the others are."""
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(
    out: Annotated[Path, typer.Option("--out", help="File to write, or a folder, in which it gets a name of its own.")],
) -> None:
    """Back up the database into one sealed file while people work, and prove it by restoring it."""
    from foramen.cli import serving  # noqa: PLC0415 - start-up time

    serving.start_clinic(serving=False)
    serving.check_database()
    typer.echo(back_up(out))


def back_up(out: Path) -> str:
    """Make one, and say what is in it."""
    from foramen.cli import serving  # noqa: PLC0415 - start-up time
    from foramen.clinic.backup.making import back_up  # noqa: PLC0415 - start-up time

    serving.check_ring()
    made = back_up(out)
    return f"backed up into {made.file}\n  {_held(made.manifest)}\n  {_proven(made.proof)}"


def _held(manifest: "Manifest") -> str:
    return f"{manifest.all_rows:,} rows in {len(manifest.rows)} tables, audit up to event {manifest.last_event:,}"


def _proven(proof: "Proof") -> str:
    if not proof.restored:
        return "every byte was proven; it was not restored, because the role may not create a scratch database"
    return "proven: restored into a scratch place, where everything is as it was" + _tampered(proof.whole)


def _tampered(whole: bool) -> str:
    return "" if whole else "\n  its audit is not as it was sealed: foramen audit verify"


def restore(
    file: Annotated[Path | None, typer.Argument(help="A backup.", metavar="[FILE]")] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="In the place of what is there, which is kept under another name.")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="Only prove the backup, in a scratch place.")] = False,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="What came after the backup is entered again: things may be sent.")
    ] = False,
) -> None:
    """Restore a backup, all of it or nothing. Until somebody confirms it, nothing is sent from what was restored."""
    from foramen.cli import serving  # noqa: PLC0415 - start-up time

    if confirm == (file is not None):
        raise OutputError.single("a file, or --confirm alone", remedy="foramen restore FILE; later: --confirm")
    serving.start_clinic(serving=False)
    if file is None:
        serving.check_ready()
        typer.echo(_confirm())
        return
    serving.check_server()
    typer.echo(_check(file) if check else _restore(file, replace=replace))


def _check(file: Path) -> str:
    from foramen.clinic.backup.restoring import check  # noqa: PLC0415 - start-up time

    manifest, proof = check(file)
    return f"{file}: a backup of {_instant(manifest.made_at)}\n  {_held(manifest)}\n  {_proven(proof)}"


def _restore(file: Path, *, replace: bool) -> str:
    from foramen.clinic.backup.restoring import restore  # noqa: PLC0415 - start-up time

    done = restore(file, replace=replace)
    ended = f"{done.marked.sessions} sessions and {done.marked.tokens} tokens of the backup were ended"
    lines = [
        f"restored: the clinic as it was at {_instant(done.manifest.made_at)}",
        f"  {_held(done.manifest)}{_tampered(done.whole)}",
    ]
    lines += [f"  {ended}"]
    if done.marked.erased:
        lines += [f"  {done.marked.erased} people who were erased after the backup were erased again"]
    if done.aside:
        lines += [f"  what was there is kept: {done.aside}"]
    if done.waiting:
        lines += ["its tables are of an older Foramen; now: foramen migrate"]
    lines += ["nothing is sent until somebody confirms it: enter what came after the backup, then",
              "  foramen restore --confirm, or the lead on the page that every page points to"]  # fmt: skip
    return "\n".join(lines)


def _confirm() -> str:
    from foramen.clinic.records.context import saying  # noqa: PLC0415 - start-up time
    from foramen.clinic.records.installation import is_reconciling, note_confirmed  # noqa: PLC0415 - start-up time

    if not is_reconciling():
        return "nothing waits to be confirmed"
    with saying({"shown_as": "command line", "verb": "confirm_restored"}):
        note_confirmed("command line")
    return "confirmed: things are sent again"


def _instant(text: str) -> str:
    return f"{text[:16].replace('T', ' ')} UTC"
