"""`foramen keys`: the key ring that opens identifiers."""

from pathlib import Path
from typing import Annotated

import typer

keys_app = typer.Typer(no_args_is_help=True, help="The key ring that opens identifiers.")
File = Annotated[Path, typer.Argument(help="The file of the ring.", metavar="FILE")]
Batch = Annotated[int, typer.Option("--batch", min=1, max=10_000, help="Patients at a time.")]


@keys_app.callback()
def keys() -> None:
    """The key ring that opens identifiers."""


@keys_app.command("make")
def make(file: File) -> None:
    """Make a new ring in a new file that only its owner reads."""
    from foramen.clinic.sealed.ring import make_file  # noqa: PLC0415 - start-up time

    made = make_file(file)
    typer.echo(f"{file}: a ring with the key {made.current}. Name it in FORAMEN_KEYS_FILE, and keep a copy elsewhere.")


@keys_app.command("check")
def check() -> None:
    """Open the key of every patient with the ring, and count them."""
    _start()
    from foramen.clinic.records.key_use import check_all, names_in_use  # noqa: PLC0415 - start-up time

    opened, used = check_all(), names_in_use()
    typer.echo(f"{opened} keys of patients open")
    for name, count in sorted(used.items()):
        typer.echo(f"  {name}: {count}")


@keys_app.command("rotate")
def rotate(file: File, batch: Batch = 500) -> None:
    """Put a new key on top of the ring, and wrap the key of every patient by it. Stopped half way, the same command
    goes on; old keys stay in the ring until they are dropped."""
    _start()
    _check_in_use(file)
    from foramen.clinic.records.key_use import left_to_wrap, wrap_anew  # noqa: PLC0415 - start-up time
    from foramen.clinic.sealed import ring  # noqa: PLC0415 - start-up time

    if left := left_to_wrap():
        typer.echo(f"{left} are left of the last time; no new key is made")
    else:
        ring.replace_file(file, ring.with_new_key(ring.read_file(file)))
        ring.read_again()
    done = 0
    for done in wrap_anew(batch):
        typer.echo(f"  {done} wrapped")
    typer.echo(f"The current key is {ring.ring().current}; {done} keys of patients are wrapped by it.")


@keys_app.command("drop")
def drop(name: Annotated[str, typer.Argument(help="Name of the key.", metavar="ID")], file: File) -> None:
    """Take an old key out of the ring, unless a patient's key is still wrapped by it."""
    _start()
    _check_in_use(file)
    from foramen.clinic.records.key_use import names_in_use  # noqa: PLC0415 - start-up time
    from foramen.clinic.sealed import ring  # noqa: PLC0415 - start-up time

    held = ring.read_file(file)
    used = names_in_use().get(name, 0)
    if name not in held.keys or name == held.current or used:
        why = "there is no such key" if name not in held.keys else "this is the current key"
        raise ring.KeyRingError.single(
            f"{used} keys of patients are wrapped by it" if used else why, where=str(file), received=name,
            remedy="foramen keys rotate first" if used else "foramen keys check says which keys are in use",
        )  # fmt: skip
    ring.replace_file(file, ring.without_key(held, name))
    typer.echo(f"{name} is dropped: a backup from before the last rotation cannot be read with {file} any more.")


def _start() -> None:
    from foramen.cli.serving import check_ready, start_clinic  # noqa: PLC0415 - start-up time

    start_clinic(serving=False)
    check_ready()


def _check_in_use(file: Path) -> None:
    """Raise KeyRingError unless the clinic reads its ring from this file: else nothing could be opened afterwards."""
    from foramen.clinic.environment import secret_file  # noqa: PLC0415 - start-up time
    from foramen.clinic.sealed.ring import SETTING, KeyRingError  # noqa: PLC0415 - start-up time

    named = secret_file(SETTING)
    if named is None or not file.exists() or not file.samefile(named):
        raise KeyRingError.single(
            "the clinic does not read its ring from this file", where=f"{SETTING}_FILE", received=named or "not set",
            remedy="name the file of the ring in FORAMEN_KEYS_FILE, for this command and for the service",
        )  # fmt: skip
