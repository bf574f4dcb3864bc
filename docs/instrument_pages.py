"""One page for each instrument of the library, made from its file."""

from collections.abc import Iterator, Sequence

from docs.definition_parts import bullets, entered, head, joined, parameters, place
from docs.markdown import code, page, table
from foramen.catalogue.instruments.definition import NOT_PRINTED, Example, Instrument, Score, Threshold
from foramen.catalogue.instruments.library import load_instrument
from foramen.catalogue.instruments.scoring import Result, Scored, score
from foramen.catalogue.instruments.value_sets import Amount, Choice, Scale, ValueSet
from foramen.kernel.errors import DataError

SITE_WORDING = """\
Its wording is not shipped. Here are numbers only; a site loads its own wording file, with its licence, language and
version. [How](../../how-to/score-a-questionnaire.md)"""

KINDS = {
    "value": "the points of the one item",
    "sum": "the sum of the points",
    "percent_of_answered": "percent of the points that the answered items could have given",
    "count_of_yes": "the number of items answered yes",
}
DIRECTIONS = {"higher_is_worse": "higher is worse", "higher_is_better": "higher is better"}

SYSTEMS = {"http://loinc.org": "LOINC"}

NO_SCORE = """\
There is a score, or the reason why there is none; never part of a score. An item that was not answered is left out;
an answer that the instrument does not know is refused, and then nothing is scored."""

THRESHOLDS = """\
Reaching a threshold is enough, and nothing is rounded before it is compared. There are four answers: reached; not
reached; undefined, for a percentage of a score that was 0 before (counted apart); missing, where a score is (never a
failure)."""

SETS = "No source prints a value for these. A site sets them; nothing is preset."


def instrument_page(identifier: str) -> str:
    """The manual page of an instrument in its newest version."""
    document = load_instrument(identifier)
    content = document.content
    return page(
        content.title, f"the instrument file {code(place('instruments', document))}", content.about,
        head("instruments", document, *_facts(content)),
        bullets("To be known:", content.remarks),
        f"## Items\n\n{_items(content)}", *_scores(content), parameters(content.parameters, SETS),
        f"## Worked examples\n\n{EXAMPLES}\n\n{_examples(content)}",
    )  # fmt: skip


def _facts(content: Instrument) -> Iterator[Sequence[str]]:
    yield "short", content.abbreviation
    yield "asks about", content.refers_to
    yield "language", content.language if content.wording == "shipped" else "that of the site's wording"
    yield "licence", content.licence
    codes = [f"{SYSTEMS.get(one.system, one.system)} {code(one.code)}, {one.meaning}" for one in content.codes]
    yield "codes", "; ".join(codes) or "none found"


# --- items --------------------------------------------------------------------------------------------------------


def _items(content: Instrument) -> str:
    sets = bullets("", (f"{code(one.id)}: {answers(one)}" for one in content.value_sets))
    if content.wording == "shipped":
        rows = [[code(one.id), one.text, code(one.values)] for one in content.items]
    else:
        asked = {one.id: [item.id for item in content.items if item.values == one.id] for one in content.value_sets}
        rows = [[f"{code(ids[0])} to {code(ids[-1])}", "the site's wording", code(name)] for name, ids in asked.items()]
    items = table(["item", "question", "answered from"], rows)
    return "\n\n".join([*([SITE_WORDING] if content.wording == "site" else []), items, sets])


def answers(values: ValueSet) -> str:
    """What may be answered, with the points of each option."""
    if isinstance(values, Scale):
        return _steps(values)
    if isinstance(values, Amount):
        places = (
            f"at most {values.decimals} decimal{'s' * (values.decimals != 1)}" if values.decimals else "no decimals"
        )
        limit = f"from 0 to {values.highest}: a limit against slips of the pen, not of a dose"
        return f"an amount in {values.unit}, {places}, {limit}"
    named = [f"{code(one.code)}{f' “{one.label}”' if one.label else ''}{_points(one.points)}" for one in values.options]
    if isinstance(values, Choice):
        return f"one of {', '.join(named)}"
    return f"any of {', '.join(named)}; {code(values.none)} stands alone, and its absence says nothing"


