"""The rows of a report after disclosure control: withheld ones without numbers, percentages anew from what is shown."""

from collections.abc import Set
from dataclasses import replace

from foramen.disclosure.ledger import Ledger, Line, Number, is_small
from foramen.disclosure.protect import Protection
from foramen.disclosure.reasons import Reasons, without_counts
from foramen.disclosure.rules import Rule, rule_of
from foramen.statistics.result import Statistic


def reason(line: Line, ledger: Ledger, found: Protection) -> str | None:
    """Why a line is withheld; None where it is shown."""
    words = Reasons(found.threshold)
    if line.ruled is not None:
        return line.ruled
    hidden = [need for need in line.needs if need in found.withheld]
    if not hidden:
        return None
    silent = found.together | ledger.losses
    if any(number in found.together for number in hidden) or line.own in silent:
        return words.together
    small = {number for number in hidden if is_small(ledger, number, found.threshold)}
    if small & {*line.enough}:
        return words.few
    return words.small if line.own in small else words.gives_away


def released(row: Statistic, line: Line, why: str | None, found: Protection) -> Statistic:
    """The row as it may leave."""
    if why is not None:
        return blank(row, why)
    row = replace(row, warning=without_counts(row.warning), error=without_counts(row.error))
    row = _without_companions(row, line, found.withheld.keys(), Reasons(found.threshold))
    is_share = rule_of(row) is Rule.SHARE and row.estimate is not None
    return replace(row, estimate=100 * row.n / row.denominator) if is_share and row.n and row.denominator else row


def blank(row: Statistic, why: str) -> Statistic:
    """The row with its place, its method and the reason; nothing else."""
    return Statistic(name=row.name, method=row.method, about=row.about, inputs=row.inputs, suppressed=why)


def _without_companions(row: Statistic, line: Line, withheld: Set[Number], words: Reasons) -> Statistic:
    """Without the n or the denominator that stand beside what the row is about."""
    if any(number in withheld for number in line.n):
        row = replace(row, n=None).warned(words.without_n)
    if any(number in withheld for number in line.denominator):
        row = replace(row, denominator=None).warned(words.without_denominator)
    return row
