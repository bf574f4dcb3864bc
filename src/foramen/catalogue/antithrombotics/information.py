"""What stands beside a decision and changes nothing in it: other sources, clock changes, what was entered."""

from collections.abc import Iterator
from datetime import timedelta

from foramen.catalogue.antithrombotics.asked import Asked
from foramen.catalogue.antithrombotics.definition import Antithrombotics, Comparison, Row
from foramen.catalogue.antithrombotics.inputs import AntithromboticInputs, Renal
from foramen.catalogue.decision import Input
from foramen.catalogue.document import Part
from foramen.catalogue.drugs import Drug
from foramen.catalogue.inputs import ClockTime, as_typed
from foramen.catalogue.instants import clock_changes, day_text, duration_text
from foramen.catalogue.site_record import InForce


def comparisons_of(policy: Antithrombotics, row: Row | None) -> list[Comparison]:
    """What other sources say about a row; without a row, what they say about the policy as a whole."""
    return [one for one in policy.comparisons if (row.id in one.rows if row is not None else not one.rows)]


def compared(comparison: Comparison) -> str:
    """Both figures side by side, never merged."""
    direction = comparison.direction[:1].upper() + comparison.direction[1:]
    topic = comparison.topic[:1].upper() + comparison.topic[1:]
    here, elsewhere = f"Policy of this service: {comparison.here}", f"Other published sources: {comparison.elsewhere}"
    return f"{topic}. {here}. {elsewhere}. {direction}."


def printed_elsewhere(policy: Antithrombotics, drug: Drug) -> Iterator[str]:
    """Figures of other sources for a drug in no row."""
    for one in policy.elsewhere:
        if one.drug == drug.name:
            yield f"{drug.name}: not in this service's policy. Another source prints {one.says} ({one.source})."


def information_of(asked: Asked) -> Iterator[str]:
    """What is shown beside the decision on one drug."""
    yield from (compared(one) for one in comparisons_of(asked.case.policy, asked.row))
    yield from printed_elsewhere(asked.case.policy, asked.taken.drug)
    routes = {one.route for one in asked.medicines if one.route} - {"by mouth", "oral"}
    if routes:
        yield f"Taken as: {', '.join(sorted(routes))}. The table makes no difference between ways of taking a drug."
    yield from _clock_changes(asked)


def _clock_changes(asked: Asked) -> Iterator[str]:
    latest, start = asked.latest, asked.case.times.start
    if latest is None or start is None:
        return
    for day, change in clock_changes(latest, start):
        way = "forward" if change > timedelta() else "back"
        yield (
            f"On {day_text(day)} the clocks go {way} by {duration_text(abs(change))}. Elapsed hours are counted, and "
            "people are told the earlier of the two readings."
        )


def inputs_of(in_force: InForce[Antithrombotics], inputs: AntithromboticInputs) -> tuple[Input, ...]:
    """Everything that was told, as it was entered, with its source and time; and what the site has set. Every decision
    holds all of it: one drug is judged by the others as well."""
    found = [Input("zone", inputs.zone)]
    for name in ("procedure", "patient", "medications", "bleeding"):
        found += _section(name, getattr(inputs, name))
    found += _section("renal", inputs.renal) if inputs.renal is not None else [Input("renal", None)]
    for i, inr in enumerate(inputs.inr, start=1):
        found += _section(f"inr[{i}]", inr)
    for i, medicine in enumerate(inputs.medicines, start=1):
        found += _section(
            f"medicines[{i}]", medicine, inputs.medications.asked_of, as_typed(inputs.medications.confirmed) or ""
        )
    found += [
        Input(f"parameters.{one.name}", in_force.parameter(one.name), "site record")
        for one in in_force.content.parameters
    ]
    return tuple(found)


def _section(name: str, part: Part, source: str = "", recorded: str = "") -> list[Input]:
    """The keys of a section; who told it and when, of its own or of the list."""
    source = getattr(part, "source", "") or source
    recorded = as_typed(getattr(part, "recorded", None)) or recorded or _day_of_value(part)
    keys = [key for key in type(part).model_fields if key not in ("source", "recorded")]
    return [Input(f"{name}.{key}", _entered(getattr(part, key)), source, recorded) for key in keys]


def _day_of_value(part: Part) -> str:
    return part.on.isoformat() if isinstance(part, Renal) else ""


def _entered(value: object) -> object:
    if isinstance(value, ClockTime):
        return as_typed(value)
    return value.model_dump() if isinstance(value, Part) else value
