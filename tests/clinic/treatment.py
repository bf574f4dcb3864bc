"""A treatment day through the verbs, as people do it: who does what, at which time, with which content.

`Day(hospital).walk("needle_in")` performs everything before that verb. A test changes one thing and sees who says no.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from foramen.clinic.domain.verbs import VERBS, Done, perform
from foramen.clinic.models import Fact, Visit
from foramen.clinic.records.facts import Facts, facts_of_visit
from foramen.clinic.records.versions import save_changes
from foramen.clinic.rights.roles import Role
from tests.clinic.hospital import BUPIVACAINE, CONTRAST, DEXAMETHASONE, L5_LEFT, SAID, SCREENING, Hospital

PARTS = ["what to expect", "restrictions", "when to call", "signs of bleeding", "restart", "phone number"]
DRUGS = [DEXAMETHASONE, BUPIVACAINE, CONTRAST]
TIME_OUT = {"identifiers": ["name", "date of birth"], "plan": 1} | SAID

STEPS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("plan_session", "okafor", "08:41", {"number": 1, "targets": [L5_LEFT | {"drugs": DRUGS}]}),
    ("sign_consent", "dahl", "08:45", {"form": "6", "language": "en", "plan": 1, "targets": [L5_LEFT]}),
    ("ask_consent_again", "dahl", "08:46", {"withdrawn": "no"}),
    ("ask_pregnancy", "dahl", "08:47", {"answer": "not pregnant"}),
    ("review_mri", "okafor", "08:48", {"accession": "MR-1"}),
    ("review_screening/nurse", "dahl", "08:50", {}),
    ("review_screening/radiologist", "okafor", "08:52", {}),
    ("determine_level", "okafor", "08:55", {
        "imaging": [{"root": "L5", "side": "left"}], "patient_says": [{"side": "left"}], "variant": "no",
    }),
    ("score_pain/before", "dahl", "08:58", {"time": "before", "score": 7}),
    ("sign_time_out/technologist", "ferro", "09:07", TIME_OUT),
    ("sign_time_out/radiologist", "okafor", "09:08", TIME_OUT),
    ("localise", "okafor", "09:09", {"by": "fluoroscopy"}),
    ("needle_in", "okafor", "09:11", {}),
    ("record_given", "okafor", "09:15", {
        "number": 1, "spot": L5_LEFT, "contrast_spread": "along the root", "drugs": DRUGS,
    }),
    ("needle_out", "okafor", "09:20", {}),
    ("score_pain/after", "dahl", "09:30", {"time": "after", "score": 3}),
    ("end_observation", "dahl", "09:55", {}),
    ("test_walk", "dahl", "09:56", {"walks": "yes", "motor_weakness": "no"}),
    ("tell_way_home", "dahl", "09:57", {"how": "named person", "person": "Elsa Heron"}),
    ("give_instructions", "dahl", "09:58", {
        "document": "9", "language": "en", "handed_to": "patient", "parts": PARTS,
    }),
    ("discharge", "dahl", "10:00", {"left_with": "Elsa Heron"}),
)  # fmt: skip
"""Name, person, local time, content. What stands behind a stroke tells two uses of a verb apart."""


@dataclass
class Day:
    """One visit and its day."""

    hospital: Hospital
    visit: Visit = field(init=False)
    room: str = "fl1"

    def __post_init__(self) -> None:
        self.visit = self.hospital.visit(room=self.room)

    def arrive(self, **screening: Any) -> "Day":
        """Screened, told by letter, and here."""
        self.hospital.walk(self.visit, "plan", screening=SCREENING | screening)
        save_changes(self.visit, state=Visit.State.ARRIVED)
        return self

    def walk(self, until: str, **instead: dict[str, Any] | None) -> "Day":
        """Everything before a step, each at its time. `score_pain={…}` changes a content, None leaves the step out."""
        if not facts_of_visit(self.visit).has("arrival"):
            self.arrive()
        for name, who, at, content in STEPS:
            verb = name.partition("/")[0]
            if until in (name, verb):
                break
            changed = instead.get(name.replace("/", "_"), instead.get(verb, {}))
            if changed is not None:
                self.do(name, at=at, who=who, **(content | changed))
        return self

    def do(
        self, name: str, /, *, at: str | datetime | None = None, who: str = "", act: dict[str, Any] | None = None,
        **content: Any,
    ) -> Done:  # fmt: skip
        """Perform one verb; what is not said is as in STEPS. `at=None` leaves the clock where it is."""
        usual = next((one for one in STEPS if name in (one[0], one[0].partition("/")[0])), (name, "", "", {}))
        if at is not None:
            self.hospital.time.at = self.hospital.local(at) if isinstance(at, str) else at
        verb = VERBS[name.partition("/")[0]]
        said = self.usual(usual[0]) | content
        return perform(
            self.hospital.act(who or usual[1], **(act or {})), verb.name, self.visit.pk,
            verb.content.model_validate(said, strict=False),
        )  # fmt: skip

    def usual(self, name: str) -> dict[str, Any]:
        """What is said on a day on which nothing is wrong."""
        found = next((one[3] for one in STEPS if one[0] == name), {})
        if name.startswith("review_screening"):
            screening = self.facts.last("screening")
            return {"screening": screening.fact.pk if screening else 0}
        return found

    def override(self, decision: Mapping[str, Any], who: str = "okafor") -> Done:
        """One signature to go on in spite of a decision, as a gate told it."""
        return self.do(
            "override", who=who, rule=decision["rule"], subject=decision["subject"], outcome=decision["outcome"],
            override=decision["override"]["class"], occasion=decision["occasion"], reasons=decision["reasons"],
            start=self.now.start, plan=self.now.plan, code="benefit outweighs risk",
            words="seen, and decided with the patient", authenticated_at=self.hospital.time.at,
        )  # fmt: skip

    @property
    def facts(self) -> Facts:
        return facts_of_visit(self.visit)

    @property
    def now(self) -> Visit:
        """The visit as it stands."""
        return Visit.objects.get(pk=self.visit.pk)

    def stored(self) -> int:
        """How many facts the visit has."""
        return Fact.objects.filter(visit=self.visit).count()


EVERYBODY: dict[Role, str] = {
    Role.NURSE: "dahl", Role.TECHNOLOGIST: "ferro", Role.RADIOLOGIST: "okafor", Role.LEAD: "vance",
    Role.COORDINATOR: "lind", Role.READER: "roe", Role.STATISTICIAN: "stone", Role.ANALYST: "byrd", Role.ADMIN: "hale",
}  # fmt: skip
