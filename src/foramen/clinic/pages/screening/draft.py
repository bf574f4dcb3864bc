"""The draft of a screening: what was typed last, and what the rules would say if it were signed as it stands."""

from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from foramen.clinic.domain.act import Act
from foramen.clinic.facts.screening import ScreeningSigned
from foramen.clinic.models import Draft, Fact, Visit
from foramen.clinic.pages.screening.forms import ScreeningForm, bound, typed_from
from foramen.clinic.pages.screening.told import told_of
from foramen.clinic.records.facts import Facts, Known
from foramen.clinic.rights.roles import Role

KIND = "screening"


def draft_of(visit: Visit) -> Draft | None:
    return Draft.objects.filter(visit=visit, kind=KIND).select_related("saved_by").first()


def is_ahead(draft: Draft | None, facts: Facts) -> bool:
    """Whether a draft holds what nobody has signed yet."""
    known = facts.last(KIND)
    return draft is not None and (known is None or known.fact.recorded_at < draft.saved_at)


def begun(draft: Draft | None, facts: Facts) -> dict[str, str]:
    """What a form begins with: the draft, or the screening that stands."""
    if draft is not None and is_ahead(draft, facts):
        return dict(draft.content)
    told = facts.content(KIND, ScreeningSigned)
    return typed_from(told) if told else {}


@dataclass(frozen=True, slots=True)
class Preview:
    """A screening that is not signed: its content, if it can be read so far, and the facts as if it were."""

    form: ScreeningForm
    told: ScreeningSigned | None
    facts: Facts


def preview(typed: dict[str, str], visit: Visit, facts: Facts, act: Act) -> Preview:
    """What would stand if this were signed now by whoever is looking."""
    form = bound(typed)
    form.is_valid()
    told = read(told_of(form, visit, act, facts.content(KIND, ScreeningSigned)))
    return Preview(form, told, facts if told is None else instead(facts, told, visit, act))


def read(told: dict[str, Any]) -> ScreeningSigned | None:
    """The content, as far as it can be read; a row that cannot is left out, and then it cannot be signed either."""
    try:
        return ScreeningSigned.model_validate(told, strict=False)
    except ValidationError:
        return None


def instead(facts: Facts, told: ScreeningSigned, visit: Visit, act: Act) -> Facts:
    """The facts with this screening in the place of the one that stands. It is stored nowhere."""
    last = facts.last(KIND)
    fact = Fact(
        pk=last.fact.pk if last else None, site=visit.site, patient=visit.patient, order=visit.order, visit=visit,
        kind=KIND, content=told.model_dump(mode="json"), by=act.person, role=Role.NURSE, happened_at=act.at,
        recorded_at=act.at,
    )  # fmt: skip
    return replace(facts, by_kind={**facts.by_kind, KIND: (Known(fact, told),)})
