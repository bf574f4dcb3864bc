"""The demonstration: the five study templates of the library, each on its cohort, and a page that leads to them."""

from importlib.resources import as_file, files
from pathlib import Path

import typer

from foramen.catalogue.document import load_document
from foramen.cli.progress import import_bar
from foramen.cli.running import run_to_folder
from foramen.intake.mapping import TableMapping
from foramen.intake.table import import_table
from foramen.kernel.errors import OutputError
from foramen.report.folder import Wish
from foramen.report.formats import Format
from foramen.report.index import Listed, index_page
from foramen.study.run import load_study
from foramen.study.templates import TEMPLATES


def run_demo(out: Path, *, quiet: bool) -> Path:
    """Leave a snapshot and results of every template below `out`, and `index.html`, whose path is returned."""
    _make_folder(out)
    with as_file(files("foramen.library")) as library:
        listed = [_run_template(library, name, out, i + 1, quiet=quiet) for i, name in enumerate(TEMPLATES)]
    index = out / "index.html"
    index.write_text(index_page(listed), encoding="utf-8", newline="\n")
    return index


def _run_template(library: Path, name: str, out: Path, number: int, *, quiet: bool) -> Listed:
    """The two commands that a department would type, said before they are done."""
    cohort, study = library / "cohorts" / name, library / "studies" / name / "study.toml"
    snapshot, results = out / name / "snapshot", out / name / "results"
    typer.echo(f"{number}  foramen import table {name}/cohort.csv --mapping {name}/mapping.toml --out {snapshot}")
    with import_bar(quiet=quiet) as advance:
        import_table([cohort / "cohort.csv"], cohort / "mapping.toml", snapshot, quarantine=None, progress=advance)
    typer.echo(f"   foramen study run {name}/study.toml --snapshot {snapshot} --out {results}")
    typer.echo(f"   {run_to_folder(study, snapshot, results, Wish(formats=(Format.HTML, Format.DOCX)), quiet=quiet)}")
    people = load_document(cohort / "mapping.toml", TableMapping).content.people
    shown = load_study(study).content
    return Listed(shown.title, shown.question or "", people, f"{name}/results")


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError.single(
            f"cannot be made a folder: {error.strerror}", where=str(out), remedy="give --out a new folder"
        ) from None
