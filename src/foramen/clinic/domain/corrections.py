"""Corrections: a fact that should be another, and one that should not stand. The old one stays readable for ever.

Whoever may record a fact may correct it, and the lead may. What the server timed is never typed: a needle or a time-out
is neither corrected nor void; what was wrong about it is a deviation.
"""

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from pydantic import ValidationError

from foramen.clinic.domain import consequences, pathway
from foramen.clinic.domain.act import Act
from foramen.clinic.domain.asked import Correction, Voiding
from foramen.clinic.domain.assessments import as_kept
from foramen.clinic.domain.errors import OutOfOrderError, StaleError, WrongInputError
from foramen.clinic.domain.verbs import verb
from foramen.clinic.facts.assessment import Assessed
from foramen.clinic.facts.content import Content
from foramen.clinic.facts.kinds import KINDS, SEVERAL
from foramen.clinic.models import Fact, Visit
from foramen.clinic.records.facts import Facts, facts_of_visit, record_instead
from foramen.clinic.rights.roles import CARE, DOCTORS, Role
from foramen.kernel.errors import Fault

TIMED = frozenset({"time_out_technologist", "time_out_radiologist", "needle_in", "needle_out", "moved", "cancelled"})
"""Signed at the time of the server, which is the whole of what they say; or said by it, with the slot."""

SIGNATURES = frozenset(
    {
        "review_nurse",
        "review_radiologist",
        "observed",
        "override",
        "letter_read",
        "plan",
        "repeat",
        "add_on",
        "signature",
    }
)
"""Nothing in them can be corrected: they are void, or signed anew under their next number."""

ANEW = frozenset({"screening", "consent", "level"})
"""Signed anew, with everything that their own step checks, as long as that can be done."""

STATES = frozenset({"referral", "triage", "order", "repeat", "add_on", "broken_off", "discharge"})
"""A row has moved on with them: they are corrected, never void."""

ASKED_AGAIN = frozenset(one.kind for one in pathway.STEPS.values() if one.again) - SEVERAL - SIGNATURES
"""The last answer counts. Made void, it would bring an older answer back that nobody has given again."""

BY_SERVER: Mapping[str, tuple[str, ...]] = {
    "instructions": ("letter",), "deviation": ("rules", "given"),
    "assessment": ("instrument", "version", "timepoint", "recalled", "due_on", "delay_days"),
}  # fmt: skip
"""What the server said in a fact, and nobody types."""


@verb("correct", says="Correct", on=Fact, content=Correction, roles=CARE)
def correct(act: Act, old: Fact, wanted: Correction) -> Fact:
    """The fact as it should have been, in the place of the newest one. It was when the old one was."""
    facts, role = _begin(old), _role(act, old)
    if old.kind in TIMED | SIGNATURES:
        _refuse(old, "is not corrected", _instead_of_correcting(old.kind))
    if old.kind not in SEVERAL and _is_passed(old, facts):
        _refuse(old, "is not corrected: a later answer counts", "correct the last one")
    if old.kind in ANEW and not _too_late(old.kind, facts):
        _refuse(old, "is signed anew, not corrected, until the needle is in", "sign it again: the last one counts")
    content = _read(old, wanted)
    if isinstance(content, Assessed):
        content = as_kept(content)
    if content.model_dump(mode="json") == old.content:
        raise WrongInputError.single("nothing differs from what stands", remedy="enter what it should have been")
    consequences.check(act, old, content, facts)
    return _instead(act, old, role, wanted.reason, content)


@verb("void", says="Make void", on=Fact, content=Voiding, roles=CARE)
def void(act: Act, old: Fact, wanted: Voiding) -> Fact:
    """A fact that should not stand: recorded for somebody else, or not so at all."""
    facts, role = _begin(old), _role(act, old)
    if old.kind in TIMED:
        _refuse(old, "is never void", _instead_of_correcting(old.kind))
    if old.kind in STATES:
        _refuse(old, "is not void", "correct it")
    if old.kind in ASKED_AGAIN and len(facts.each(old.kind)) > 1 and not _is_passed(old, facts):
        _refuse(old, "is not void: an earlier answer would count again", "record it anew, or correct it")
    if old.visit is not None and _holds_up(old.kind, old.visit, facts):
        _refuse(old, "is not void any more: what comes next rests on it", "correct it")
    return _instead(act, old, role, wanted.reason, None)


def _begin(old: Fact) -> Facts:
    """What stands about the visit, if the fact is the newest in its place."""
    newest = not old.void and not Fact.objects.filter(corrects=old).exists()
    if not newest:
        _refuse(old, "was corrected already, or is void", "correct the newest one")
    return facts_of_visit(old.visit) if old.visit is not None else Facts()


def _role(act: Act, old: Fact) -> Role:
    """The role in which it was first recorded, or lead."""
    first = old
    while first.corrects is not None:
        first = first.corrects
    signed = Role(first.role)
    return act.role_for((DOCTORS if signed in DOCTORS else frozenset({signed})) | {Role.LEAD})


def _too_late(kind: str, facts: Facts) -> bool:
    return any(facts.has(later) for later in pathway.STEPS[kind].until)


def _is_passed(old: Fact, facts: Facts) -> bool:
    """Whether a later fact of the kind counts in the place of this one."""
    last = facts.last(old.kind)
    return last is not None and last.fact != old


def _holds_up(kind: str, visit: Visit, facts: Facts) -> bool:
    """Whether the rest of the day needs a fact that cannot be recorded again, or the patient would not be here."""
    if kind == "arrival":
        return any("arrival" in pathway.STEPS[one].needs for one in facts.by_kind if one in pathway.STEPS)
    going_on = visit.state in (Visit.State.ROOM, Visit.State.RECOVERY)
    return going_on and kind in (*pathway.STEPS["discharge"].needs, "plan") and _too_late(kind, facts)


def _read(old: Fact, wanted: Correction) -> Content:
    kept = {name: old.content[name] for name in BY_SERVER.get(old.kind, ()) if name in old.content}
    try:
        return KINDS[old.kind].model_validate(wanted.content | kept, strict=False)
    except ValidationError as error:
        raise WrongInputError(
            *(
                Fault(one["msg"].removeprefix("Value error, "), ".".join(map(str, one["loc"])))
                for one in error.errors(include_url=False)
            )
        ) from None


def _instead(act: Act, old: Fact, role: Role, reason: str, content: Content | None) -> Fact:
    try:
        with transaction.atomic():
            new = record_instead(act, old, role, reason, content)
    except IntegrityError:
        raise StaleError.single("somebody else corrected this first", remedy="load the page again") from None
    consequences.follow(act, new, content)
    return new


def _instead_of_correcting(kind: str) -> str:
    if kind in TIMED:
        return "the server timed it; record a deviation"
    return "sign a new plan: it has the next number" if kind == "plan" else "make it void, or sign it again"


def _refuse(old: Fact, why: str, remedy: str) -> None:
    raise OutOfOrderError.single(f"{pathway.label_of(old.kind)} {why}", remedy=remedy)
