"""The nine cells before the needle, in the order in which every list has them.

A list shows what a gate would say about the steps that are reached. Steps that are not reached yet are supposed to be
done as they should be (`granted`), so that what can go wrong earlier is seen earlier, and their cells say later. A gate
supposes nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from foramen.catalogue.decision import Decision, Judgement, Occasion, Outcome
from foramen.catalogue.gates.abcd import answer_of
from foramen.clinic.facts.screening import ScreeningSigned
from foramen.clinic.records.facts import Facts
from foramen.clinic.rules.asking import ask
from foramen.clinic.rules.blood import blood_cell
from foramen.clinic.rules.cell import Cell, cell_of, later
from foramen.clinic.rules.inputs.before_needle import abcd
from foramen.clinic.rules.inputs.question import Question
from foramen.clinic.rules.letter import PATHWAY
from foramen.clinic.rules.policies import Records

Answer = Literal["allergies", "cut", "driver"]
SAYING = ("order", "consent", "imaging", "patient")
"""Who says where, beside the plan."""

SIGNATURES = ("time_out_technologist", "time_out_radiologist")


class Before:
    """What the policies say for the nine cells, asked once."""

    def __init__(self, records: Records, question: Question, *, of_day: bool) -> None:
        self.records, self.question, self.of_day = records, question, of_day
        self.facts = question.facts
        self.supposed = replace(question, occasion="arrival" if of_day else "plan", granted=granted(self.facts))
        self.arrival = ask(records, self.supposed, ("antithrombotics", "anaesthetics", "after-needle"))
        needle: Occasion = "needle_in" if of_day else "plan"
        self.needle = ask(records, replace(self.supposed, occasion=needle), ("before-needle",))

    @property
    def judgements(self) -> Sequence[Judgement]:
        return (*self.arrival.values(), *self.needle.values())

    def rule(self, said: Mapping[str, Judgement], policy: str, rule: str) -> Decision:
        """The decision of one rule; that of the policy itself where it could not be asked."""
        decisions = said[policy].decisions
        return next((one for one in decisions if one.rule == rule), decisions[0])

    def cells(self) -> tuple[Cell, ...]:
        """Allergies, Blood, Cut, Driver, MRI, Consent, Level/side, Pain before, Time-out."""
        return (
            self._allergies(), self._blood(), self._cut(), self._driver(), self._mri(), self._consent(), self._level(),
            self._pain(), self._time_out(),
        )  # fmt: skip

    def _is_supposed(self, step: str) -> bool:
        return step in self.supposed.granted

    def _screened(self) -> bool:
        return self.facts.has("screening")

    def _answered(self, cell: str, name: Answer) -> Cell | None:
        """A missing answer as a cell: STOP on the day, and before it HOLD; None: it is answered."""
        if answer_of(abcd(self.question)[name]) is not None:
            return None
        says = (
            f"{name[:1].upper()}{name[1:]} not answered. No override: ask the patient and record the answer or “none”."
        )
        return Cell(cell, "STOP" if self.of_day else "HOLD", says, topic=f"{name} not answered")

    def _allergies(self) -> Cell:
        if not self._screened():
            return later("Allergies", "Asked at the screening.")
        if (said := self._answered("Allergies", "allergies")) is not None:
            return said
        decision = self.rule(self.arrival, "anaesthetics", "AN-3")
        cell = cell_of("Allergies", decision, self.question, "allergies")
        unplanned = self.question.plan is None and _was_told(decision, "allergy", "not planned yet")
        return later("Allergies", cell.says) if unplanned else cell

    def _blood(self) -> Cell:
        if not self._screened():
            return later("Blood", "Asked at the screening.")
        cell = blood_cell(self.records, self.supposed, self.arrival["antithrombotics"])
        if cell.outcome in ("OK", "NA") and self.facts.has("arrival") and self._is_supposed("list_again"):
            return later("Blood", "Ask whether any medicine has changed since the list was confirmed.")
        return cell

    def _cut(self) -> Cell:
        if not self._screened():
            return later("Cut", "Asked at the screening.")
        told = self.facts.content("screening", ScreeningSigned)
        says = "No spine surgery." if told and told.no_surgery else "; ".join(told.surgery) if told else ""
        return self._answered("Cut", "cut") or Cell("Cut", "OK", says)

    def _driver(self) -> Cell:
        if not self._screened() and not self.facts.has("way_home"):
            return later("Driver", "Asked at the screening.")
        if not self.facts.has("way_home") and (said := self._answered("Driver", "driver")) is not None:
            return said
        return cell_of("Driver", self.rule(self.arrival, "after-needle", "G-DRIVER"), self.question, "way home")

    def _mri(self) -> Cell:
        decision = self.rule(self.needle, "before-needle", "G-MRI")
        topic = "no MRI" if _was_told(decision, "mri", "missing") else "MRI"
        cell = cell_of("MRI", decision, self.question, topic)
        waits = cell.outcome == "OK" and self._is_supposed("mri_review")
        return later("MRI", "The performing radiologist looks at it before the level is determined.") if waits else cell

    def _consent(self) -> Cell:
        if not self.facts.has("consent") and not (self.facts.has("arrival") and self.facts.has("plan")):
            return later("Consent", "Signed for the plan of the session.")
        topic = "consent" if self.facts.has("consent") else "no consent"
        cell = cell_of("Consent", self.rule(self.needle, "before-needle", "G-CONSENT"), self.question, topic)
        waits = cell.outcome == "OK" and self.facts.has("arrival") and self._is_supposed("consent_again")
        return later("Consent", "Ask on the day whether it still stands.") if waits else cell

    def _level(self) -> Cell:
        decision = self.rule(self.needle, "before-needle", "G-LEVEL")
        differs = any(_was_told(decision, f"{one}_agrees", "differs") for one in SAYING)
        cell = cell_of(
            "Level/side", decision, self.question, "level and side disagree" if differs else "level and side"
        )
        if cell.outcome in ("OK", "HOLD") and not self.facts.has("level"):
            return later("Level/side", "Nurse and radiologist determine it with the images and the patient.")
        return cell

    def _pain(self) -> Cell:
        if not self.facts.has("pain_before"):
            return later("Pain before", "Asked immediately before the injection.")
        return cell_of("Pain before", self.rule(self.needle, "before-needle", "G-PAIN0"), self.question, "pain before")

    def _time_out(self) -> Cell:
        signed = [known for kind in SIGNATURES if (known := self.facts.last(kind)) is not None]
        if not signed:
            return later("Time-out", "Signed by technologist and radiologist just before the needle.")
        if len(signed) < len(SIGNATURES):
            at = self.question.local(signed[0].fact.happened_at)
            other = self.question.visit.radiologist if self.facts.has(SIGNATURES[0]) else "the technologist"
            says = f"{signed[0].fact.by} signed {at:%H:%M}. {other or 'The radiologist'} has not signed."
            return later("Time-out", says, word="1 of 2")
        return cell_of("Time-out", self.rule(self.needle, "before-needle", "G-TIMEOUT"), self.question, "time-out")

    def beside(self) -> Iterator[Cell]:
        """What stands in the way and has no cell of its own."""
        letter = self.rule(self.arrival, PATHWAY, "G-LETTER")
        if letter.outcome is Outcome.STOP and self._screened():
            says = f"{letter.reasons[0]} Have the patient read the letter in force and confirm it."
            yield Cell("", "STOP", says, topic="letter not confirmed")
        reviewed = [kind for kind in ("review_nurse", "review_radiologist") if self.facts.has(kind)]
        if any(abcd(self.question)[kind.removeprefix("review_")] is None for kind in reviewed):
            says = "An answer was changed after the review. Nurse and radiologist look at all four again."
            yield Cell("", "STOP", says, topic="ABCD changed after the review")
        pregnancy = self.rule(self.needle, "before-needle", "G-PREGNANCY")
        if self.facts.has("pregnancy") and self.of_day and pregnancy.rule == "G-PREGNANCY":
            yield cell_of("", pregnancy, self.question, "pregnancy")


def _was_told(decision: Decision, name: str, value: str) -> bool:
    """Whether a table of the rule was answered so."""
    return any((one.name, one.value) == (name, value) for one in decision.inputs)


def granted(facts: Facts) -> frozenset[str]:
    """The steps that are not reached yet. An answer that was given is never granted, however it was given."""
    missing = {kind for kind in ("mri_review", "level", "consent") if not facts.has(kind)}
    missing = missing - {"mri_review"} if facts.has("level") else missing
    for again, first in (("list_again", "screening"), ("consent_again", "consent")):
        known, told = facts.last(again), facts.last(first)
        if known is None or (told is not None and known.fact.pk < told.fact.pk):
            missing.add(again)
    return frozenset(missing)
