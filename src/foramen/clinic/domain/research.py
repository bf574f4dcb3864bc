"""Consent to research: signed scope by scope, taken back at any time, and what of a patient may be used by it.

Scope by scope the last word counts, and who was never asked has said no. What the words say holds from the moment at
which they were said, for the next request as for the next freeze. Nothing is deleted: what was used before stays used.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple, get_args

from foramen.clinic.domain.act import Act
from foramen.clinic.domain.asked import ResearchSignature
from foramen.clinic.domain.errors import StaleError, WrongInputError
from foramen.clinic.domain.verbs import verb
from foramen.clinic.facts.research import ResearchWithdrawn, Scope
from foramen.clinic.models import Fact, Patient
from foramen.clinic.records.facts import record, standing_facts
from foramen.clinic.rights.roles import DOCTORS, Role

WHO = frozenset({Role.NURSE, Role.COORDINATOR, *DOCTORS})
"""Who asks patients for research, and whom they tell that it is over."""

CONSENT, WITHDRAWN = "research_consent", "research_withdrawn"
KINDS = (CONSENT, WITHDRAWN)
SCOPES: Sequence[Scope] = get_args(Scope)


class Word(NamedTuple):
    """What a patient said at an instant: yes or no by scope. A scope that is not there was not spoken of."""

    at: datetime
    said: Mapping[str, bool]


class ScopesNow(NamedTuple):
    """The last word on each scope; `asked` is false for somebody who was never asked and never said anything."""

    asked: bool = False
    contact: bool = False
    new_data: bool = False
    use: bool = False


Standing = Literal[
    "in", "never asked", "use refused", "use withdrawn", "new data refused", "new data withdrawn",
]  # fmt: skip
"""Whether something of a patient may be used, and why not."""


def scopes_at(words: Iterable[Word], instant: datetime | None = None) -> ScopesNow:
    """What the words of a patient say at an instant, or in the end; they come in any order."""
    now = ScopesNow()
    for word in sorted(words, key=lambda one: one.at):
        if instant is None or word.at <= instant:
            now = now._replace(asked=True, **word.said)
    return now


def standing_of(words: Sequence[Word], recorded: datetime) -> Standing:
    """Whether what was recorded of a patient at an instant may be used, by all the words there are.

    The last word on `use` has to be yes. Then everything is in that was recorded before a consent which says so, and
    what was recorded after it as long as `new_data` was not refused or taken back. So what fell between a withdrawal
    and a new consent comes in with the new one. Of a treatment the instant is needle-in, of an answer that at which
    it was entered. Whoever freezes as of an instant gives the words until then.
    """
    if not words:
        return "never asked"
    last = scopes_at(words)
    if not last.use:
        return "use withdrawn" if _was_taken_back(words, "use") else "use refused"
    if scopes_at(words, recorded).new_data or any(one.said.get("use") and recorded <= one.at for one in words):
        return "in"
    return "new data withdrawn" if _was_taken_back(words, "new_data", recorded) else "new data refused"


def _was_taken_back(words: Iterable[Word], scope: Scope, instant: datetime | None = None) -> bool:
    """Whether a scope to which the patient had said yes was a no later on, until an instant."""
    spoken = [one for one in words if scope in one.said and (instant is None or one.at <= instant)]
    return any(one.said[scope] for one in spoken)


def word_of(kind: str, content: Mapping[str, Any], at: datetime) -> Word:
    """The word that a stored fact of one of the two kinds holds."""
    if kind == WITHDRAWN:
        return Word(at, dict.fromkeys(content["scopes"], False))
    return Word(at, {scope: content[scope] == "yes" for scope in SCOPES})


def words_of(facts: Iterable[Fact]) -> tuple[Word, ...]:
    """The words of facts that stand, of whatever kinds."""
    return tuple(word_of(one.kind, one.content, one.happened_at) for one in facts if one.kind in KINDS)


@verb("sign_research_consent", says="Record the consent to research", on=Patient, content=ResearchSignature, roles=WHO)
def sign_research_consent(act: Act, patient: Patient, told: ResearchSignature) -> Fact:
    """What the patient has signed, now. It counts from now on, also where it says no.

    Who signs has seen the last word: one that came in meanwhile, such as a withdrawal by phone, is a conflict.
    """
    last = max((one.pk for one in standing_facts(KINDS, patient=patient)), default=0)
    if told.seen != last:
        raise StaleError.single(
            "the patient has said something else about research meanwhile", where="seen", received=f"{told.seen}",
            remedy="load the page again, and ask the patient which of the two holds",
        )  # fmt: skip
    return record(act, CONSENT, told.consent, act.role_for(WHO), patient=patient)


@verb("withdraw_research", says="Record the withdrawal", on=Patient, content=ResearchWithdrawn, roles=WHO, late=True)
def withdraw_research(act: Act, patient: Patient, told: ResearchWithdrawn) -> Fact:
    """The patient takes it back: from now on, or from when the service was told, such as by a letter. Nobody has to
    say why, and nobody has to have been asked before."""
    if act.when > act.at:
        raise WrongInputError.single("this is in the future", where="happened_at", remedy="enter when you were told")
    later = [one for one in standing_facts([CONSENT], patient=patient) if one.happened_at > act.when]
    if later:
        raise WrongInputError.single(
            "the patient has signed a consent since, and it would go on to count", where="happened_at",
            remedy="leave the time out: then it is taken back from now on",
        )  # fmt: skip
    return record(act, WITHDRAWN, told, act.role_for(WHO), patient=patient)
