"""The cell Blood: all medicines of the list as one gate, with a sentence for each that stands in the way."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from foramen.catalogue.decision import Judgement, Moment
from foramen.catalogue.instants import day_of, duration_text, held_until, local_of
from foramen.clinic.rules.cell import DECIDED, OPEN, Cell, cell_of, worst_of
from foramen.clinic.rules.hold_plan import DrugRow, plan_of
from foramen.clinic.rules.hold_words import short_moment
from foramen.clinic.rules.inputs.question import Question
from foramen.clinic.rules.policies import Records

NAME = "Blood"


def blood_cell(records: Records, question: Question, judgement: Judgement) -> Cell:
    """The gravest of all medicines and of the list, with what each says that is not in order, and every alert."""
    plan = plan_of(records, question, judgement)
    whole = [cell_of(NAME, one, question, "list of medicines") for one in plan.whole]
    drugs = [_drug(row, plan.start, question) for row in plan.rows]
    gravest = worst_of([*whole, *drugs] if not drugs else [*(one for one in whole if one.outcome in OPEN), *drugs])
    alerts = dict.fromkeys(alert for row in plan.rows for alert in row.alerts)
    return replace(gravest, says=" ".join((*_sentences([*whole, *drugs], gravest), *alerts)))


def _sentences(cells: Sequence[Cell], gravest: Cell) -> Iterator[str]:
    """Where something stands in the way: that, gravest first, and what was decided; else what the gravest say."""
    if gravest.outcome not in OPEN:
        yield gravest.says
        return
    told = sorted((one for one in cells if one.outcome in OPEN), key=lambda one: OPEN.index(one.outcome))
    yield from dict.fromkeys(one.says for one in told)
    yield from dict.fromkeys(one.says for one in cells if one.outcome == "OK" and one.word == DECIDED)


def _drug(row: DrugRow, start: Moment, question: Question) -> Cell:
    name = (row.generic or row.told)[:1].upper() + (row.generic or row.told)[1:]
    cell = cell_of(NAME, row.decision, question, row.generic or "medicine not recognised")
    if cell.outcome not in OPEN:
        return replace(cell, says=f"{name}: {cell.says}") if cell.word != DECIDED else cell
    if cell.outcome == "HOLD" and (counted := _counted(row, start, question)):
        return replace(cell, says=f"{name}: {counted}")
    return replace(cell, says=cell.says if cell.says.startswith(name) else f"{name}: {cell.says}")


def _counted(row: DrugRow, start: Moment, question: Question) -> str:
    """Last dose, end of the hold and the hours at the booked start; empty where the hold is not counted from it."""
    dose, asked, until = row.last_dose_at, row.asked, row.decision.until
    if dose is None or not asked or until is None or row.elapsed is None or held_until(dose, asked) != until:
        return ""
    today = day_of(until) == day_of(Moment(question.now.utc, question.zone))
    ends = f"today at {local_of(until):%H:%M}" if today else short_moment(until)
    at = f"at {local_of(start):%H:%M} it is {duration_text(row.elapsed)}"
    return f"last dose {row.last_dose}. {asked} h end {ends}; {at}."
