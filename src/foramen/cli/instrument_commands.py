"""`foramen instrument`: questionnaires of the library, their scores, and documents of one's own."""

import json
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from foramen.cli.folding import folded, listed

if TYPE_CHECKING:
    from foramen.catalogue.document import Document
    from foramen.catalogue.instruments.answers_file import Scoring
    from foramen.catalogue.instruments.definition import Instrument, Score
    from foramen.catalogue.instruments.scoring import Result
    from foramen.catalogue.instruments.value_sets import ValueSet

instrument_app = typer.Typer(no_args_is_help=True, help="Questionnaires and their scores.")

Id = Annotated[str, typer.Argument(help="Short name of the instrument, as `foramen instrument list` shows it.")]
Version = Annotated[str | None, typer.Option("--version", help="A released version; the newest if left out.")]


@instrument_app.callback()
def instrument() -> None:
    """Questionnaires and their scores."""


@instrument_app.command("list")
def instrument_list() -> None:
    """What the library has."""
    from foramen.catalogue.instruments.library import load_instruments  # noqa: PLC0415 - start-up time

    rows = [
        (one.id, one.version, "its own" if one.wording == "shipped" else "site's", one.title)
        for one in (document.content for document in load_instruments())
    ]
    rows.insert(0, ("id", "version", "wording", "title"))
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    for row in rows:
        typer.echo("  ".join([*(text.ljust(width) for text, width in zip(row, widths, strict=False)), row[3]]))


@instrument_app.command("show")
def instrument_show(identifier: Id, version: Version = None) -> None:
    """Everything an instrument says: questions, answers, scores, missing answers, thresholds, sources."""
    from foramen.catalogue.instruments.library import load_instrument  # noqa: PLC0415 - start-up time

    typer.echo("\n".join(_shown(load_instrument(identifier, version))))


@instrument_app.command("check")
def instrument_check(
    file: Annotated[Path, typer.Argument(help="An instrument document, or a site's wording file (TOML).")],
) -> None:
    """Say everything that is wrong with a document, and run the worked examples of an instrument."""
    from foramen.catalogue.instruments.library import load_instrument_file  # noqa: PLC0415 - start-up time
    from foramen.catalogue.instruments.wording import load_wording  # noqa: PLC0415 - start-up time

    if _is_wording(file):
        wording = load_wording(file)
        words = wording.content
        typer.echo(f"{file}: in order, {words.instrument} {words.instrument_version} in {words.language}, all texts")
        return
    document = load_instrument_file(file)
    typer.echo(f"{file}: in order, {len(document.content.examples)} examples run, definition {document.digest}")


def _is_wording(file: Path) -> bool:
    """A wording names its instrument. What cannot be read is left to the reader that says why."""
    try:
        return "instrument" in tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return False


@instrument_app.command("score")
def instrument_score(
    identifier: Id,
    answers: Annotated[
        Path,
        typer.Option("--answers", help="TOML with [answers] item = answer, and, for a change, [before] likewise."),
    ],
    version: Version = None,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, for programs.")] = False,
) -> None:
    """The scores of answers, or why there is none; beside answers from before, what the change means."""
    from foramen.catalogue.instruments.answers_file import score_file  # noqa: PLC0415 - start-up time
    from foramen.catalogue.instruments.library import load_instrument  # noqa: PLC0415 - start-up time

    document = load_instrument(identifier, version)
    scoring = score_file(document, answers)
    if as_json:
        sys.stdout.write(json.dumps(scoring.to_json(), indent=1, ensure_ascii=False) + "\n")
    else:
        typer.echo("\n".join(_scored(document.content, scoring)))


# --- scores as text -----------------------------------------------------------------------------------------------


def _scored(content: "Instrument", scoring: "Scoring") -> Iterator[str]:
    yield f"{content.title}, version {content.version}"
    for one, result, before in zip(content.scores, scoring.results, scoring.before, strict=True):
        yield f"  {one.title}: {_result(one, result)}"
        if before is not None:
            yield f"    before: {_result(one, before)}"
        yield from (f"    relief: {relief.says}" for relief in scoring.reliefs if relief.score == one.id)
        changes = [change for change in scoring.changes if change.score == one.id]
        yield from (f"    {change.says}: {change.response.value}" for change in changes)


def _result(one: "Score", result: "Result") -> str:
    from foramen.catalogue.instruments.scoring import NotScored  # noqa: PLC0415 - start-up time

    if isinstance(result, NotScored):
        return f"no score: {result.says}"
    unit = f" {one.unit}" if one.unit else ""
    return f"{result.text}{unit} ({result.answered} of {result.items} answered; {_range(one)})"


def _range(one: "Score") -> str:
    top = f"{one.lowest} to {one.highest}" if one.highest is not None else f"from {one.lowest}"
    return f"{top}, {one.direction.replace('_', ' ')}"


# --- an instrument as text ----------------------------------------------------------------------------------------


def _shown(document: "Document[Instrument]") -> Iterator[str]:
    content = document.content
    yield f"{content.title} ({content.abbreviation}), version {content.version}"
    yield folded(content.about)
    yield f"\nAsked about: {content.refers_to}.  Review by {content.review_by}.\nDefinition {document.digest}"
    yield folded(f"Licence: {content.licence}")
    for code in content.codes:
        yield f"Code: {code.system} {code.code}, {code.meaning}"
    yield "\nQuestions"
    yield from _questions(content)
    for one in content.scores:
        yield f"\nScore {one.id}: {one.title}"
        yield from _score(content, one)
    yield from listed("Set by the site", [f"{p.name}: {p.about}. Unset: {p.unset}" for p in content.parameters])
    yield from listed("Worked examples", [example.says for example in content.examples])
    yield from listed("Remarks", content.remarks)
    yield from listed("Sources", [f"{one.key}: {one.citation}; {one.locator}" for one in content.sources])


def _questions(content: "Instrument") -> Iterator[str]:
    texts = {item.id: item.text or "(wording of the site)" for item in content.items}
    for values in content.value_sets:
        asked = [item.id for item in content.items if item.values == values.id]
        if content.wording == "site" and len(asked) > 1:
            yield f"  {asked[0]} to {asked[-1]}: (wording of the site)"
        else:
            yield from (f"  {name}: {texts[name]}" for name in asked)
        yield folded(f"answered by {_answers(values)}", "    ")


def _answers(values: "ValueSet") -> str:
    texts: Mapping[str, Any] = values.texts()
    said = ", ".join(f"{key} {texts[key]}" if key in texts else key for key in values.worded())
    if values.kind == "scale":
        unit = f" {values.unit}" if values.unit else ""
        ends = f" ({said})" if texts else ""
        return f"a whole number from {values.lowest} to {values.highest}{unit}{ends}"
    if values.kind == "amount":
        return f"an amount from 0 to {values.highest} {values.unit}"
    return f"one of: {said}" if values.kind == "choice" else f"any of: {said}"


def _score(content: "Instrument", one: "Score") -> Iterator[str]:
    kinds = {
        "value": "the answer's points", "sum": "sum of points", "percent_of_answered": "percent of the points possible",
        "count_of_yes": "number of items answered yes",
    }  # fmt: skip
    items = content.items_of(one)
    named = ", ".join(items) if len(items) <= 4 else f"{items[0]} to {items[-1]}"
    yield f"  {kinds[one.kind]} of {named}; {_range(one)}"
    yield folded(f"{one.missing.rule} ({one.missing.source}: {one.missing.printed})", "  ")
    for threshold in one.thresholds:
        yield folded(f"- {threshold.says()} ({threshold.source}: {threshold.printed})", "  ")
