"""`foramen report`: what is done with reports that were written."""

from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(no_args_is_help=True, help="Compare what was published.")


@app.callback()
def report() -> None:
    """Compare what was published."""


@app.command("compare")
def report_compare(
    a: Annotated[Path, typer.Argument(help="Results folder of one report.", metavar="A")],
    b: Annotated[Path, typer.Argument(help="Results folder of another.", metavar="B")],
    threshold: Annotated[int, typer.Option(min=3, help="Counts below this are small.")] = 11,
    as_data: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
) -> None:
    """Say what two reports give away together: numbers withheld in one, and small differences between them."""
    from foramen.disclosure.compare import as_json, compare  # noqa: PLC0415 - start-up time
    from foramen.disclosure.published import read_published  # noqa: PLC0415 - start-up time
    from foramen.kernel.errors import DisclosureError  # noqa: PLC0415 - start-up time
    from foramen.study.results import json_text  # noqa: PLC0415 - start-up time

    first, second = read_published(a), read_published(b)
    found = compare(first, second, threshold)
    said = as_json(first, second, found, threshold)
    if as_data:
        typer.echo(json_text(said), nl=False)
    else:
        typer.echo("\n".join(_lines(said, a, b)))
    if found:
        raise DisclosureError.single(
            f"the two reports give away {len(found)} number{'s' if len(found) > 1 else ''} together",
            where=f"{a}, {b}",
            remedy="publish only one of them, or withhold in both what either withholds",
        )


def _lines(said: dict[str, Any], a: Path, b: Path) -> list[str]:
    """The comparison in plain lines."""
    same = {
        "snapshot": "one snapshot" if said["same_snapshot"] else "different snapshots",
        "definition": "one study definition" if said["same_definition"] else "different study definitions",
    }
    lines = [f"A is {a}, B is {b}: {same['snapshot']}, {same['definition']}, threshold {said['threshold']}"]
    for finding in said["findings"]:
        lines += ["", finding["what"], *(f"  {key}: {finding[key.lower()]}" for key in ("A", "B", "why"))]
    return lines if said["findings"] else [*lines, "Nothing was found that the two reports give away together."]
