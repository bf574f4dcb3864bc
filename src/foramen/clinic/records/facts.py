"""Facts of a patient, an order or a visit: the only place that reads and writes them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import Exists, OuterRef, Q

from foramen.clinic.domain.act import Act
from foramen.clinic.facts.content import Content
from foramen.clinic.facts.kinds import KINDS, read_content
from foramen.clinic.models import Fact, Order, Patient, Referral, Visit
from foramen.clinic.rights.roles import Role

Kind = TypeVar("Kind", bound=Content)


@dataclass(frozen=True, slots=True)
class Known:
    """A fact that stands, with its content read."""

    fact: Fact
    content: Content


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts that stand: neither corrected nor void, in the order in which they were recorded."""

    by_kind: Mapping[str, Sequence[Known]] = field(default_factory=dict)

    def has(self, kind: str) -> bool:
        return bool(self.by_kind.get(kind))

    def last(self, kind: str) -> Known | None:
        """The one that counts, of a kind of which one counts."""
        found = self.by_kind.get(kind)
        return found[-1] if found else None

    def each(self, kind: str) -> Sequence[Known]:
        return self.by_kind.get(kind, ())

    def content(self, kind: str, model: type[Kind]) -> Kind | None:
        """The content of the one that counts, as its model."""
        known = self.last(kind)
        return known.content if known is not None and isinstance(known.content, model) else None


def record(
    act: Act,
    kind: str,
    content: Content,
    role: Role,
    *,
    patient: Patient,
    referral: Referral | None = None,
    order: Order | None = None,
    visit: Visit | None = None,
    corrects: Fact | None = None,
) -> Fact:
    """Sign a fact. Only the verbs call this."""
    if not isinstance(content, KINDS[kind]):
        raise TypeError(f"a fact of kind {kind} does not hold {type(content).__name__}")
    return Fact.objects.create(
        site=act.site, patient=patient, referral=referral, order=order, visit=visit, kind=kind,
        content=content.model_dump(mode="json"), by=act.person, role=role, happened_at=act.when, recorded_at=act.at,
        late=act.happened_at is not None, corrects=corrects, reason=act.why, channel=act.channel,
    )  # fmt: skip


def record_instead(act: Act, old: Fact, role: Role, reason: str, content: Content | None = None) -> Fact:
    """Sign a fact in the place of another: corrected, or void where there is no content. It was when the old one was;
    both stay readable. Raises IntegrityError where somebody else has done so already."""
    return Fact.objects.create(
        site=old.site, patient=old.patient, referral=old.referral, order=old.order, visit=old.visit, kind=old.kind,
        content=content.model_dump(mode="json") if content is not None else {}, by=act.person, role=role,
        happened_at=old.happened_at, recorded_at=act.at, late=old.late, corrects=old, void=content is None,
        reason=reason, channel=act.channel,
    )  # fmt: skip


def facts_of_visit(visit: Visit) -> Facts:
    """What stands about a visit, with its order and its referral. One query."""
    return _standing(_about([visit]))


def facts_of_visits(visits: Iterable[Visit], kinds: Iterable[str] | None = None) -> dict[Any, Facts]:
    """The same for several visits, each with its order and referral; by the key of the visit. One query."""
    asked = list(visits)
    rows = _rows(_about(asked), kinds) if asked else []
    return {visit.pk: _read(one for one in rows if _belongs(one, visit)) for visit in asked}


def standing_facts(kinds: Iterable[str], *also: str, **wanted: Any) -> list[Fact]:
    """The facts of some kinds that stand, by columns of theirs, in the order in which they were recorded; `also` are
    rows that they link to. One query."""
    return _rows(Q(**wanted), kinds, *also)


def facts_of_referral(referral: Referral) -> Facts:
    return _standing(Q(referral=referral))


def facts_of_order(order: Order) -> Facts:
    """What stands about an order, with its referral and every visit on it."""
    return _standing(Q(order=order) | Q(referral=order.referral_id))


def _about(visits: Sequence[Visit]) -> Q:
    """Facts of the visits, of their orders and of their referrals, each found by an index of its own."""
    of_order = Q(order__in=[one.order_id for one in visits], visit__isnull=True)
    of_referral = Q(referral__in=[one.order.referral_id for one in visits], order__isnull=True)
    return Q(visit__in=[one.pk for one in visits]) | of_order | of_referral


def _belongs(fact: Fact, visit: Visit) -> bool:
    if fact.visit_id is not None:
        return fact.visit_id == visit.pk
    if fact.order_id is not None:
        return fact.order_id == visit.order_id
    return fact.referral_id == visit.order.referral_id


def _standing(wanted: Q) -> Facts:
    return _read(_rows(wanted, None))


def _rows(wanted: Q, kinds: Iterable[str] | None, *also: str) -> list[Fact]:
    """The facts that stand. They are put in order here: a database that is asked for them in order reads the whole
    table along its key, and one that is asked for those without a correction by a join builds an index of all first."""
    corrected = Fact.objects.filter(corrects=OuterRef("pk"))
    found = Fact.objects.filter(wanted, ~Exists(corrected), void=False).select_related("by", *also).order_by()
    if kinds is not None:
        found = found.filter(kind__in=list(kinds))
    return sorted(found, key=lambda fact: fact.pk)


def _read(rows: Iterable[Fact]) -> Facts:
    by_kind: dict[str, list[Known]] = {}
    for fact in rows:
        by_kind.setdefault(fact.kind, []).append(Known(fact, read_content(fact.kind, fact.content)))
    return Facts(by_kind)


def facts_of_patient(patient: Patient, kinds: Iterable[str]) -> Sequence[Known]:
    """What stands about a patient in every visit, of some kinds, in the order in which it was recorded. One query."""
    return tuple(Known(one, read_content(one.kind, one.content)) for one in _rows(Q(patient=patient), kinds))
