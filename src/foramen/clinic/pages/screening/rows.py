"""The hold plan as the page shows it: one article for each medicine, the eight factors, the tally."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString

from foramen.catalogue.decision import Moment, Outcome
from foramen.catalogue.instants import day_of, local_of
from foramen.clinic.models import Visit
from foramen.clinic.pages.screening.ruler import Ruler, draw
from foramen.clinic.rules.hold_plan import DrugRow, HoldPlan
from foramen.clinic.rules.hold_words import short_moment

FACTORS = {
    "R1": "Old age", "R2": "Bleeding tendency", "R3": "Another thinner", "R4": "Liver cirrhosis",
    "R5": "Advanced liver disease", "R6": "Advanced renal disease", "R7": "Cervical epidural", "R8": "Other",
}  # fmt: skip
MARKS = {"agreed": "ok", "refused": "stop", "missing": "decide", "not asked": "na"}
COORDINATION = {
    "agreed": "Coordinated", "refused": "May not stop", "missing": "Not coordinated yet",
    "not asked": "Coordination not asked by the policy",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FactorCell:
    """One factor of the bleeding stratum."""

    id: str
    label: str
    answer: str
    small: str


@dataclass(frozen=True, slots=True)
class Article:
    """One medicine."""

    key: str
    name: str
    told: str
    about: str
    ruler: SafeString | str
    last_dose: str
    by_day: bool
    printed: str
    resolved: str
    latest: datetime | None
    restart: str
    others: Sequence[str]
    outcome: str
    words: str
    first: str
    more: Sequence[str]
    information: Sequence[str]
    alerts: Sequence[str]
    source: str
    move_to: str
    move_start: str
    coordination: str
    coordination_word: str
    coordination_mark: str
    over_held_from: datetime | None
    unknown: bool
    draws: bool
    restarts: bool
    who: str


def articles(plan: HoldPlan, visit: Visit) -> Sequence[Article]:
    return tuple(_article(row, n, plan, visit) for n, row in enumerate(plan.rows, start=1))


def _article(row: DrugRow, n: int, plan: HoldPlan, visit: Visit) -> Article:
    decision = row.decision
    ruler, move = _ruler(row, n, plan.start), _move_to(row, visit)
    return Article(
        key=f"d{n}", name=row.generic or "not recognised", told=row.told, about=f"{row.group}; rule {row.rule}",
        ruler=ruler, last_dose=row.last_dose, by_day=row.by_day, printed=_hold_part(decision.printed),
        resolved=decision.resolved.rpartition("; ")[0] or decision.resolved,
        latest=row.latest_permitted.utc if row.latest_permitted else None, restart=row.restart.removeprefix("restart "),
        others=tuple(_span(one) for one in row.others), outcome=decision.outcome.value, words=_words(row),
        first=decision.reasons[0], more=decision.reasons[1:], information=decision.information, source=decision.source,
        alerts=row.alerts,
        move_to=move[-5:], move_start=move, coordination=row.coordination.words,
        coordination_word=COORDINATION[row.coordination.state], coordination_mark=MARKS[row.coordination.state],
        over_held_from=row.over_held_from.utc if row.over_held_from else None, unknown=not row.generic,
        draws=bool(ruler), restarts=" h " in row.restart, who=decision.override.value if decision.override else "",
    )  # fmt: skip


def _hold_part(printed: str) -> str:
    """What is printed about the hold; what is printed about the restart stands with the restart."""
    return printed.partition("; restart")[0].removeprefix("hold ")


def _span(hours: tuple[int, int]) -> str:
    low, high = hours
    if low % 24 or high % 24:
        return f"{low} h" if low == high else f"{low}-{high} h"
    return f"{low // 24} days" if low == high else f"{low // 24}-{high // 24} days"


def _words(row: DrugRow) -> str:
    until = row.decision.until
    if row.decision.outcome is Outcome.HOLD and until is not None:
        return f"HOLD until {short_moment(until)}"
    return row.decision.outcome.value


def _move_to(row: DrugRow, visit: Visit) -> str:
    """The local time of the same day to which moving the visit would end a hold, as a form sends it."""
    until = row.decision.until
    if row.decision.outcome is not Outcome.HOLD or until is None:
        return ""
    same = day_of(until) == day_of(Moment(visit.start, visit.site.zone)) and until.utc > visit.start
    return f"{local_of(until):%Y-%m-%dT%H:%M}" if same else ""


def _ruler(row: DrugRow, n: int, start: Moment) -> SafeString | str:
    """A ruler, where there is a last dose to count from and a hold to count to."""
    if row.elapsed is None or not row.asked or row.elapsed.total_seconds() < 0:
        return ""
    until = row.decision.until
    when = f", {short_moment(until)}" if until is not None and row.decision.outcome is Outcome.HOLD else ""
    asked = f"{row.asked // 24} d" if row.asked >= 96 and row.asked % 24 == 0 else f"{row.asked} h"
    return draw(
        Ruler(
            f"ruler-{n}", row.generic, row.elapsed, row.asked, f"policy: {asked}{when}",
            f"slot {local_of(start):%H:%M}", row.others[0] if row.others else None,
        )
    )  # fmt: skip


def factor_cells(plan: HoldPlan) -> Iterator[FactorCell]:
    """The eight factors with their answers."""
    for one in plan.factors:
        small = one.says.partition(", ")[2] or one.says.partition(": ")[2]
        yield FactorCell(one.id, FACTORS.get(one.id, one.says), one.answer, small)


def tally(plan: HoldPlan) -> Sequence[tuple[str, str]]:
    """How many medicines there are of each outcome, the worst first."""
    return tuple((outcome, f"{count} {outcome}") for outcome, count in plan.tally.items())
