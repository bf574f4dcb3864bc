"""Putting a policy in force: a site's record is proposed, signed by two doctors, and takes the place of the older one.

Nothing changes silently for patients who are booked already: each is judged under both records, and where an outcome
differs there is a task for a person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from foramen.catalogue.decision import Decision, Judgement
from foramen.catalogue.instants import Moment, start_of_day
from foramen.catalogue.policies import find_policy
from foramen.catalogue.site_record import Signatory, SiteRecord, not_yet_in_force, record_of
from foramen.clinic.domain.act import Act
from foramen.clinic.domain.asked import RecordProposed, RecordSigned
from foramen.clinic.domain.errors import NotAllowedError, WrongInputError
from foramen.clinic.domain.follow_up import OF_POLICY
from foramen.clinic.domain.letter_kept import changes_of_letter
from foramen.clinic.domain.times import day_at, today_of
from foramen.clinic.domain.verbs import verb
from foramen.clinic.models import Person, PolicyRecord, Site, Task, Visit
from foramen.clinic.records.facts import facts_of_visits
from foramen.clinic.records.versions import save_changes
from foramen.clinic.rights.roles import DOCTORS, Role
from foramen.clinic.rules import readiness
from foramen.clinic.rules.asking import ask
from foramen.clinic.rules.hold_plan import occasion_at
from foramen.clinic.rules.hold_words import short_moment
from foramen.clinic.rules.inputs.beside import beside_visits
from foramen.clinic.rules.inputs.question import Question
from foramen.clinic.rules.policies import Records, records_of
from foramen.clinic.rules.record_text import record_text
from foramen.kernel.digests import text_digest
from foramen.kernel.errors import DefinitionError, raise_all

LEADS = frozenset({Role.LEAD})
WHERE = "text"
"""Name of the field that messages point at."""

State = PolicyRecord.State
BEFORE_NEEDLE = (Visit.State.BOOKED, Visit.State.ARRIVED, Visit.State.READY)


@verb("propose_record", says="Propose a record", on=Site, content=RecordProposed, roles=LEADS, in_person=True)
def propose_record(act: Act, site: Site, proposed: RecordProposed) -> PolicyRecord:
    """A record of a policy as a draft. Whatever signatures its text brings along are none: it is signed here."""
    record = _checked(proposed.policy, proposed.text, today_of(act))
    text = record_text(record.model_copy(update={"state": "draft", "signatories": [], "day": None}))
    return PolicyRecord.objects.create(
        site=site, policy=proposed.policy, text=text, text_sha256=text_digest(text), state=State.DRAFT
    )


def _checked(policy: str, text: str, today: date) -> SiteRecord:
    """A record's text, if it could put the policy in force today; raises DefinitionError with every fault."""
    found = find_policy(policy)
    record = record_of(text, WHERE)
    if record.content.policy.id != policy:
        raise DefinitionError.single(
            "this record is of another policy", where=WHERE, received=record.content.policy.id, remedy=policy
        )
    active = replace(record, content=record.content.model_copy(update={"state": "active"}))
    in_force = found.in_force(active)
    raise_all(DefinitionError, [*found.not_standing(in_force), *not_yet_in_force(in_force, today)])
    return record.content


@verb("sign_record", says="Sign the record", on=PolicyRecord, content=RecordSigned, roles=DOCTORS, in_person=True)
def sign_record(act: Act, row: PolicyRecord, signed: RecordSigned) -> PolicyRecord:
    """A signature under a record as it was read. The second one, of another doctor, puts it in force; one of the two
    is the lead's."""
    if row.state not in (State.DRAFT, State.REVIEWED):
        raise WrongInputError.single(f"this record is {State(row.state).label}: nothing is left to sign")
    if row.text_sha256 != text_digest(row.text):
        raise WrongInputError.single(
            "the text of this record has changed since it was proposed", remedy="propose it anew"
        )
    if row.state == State.DRAFT:
        return _sign_first(act, row, signed)
    return _sign_second(act, row, signed)


def _sign_first(act: Act, row: PolicyRecord, signed: RecordSigned) -> PolicyRecord:
    text = _signed_text(act, row, "reviewed", (act.person,))
    return save_changes(
        row, signed.version, text=text, text_sha256=text_digest(text), state=State.REVIEWED, first_by=act.person,
        first_at=act.at,
    )  # fmt: skip