def _steps(values: Scale) -> str:
    texts = [f"{step} “{text}”" for step, text in values.texts().items()]
    unit = f" {values.unit}" if values.unit else ""
    return f"a whole number from {values.lowest} to {values.highest}{unit}{f': {joined(texts)}' if texts else ''}"


def _points(points: int | None) -> str:
    return "" if points is None else f" = {points}"


# --- scores -------------------------------------------------------------------------------------------------------


def _scores(content: Instrument) -> Iterator[str]:
    thresholds = f"\n\n{THRESHOLDS}" if any(one.thresholds for one in content.scores) else ""
    yield f"## {'Scores' if len(content.scores) > 1 else 'Score'}\n\n{NO_SCORE}{thresholds}"
    for one in content.scores:
        rows = [
            ["computed as", _computed(content, one)],
            ["range", _range(one)],
            ["direction", DIRECTIONS[one.direction]],
            ["printed", _printed(one)],
            ["missing items", f"{one.missing.rule} {_cited(one.missing.printed, one.missing.source)}"],
            ["items needed", f"{one.missing.minimum_answered} of {len(content.items_of(one))}"],
        ]
        yield f"### {one.title}\n\n{table(['', ''], rows)}"
        if one.thresholds:
            yield table(
                ["threshold", "what it takes", "meaning", "source"], (_threshold(one, each) for each in one.thresholds)
            )


def _computed(content: Instrument, one: Score) -> str:
    ids = content.items_of(one)
    items = joined([code(item) for item in ids]) if len(ids) < 4 else f"{code(ids[0])} to {code(ids[-1])}"
    factors = [f"{code(item)} times {code(name)}, which the site sets" for item, name in one.factors.items()]
    return "; ".join([f"{KINDS[one.kind]}: {items}", *factors])


def _range(one: Score) -> str:
    if one.highest is None:
        return f"{one.lowest} {one.unit}".strip() + " and more"
    return f"{one.lowest} to {one.highest} {one.unit}".strip()


def _printed(one: Score) -> str:
    if one.places == 0:
        return "as a whole number"
    return f"with {one.places} decimal{'s' * (one.places > 1)}, rounded half up; the score itself is exact"


def _threshold(score: Score, one: Threshold) -> list[str]:
    return [code(one.id), _taken(score, one), one.meaning, _cited(one.printed, one.source)]


def _taken(score: Score, one: Threshold) -> str:
    """What a threshold takes, in the direction of its score."""
    worse = score.direction == "higher_is_worse"
    if one.kind == "relief_percent":
        return f"at least {one.amount} % less than before"
    if one.kind == "points":
        return f"at least {one.amount} {'less' if worse else 'more'} than before"
    best = one.amount == (score.lowest if worse else score.highest)
    return f"a score of {one.amount}" if best else f"a score of {one.amount} or {'less' if worse else 'more'}"


def _cited(printed: str, source: str) -> str:
    if printed == NOT_PRINTED:
        return f"**{NOT_PRINTED}** in {code(source)}: a proposal."
    return f"Printed: “{printed}” ({code(source)})."


# --- worked examples ----------------------------------------------------------------------------------------------

EXAMPLES = "Run whenever the file is loaded, and when this page is made."


def _examples(content: Instrument) -> str:
    rows = ([one.says, _given(one), _answer(content, one)] for one in content.examples)
    return table(["what it shows", "answers", "score"], rows)


def _given(one: Example) -> str:
    values = [f"{name} = {value}" for name, value in one.parameters.items()]
    told = ", ".join(f"{name} {entered(value)}" for name, value in one.answers.items()) or "none"
    return f"{told}{f'; the site has set {joined(values)}' if values else ''}"


def _answer(content: Instrument, one: Example) -> str:
    try:
        results = score(content, one.answers, one.parameters)
    except DataError as refused:
        return " ".join(f"Refused: {fault.what}; {fault.remedy}." for fault in refused.faults)
    units = {each.id: each.unit for each in content.scores}
    return "; ".join(_told(result, units[result.score], named=len(results) > 1) for result in results)


def _told(result: Result, unit: str, *, named: bool) -> str:
    name = f"{code(result.score)} " if named else ""
    said = (
        f"**{result.text}**{f' {unit}' if unit else ''}" if isinstance(result, Scored) else f"no score: {result.says}"
    )
    return f"{name}{said}"
