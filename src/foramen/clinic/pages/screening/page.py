"""Everything that the page of screening and hold plan shows."""

from collections.abc import Sequence
from typing import Any

from django.forms import Form

from foramen.clinic.domain.act import Act
from foramen.clinic.domain.letters import letter_in_force
from foramen.clinic.domain.verbs import VERBS
from foramen.clinic.facts.screening import ScreeningSigned
from foramen.clinic.models import Letter, PolicyRecord
from foramen.clinic.pages.links import link_for
from foramen.clinic.pages.patients.band import Beside, band_context
from foramen.clinic.pages.screening import drugs
from foramen.clinic.pages.screening.draft import draft_of, is_ahead, preview
from foramen.clinic.pages.screening.rows import articles, factor_cells, tally
from foramen.clinic.pages.screening.signing import LetterForm, ReadForm, SignForm
from foramen.clinic.pages.treatment.record import Record
from foramen.clinic.records.facts import Facts
from foramen.clinic.rules.hold_plan import HoldPlan, hold_plan
from foramen.clinic.rules.readiness import cells

ABCD = (("A", "Allergies"), ("B", "Blood"), ("C", "Cut"), ("D", "Driver"))
POLICY = "antithrombotics"


def context_of(
    record: Record, sign: Form | None = None, letter: Form | None = None, read: Form | None = None
) -> dict[str, Any]:
    """The plan that stands, or that of a draft that is ahead of it; and the panels beside it."""
    request, visit = record.request, record.visit
    draft = draft_of(visit)
    ahead = is_ahead(draft, record.facts)
    facts, told = record.facts, record.facts.content("screening", ScreeningSigned)
    if ahead and draft is not None:
        act = Act(request.person, request.at_site, request.roles, at=record.now.utc)
        found = preview(dict(draft.content), visit, record.facts, act)
        facts, told = found.facts, found.told
    failed = next((one for one in (sign, letter, read) if one is not None), None)
    parts = plan_parts(record, facts)
    return {
        "record": record, "visit": visit, "form": failed, "draft": draft if ahead else None, "unsigned": ahead,
        "signed": record.facts.last("screening"), "told": told, "abcd": _abcd(record, facts, told),
        "not_named": _not_named(told), "edit_url": link_for(request, "screening-edit", visit.pk, method="POST"),
        "move_url": link_for(request, "move", visit.pk, method="POST"), "policy": _policy(record),
        "tabs": _tabs(record), "gate_url": _gate_url(record),
        **_sign_part(record, draft.version if ahead and draft else None, sign), **_letter_part(record, letter, read),
        **parts, **band_context(visit.patient, visit, Beside(stratum=parts["stratum"])),
    }  # fmt: skip


def _gate_url(record: Record) -> str:
    """Where whoever may go on in spite of a rule does so, on the day."""
    return link_for(record.request, "treatment", record.visit.pk) if record.may("override") else ""


def plan_parts(record: Record, facts: Facts) -> dict[str, Any]:
    """The plan by these facts."""
    plan = hold_plan(record.visit, facts, record.now)
    return {
        "plan": plan, "articles": articles(plan, record.visit), "factors": tuple(factor_cells(plan)),
        "tally": tally(plan), "whole": [one for one in plan.whole if one.outcome.value not in ("OK", "NA")],
        "stratum": plan.stratum.value if plan.stratum else "", "stamp": _stamp(plan),
    }  # fmt: skip


def _stamp(plan: HoldPlan) -> Any:
    return plan.judgement.decisions[0].stamp if plan.judgement.decisions else None


def _abcd(record: Record, facts: Facts, told: ScreeningSigned | None) -> Sequence[dict[str, str]]:
    """The four answers with what the rules say of each."""
    looks = {one.name: one.outcome for one in cells(record.visit, facts, record.now)}
    answers = _answers(told)
    return [
        {"letter": letter, "name": name, "says": answers[letter], "look": looks.get(name, "later")}
        for letter, name in ABCD
    ]


def _answers(told: ScreeningSigned | None) -> dict[str, str]:
    if told is None:
        return {letter: "not asked yet" for letter, _ in ABCD}
    count = len(told.medicines)
    blood = f"see the {count} named" if count else "none" if told.no_medicines else "not answered"
    return {
        "A": ", ".join(told.allergies) or ("none" if told.no_allergies else "not answered"),
        "B": blood,
        "C": ", ".join(told.surgery) or ("no spine surgery" if told.no_surgery else "not answered"),
        "D": told.driver or "not answered",
    }


def _not_named(told: ScreeningSigned | None) -> Sequence[str]:
    """Drugs that are asked about by name and that the patient did not name."""
    if told is None:
        return ()
    named = {one.name.casefold() for one in told.medicines}
    return tuple(one for one in drugs.to_ask() if one.casefold() not in named)


def _sign_part(record: Record, version: int | None, sign: Form | None) -> dict[str, Any]:
    """The form of the signature, for whoever may sign what is not signed yet."""
    may = bool(VERBS["sign_screening"].roles & record.request.roles) and version is not None
    return {"sign": sign or (SignForm(version=version) if may else None)}


def _letter_part(record: Record, letter: Form | None, read: Form | None) -> dict[str, Any]:
    """The letters, whether the one in force was read, and the forms for both."""
    request, visit = record.request, record.visit
    standing = letter_in_force(visit)
    acknowledged = record.facts.last("letter_read")
    holds = acknowledged is not None and getattr(acknowledged.content, "number", 0) == visit.letter
    may_make = bool(VERBS["make_letter"].roles & request.roles) and record.facts.has("screening")
    may_read = bool(VERBS["acknowledge_letter"].roles & request.roles) and standing is not None and not holds
    return {
        "letters": Letter.objects.filter(visit=visit, kind=Letter.Kind.HOLD_PLAN).order_by("-number"),
        "standing": standing, "acknowledged": acknowledged if holds else None,
        "letter": letter or (LetterForm() if may_make and record.is_open("letter_read") else None),
        "read": read or (ReadForm(number=standing.number) if may_read and standing else None),
        "letter_url": link_for(request, "letter", standing.pk) if standing else "",
    }  # fmt: skip


def _policy(record: Record) -> PolicyRecord | None:
    rows = PolicyRecord.objects.filter(site=record.visit.site, policy=POLICY, state=PolicyRecord.State.ACTIVE)
    return rows.select_related("first_by", "second_by").first()


def _tabs(record: Record) -> Sequence[tuple[str, str, bool]]:
    """The pages of the record."""
    request, visit = record.request, record.visit
    found = (
        ("Overview", link_for(request, "patient", visit.patient_id), False),
        ("Screening and hold plan", link_for(request, "screening", visit.pk), True),
        ("Treatment", link_for(request, "treatment", visit.pk), False),
        ("History of changes", link_for(request, "history", visit.patient_id), False),
    )
    return [one for one in found if one[1]]