def _sign_second(act: Act, row: PolicyRecord, signed: RecordSigned) -> PolicyRecord:
    first = row.first_by
    if first is None or first.pk == act.person.pk:
        raise NotAllowedError.single(
            "a record is signed by two different people", remedy="have a second doctor sign it"
        )
    if not any(Role.LEAD in roles for roles in (act.roles, first.roles_at(act.site, today_of(act)))):
        raise NotAllowedError.single("one of the two signatures is the lead's", remedy="have the lead sign it")
    text = _signed_text(act, row, "active", (first, act.person))
    _checked(row.policy, text, today_of(act))
    visits = _booked(act)
    before = _said(act, row.policy, visits)
    for older in PolicyRecord.objects.filter(site=act.site, policy=row.policy, state=State.ACTIVE):
        save_changes(older, state=State.SUPERSEDED, superseded_at=act.at)
    done = save_changes(
        row, signed.version, text=text, text_sha256=text_digest(text), state=State.ACTIVE, second_by=act.person,
        second_at=act.at,
    )  # fmt: skip
    _tell_changes(act, row, visits, before)
    return done


def _signed_text(act: Act, row: PolicyRecord, state: str, people: Sequence[Person]) -> str:
    """The text with the signatures that it has now; the second one gives it its day."""
    signatories = [Signatory(name=str(one), role=_role(act, one)) for one in people]
    content = _unsigned(row)
    return record_text(
        content.model_copy(
            update={
                "state": state,
                "signatories": signatories,
                "day": today_of(act) if state == "active" else None,
                "example": content.example,
            }
        )
    )


def _unsigned(row: PolicyRecord) -> SiteRecord:
    return record_of(row.text, WHERE).content


def _role(act: Act, person: Person) -> str:
    roles = act.roles if person.pk == act.person.pk else person.roles_at(act.site, today_of(act))
    return Role.LEAD.label if Role.LEAD in roles else Role.RADIOLOGIST.label


def _booked(act: Act) -> Sequence[Visit]:
    """The visits of the site from today on in which no needle has gone in, with what rules ask of their rows."""
    today = start_of_day(today_of(act), act.site.zone).utc
    found = Visit.objects.filter(site=act.site, state__in=BEFORE_NEEDLE, start__gte=today)
    return list(found.select_related("site", "patient", "room", "radiologist", "order").order_by("start"))


def _said(act: Act, policy: str, visits: Sequence[Visit]) -> Mapping[Any, Judgement]:
    """What the policy in force says about each visit, by its key."""
    records, facts, beside = records_of(act.site), facts_of_visits(visits), beside_visits(visits)
    return {one.pk: _judged(act, records, policy, one, facts[one.pk], beside[one.pk]) for one in visits}


def _judged(act: Act, records: Records, policy: str, visit: Visit, facts: Any, beside: Any) -> Judgement:
    now = Moment(act.at, visit.site.zone)
    occasion = occasion_at(visit, now)
    return ask(records, Question(visit, facts, now, occasion, beside), [policy])[policy]


def _tell_changes(act: Act, row: PolicyRecord, visits: Sequence[Visit], before: Mapping[Any, Judgement]) -> None:
    """A task for every visit of which the new record says something else, and lists that show it. A letter that now
    tells something else no longer holds."""
    now = _said(act, row.policy, visits)
    for visit in visits:
        if changes := _changes(before[visit.pk], now[visit.pk]):
            _task(act, row, visit, changes)
            if voided := changes_of_letter(act, visit):
                save_changes(visit, **voided)
        readiness.refresh(visit)


def _changes(before: Judgement, now: Judgement) -> list[dict[str, str]]:
    """Everything judged, by what it is about, of which something else is said; also what is new or is gone."""
    older, newer = _said_of_each(before), _said_of_each(now)
    named = dict.fromkeys((*older, *newer))
    return [
        {"subject": name, "before": older.get(name, "not asked"), "now": newer.get(name, "not asked")}
        for name in named
        if older.get(name) != newer.get(name)
    ]


def _said_of_each(judgement: Judgement) -> dict[str, str]:
    """The outcome, and of a medicine the last dose that patients are told: a letter may rest on it."""
    return {one.subject or one.rule: _outcome(one) for one in judgement.decisions}


def _outcome(decision: Decision) -> str:
    by = decision.moments.get("instructed_last_dose")
    return decision.outcome.value if by is None else f"{decision.outcome.value}, last dose by {short_moment(by)}"


def _task(act: Act, row: PolicyRecord, visit: Visit, changes: list[dict[str, str]]) -> None:
    """Somebody looks at the visit again. Of one policy there is one task for a visit, opened again if need be."""
    day = day_at(act.site, visit.start)
    content = {"policy": row.policy, "record": str(row.pk), "changes": changes}
    told: dict[str, Any] = {"due_on": today_of(act), "opens_on": today_of(act), "closes_on": day, "content": content}
    kind = f"{OF_POLICY}{row.policy}"
    task = Task.objects.filter(visit=visit, kind=kind).first()
    if task is not None:
        save_changes(task, state=Task.State.OPEN, done_at=None, **told)
        return
    Task.objects.create(
        site=act.site, patient=visit.patient, visit=visit, kind=kind,
        label=f"{row.policy}: the new version says otherwise, look again", **told,
    )  # fmt: skip
