"""What a patient has said about research, as pages show it: where each scope stands, and everything that was said."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from foramen.clinic.domain.research import CONSENT, KINDS, WITHDRAWN, scopes_at, standing_of, word_of, words_of
from foramen.clinic.models import Fact, Patient, Visit
from foramen.clinic.pages.links import link_for
from foramen.clinic.pages.patients.forms import LANGUAGES
from foramen.clinic.pages.research.forms import LABELS
from foramen.clinic.rights.gatekeeper import ClinicRequest


@dataclass(frozen=True, slots=True)
class Line:
    """One scope: yes or no, and since when."""

    label: str
    yes: bool
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Panel:
    """Where consent to research stands. `last` is the last thing that was said."""

    asked: bool
    lines: Sequence[Line]
    last: Fact | None
    says: str
    address: str


def panel_of(request: ClinicRequest, patient: Patient, facts: Iterable[Fact]) -> Panel:
    """From the facts of the patient that stand. No query."""
    told = sorted((one for one in facts if one.kind in KINDS), key=lambda one: one.happened_at)
    now = scopes_at(words_of(told))
    lines = [Line(label, getattr(now, scope), _since(told, scope)) for scope, label in LABELS.items()]
    last = told[-1] if told else None
    return Panel(now.asked, lines, last, said(last) if last else "", link_for(request, "research", patient.pk))


def _since(told: Sequence[Fact], scope: str) -> datetime | None:
    """When the answer that counts was first given: a second form that says the same does not begin it anew."""
    words = [word_of(one.kind, one.content, one.happened_at) for one in told]
    spoken = [word for word in words if scope in word.said]
    since = None
    for word in reversed(spoken):
        if word.said[scope] != spoken[-1].said[scope]:
            break
        since = word.at
    return since


def said(fact: Fact) -> str:
    """A consent or a withdrawal in one sentence."""
    content = fact.content
    if fact.kind == WITHDRAWN:
        return f"Taken back {content['told_by']}: {_listed(content['scopes'])}"
    if fact.kind != CONSENT or not content:
        return ""
    agreed = [scope for scope in LABELS if content[scope] == "yes"]
    language = dict(LANGUAGES).get(content["language"], content["language"])
    return f"Signed {content['form']}, {language}: {_listed(agreed) if agreed else 'no to everything'}"


def _listed(scopes: Iterable[str]) -> str:
    words = {"use": "use of what is on record", "new_data": "new data", "contact": "contact"}
    return ", ".join(words[one] for one in LABELS if one in set(scopes))


@dataclass(frozen=True, slots=True)
class Said:
    """One line of the history; what does not stand says why."""

    fact: Fact
    says: str
    instead: str
    correct: str


def history_of(request: ClinicRequest, patient: Patient) -> Sequence[Said]:
    """Everything that was ever recorded, the latest first, also what was corrected or made void. One query."""
    facts = Fact.objects.filter(patient=patient, kind__in=KINDS).select_related("by", "corrected_by__by", "corrects")
    shown = [one for one in facts if not one.void]
    return [_said(request, one) for one in sorted(shown, key=lambda one: (one.happened_at, one.pk), reverse=True)]


def _said(request: ClinicRequest, fact: Fact) -> Said:
    later: Any = getattr(fact, "corrected_by", None)
    if later is None:
        return Said(fact, said(fact), "", link_for(request, "correct-fact", fact.pk, method="POST"))
    what = "made void" if later.void else "corrected"
    return Said(fact, said(fact), f"{what} by {later.by}: {later.reason}", "")


def counted_now(patient: Patient, facts: Iterable[Fact]) -> str:
    """How many treatments a snapshot of this moment would hold. One query."""
    words = words_of(facts)
    treated = Visit.objects.filter(patient=patient, needle_in_at__isnull=False)
    needles = [at for at in treated.values_list("needle_in_at", flat=True) if at is not None]
    taken = sum(standing_of(words, at) == "in" for at in needles)
    return f"{taken} of {len(needles)}"
