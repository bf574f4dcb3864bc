"""What the rules say at a gate, with the source, the printed text and the resolved value of each decision, and the form
to go on in spite of it for those who may."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from foramen.catalogue.decision import OCCASIONS, Occasion
from foramen.clinic.domain.errors import GateError
from foramen.clinic.facts.overriding import Overridden
from foramen.clinic.pages.treatment.forms_apart import OverrideForm
from foramen.clinic.pages.treatment.record import Record
from foramen.clinic.pages.treatment.step_form import StepForm

GATE = "gate"
"""Name of the parameter that asks what the rules say at an occasion."""


@dataclass(frozen=True, slots=True)
class InTheWay:
    """One decision that stands in the way. `signed` are those who have signed to go on so far."""

    outcome: str
    rule: str
    subject: str
    reasons: Sequence[str]
    printed: str
    resolved: str
    source: str
    policy: str
    who: str
    signed: Sequence[str]
    form: StepForm | None


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate that is shut. `refused`: somebody has just tried it."""

    occasion: str
    words: str
    refused: bool
    decisions: Sequence[InTheWay]


def gate_shown(record: Record, failed: StepForm | None) -> Gate | None:
    """The gate that has just refused a step, or the one that is asked for."""
    refused = getattr(record.request, "refused", None)
    if isinstance(refused, GateError):
        return _gate(record, failed, refused.decisions, refused=True)
    asked = failed["occasion"].value() if isinstance(failed, OverrideForm) else record.request.GET.get(GATE, "")
    occasion = next((one for one in OCCASIONS if one == asked), None)
    if occasion is None:
        return None
    return _gate(record, failed, [one.to_json() for one in record.left(occasion)], refused=False, asked=occasion)


def _gate(
    record: Record,
    failed: StepForm | None,
    decisions: Sequence[Mapping[str, Any]],
    *,
    refused: bool,
    asked: Occasion | None = None,
) -> Gate:
    first: Occasion = decisions[0]["occasion"] if decisions else "plan"
    occasion = asked or first
    found = tuple(_in_the_way(record, failed, one, n) for n, one in enumerate(decisions, start=1))
    return Gate(occasion, OCCASIONS[occasion], refused, found)


def _in_the_way(record: Record, failed: StepForm | None, one: Mapping[str, Any], n: int) -> InTheWay:
    override = one["override"]
    stamp = one["stamp"]
    return InTheWay(
        one["outcome"], one["rule"], one["subject"], one["reasons"], one["printed"], one["resolved"], one["source"],
        f"{stamp['policy']} {stamp['version']}", override["who"] if override else "",
        tuple(_signed(record, one)), _form(record, failed, one, n),
    )  # fmt: skip


def _form(record: Record, failed: StepForm | None, one: Mapping[str, Any], n: int) -> StepForm | None:
    """The form to go on; absent for whoever may not, and for what nobody may override."""
    if isinstance(failed, OverrideForm) and (failed["rule"].value(), failed["about"].value()) == (
        one["rule"],
        one["subject"],
    ):
        failed.show(one)
        return failed
    override = one["override"]
    if override is None or override["class"] == "O0" or not record.may("override") or one["occasion"] == "plan":
        return None
    form = OverrideForm(record, number=n)
    form.initial = {"rule": one["rule"], "about": one["subject"], "occasion": one["occasion"], "number": n}
    form.show(one)
    return form


def _signed(record: Record, one: Mapping[str, Any]) -> Iterator[str]:
    for known in record.facts.each("override"):
        said = known.content
        if isinstance(said, Overridden) and (said.rule, said.subject) == (one["rule"], one["subject"]):
            yield str(known.fact.by)
