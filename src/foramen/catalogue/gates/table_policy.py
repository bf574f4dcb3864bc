"""A policy made of decision tables: what can be wrong with its file, how it is told to people, how it judges."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from foramen.catalogue.decision import OCCASIONS, Decision, Moment, Occasion, Outcome
from foramen.catalogue.decision_table import DecisionTable, TableRow, duplicates, quote_of, table_faults
from foramen.catalogue.document import sections_of
from foramen.catalogue.gates.case import Case, Content, Readers, Subject, Subjects, TablePolicy, Told, decide
from foramen.catalogue.gates.inputs import TargetInputs, impossible_times
from foramen.catalogue.gates.places import place_text
from foramen.catalogue.inputs import moment_entered
from foramen.catalogue.instants import moment_text
from foramen.catalogue.policy import Line, Policy
from foramen.catalogue.site_record import InForce
from foramen.catalogue.worked import Worked
from foramen.kernel.errors import Fault

Data = Mapping[str, Any]


def whole_procedure(_case: Case[Any, Any], _each: str) -> Sequence[Subject]:
    """The subjects of a policy whose rules are all about the procedure as a whole."""
    return (Subject(""),)


def table_policy(
    identifier: str,
    content: type[Content],
    inputs: type[Told],
    readers: Readers[Content, Told],
    examples: Callable[[Content], Sequence[Worked]],
    *,
    subjects: Subjects[Content, Told] = whole_procedure,
    more_faults: Callable[[str, Data], Iterable[Fault]] = lambda _where, _data: (),
    notes: Callable[[Content], Iterable[tuple[str, str]]] = lambda _content: (),
) -> Policy[Content, Told]:
    """A policy of the library whose rules are tables in its file and whose inputs are read by small functions."""

    def incomplete(where: str, data: Data) -> Iterator[Fault]:
        yield from policy_faults(where, data, readers, set(inputs.model_fields))
        yield from more_faults(where, data)

    def unanswerable(_file: InForce[Content], told: Told, now: Moment, occasion: Occasion) -> Iterator[Fault]:
        yield from impossible_times(told, Moment(now.utc, told.zone), occasion)

    def judge(in_force: InForce[Content], told: Told, now: Moment, occasion: Occasion) -> Iterator[Decision]:
        case = Case(in_force, told, Moment(now.utc, told.zone), occasion)
        asked = [rule for rule in in_force.content.rules if occasion in rule.asked]
        for rule in asked:
            yield decide(case, rule, readers, subjects(case, rule.each))
        if not asked:
            reason = f"No rule of this policy is asked {OCCASIONS[occasion]}."
            yield Decision(identifier, Outcome.NA, (reason,), in_force.stamp)

    return Policy(
        id=identifier, content=content, inputs=inputs, incomplete=incomplete, unanswerable=unanswerable, judge=judge,
        lines=lines, examples=examples, heading=heading, notes=notes,
    )  # fmt: skip


def lines(content: TablePolicy) -> Iterator[Line]:
    """Every row for people, with what it takes over from its table."""
    for rule in content.rules:
        for table in rule.tables:
            for row in table.rows:
                quote = quote_of(table, row)
                source = next(source for source in content.sources if source.key == quote.source)
                place = quote.locator or source.locator
                yield Line(
                    f"{rule.id}, {row.id}", _when(row), quote.printed or "not printed",
                    f"{_outcome(row)}: {row.resolved} ({quote.tag})", row.reason,
                    f"{source.citation}, {place}" if place else source.citation,
                )  # fmt: skip


def heading(told: Told) -> Iterator[tuple[str, str]]:
    """What stands above the decisions: when, and where."""
    if told.procedure.start is not None:
        start = moment_entered(told.procedure.start, told.zone, "procedure", "procedure.start")
        yield "procedure", moment_text(start)
    if isinstance(told, TargetInputs):
        for number, target in enumerate(told.targets, start=1):
            yield f"target {number}", place_text(target)


def policy_faults(where: str, data: Data, readers: Readers[Any, Any], sections: set[str]) -> Iterator[Fault]:
    """What is wrong with a file beyond single keys. It reads plain data, perhaps of a file with other faults."""
    rules = sections_of(data, "rules")
    tables = [(f"{where}: {place}", rule, table) for place, rule in rules for table in _tables(rule)]
    yield from _twice(where, data, rules, [table for _, _, table in tables])
    keys = [one.get("key") for _, one in sections_of(data, "sources")]
    parameters = {one.get("name") for _, one in sections_of(data, "parameters")}
    for place, _, table in tables:
        at = f"{place}, table {table.id}"
        yield from table_faults(at, table)
        yield from _unknown_sources(at, table, keys)
        yield from _unknown_inputs(at, table, readers, sections | parameters)


def _when(row: TableRow) -> str:
    return (
        "; ".join(f"{name.replace('_', ' ')}: {' or '.join(answers)}" for name, answers in row.when.items()) or "always"
    )


def _outcome(row: TableRow) -> str:
    planned = f", while planning {row.in_plan}" if row.in_plan else ""
    return f"{row.outcome}{f' {row.override}' if row.override else ''}{planned}"


def _tables(rule: Data) -> Iterator[DecisionTable]:
    """The tables of a rule that have no fault of their own keys."""
    for _, table in sections_of(rule, "tables"):
        try:
            yield DecisionTable.model_validate(table)
        except ValidationError:
            continue


def _twice(where: str, data: Data, rules: list[tuple[str, Data]], tables: list[DecisionTable]) -> Iterator[Fault]:
    yield from duplicates(where, "rule", (str(rule.get("id")) for _, rule in rules))
    yield from duplicates(where, "table", (table.id for table in tables))
    ids = {(table.id, row.id) for table in tables for row in table.rows}
    yield from duplicates(where, "row", (row for _, row in ids))
    for section, key in (("sources", "key"), ("parameters", "name"), ("examples", "title")):
        yield from duplicates(where, key, (str(one.get(key)) for _, one in sections_of(data, section)))


def _unknown_sources(where: str, table: DecisionTable, keys: Sequence[object]) -> Iterator[Fault]:
    for name in (table.source, *(row.source for row in table.rows if row.source)):
        if name not in keys:
            yield Fault("there is no such source", where, name, f"one of {', '.join(map(str, keys))}")


def _unknown_inputs(
    where: str, table: DecisionTable, readers: Readers[Any, Any], known: set[object]
) -> Iterator[Fault]:
    for one in table.inputs:
        if one.name not in readers:
            near = get_close_matches(one.name, readers, n=1)
            remedy = f"did you mean “{near[0]}”?" if near else f"one of {', '.join(readers)}"
            yield Fault("the program reads no such input", where, one.name, remedy)
            continue
        for section in readers[one.name].sections:
            if section not in known:
                yield Fault("the program asks for this parameter", f"{where}: parameters", section, "declare it")
