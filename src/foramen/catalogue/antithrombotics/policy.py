"""The antithrombotic policy as one of the library's policies."""

from collections.abc import Iterator
from datetime import date

from foramen.catalogue.antithrombotics.case import Case
from foramen.catalogue.antithrombotics.definition import Antithrombotics
from foramen.catalogue.antithrombotics.information import inputs_of
from foramen.catalogue.antithrombotics.inputs import AntithromboticInputs
from foramen.catalogue.antithrombotics.judge import decide
from foramen.catalogue.antithrombotics.listing import list_medicines
from foramen.catalogue.antithrombotics.shown import lines_of, notes_of
from foramen.catalogue.antithrombotics.times import Times, read_times
from foramen.catalogue.antithrombotics.totality import incomplete
from foramen.catalogue.decision import Decision, Occasion
from foramen.catalogue.drugs import NAMES, NameIndex, load_names
from foramen.catalogue.inputs import as_typed, moment_entered
from foramen.catalogue.instants import Moment, day_of, moment_text
from foramen.catalogue.policy import Policy
from foramen.catalogue.site_record import InForce
from foramen.kernel.errors import DataError, Fault

OLDEST = 120
"""Years; a date of birth before that is a slip of the pen."""


def judge(
    in_force: InForce[Antithrombotics], inputs: AntithromboticInputs, now: Moment, occasion: Occasion
) -> Iterator[Decision]:
    """All decisions on one question, with the table of names that the record names."""
    return decide(case_of(in_force, inputs, now, occasion), _names(in_force))


def case_of(in_force: InForce[Antithrombotics], inputs: AntithromboticInputs, now: Moment, occasion: Occasion) -> Case:
    """A question with everything around it: its list recognised, its times read. Raises DataError for a time that
    cannot be."""
    listing = list_medicines(inputs.medicines, _names(in_force))
    return Case(in_force, inputs, listing, read_times(inputs, now), occasion, inputs_of(in_force, inputs))


def unanswerable(
    _in_force: InForce[Antithrombotics], inputs: AntithromboticInputs, now: Moment, occasion: Occasion
) -> Iterator[Fault]:
    """Inputs that cannot be: no answer is given to them."""
    yield from _wrong_list(inputs)
    yield from _wrong_days(inputs, day_of(now))
    try:
        times = read_times(inputs, now)
    except DataError as error:
        yield from error.faults
    else:
        yield from _wrong_order(inputs, times, occasion)


def _names(in_force: InForce[Antithrombotics]) -> NameIndex:
    signed = next((one for one in in_force.record.content.rests_on if one.id == NAMES), None)
    return load_names(signed.version if signed else None)


def _wrong_list(inputs: AntithromboticInputs) -> Iterator[Fault]:
    """An empty list is not “no anticoagulant”, and a list is not none."""
    if not inputs.medicines and not inputs.medications.none:
        yield Fault(
            "the list of medicines is empty, and nobody has said that there are none", "medications.none",
            "no medicine", "enter the medicines, or that there are none, and when, by whom and of whom this was asked",
        )  # fmt: skip
    if inputs.medicines and inputs.medications.none:
        yield Fault(
            "the list says none, and there are medicines on it", "medications.none",
            f"none = true and {len(inputs.medicines)} medicines", "take none away, or the medicines",
        )  # fmt: skip
    for i, medicine in enumerate(inputs.medicines, start=1):
        if medicine.stopped and medicine.to_continue:
            yield Fault(
                "it is stopped, and to be continued", f"medicines[{i}].to_continue", "stopped = true as well",
                "ask again, and keep one of the two",
            )  # fmt: skip


def _wrong_days(inputs: AntithromboticInputs, today: date) -> Iterator[Fault]:
    born, renal = inputs.patient.born, inputs.renal
    if born is not None and not today.year - OLDEST <= born.year <= today.year:
        yield Fault("nobody is born on this day", "patient.born", born.isoformat(), "look at the date of birth again")
    elif born is not None and born > today:
        yield Fault("this is in the future", "patient.born", born.isoformat(), "look at the date of birth again")
    if renal is not None and renal.on > today:
        yield Fault("this is in the future", "renal.on", renal.on.isoformat(), "the day of the measurement")


def _wrong_order(inputs: AntithromboticInputs, times: Times, occasion: Occasion) -> Iterator[Fault]:
    """A plan is about a start to come, and a last dose before the procedure is not after it."""
    start, out = times.start, times.needle_out
    if occasion == "plan" and start is not None and start.utc <= times.now.utc:
        yield Fault(
            "the start has passed at the instant at which it is asked", "procedure.start",
            as_typed(inputs.procedure.start) or "", "enter the new start, or ask for an earlier instant",
        )  # fmt: skip
    end = out or (start if occasion == "plan" else None)
    for position, medicine in enumerate(inputs.medicines):
        dose = times.doses[position]
        if end is not None and dose is not None and dose.earliest.utc > end.utc:
            yield Fault(
                "this last dose is after the procedure", f"medicines[{position + 1}].last_dose",
                as_typed(medicine.last_dose) or "", "the last dose before it; a dose after it is a restart",
            )  # fmt: skip


def heading(inputs: AntithromboticInputs) -> Iterator[tuple[str, str]]:
    """What stands above the decisions: the procedure."""
    procedure = inputs.procedure
    if procedure.start is not None:
        yield "Booked for", moment_text(moment_entered(procedure.start, inputs.zone, "procedure", "procedure.start"))
    what = ", ".join(part for part in (procedure.level, procedure.route) if part) or "not entered"
    yield "Injection", f"{what}{', with a steroid' if procedure.steroid == 'yes' else ''}"


ANTITHROMBOTICS: Policy[Antithrombotics, AntithromboticInputs] = Policy(
    id="antithrombotics",
    content=Antithrombotics,
    inputs=AntithromboticInputs,
    incomplete=incomplete,
    unanswerable=unanswerable,
    judge=judge,
    lines=lines_of,
    examples=lambda content: content.examples,
    heading=heading,
    notes=notes_of,
    rests_on={NAMES: lambda version: load_names(version).document},
)
