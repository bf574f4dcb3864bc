"""What every policy can do, whatever it is about: be loaded and checked, be planned with, be asked at a gate.

A policy brings its own rules as functions; what holds for all of them stands here once. A file that is not the signed
one is not evaluated. An unreadable input or an error of the engine is STOP, never an empty result. A version past its
review says so in every result.
"""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from foramen.catalogue.decision import (
    Decision,
    Finding,
    Input,
    Judgement,
    Moment,
    Occasion,
    Outcome,
    Override,
    Stamp,
    by_severity,
    strictest,
)
from foramen.catalogue.definition import PolicyDefinition
from foramen.catalogue.document import Document, load_document
from foramen.catalogue.inputs import FIRST_YEAR, LAST_YEAR, Inputs, moment_entered
from foramen.catalogue.instants import day_of, day_text, zone
from foramen.catalogue.shelf import load_definition
from foramen.catalogue.site_record import InForce, Signed, SiteRecord, load_example, not_in_force, not_yet_in_force
from foramen.catalogue.worked import Worked, differences
from foramen.kernel.errors import DataError, DefinitionError, Fault, UserError, raise_all

Content = TypeVar("Content", bound=PolicyDefinition)
Told = TypeVar("Told", bound=Inputs)

GRACE = timedelta(days=60)
"""How long past its review a version still gives results of its own. A proposal; no source prints it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One rule of a policy as `policy show` prints it."""

    rule: str
    when: str
    printed: str
    resolved: str
    reason: str
    source: str


def _no_notes(_content: PolicyDefinition) -> Iterable[tuple[str, str]]:
    return ()


