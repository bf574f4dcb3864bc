"""Referral and triage: what is asked for, and what the radiologist makes of it."""

from collections.abc import Iterator

from foramen.clinic.domain.act import Act
from foramen.clinic.domain.errors import OutOfOrderError, WrongInputError
from foramen.clinic.domain.numbers import next_number
from foramen.clinic.domain.places import do_not_differ, place_faults, target_faults, words
from foramen.clinic.domain.times import today_of
from foramen.clinic.domain.verbs import verb
from foramen.clinic.facts.referral import ReferralAsked, Triage
from foramen.clinic.models import Fact, Modality, Patient, Referral
from foramen.clinic.records.facts import facts_of_referral, record
from foramen.clinic.records.versions import save_changes
from foramen.clinic.rights.roles import DOCTORS, SCHEDULERS
from foramen.kernel.errors import Fault, raise_all


@verb("refer", says="Enter referral", on=Patient, content=ReferralAsked, roles=SCHEDULERS)
def refer(act: Act, patient: Patient, asked: ReferralAsked) -> Referral:
    """A referral that waits for triage."""
    raise_all(WrongInputError, place_faults(asked.asked, "asked"))
    if asked.decides_level == "referrer" and not asked.asked:
        raise WrongInputError.single(
            "the referrer wants to determine the level, and names none", where="asked",
            remedy="enter root or level and side, or let the radiologist determine the level",
        )  # fmt: skip
    if asked.imaging.on is not None and asked.imaging.on > today_of(act):
        raise WrongInputError.single("the day of the MRI is in the future", where="imaging.on", remedy="look again")
    referral = Referral.objects.create(
        site=act.site, patient=patient, number=next_number(act, Referral), received_at=act.when,
        urgency=asked.urgency, referrer=asked.referrer,
    )  # fmt: skip
    record(act, "referral", asked, act.role_for(SCHEDULERS), patient=patient, referral=referral)
    return referral


@verb("triage", says="Decide", on=Referral, content=Triage, roles=DOCTORS)
def triage(act: Act, referral: Referral, decided: Triage) -> Fact:
    """Accepted, level changed, to CT, or declined. What differs from what was asked is said to, with a reason."""
    if referral.state != Referral.State.NEW:
        raise OutOfOrderError.single(
            f"this referral is {Referral.State(referral.state).label} already",
            remedy="correct the triage in the record, with a reason",
        )
    asked = facts_of_referral(referral).content("referral", ReferralAsked)
    if asked is None:
        raise OutOfOrderError.single("what this referral asks for is void", remedy="enter the referral anew")
    raise_all(WrongInputError, [*target_faults(decided.targets, whole=False), *triage_faults(decided, asked)])
    if decided.decision == "to CT":
        decided = decided.model_copy(update={"modality": Modality.CT})
    declined = decided.decision == "declined"
    save_changes(referral, state=Referral.State.DECLINED if declined else Referral.State.ACCEPTED)
    return record(act, "triage", decided, act.role_for(DOCTORS), patient=referral.patient, referral=referral)


def triage_faults(decided: Triage, asked: ReferralAsked) -> Iterator[Fault]:
    if decided.decision != "accepted" and not decided.reason:
        yield Fault(f"“{decided.decision}” needs a reason", "reason", "", "say why")
    if decided.decision == "declined":
        if decided.targets:
            yield Fault("a declined referral has no targets", "targets", "", "take them out, or accept it")
        return
    if not decided.targets:
        yield Fault("an accepted referral names what is to be treated", "targets", "", "enter at least one target")
        return
    if decided.decision == "to CT" and decided.modality not in (None, Modality.CT):
        yield Fault("“to CT” is done with CT", "modality", str(decided.modality), "choose CT")
    yield from _against_asked(decided, asked)


def _against_asked(decided: Triage, asked: ReferralAsked) -> Iterator[Fault]:
    same = not asked.asked or do_not_differ(asked.asked, decided.targets)
    both = f"asked: {words(asked.asked)}; triage: {words(decided.targets)}"
    if decided.decision == "level changed" and asked.asked and same:
        yield Fault("nothing differs from what was asked", "decision", both, "choose accepted")
    if decided.decision != "level changed" and asked.decides_level == "referrer" and not same:
        yield Fault(
            f"the referrer determines the level, and this differs ({both})", "decision", decided.decision,
            "choose level changed, and say why; or take what was asked",
        )  # fmt: skip
