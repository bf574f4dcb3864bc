"""`foramen evidence`: printed numbers recomputed, of the papers we follow or of one's own."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from foramen.kernel.errors import DefinitionError

DIFFERENCES = 3
"""Exit code when something of the user's own differs; what ships is only told."""

evidence_app = typer.Typer(no_args_is_help=True, help="Recompute printed numbers.")


@evidence_app.callback()
def evidence() -> None:
    """Recompute printed numbers."""


@evidence_app.command("check")
def evidence_check(
    paper: Annotated[str | None, typer.Argument(help="The id of a paper that ships; all of them if left out.")] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", help="An evidence document (TOML) of your own, with a paper's printed facts."),
    ] = None,
    results: Annotated[
        Path | None, typer.Option("--results", help="Your own results: the folder of a run, or its results.json alone.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, for programs.")] = False,
) -> None:
    """Recompute the printed numbers of papers, or of your own before you submit them.

    Each agrees, differs or cannot be checked, with the reason. Papers that ship end with exit code 0, whatever differs;
    with --file or --results it is 3 when something differs.
    """
    if sum(given is not None for given in (paper, file, results)) > 1:
        raise DefinitionError.single(
            "only one thing can be checked at a time", remedy="give the id of a paper, or --file, or --results"
        )
    from foramen.cli.evidence_text import evidence_text, examined  # noqa: PLC0415 - start-up time

    found = examined(paper, file, results)
    if as_json:
        checked = {"checked": [one.to_json() for one in found]}
        sys.stdout.write(json.dumps(checked, indent=1, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(evidence_text(found, every=paper is not None or file is not None))
    own = file is not None or results is not None
    if own and any(one.differing for one in found):
        raise typer.Exit(DIFFERENCES)