@dataclass(frozen=True, slots=True)
class Policy(Generic[Content, Told]):
    """A policy of the library.

    `content` and `inputs` are the models of its file and of what it is told. `incomplete` finds what is wrong with a
    file beyond single keys (gaps, overlaps, names nobody knows); it is given plain data, perhaps of a file with other
    faults, so that all are reported together. `unanswerable` finds inputs that cannot be: no answer is given to them.
    `judge` decides, at planning or at a gate. `lines` are the rules for people. `examples` are the worked examples of
    a file. `heading` is what stands above the decisions when they are explained, `notes` what stands below the rules
    when they are shown: headings with texts. `rests_on` loads the further files the policy reads, by id: the record
    signs each, and each has its review.
    """

    id: str
    content: type[Content]
    inputs: type[Told]
    incomplete: Callable[[str, Mapping[str, Any]], Iterable[Fault]]
    unanswerable: Callable[[InForce[Content], Told, Moment, Occasion], Iterable[Fault]]
    judge: Callable[[InForce[Content], Told, Moment, Occasion], Iterable[Decision]]
    lines: Callable[[Content], Iterable[Line]]
    examples: Callable[[Content], Sequence[Worked]]
    heading: Callable[[Told], Iterable[tuple[str, str]]]
    notes: Callable[[Content], Iterable[tuple[str, str]]] = _no_notes
    rests_on: Mapping[str, Callable[[str | None], Document[Any]]] = field(default_factory=dict)

    def load(self, version: str | None = None) -> Document[Content]:
        """The policy of the library, the newest version if none is named. Raises DefinitionError with every fault."""
        document = load_definition("policies", self.id, self.content, version)
        raise_all(DefinitionError, self.incomplete(str(document.path), document.content.model_dump()))
        return document

    def check_file(self, path: Path) -> Document[Content]:
        """Load a file of this policy from anywhere. Faults of keys, of the whole and of its examples come together."""
        try:
            document = load_document(path, self.content)
        except DefinitionError as error:
            data = _readable(path)
            raise DefinitionError(*error.faults, *(self.incomplete(str(path), data) if data else ())) from None
        raise_all(DefinitionError, self.incomplete(str(path), document.content.model_dump()))
        raise_all(DefinitionError, self.failing(document))
        return document

    def failing(self, document: Document[Content]) -> Iterator[Fault]:
        """The worked examples of a file that do not come out, run under the example record."""
        signed = Signed(id=document.content.id, version=document.content.version, digest=document.digest)
        record = load_example(self.id)
        for i, example in enumerate(self.examples(document.content), start=1):
            update = {"policy": signed, "parameters": example.parameters}
            in_force = InForce(document, replace(record, content=record.content.model_copy(update=update)))
            for text in self._differing(in_force, example):
                yield Fault(f"the example “{example.title}” does not come out", f"{document.path}: examples[{i}]", text)

    def _differing(self, in_force: InForce[Content], example: Worked) -> Iterator[str]:
        given = example.given
        if given.asked is None:
            yield "it does not say when it is asked"
        else:
            now = moment_entered(given.asked, given.zone, "procedure", "asked")
            yield from differences(example, self._assess(in_force, given, now, given.occasion))

    def in_force(self, record: Document[SiteRecord]) -> InForce[Content]:
        """The version that a record names, with the record. Whether it is in force is found when it is evaluated."""
        return InForce(self.load(record.content.policy.version), record)

    def check_answerable(self, in_force: InForce[Content], inputs: Told, now: Moment, occasion: Occasion) -> None:
        """Raise DataError with everything that stands in the way of an answer."""
        if not FIRST_YEAR <= now.utc.year <= LAST_YEAR:
            received = now.utc.date().isoformat()
            raise DataError.single("no such year can be meant", where="asked", received=received, remedy="look again")
        standing = [*self.not_standing(in_force), *not_yet_in_force(in_force, day_of(now))]
        raise_all(DataError, [*standing, *self.unanswerable(in_force, inputs, now, occasion)])

    def not_standing(self, in_force: InForce[Content]) -> Iterator[Fault]:
        """Why a record does not put this policy in force, with every file that it rests on."""
        yield from not_in_force(in_force)
        where = f"{in_force.record.path}: rests_on"
        signed = {one.id: one for one in in_force.record.content.rests_on}
        for identifier, load in self.rests_on.items():
            yield from _unlike_signed(where, identifier, signed.get(identifier), load)

    def reviews(self, in_force: InForce[Content]) -> Mapping[str, date]:
        """Until when each file is to be reviewed: the policy, and what it rests on."""
        found = {f"{self.id} {in_force.content.version}": in_force.content.review_by}
        for one in in_force.record.content.rests_on:
            if one.id in self.rests_on:
                found[f"{one.id} {one.version}"] = self.rests_on[one.id](one.version).content.review_by
        return found

    def plan(self, in_force: InForce[Content], inputs: Told | Mapping[str, Any], now: Moment) -> Judgement:
        """What has to happen before and after the planned start. What cannot exist yet is HOLD with a task."""
        return self._assess(in_force, inputs, now, "plan")

    def gate(
        self, in_force: InForce[Content], inputs: Told | Mapping[str, Any], now: Moment, occasion: Occasion
    ) -> Judgement:
        """Whether the procedure may go on now: at arrival, at the time-out, at needle-in, at discharge."""
        return self._assess(in_force, inputs, now, occasion)

    def _assess(
        self, in_force: InForce[Content], inputs: Inputs | Mapping[str, Any], now: Moment, occasion: Occasion
    ) -> Judgement:
        now = _of_the_site(inputs, now)
        found = guarded(in_force.stamp, self.id, lambda: self._decided(in_force, inputs, now, occasion))
        late = self._late(in_force, day_of(now))
        banners = tuple(_banners(in_force, late))
        told = _snapshot(inputs)
        marked = (
            replace(one, asked=now, occasion=occasion, alerts=(*banners, *one.alerts), inputs=one.inputs or told)
            for one in found
        )
        outdated = [review_by for review_by in late if day_of(now) > review_by + GRACE]
        if outdated:
            marked = (_undecided(one, min(outdated)) for one in marked)
        return Judgement(tuple(marked), occasion, now, banners)

    def _late(self, in_force: InForce[Content], today: date) -> Sequence[date]:
        """The reviews that have passed. A file that cannot be read is found by the evaluation itself."""
        try:
            return sorted(day for day in set(self.reviews(in_force).values()) if today > day)
        except UserError:
            return [in_force.content.review_by] if today > in_force.content.review_by else []

    def _decided(
        self, in_force: InForce[Content], inputs: Inputs | Mapping[str, Any], now: Moment, occasion: Occasion
    ) -> Iterable[Decision]:
        told = inputs if isinstance(inputs, self.inputs) else read_inputs(self.inputs, inputs)
        self.check_answerable(in_force, told, now, occasion)
        return self.judge(in_force, told, now, occasion)


