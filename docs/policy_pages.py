"""One page for each policy of the library, made from its file."""

from collections.abc import Iterator, Sequence
from typing import Any

from docs.antithrombotics_page import antithrombotics_sections
from docs.definition_parts import bullets, entered, head, joined, parameters, place
from docs.markdown import code, page, sentence, table
from docs.worked_examples import worked_examples
from foramen.catalogue.antithrombotics.definition import Antithrombotics
from foramen.catalogue.decision import OCCASIONS, SUPPORT, Override
from foramen.catalogue.decision_table import DecisionTable, NumberBand, TableInput, TableRow, quote_of
from foramen.catalogue.definition import PolicyDefinition
from foramen.catalogue.document import Part
from foramen.catalogue.gates.case import Rule, TablePolicy
from foramen.catalogue.policy import Policy
from foramen.catalogue.site_record import load_example
from foramen.catalogue.units import number_text

IN_FORCE = """\
A file never changes after its release and has no status. It is in force at a site only by the site's own signed
record, which names this version with its digest: [how](../../how-to/put-a-policy-in-force.md). What may be entered
when it is asked: [inputs](inputs-{}.md)."""

OUTCOMES = [
    ["OK", "everything that is asked for is there, and the rule is met"],
    [
        "HOLD",
        "the rule is not met yet and will be at a stated instant; while planning, what cannot exist before the day",
    ],
    ["DECIDE", "a person with a name decides, and the decision is recorded"],
    ["STOP", "the rule is not met, or something it needs is missing, unreadable or too old"],
    ["NA", "the rule does not apply, with the reason"],
]

OUTCOMES_CLOSING = """\
Of several results the worst counts, in the order STOP, HOLD, DECIDE, OK, NA, and all are shown. Who may go on in
spite of one: {}. The nurse screens, records and coordinates, and never overrides."""

HOW_TO_READ = """\
A rule is asked as one or more tables. Every combination of answers has exactly one row, and each question can always
be *missing* (nobody answered) or *unreadable* (an answer that the table does not know): neither ever lets anything
pass. *Any answer* is anything but these two. A row holds whatever is answered to a question that it does not name.
Planning is from the booking on; there a row may give HOLD or DECIDE instead, with a task.

**PRINTED**: the source says so. **RESOLVED**: how the source is read here, for the lead of a site to sign. **NOT
PRINTED**: the source says nothing, and this is a proposal. Words in “ ” stand as the source prints them, also where
it writes cc or a trailing zero; the program never does. O0, O1, O2: who may go on in spite of a result, as above."""

SETS = """\
The source prints no value for these. A site sets them in its signed record; nothing is preset, and until then the
policy behaves as the table says."""


def policy_page(policy: Policy[Any, Any]) -> str:
    """The manual page of a policy in its newest version."""
    document = policy.load()
    content: PolicyDefinition = document.content
    return page(
        content.title, f"the policy file {code(place('policies', document))}", content.about, f"**{SUPPORT}**",
        IN_FORCE.format(policy.id), head("policies", document), _outcomes(), *_rules(content),
        parameters(content.parameters, f"{SETS} {_example_record(policy)}"), *worked_examples(policy, document),
    )  # fmt: skip


def _example_record(policy: Policy[Any, Any]) -> str:
    """What the example record sets; it is marked as one everywhere it is used."""
    values = load_example(policy.id).content.parameters
    listed = joined([f"{code(name)} = {value}" for name, value in values.items()]) if values else "nothing"
    return f"The example record, made for demonstration and not for patients, sets {listed}."


def _outcomes() -> str:
    who = "; ".join(f"**{one.name}** {one.value}" for one in Override)
    return f"## Results\n\n{table(['result', 'meaning'], OUTCOMES)}\n\n{OUTCOMES_CLOSING.format(who)}"


def _rules(content: PolicyDefinition) -> Iterator[str]:
    if isinstance(content, Antithrombotics):
        yield from antithrombotics_sections(content)
    elif isinstance(content, TablePolicy):
        yield f"## Rules\n\n{HOW_TO_READ}"
        for rule in content.rules:
            yield from _rule(rule)
        if listed := [one for one in _listed(content) if one]:
            yield "\n\n".join(["## What the file lists", *listed])


def _rule(rule: Rule) -> Iterator[str]:
    each = "" if rule.each == "procedure" else f" Asked for each {rule.each}."
    asked = joined(["while planning" if one == "plan" else OCCASIONS[one] for one in rule.asked])
    yield f"### {rule.id}: {rule.title}\n\nAsked {asked}.{each}"
    for one in rule.tables:
        yield "\n\n".join(part for part in (_opening(one), _questions(one), _rows(one)) if part)


def _opening(one: DecisionTable) -> str:
    cited = f"{code(one.source)}{f', {one.locator}' if one.locator else ''}"
    printed = f"Printed: “{one.printed}” ({cited})." if one.printed else f"No words are quoted ({cited})."
    return f"**{sentence(one.about)}** {printed}"


