"""Asking every policy of a site about a visit. Whatever goes wrong on the way is STOP, and never an empty answer."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from foramen.catalogue.decision import Decision, Judgement, Occasion
from foramen.catalogue.policies import POLICIES
from foramen.catalogue.policy import guarded
from foramen.clinic.rules.inputs import after_needle, antithrombotics, before_needle, drugs, repeat_orders
from foramen.clinic.rules.inputs.question import Question, Section
from foramen.clinic.rules.letter import OCCASIONS, PATHWAY, judge_letter
from foramen.clinic.rules.policies import Records, nothing_in_force

DRUGS = ("steroids", "steroid-dose", "anaesthetics")

ASKED: Mapping[Occasion, tuple[str, ...]] = {
    "plan": ("antithrombotics", *DRUGS, "before-needle", "after-needle", "repeat-orders"),
    "arrival": ("antithrombotics", "anaesthetics", "after-needle", "repeat-orders"),
    "time_out": ("antithrombotics", *DRUGS, "before-needle", "repeat-orders"),
    "needle_in": ("antithrombotics", *DRUGS, "before-needle", "repeat-orders"),
    "discharge": ("antithrombotics", *DRUGS, "after-needle"),
}
"""Which policies are asked when. The antithrombotic one comes first: discharge rests on what it gives."""

TOLD: Mapping[str, Callable[[Question], Section]] = {
    "antithrombotics": antithrombotics.inputs,
    "steroids": drugs.steroid_inputs,
    "steroid-dose": drugs.dose_inputs,
    "anaesthetics": drugs.anaesthetic_inputs,
    "before-needle": before_needle.inputs,
    "repeat-orders": repeat_orders.inputs,
}


def ask_all(records: Records, question: Question) -> Mapping[str, Judgement]:
    """What every policy of the occasion says, by its id; with the rule of the letter."""
    return ask(records, question, ASKED[question.occasion])


def ask(records: Records, question: Question, policies: Iterable[str]) -> Mapping[str, Judgement]:
    """What some policies say, by their ids; with the rule of the letter where the occasion has it."""
    said: dict[str, Judgement] = {}
    for policy in policies:
        said[policy] = _ask(records, question, policy, said)
    if question.occasion in OCCASIONS:
        said[PATHWAY] = judge_letter(question)
    return said


def _ask(records: Records, question: Question, policy: str, said: Mapping[str, Judgement]) -> Judgement:
    """One policy. A record that puts nothing in force and an error on the way there are STOP like an error within."""
    found: list[Judgement] = []

    def decisions() -> Iterable[Decision]:
        in_force = records.in_force(policy)
        restarts = said.get("antithrombotics") if question.occasion == "discharge" else None
        told = after_needle.inputs(question, restarts) if policy == "after-needle" else TOLD[policy](question)
        asked = POLICIES[policy]
        if question.occasion == "plan":
            found.append(asked.plan(in_force, told, question.now))
        else:
            found.append(asked.gate(in_force, told, question.now, question.occasion))
        return found[0].decisions

    stopped = guarded(nothing_in_force(policy), policy, decisions)
    if found:
        return found[0]
    marked = tuple(replace(one, asked=question.now, occasion=question.occasion) for one in stopped)
    return Judgement(marked, question.occasion, question.now)
