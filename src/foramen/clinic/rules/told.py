"""What was given against a rule and is told as a deviation: at discharge it stands in nobody's way any more.

Nothing can be planned that nobody may override. Once it was given, the record says so, with a reason, the judgement and
a deviation. To keep the patient in the service's books for ever would change nothing about it.
"""

from foramen.catalogue.decision import Decision
from foramen.clinic.facts.procedure import Deviation
from foramen.clinic.records.facts import Facts

ABOUT_GIVEN = ("steroids", "steroid-dose", "anaesthetics")
"""Policies that judge what was given."""


def is_told(decision: Decision, facts: Facts) -> bool:
    """Whether a deviation about a record that still stands names the rule of a decision at discharge."""
    if decision.occasion != "discharge" or decision.stamp.policy not in ABOUT_GIVEN:
        return False
    standing = {known.fact.pk for known in facts.each("given")}
    told = (known.content for known in facts.each("deviation"))
    return any(isinstance(one, Deviation) and decision.rule in one.rules and one.given in standing for one in told)