def _questions(one: DecisionTable) -> str:
    return bullets("", (f"*{_name(asked)}*: {asked.about} Answers: {_answers(asked)}." for asked in one.inputs))


def _answers(asked: TableInput) -> str:
    return ", ".join([*asked.values, *(_band(one, asked.unit, explained=True) for one in asked.bands)])


def _band(band: NumberBand, unit: str, *, explained: bool = False) -> str:
    """A band by its name where that is a word; one with digits may be misread, and its bounds stand instead."""
    if any(letter.isdigit() for letter in band.name):
        return bounds(band, unit)
    return f"{band.name} ({bounds(band, unit)})" if explained else band.name


def _rows(one: DecisionTable) -> str:
    heads = ["row", "when", "result", "read as", "why"]
    return table(heads, ([row.id, _when(one, row), _result(row), _read_as(one, row), _why(row)] for row in one.rows))


def _when(one: DecisionTable, row: TableRow) -> str:
    """The answers of a row, numbers by their bounds. The only question of a table needs no name."""
    named = {asked.name: asked for asked in one.inputs}
    told = [(named[name], _said(named[name], answers)) for name, answers in row.when.items()]
    return "; ".join(said if len(one.inputs) == 1 else f"*{_name(asked)}* {said}" for asked, said in told) or "always"


def _said(asked: TableInput, answers: Sequence[str]) -> str:
    bands = {band.name: _band(band, asked.unit) for band in asked.bands}
    return " or ".join(bands.get(one, one) for one in answers)


def bounds(band: NumberBand, unit: str) -> str:
    """A band by its numbers: `above 1 and below 10 mg`."""
    lower, upper = band.lower, band.upper
    if lower and upper and lower == upper:
        text = f"exactly {number_text(lower[0])}"
    elif lower and upper and lower[1] and upper[1]:
        text = f"{number_text(lower[0])} to {number_text(upper[0])}"
    else:
        text = " and ".join([
            *([f"{'at least' if lower[1] else 'above'} {number_text(lower[0])}"] if lower else []),
            *([f"{'at most' if upper[1] else 'below'} {number_text(upper[0])}"] if upper else []),
        ])  # fmt: skip
    return f"{text} {unit}".strip()


def _result(row: TableRow) -> str:
    override = f", {row.override}" if row.override else ""
    return f"**{row.outcome}**{override}{f'; while planning {row.in_plan}' if row.in_plan else ''}"


def _read_as(one: DecisionTable, row: TableRow) -> str:
    quote = quote_of(one, row)
    own = row.printed is not None and row.printed != one.printed
    cited = f" ({code(quote.source)}{f', {quote.locator}' if quote.locator else ''})" if own and quote.printed else ""
    printed = f" Printed: “{quote.printed}”{cited}." if own and quote.printed else ""
    return f"{sentence(row.resolved)} **{quote.tag}**.{printed}"


def _why(row: TableRow) -> str:
    parts = [row.reason, f"Task while planning: {sentence(row.todo)}" if row.todo else ""]
    parts += [f"Shown beside: {one}" for one in row.information]
    return " ".join([*(part for part in parts if part), *([f"Alert: {row.alert}"] if row.alert else [])])


def _listed(content: TablePolicy) -> Iterator[str]:
    """What a file holds beside its rules, such as products with their strengths."""
    own = [name for name in type(content).model_fields if name not in TablePolicy.model_fields and name != "examples"]
    held = [(_described(content, name), getattr(content, name)) for name in own]
    yield bullets("", (f"{words}: {entered(value)}" for words, value in held if not _is_table(value)))
    for words, value in held:
        if _is_table(value):
            parts = value if isinstance(value, list) else [value]
            yield f"### {words}\n\n{_parts(parts)}"


def _is_table(value: Any) -> bool:
    return isinstance(value, Part) or (isinstance(value, list) and isinstance(value[0], Part))


def _parts(parts: Sequence[Part]) -> str:
    """Parts of one kind as a table, with what its columns mean."""
    names = list(type(parts[0]).model_fields)
    cells = [[entered(getattr(one, name)) if getattr(one, name) != [] else "" for name in names] for one in parts]
    meant = bullets("", (f"*{_plain(name)}*: {_described(parts[0], name, capital=False)}" for name in names))
    return f"{table([_plain(name) for name in names], cells)}\n\n{meant}"


def _described(part: Part, name: str, *, capital: bool = True) -> str:
    """The description of a key; where the key says true, the table says yes."""
    words = (type(part).model_fields[name].description or name).replace("true: ", "yes: ")
    return sentence(words)[:-1] if capital else words


def _name(asked: TableInput) -> str:
    return _plain(asked.name)


def _plain(name: str) -> str:
    return name.replace("_", " ")
