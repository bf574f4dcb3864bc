"""Asking the rules about a visit, and letting nobody pass whom they stop.

Planning asks what has to happen; a gate asks whether it may go on now. Every judgement that a verb rests on is stored
whole, with the digests of its policy and of the site's record.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from foramen.catalogue.decision import Decision, Judgement, Occasion, Outcome
from foramen.catalogue.instants import Moment
from foramen.clinic.domain.act import Act
from foramen.clinic.domain.errors import GateError
from foramen.clinic.models import Judgement as Stored
from foramen.clinic.models import Visit
from foramen.clinic.records.facts import Facts
from foramen.clinic.rules.asking import ask_all
from foramen.clinic.rules.inputs.beside import beside_visits
from foramen.clinic.rules.inputs.question import Question
from foramen.clinic.rules.overrides import is_overridden
from foramen.clinic.rules.policies import records_of
from foramen.clinic.rules.told import is_told
from foramen.kernel.errors import Fault

__all__ = ["Judged", "Occasion", "judge", "pass_gate", "standing_in_the_way", "store"]

STOPPING = frozenset({Outcome.STOP, Outcome.HOLD, Outcome.DECIDE})
"""With one of these nobody goes on, unless somebody overrides it who may."""

ASKED_AGAIN = frozenset({"antithrombotics", "anaesthetics"})
"""Policies that the time-out asks again, with what is found out after the arrival, such as the INR of the day."""


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
        return tuple(one for one in self.decisions if one.outcome in STOPPING and not _waits(one))


def _waits(decision: Decision) -> bool:
    """Whether a patient may arrive in spite of it. A hold that ends later, a list that is asked again, an INR of the
    day, a decision on the way home: all that is settled between arrival and time-out or discharge, and asked again
    there. An order that is used up, a letter of another day, nobody who takes the patient home are not; nor is an
    input that cannot be, or a policy that is not in force."""
    if decision.occasion != "arrival" or decision.rule in (decision.stamp.policy, "AC-PROCEDURE"):
        return False
    if decision.rule == "G-DRIVER":
        return decision.outcome is not Outcome.STOP
    return decision.stamp.policy in ASKED_AGAIN


def judge(visit: Visit, facts: Facts, occasion: Occasion, now: Moment) -> Judged:
    """What the site's policies in force say. Stores nothing; the same for pages, lists and gates."""
    question = Question(visit, facts, now, occasion, beside_visits([visit])[visit.pk])
    return Judged(occasion, now, ask_all(records_of(visit.site), question))


def standing_in_the_way(judged: Judged, visit: Visit, facts: Facts) -> Sequence[Decision]:
    """The decisions that let nobody pass, that nobody who may has overridden, and that no deviation tells."""
    stopping = (one for one in judged.in_the_way() if not is_told(one, facts))
    return tuple(one for one in stopping if not is_overridden(one, visit, facts))


def pass_gate(act: Act, visit: Visit, facts: Facts, occasion: Occasion, verb: str) -> Judged:
    """Judge, store what was said, and raise GateError unless every decision is OK, NA, or overridden by those who may.

    What was said is stored also when the gate stays shut.
    """
    judged = judge(visit, facts, occasion, Moment(act.when, visit.site.zone))
    if left := standing_in_the_way(judged, visit, facts):
        faults = (_fault(one) for one in left)
        told = tuple(one.to_json() for one in left)
        raise GateError(*faults, keep=lambda: store(act, visit, judged, verb), decisions=told)
    store(act, visit, judged, verb)
    return judged


def store(act: Act, visit: Visit, judged: Judged, verb: str) -> None:
    """Keep what was said, whole: one row for each policy, in which `told` holds each input once."""
    Stored.objects.bulk_create(
        Stored(
            site=visit.site, patient=visit.patient, visit=visit, verb=verb, occasion=judged.occasion, policy=policy,
            policy_version=judgement.decisions[0].stamp.version, policy_sha256=judgement.decisions[0].stamp.digest,
            record_sha256=judgement.decisions[0].stamp.record_digest, outcome=judgement.outcome.value,
            content=_kept(judgement), asked_at=judged.asked.utc, shown_to=act.person,
        )
        for policy, judgement in judged.by_policy.items()
    )  # fmt: skip


def _kept(judgement: Judgement) -> dict[str, Any]:
    """A judgement as JSON. Many decisions are told the same: the `inputs` of a decision are places in `told`."""
    content, told = judgement.to_json(), dict[str, int]()
    for decision in content["decisions"]:
        decision["inputs"] = [told.setdefault(json.dumps(one), len(told)) for one in decision["inputs"]]
    return {**content, "told": [json.loads(one) for one in told]}


def _fault(decision: Decision) -> Fault:
    """A decision as a message: what stands in the way, and who could go on in spite of it."""
    subject = f", {decision.subject}" if decision.subject else ""
    who = decision.override.value if decision.override else "nobody; correct what is wrong"
    return Fault(
        f"{decision.outcome.value}: {decision.reasons[0]}", f"{decision.rule}{subject}", remedy=f"may override: {who}"
    )
