"""The five cells of recovery: Pain after, Observe, Walks, Driver, Restart."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from foramen.catalogue.decision import Decision, Judgement, Outcome
from foramen.clinic.rules.asking import ASKED, DRUGS, ask
from foramen.clinic.rules.cell import Cell, cell_of, later
from foramen.clinic.rules.inputs.question import Question
from foramen.clinic.rules.policies import Records

SO_FAR = re.compile(r" ?\bObserved \d+ h(?: \d+ min)?\.")


class After:
    """What the policies say at discharge, asked once."""

    def __init__(self, records: Records, question: Question) -> None:
        self.facts = question.facts
        supposed = frozenset() if question.facts.has("way_home") else frozenset({"way_home"})
        self.question = replace(question, occasion="discharge", granted=supposed)
        self.said: Mapping[str, Judgement] = ask(records, self.question, ASKED["discharge"])

    @property
    def judgements(self) -> Sequence[Judgement]:
        return tuple(self.said.values())

    def _rule(self, rule: str) -> Decision:
        decisions = self.said["after-needle"].decisions
        return next((one for one in decisions if one.rule == rule), decisions[0])

    def _cell(self, name: str, rule: str, topic: str) -> Cell:
        return cell_of(name, self._rule(rule), self.question, topic)

    def cells(self) -> tuple[Cell, ...]:
        """In the order in which every list has them."""
        walks = (
            self._cell("Walks", "G-AMB", "walking") if self.facts.has("walks") else later("Walks", "Tested by a nurse.")
        )
        return (
            self._cell("Pain after", "G-PAIN1", "no pain score after"),
            self._observe(),
            walks,
            self._cell("Driver", "G-DRIVER", "way home"),
            self._restart(),
        )

    def _observe(self) -> Cell:
        """Without the minutes so far: a list is stored, and they would stand still in it. Until when is said."""
        cell = self._cell("Observe", "G-OBS", "observation")
        return cell if cell.outcome != "HOLD" else replace(cell, says=SO_FAR.sub("", cell.says))

    def _restart(self) -> Cell:
        """What the antithrombotic policy gives at discharge, and whether the sheet that was handed over says so."""
        given = self.said["antithrombotics"]
        if self.facts.has("instructions"):
            sheet = self._cell("Restart", "G-DC", "instructions")
            if sheet.outcome not in ("OK", "NA"):
                return sheet
        in_way = [one for one in given.decisions if one.outcome in (Outcome.STOP, Outcome.HOLD, Outcome.DECIDE)]
        if in_way:
            gravest = min(in_way, key=lambda one: (Outcome.STOP, Outcome.HOLD, Outcome.DECIDE).index(one.outcome))
            return cell_of("Restart", gravest, self.question, "restart")
        if given.outcome is Outcome.NA:
            return Cell("Restart", "NA", "Nothing was stopped.")
        if not self.facts.has("instructions"):
            return later("Restart", "The sheet with the restarts is handed over with the instructions.")
        return Cell("Restart", "OK", "The sheet with the restarts is handed over.")

    def beside(self) -> Iterator[Cell]:
        """What stops the discharge and has no cell of its own: what was given."""
        for policy in DRUGS:
            for decision in self.said[policy].decisions:
                if decision.outcome is Outcome.STOP:
                    cell = cell_of("", decision, self.question, f"given, {decision.subject or decision.rule}")
                    if cell.outcome == "STOP":
                        yield cell
