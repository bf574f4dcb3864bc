"""Every kind of fact, by its name."""

from collections.abc import Mapping
from typing import Any

from foramen.clinic.facts import (
    assessment,
    booking,
    day,
    overriding,
    procedure,
    recovery,
    referral,
    research,
    screening,
    signing,
)
from foramen.clinic.facts.content import Content

KINDS: Mapping[str, type[Content]] = {
    "referral": referral.ReferralAsked,
    "triage": referral.Triage,
    "order": referral.OrderPlaced,
    "repeat": referral.RepeatDecided,
    "add_on": referral.AddOnAsked,
    "moved": booking.Moved,
    "cancelled": booking.VisitCancelled,
    "screening": screening.ScreeningSigned,
    "list_again": screening.ListAskedAgain,
    "letter_read": screening.LetterAcknowledged,
    "arrival": day.Arrived,
    "consent": day.ConsentSigned,
    "consent_again": day.ConsentAsked,
    "pregnancy": day.PregnancyAsked,
    "review_nurse": day.ScreeningReviewed,
    "review_radiologist": day.ScreeningReviewed,
    "mri_review": day.MriReviewed,
    "level": day.LevelDetermined,
    "plan": day.SessionPlanned,
    "pain_before": day.PainScored,
    "pain_after": day.PainScored,
    "time_out_technologist": day.TimeOutSigned,
    "time_out_radiologist": day.TimeOutSigned,
    "localised": procedure.Localised,
    "needle_in": procedure.NeedleIn,
    "given": procedure.TargetGiven,
    "dose": procedure.DoseTyped,
    "needle_out": procedure.NeedleOut,
    "broken_off": procedure.BrokenOff,
    "deviation": procedure.Deviation,
    "observation_event": recovery.ObservationEvent,
    "observed": recovery.ObservationEnded,
    "walks": recovery.WalkTested,
    "way_home": recovery.WayHomeTold,
    "instructions": recovery.InstructionsGiven,
    "discharge": recovery.Discharged,
    "adverse_event": recovery.AdverseEvent,
    "override": overriding.Overridden,
    "assessment": assessment.Assessed,
    "research_consent": research.ResearchConsent,
    "research_withdrawn": research.ResearchWithdrawn,
    "signature": signing.Signed,
}

SEVERAL = frozenset(
    {
        "given", "observation_event", "deviation", "adverse_event", "override", "add_on", "moved", "assessment",
        "signature", "research_consent", "research_withdrawn",
    }
)  # fmt: skip
"""Kinds of which a visit has as many as there are. Of any other the last one that stands is the one that counts."""


def read_content(kind: str, stored: Mapping[str, Any]) -> Content:
    """What a stored fact holds."""
    return KINDS[kind].model_validate(dict(stored), strict=False)
