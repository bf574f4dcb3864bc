"""The record of one treatment as its page needs it: the visit, what stands about it, and who is looking."""

from collections.abc import Sequence
from functools import cached_property
from uuid import UUID

from django.db.models import Max
from django.shortcuts import get_object_or_404

from foramen.catalogue.decision import OCCASIONS, Decision, Moment, Occasion
from foramen.clinic import clock
from foramen.clinic.domain import day, pathway
from foramen.clinic.domain.errors import OutOfOrderError
from foramen.clinic.domain.places import place_of
from foramen.clinic.domain.verbs import VERBS
from foramen.clinic.facts.content import Spot
from foramen.clinic.facts.day import PlannedTarget, SessionPlanned
from foramen.clinic.facts.procedure import TargetGiven
from foramen.clinic.models import Fact, Letter, Visit
from foramen.clinic.pages.treatment import spine
from foramen.clinic.records.facts import Facts, facts_of_visit
from foramen.clinic.records.ordered import ordered_targets
from foramen.clinic.rights.gatekeeper import ClinicRequest
from foramen.clinic.rules import gates

WITH = ("patient", "room", "radiologist", "site", "order", "order__referral")


class Record:
    """One treatment. Everything is read once for a page."""

    def __init__(self, request: ClinicRequest, visit: Visit) -> None:
        self.request = request
        self.visit = visit
        self.now: Moment = clock.now_at(visit.site.zone)
        self.facts: Facts = facts_of_visit(visit)

    @cached_property
    def plan(self) -> SessionPlanned | None:
        return self.facts.content("plan", SessionPlanned)

    @cached_property
    def newest(self) -> int:
        """The number of the last fact of the visit, also of one that no longer stands."""
        return Fact.objects.filter(visit=self.visit).aggregate(last=Max("pk"))["last"] or 0

    @property
    def planned(self) -> Sequence[PlannedTarget]:
        return self.plan.targets if self.plan else ()

    @property
    def plan_number(self) -> int:
        """The number of the plan in force; before there is one, the one that a first plan will have."""
        return self.plan.number if self.plan else 1

    @cached_property
    def next_plan(self) -> int:
        """The number of the next plan. Void plans count, so that no old signature ever holds for a new one."""
        return day.next_plan(self.visit)

    @cached_property
    def ordered(self) -> Sequence[Spot]:
        return ordered_targets(self.facts)

    @cached_property
    def given(self) -> dict[int, TargetGiven]:
        """What was given, by the number of the target; of several entries the last counts."""
        found = (one.content for one in self.facts.each("given"))
        return {one.number: one for one in found if isinstance(one, TargetGiven)}

    @cached_property
    def restart_sheet(self) -> Letter | None:
        """The sheet to take home that is in force."""
        sheets = Letter.objects.filter(visit=self.visit, kind=Letter.Kind.RESTART)
        return sheets.order_by("-number").first()

    @property
    def is_out(self) -> bool:
        """The needle is out, and the page is that of the recovery room."""
        return self.facts.has("needle_out") or self.visit.state in (Visit.State.ABORTED, Visit.State.CANCELLED)

    @cached_property
    def chosen_keys(self) -> Sequence[str]:
        return tuple(spine.key_of(place_of(one)) for one in self.planned)

    @cached_property
    def ordered_keys(self) -> Sequence[str]:
        return tuple(spine.key_of(place_of(one)) for one in self.ordered)

    def may(self, verb: str) -> bool:
        """Whether whoever is looking has a role that does this."""
        return verb in VERBS and bool(VERBS[verb].roles & self.request.roles)

    def is_open(self, kind: str) -> bool:
        """Whether the pathway has come to this step, and not past it."""
        if not kind:
            return True
        try:
            pathway.check(kind, self.visit, self.facts)
        except OutOfOrderError:
            return False
        return kind != "consent" or not day.not_drawn_up(day.plan_in_force(self.facts))

    def left(self, occasion: Occasion) -> Sequence[Decision]:
        """What stands in the way at an occasion as the rules say now, and nobody has overridden."""
        judged = gates.judge(self.visit, self.facts, occasion, self.now)
        return gates.standing_in_the_way(judged, self.visit, self.facts)

    def decision(self, occasion: str, rule: str, subject: str) -> Decision | None:
        """The decision of a rule on a subject, if it still stands in the way."""
        known = next((one for one in OCCASIONS if one == occasion), None)
        found = self.left(known) if known else ()
        return next((one for one in found if (one.rule, one.subject) == (rule, subject)), None)


def visit_here(request: ClinicRequest, visit_id: UUID) -> Visit:
    """The visit, if it is of the site of whoever asks; another site's is as unknown as none."""
    found: Visit = get_object_or_404(Visit.objects.select_related(*WITH), site=request.at_site, pk=visit_id)
    return found