def read_inputs(model: type[Told], data: Any) -> Told:
    """Plain data as the inputs of a policy; raises DataError with every fault."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults = [Fault(_sentence(one["msg"]), _place(one["loc"])) for one in error.errors()]
        raise DataError(*faults) from None


def guarded(stamp: Stamp, rule: str, judge: Callable[[], Iterable[Decision]]) -> tuple[Decision, ...]:
    """The one guard: whatever goes wrong while deciding is STOP. An error of the engine is named by its class alone,
    because its message may hold what a patient said."""
    try:
        found = tuple(judge())
    except UserError as error:
        return (_stopped(stamp, rule, tuple(_in_a_line(fault) for fault in error.faults)),)
    except Exception as error:  # noqa: BLE001 - fail closed: no exception may end in an empty result
        return (_stopped(stamp, rule, (f"engine error: {type(error).__name__}; tell whoever runs Foramen",)),)
    return found or (_stopped(stamp, rule, ("engine error: no rule gave a result",)),)


def _snapshot(inputs: Inputs | Mapping[str, Any]) -> tuple[Input, ...]:
    """What was told, section by section, for decisions that could not read it."""
    sections = inputs.model_dump() if isinstance(inputs, Inputs) else inputs
    return tuple(Input(str(name), value) for name, value in sections.items())


def _stopped(stamp: Stamp, rule: str, reasons: tuple[str, ...]) -> Decision:
    findings = tuple(Finding(Outcome.STOP, reason, Override.O0) for reason in reasons)
    return Decision(rule, Outcome.STOP, reasons, stamp, override=Override.O0, findings=findings)


def _in_a_line(fault: Fault) -> str:
    parts = [f"{fault.where}: {fault.what}" if fault.where else fault.what]
    parts += [f"received {fault.received}"] if fault.received else []
    parts += [fault.remedy] if fault.remedy else []
    return "; ".join(parts)


def _of_the_site(inputs: Inputs | Mapping[str, Any], now: Moment) -> Moment:
    """The instant in the zone of the site, whatever zone it comes in: days are those of the site. A zone that cannot be
    read is found by the evaluation itself."""
    name = inputs.zone if isinstance(inputs, Inputs) else inputs.get("zone")
    try:
        return Moment(now.utc, zone(name).key) if isinstance(name, str) else now
    except UserError:
        return now


def _unlike_signed(
    where: str, identifier: str, signed: Signed | None, load: Callable[[str | None], Document[Any]]
) -> Iterator[Fault]:
    if signed is None:
        yield Fault(
            "the record does not sign a file that the policy reads", where, "nothing", f"add id = “{identifier}”"
        )
        return
    try:
        found = load(signed.version)
    except DefinitionError as error:
        yield from error.faults
        return
    if found.digest != signed.digest:
        yield Fault(
            f"the file {identifier} is not the one that was signed: its content has changed", str(found.path),
            f"digest {found.digest}", f"restore the file with digest {signed.digest}",
        )  # fmt: skip


def _banners(in_force: InForce[Content], late: Sequence[date]) -> Iterator[str]:
    if in_force.record.content.example:
        yield "Example record, made for demonstration: no service has put this policy in force."
    for review_by in late:
        yield f"This version was to be reviewed by {day_text(review_by)}. It may be out of date."


def _undecided(decision: Decision, review_by: date) -> Decision:
    """A result of a version that nobody has reviewed in time is for a person to decide."""
    late = Finding(
        Outcome.DECIDE,
        f"This version was to be reviewed by {day_text(review_by)}, more than {GRACE.days} days ago: "
        "a person decides whether it still holds.",
        Override.O1,
    )
    before = decision.findings or tuple(Finding(decision.outcome, reason) for reason in decision.reasons)
    findings = by_severity((*before, late))
    return replace(
        decision,
        outcome=findings[0].outcome,
        reasons=tuple(finding.reason for finding in findings),
        override=strictest((decision.override, late.override)),
        findings=findings,
    )


def _readable(path: Path) -> Mapping[str, Any]:
    """What can be read of a file with faults; nothing, if it is not even TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except (OSError, ValueError, RecursionError):
        return {}


def _place(location: tuple[int | str, ...]) -> str:
    """`inr[1].value`, counted from 1, as documents are."""
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in location).removeprefix(".")


def _sentence(message: str) -> str:
    message = message.removeprefix("Value error, ")
    return message[:1].lower() + message[1:]
