"""The hold plan of a visit: what a page and a letter show of each medicine, taken from the decisions of the policy.

Nothing is judged here. Outcomes, instants and sentences are those of the decisions; what stands beside them (the last
dose as it was told, the hours of the row, the eight factors) is what the policy was told and what its table says.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from foramen.catalogue.antithrombotics.asked import Asked, find_asked
from foramen.catalogue.antithrombotics.case import Case
from foramen.catalogue.antithrombotics.definition import Row
from foramen.catalogue.antithrombotics.inputs import AntithromboticInputs
from foramen.catalogue.antithrombotics.policy import case_of
from foramen.catalogue.antithrombotics.stratum import Factor, Stratum, list_stratum
from foramen.catalogue.antithrombotics.together import Together, put_together
from foramen.catalogue.decision import Decision, Judgement, Moment, Occasion, Outcome
from foramen.catalogue.instants import day_of, elapsed_since
from foramen.catalogue.policy import read_inputs
from foramen.clinic.models import Visit
from foramen.clinic.records.facts import Facts
from foramen.clinic.rules.asking import ask
from foramen.clinic.rules.hold_days import DayWord, days_of
from foramen.clinic.rules.hold_words import Coordination, band_of, coordination_of, dose_told, name_told
from foramen.clinic.rules.inputs import antithrombotics
from foramen.clinic.rules.inputs.beside import beside_visits
from foramen.clinic.rules.inputs.question import Question
from foramen.clinic.rules.policies import Records, records_of
from foramen.kernel.errors import UserError

POLICY = "antithrombotics"
WHOLE = ("AC-LIST", "AC-PROCEDURE", POLICY)
"""Rules about the list or the visit, and the policy itself where it could not be asked; any other is of a drug."""


@dataclass(frozen=True, slots=True)
class DrugRow:
    """One medicine of the plan.

    `told` is how the patient named it, `generic` what it is, `group` its class in words. `decision` says everything
    that was judged: outcome, until, reasons, printed, resolved, source, moments, advice, todos, information. `elapsed`
    is from the last dose to the booked start, `asked` the hours of the hold, `floor` those from which a person may
    decide, `others` spans of hours that other sources print. `days` are for the letter. `alerts` is what staff have to
    see whatever the outcome is, such as a drug that has been off for too long (H05).
    """

    told: str
    generic: str
    group: str
    decision: Decision
    last_dose: str
    last_dose_at: Moment | None
    by_day: bool
    elapsed: timedelta | None
    asked: int | None
    floor: int | None
    others: tuple[tuple[int, int], ...]
    coordination: Coordination
    days: tuple[DayWord, ...]
    alerts: tuple[str, ...]

    @property
    def rule(self) -> str:
        return self.decision.rule

    @property
    def latest_permitted(self) -> Moment | None:
        """The latest permitted last dose (T3)."""
        return self.decision.moments.get("latest_last_dose")

    @property
    def instructed(self) -> Moment | None:
        """The last dose as patients are told: the end of a day, or the latest permitted one if that is earlier."""
        return self.decision.moments.get("instructed_last_dose")

    @property
    def decide_from(self) -> Moment | None:
        return self.decision.moments.get("decide_from")

    @property
    def over_held_from(self) -> Moment | None:
        return self.decision.moments.get("over_held_from")

    @property
    def earliest_restart(self) -> Moment | None:
        return self.decision.moments.get("earliest_restart")

    @property
    def usual_restart(self) -> Moment | None:
        return self.decision.moments.get("usual_restart")

    @property
    def restart(self) -> str:
        """The rule of the restart in words."""
        return self.decision.resolved.rpartition("; ")[2]


@dataclass(frozen=True, slots=True)
class HoldPlan:
    """The plan of a visit. `whole` are the decisions about the list and the visit, or why nothing could be asked;
    `stratum` and `factors` are None and empty then."""

    start: Moment
    judgement: Judgement
    whole: tuple[Decision, ...]
    rows: tuple[DrugRow, ...]
    stratum: Stratum | None
    factors: tuple[Factor, ...]

    @property
    def tally(self) -> Mapping[str, int]:
        """How many medicines there are of each outcome, the worst first."""
        counted = Counter(row.decision.outcome for row in self.rows)
        worst_first = (Outcome.STOP, Outcome.HOLD, Outcome.DECIDE, Outcome.OK, Outcome.NA)
        return {one.value: counted[one] for one in worst_first if counted[one]}


def hold_plan(visit: Visit, facts: Facts, now: Moment, occasion: Occasion | None = None) -> HoldPlan:
    """The plan as it stands: while planning until the booked local day begins, and from then on as it is judged at
    arrival. A letter is made with `occasion="plan"`, which alone says what the patient is told.

    Whether the list has changed since is asked of a patient who is here; before, nothing is held against anybody."""
    asked = facts.has("arrival") or facts.has("list_again")
    question = Question(
        visit, facts, now, occasion or occasion_at(visit, now), beside_visits([visit])[visit.pk],
        granted=frozenset() if asked else frozenset({"list_again"}),
    )  # fmt: skip
    records = records_of(visit.site)
    return plan_of(records, question, ask(records, question, [POLICY])[POLICY])


def occasion_at(visit: Visit, now: Moment) -> Occasion:
    """Planning before the booked local day, the gates of the day from then on."""
    zone = visit.site.zone
    return "plan" if day_of(Moment(now.utc, zone)) < day_of(Moment(visit.start, zone)) else "arrival"


def plan_of(records: Records, question: Question, judgement: Judgement) -> HoldPlan:
    """The plan of a judgement that has been made of the same question."""
    start = Moment(question.visit.start, question.zone)
    whole = tuple(one for one in judgement.decisions if one.rule in WHOLE)
    case = _case(records, question)
    if case is None or any(one.rule == POLICY for one in whole):
        return HoldPlan(start, judgement, whole, (), None, ())
    stratum, factors = list_stratum(case)
    return HoldPlan(start, judgement, whole, tuple(_rows(case, judgement, start)), stratum, factors)


def _case(records: Records, question: Question) -> Case | None:
    """What the policy was told; None where that cannot be read, which its judgement says."""
    try:
        in_force = records.in_force(POLICY)
        inputs = read_inputs(AntithromboticInputs, antithrombotics.inputs(question))
        return case_of(in_force, inputs, Moment(question.now.utc, question.zone), question.occasion)
    except UserError:
        return None


def _rows(case: Case, judgement: Judgement, start: Moment) -> Iterator[DrugRow]:
    drugs = [one for one in judgement.decisions if one.rule not in WHOLE]
    asked = [tuple(find_asked(case, taken)) for taken in case.listing.taken]
    together = put_together(asked)
    for place, decision in enumerate(drugs):
        if place < len(asked):
            yield _drug(asked[place], together[place], decision, start, _alerts(judgement, decision))
        else:
            yield _unlisted(case, decision, start, _alerts(judgement, decision))


def _alerts(judgement: Judgement, decision: Decision) -> tuple[str, ...]:
    """Those of the drug itself; what is said of the whole policy stands with the judgement."""
    return tuple(one for one in decision.alerts if one not in judgement.banners)


def _drug(
    rows: Sequence[Asked], together: Together, decision: Decision, start: Moment, alerts: tuple[str, ...]
) -> DrugRow:
    asked = next((one for one in rows if one.row.id == decision.rule), rows[0])
    dose, drug = asked.dose, asked.taken.drug
    return DrugRow(
        told=name_told(asked.medicines), generic=drug.name, group=drug.group, decision=decision,
        last_dose=dose_told(asked.medicines, dose, start.zone), last_dose_at=dose.latest if dose else None,
        by_day=bool(dose and dose.by_day), elapsed=elapsed_since(dose.latest, start) if dose else None,
        asked=asked.check, floor=asked.floor or None, others=_others(asked.case, asked.row),
        coordination=coordination_of(asked, start.zone), days=days_of(together, decision, start), alerts=alerts,
    )  # fmt: skip


def _unlisted(case: Case, decision: Decision, start: Moment, alerts: tuple[str, ...]) -> DrugRow:
    """A name that nobody recognises, or a combination painkiller as a product."""
    medicines = [one for one in case.inputs.medicines if one.name == decision.subject]
    return DrugRow(
        told=name_told(medicines), generic="", group="not recognised" if not _known(case, decision) else "combination",
        decision=decision, last_dose=dose_told(medicines, None, start.zone), last_dose_at=None, by_day=False,
        elapsed=None, asked=None, floor=None, others=(), coordination=Coordination("not asked", ""),
        days=days_of(None, decision, start), alerts=alerts,
    )  # fmt: skip


def _known(case: Case, decision: Decision) -> bool:
    return any(one.medicine.name == decision.subject for one in case.listing.combinations)


def _others(case: Case, row: Row) -> tuple[tuple[int, int], ...]:
    found = [one for one in case.policy.comparisons if row.id in one.rows]
    bands = (band_of(one.elsewhere) for one in found)
    return tuple(dict.fromkeys(band for band in bands if band is not None))
