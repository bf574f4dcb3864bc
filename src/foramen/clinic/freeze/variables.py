"""The variables of a frozen snapshot: what each is called, in which table it stands, and which fields it comes from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from foramen.clinic.freeze import substances
from foramen.snapshot.codebook import Direction, Kind, Variable

MODES = ("link", "tablet", "phone", "clinic")
GRADES = ("none", "mild", "moderate", "severe", "life-threatening", "death")
RELATIONS = ("unlikely", "possible", "probable", "definite")
OUTCOMES = ("recovered", "recovering", "not recovered", "recovered with sequelae", "died", "unknown")
MISSING = (
    "not obtainable", "not asked", "not reached", "contact without a score", "not due yet", "not planned",
    "only from memory", "only by somebody else", "consent ended",
)  # fmt: skip
YES_NO = ("no", "yes")
REGIONS = {"C": "cervical", "T": "thoracic", "L": "lumbar", "S": "sacral"}
ROUTES = (
    "transforaminal", "interlaminar", "caudal", "facet", "medial branch", "sacroiliac", "pars", "coccyx",
)  # fmt: skip
VERTEBRAE = [f"{letter}{n}" for letter, last in (("C", 8), ("T", 12), ("L", 6), ("S", 5)) for n in range(1, last + 1)]

OLDEST = 90
"""Stands for this age and every higher one."""


@dataclass(frozen=True, slots=True)
class Described:
    """A variable and where it comes from: columns and leaves as `classified` names them. `labels` None: those that
    occur, in the order of the alphabet or of `order`."""

    name: str
    table: str
    label: str
    sources: tuple[str, ...]
    kind: Kind = "category"
    unit: str = ""
    decimals: int = 0
    labels: tuple[str, ...] | None = None
    order: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    better: Direction | None = None
    limited: bool = False

    def variable(self, labels: Sequence[str], decimals: int) -> Variable:
        """As the code book has it, with the labels and decimals that occur."""
        return Variable(
            self.name, self.table, self.kind, self.label, self.unit, decimals, tuple(labels), self.low, self.high,
            self.better,
        )  # fmt: skip


def _number(name: str, table: str, label: str, *sources: str, unit: str = "", low: int | None = 0) -> Described:
    return Described(name, table, label, sources, "number", unit, low=low)


_PAIN = ("pain_before.score", "pain_after.score", "assessment.answers", "assessment.version")
_ANSWER = ("assessment.instrument", "assessment.version", "assessment.answers")
_DOSE = ("dose.values.quantity", "dose.values.value", "dose.values.unit")
_DRUG = ("given.drugs.kind", "given.drugs.product")

_PATIENT = (
    Described("sex", "patients", "Sex", ("patient.sex",), labels=("female", "male", "other")),
)  # fmt: skip
_VISIT = (
    Described("period", "visits", "Calendar year of the treatment", ("fact.happened_at", "site.zone")),
    Described("month", "visits", "Calendar month of the treatment", ("fact.happened_at", "site.zone"), limited=True),
    Described("booking", "visits", "Booking", ("visit.add_on",), labels=("planned", "same-day add-on")),
    Described("of_set", "orders", "Place in the order of two", ("visit.order",),
              labels=("first injection", "repeat injection")),
)  # fmt: skip
_TREATMENT = (
    Described("procedure", "treatments", "Procedure, as given; as planned where nothing is recorded as given",
              ("given.spot.root", "given.spot.level", "given.spot.route", "plan.targets.root", "plan.targets.level",
               "plan.targets.route")),
    Described("guidance", "treatments", "Guidance, which is that of the room", ("visit.room", "room.modality"),
              order=("fluoroscopy", "CT", "ultrasound")),
    Described("localised_by", "treatments", "How the skin was marked", ("localised.by",),
              labels=("palpation", "fluoroscopy", "CT", "ultrasound")),
    Described("age", "treatments", "Age in completed years; 90 means 90 or more", ("visit.age",), "number", "years",
              low=0, high=OLDEST),
    _number("targets_given", "treatments", "Targets that were treated", "given.number"),
    Described("broken_off", "treatments", "Broken off with the needle in", ("broken_off.stage",), labels=YES_NO),
    Described("steroid_total", "treatments",
              "Steroid of the session, where it is of one known substance; 0: none was given",
              (*_DRUG, "given.drugs.mass"), "number", "mg", substances.DECIMALS, low=0),
    _number("needle_minutes", "treatments", "Needle in to needle out", "fact.happened_at", unit="min"),
    _number("observed_minutes", "treatments", "Needle out to the end of observation", "fact.happened_at", unit="min"),
    Described("observation", "treatments", "Observation in recovery", ("fact.kind",),
              labels=("without an event", "with an event")),
    Described("walks", "treatments", "Walks without danger before discharge", ("walks.walks",), labels=YES_NO),
    Described("motor_weakness", "treatments", "Motor weakness before discharge", ("walks.motor_weakness",),
              labels=YES_NO),
    Described("off_label_asked", "treatments", "Off-label use discussed at the patient's wish",
              ("consent.off_label_asked",), labels=("no", "yes", "unknown")),
    Described("radio_frequency", "treatments", "Pulsed radiofrequency", ("given.radio_frequency.temperature_c",),
              labels=YES_NO),
    _number("overrides", "treatments", "Signatures to go on in spite of a rule", "override.override"),
    _number("harmful_deviations", "treatments", "Deviations that may harm", "deviation.adverse"),
    Described("from_paper", "treatments", "Needle-in was entered late, from paper", ("fact.late",), labels=YES_NO),
    _number("late_entries", "treatments", "Facts behind this row that were entered late", "fact.late"),
)  # fmt: skip
_EVENTS_BETWEEN = (
    _number("repeat_injection", "treatments", "Days to the next injection here; empty: none that is in the snapshot",
            "fact.happened_at", unit="days"),
    _number("other_steroid", "treatments", "Days to the first steroid elsewhere, as told at a later screening",
            "screening.steroids_elsewhere.on", unit="days"),
    _number("withdrawal", "treatments", "Days to the end of consent to new data; empty: it holds",
            "research_withdrawn.scopes", "research_consent.new_data", unit="days"),
    _number("death", "treatments", "Days to the onset of the adverse event of which the patient died",
            "adverse_event.outcome", "adverse_event.grade", "adverse_event.onset", unit="days"),
)  # fmt: skip
_TARGET = (
    Described("level", "targets", "Level", ("given.spot.level",)),
    Described("root", "targets", "Root", ("given.spot.root",), order=tuple(VERTEBRAE)),
    Described("side", "targets", "Side", ("given.spot.side",), labels=("left", "right", "midline")),
    Described("approach", "targets", "Approach", ("given.spot.route",), order=ROUTES),
    *(
        part
        for kind, unit in (("steroid", "mg"), ("anaesthetic", "mg"), ("contrast", "mg of iodine"))
        for part in (
            Described(kind, "targets", f"{kind.capitalize()}, by substance", _DRUG, order=substances.labels(kind)),
            Described(f"{kind}_mass", "targets", f"Mass of the {kind}", (*_DRUG, "given.drugs.mass"), "number", unit,
                      substances.DECIMALS, low=0),
        )
    ),
)  # fmt: skip
_ASSESSMENTS = (
    Described("mode", "assessments", "How it was answered", ("pain_before.mode", "pain_after.mode", "assessment.mode"),
              labels=MODES),
    Described("nrs", "assessments", "Pain, 0 to 10", _PAIN, "number", low=0, high=10, better="lower"),
    Described("nrs_recalled", "assessments", "Pain, 0 to 10, answered too late and from memory",
              (*_PAIN, "assessment.recalled"), "number", low=0, high=10, better="lower"),
    Described("nrs_proxy", "assessments", "Pain, 0 to 10, answered by somebody else", (*_PAIN, "assessment.proxy"),
              "number", low=0, high=10, better="lower"),
    Described("nrs_missing", "assessments", "Why there is no pain score",
              ("task.kind", "task.state", "task.closes_on", "pain_before.score", "pain_after.score"), labels=MISSING),
    Described("improved", "assessments", "Symptoms improved", _ANSWER, "number", low=0, high=1, better="higher"),
    Described("satisfied", "assessments", "Satisfied with the treatment", _ANSWER, "number", low=0, high=1,
              better="higher"),
    Described("again", "assessments", "Would repeat the treatment", _ANSWER, "number", low=0, high=1,
              better="higher"),
    Described("side_effect", "assessments", "Side effect", _ANSWER, labels=("none", "side effect")),
    _number("interval", "assessments", "Interval to the questionnaire", "fact.happened_at", unit="days"),
)  # fmt: skip
_EVENTS = (
    Described("complication", "events",
              "Worst complication that is not judged unrelated; none: nobody told of one, and somebody asked later",
              ("adverse_event.grade",), labels=GRADES),
    Described("complication_until_discharge", "events", "Worst such complication with its onset before discharge",
              ("adverse_event.grade", "adverse_event.onset"), labels=GRADES),
    _number("complication_day", "events", "Days to the onset of the worst complication", "adverse_event.onset",
            unit="days", low=None),
    Described("complication_relation", "events", "Relation of the worst complication to the treatment",
              ("adverse_event.relation",), labels=RELATIONS),
    Described("complication_outcome", "events", "Outcome of the worst complication", ("adverse_event.outcome",),
              labels=OUTCOMES),
    Described("asked_after", "events", "A contact of the follow-up took place or an answer came in on a later day",
              ("task.kind", "task.state", "task.done_at", "assessment.answers"), labels=YES_NO),
)  # fmt: skip
DOSES: Mapping[str, str] = {
    "dose-area product": "dose_area_product", "air kerma at the reference point": "air_kerma",
    "fluoroscopy time": "fluoroscopy_time", "CTDIvol": "ctdi_vol", "dose-length product": "dose_length_product",
}  # fmt: skip
"""Each quantity is a variable of its own; unlike doses never meet."""

_DOSES = (
    _number("dose_area_product", "doses", "Dose-area product", *_DOSE, unit="mGy·cm²"),
    _number("air_kerma", "doses", "Air kerma at the reference point", *_DOSE, unit="mGy"),
    _number("fluoroscopy_time", "doses", "Fluoroscopy time", *_DOSE, unit="s"),
    _number("ctdi_vol", "doses", "CTDIvol", *_DOSE, unit="mGy"),
    _number("dose_length_product", "doses", "Dose-length product", *_DOSE, unit="mGy·cm"),
)  # fmt: skip

VARIABLES: tuple[Described, ...] = (
    *_PATIENT, *_VISIT, *_TREATMENT, *_EVENTS_BETWEEN, *_TARGET, *_ASSESSMENTS, *_EVENTS, *_DOSES,
)  # fmt: skip
"""Every variable, in the order of the code book."""
