"""Asking the rules about a visit, and letting nobody pass whom they stop.

Planning asks what has to happen; a gate asks whether it may go on now. Every judgement that a verb rests on is stored
whole, with the digests of its policy and of the site's record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from foramen.catalogue.decision import Decision, Judgement, Occasion, Outcome
from foramen.catalogue.instants import Moment
from foramen.clinic.domain.act import Act
from foramen.clinic.models import Visit
from foramen.clinic.records.facts import Facts


@dataclass(frozen=True, slots=True)
class Judged:
    """What all policies of an occasion say about a visit, by the id of the policy."""

    occasion: Occasion
    asked: Moment
    by_policy: Mapping[str, Judgement]

    @property
    def decisions(self) -> Sequence[Decision]:
        return tuple(one for judgement in self.by_policy.values() for one in judgement.decisions)

    def in_the_way(self) -> Sequence[Decision]:
        """The decisions that let nobody pass."""
        stopping = (Outcome.STOP, Outcome.HOLD, Outcome.DECIDE)
        return tuple(one for one in self.decisions if one.outcome in stopping)


def judge(visit: Visit, facts: Facts, occasion: Occasion, now: Moment) -> Judged:
    """What the site's policies in force say. Stores nothing; the same for pages, lists and gates."""
    raise NotImplementedError


def pass_gate(act: Act, visit: Visit, facts: Facts, occasion: Occasion, verb: str) -> Judged:
    """Judge, store what was said, and raise GateError unless every decision is OK, NA, or overridden by those who may.

    What was said is stored also when the gate stays shut.
    """
    raise NotImplementedError
