"""What of a table or figure is invented, by the labels of the snapshot: said beside it, whatever the study calls it."""

import re
from collections.abc import Iterable, Iterator, Sequence

from foramen.report.figures.flow_lines import is_flow
from foramen.report.layouts.names import TIMES
from foramen.report.material import Entry, Material
from foramen.report.sentences import grouped_by
from foramen.report.table import Note
from foramen.study.definition import When
from foramen.study.population import ALL

INVENTED = re.compile(r" *\(([^()]*)\binvented\b([^()]*)\)$")
"""The end of a label that says so, with what it says of how much: “(split invented)”, “(invented except under CT)”."""


def invented_note(material: Material, places: Iterable[int]) -> tuple[Note, ...]:
    """A note that names what is invented of what stands at these places; none where nothing is."""
    found = list(dict.fromkeys(label for place in places for label in _labels_at(material, place)))
    named = [text for label in found if (text := _said(label))]
    return (Note(f"Invented: {'; '.join(named)}."),) if named else ()


def _said(label: str) -> str:
    """“Side effect (except under CT)” of “Side effect (invented except under CT)”; nothing of other labels."""
    match = INVENTED.search(label)
    if match is None:
        return ""
    how = " ".join(match.expand(r"\1 \2").split())
    return label[: match.start()] + (f" ({how})" if how else "")


def _labels_at(material: Material, place: int) -> Iterator[str]:
    """The labels, in the snapshot, of what a number rests on."""
    names = _of_flow(material) if is_flow(material, place) else _of_statistic(material, material.at(place))
    for name in names:
        if (variable := material.codebook.variables.get(name)) is not None:
            yield variable.label
    if not is_flow(material, place):
        planned = material.results.manifest["snapshot"]["timepoints"]
        about = material.at(place).about
        yield from (planned[about[key]] for key in TIMES if about.get(key) in planned)


def _of_flow(material: Material) -> Iterator[str]:
    """The variables of who is in the study."""
    for step in material.study.population:
        yield from _asked(step.keep)
    if material.study.groups is not None:
        yield material.study.groups.variable


def _asked(condition: When) -> Iterator[str]:
    if condition.variable is not None:
        yield condition.variable
    inner: Sequence[When] = [
        *(condition.all_ or []),
        *(condition.any_ or []),
        *([condition.not_] if condition.not_ else []),
    ]
    for part in inner:
        yield from _asked(part)


def _of_statistic(material: Material, entry: Entry) -> Iterator[str]:
    """The variables of a statistic: its outcome or finding, what it is grouped by or set against, a model’s own."""
    about, variables = entry.about, {outcome.name: outcome.variable for outcome in material.study.outcomes}
    for key in ("outcome", "finding", "against"):
        name = about.get(key, "").partition(" ")[0]
        yield variables.get(name, name)
    if "model" in about:
        analysis = next((a for a in material.study.analyses if a.name == about["analysis"]), None)
        for predictor in (*getattr(analysis, "predictors", ()), *getattr(analysis, "covariates", ())):
            yield predictor.variable
    if (by := grouped_by(material, about.get("analysis", ""))) is not None:
        yield variables[by.outcome]
    elif about.get("group", ALL) != ALL and material.study.groups is not None:
        yield material.study.groups.variable
