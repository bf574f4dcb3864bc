"""Nothing passes by absence: leaving an answer out never turns STOP, HOLD or DECIDE into OK or NA."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from foramen.catalogue.decision import Occasion, Outcome
from foramen.catalogue.decision_table import PASSING
from foramen.catalogue.policies import POLICIES
from tests.catalogue.gate_questions import (
    AFTER_NEEDLE,
    ANAESTHETICS,
    BEFORE_NEEDLE,
    REPEAT_ORDERS,
    STEROIDS,
    TRIAL,
    Data,
    anaesthetic,
    assess,
    at,
    changed,
    contrast,
    steroid,
    target,
)
from tests.catalogue.test_gates_after_needle import GOLDEN as AFTER_GOLDEN
from tests.catalogue.test_gates_before_needle import GOLDEN as BEFORE_GOLDEN

Question = tuple[str, Occasion, Any, Data, Data]
"""Policy, occasion, instant, what the site has set, what is told."""

EARLIER = {"given": [{"on": date(2026, 6, 17), "where": "here", "product": "triamcinolone", "mass": "40 mg"}]}
PARTICLES = steroid("Kenalog", "40 mg/mL", "1 mL", "40 mg")

OPTIONAL = (
    # What may be said beside what has to be said; it can only disagree.
    r"(patient_says\.\d+\.(root|level|route)|imaging\.\d+\.(level|route)|instructions\.restarts\.\d+\.words|targets\.\d+\.level|blood_thinners)",
    # “None” beside something: a contradiction that leaving one of the two out resolves.
    r"targets\.\d+\.no_\w+|restarts\.none|instructions\.restarts",
    # Drugs and sessions are facts, not answers: without one of them it is another question.
    r"(.*\.)?(targets|drugs|told|sessions|decisions|ordered|consented|imaging|patient_says|restarts|given|identifiers|parts|regions)\.\d+",
    # The head of the question.
    r"(zone|occasion|asked)",
)


def questions() -> Iterator[Question]:
    """Questions in order, and each with one thing wrong."""
    yield from _steroids()
    for allergy, use in (("lidocaine", "contrast"), ("contrast", "no contrast"), ("latex", "contrast")):
        drugs = [anaesthetic(), *([contrast()] if use == "contrast" else [])]
        told = ANAESTHETICS | {"allergies": {"told": [{"to": allergy}]}, "contrast": {"use": use}}
        told["targets"] = [target(*drugs)]
        yield "anaesthetics", "needle_in", at("09:00:00"), {}, told
    older = ANAESTHETICS | {"patient": {"born": date(1950, 1, 1)}, "targets": [target(contrast("1 mL"), anaesthetic())]}
    yield "anaesthetics", "needle_in", at("09:00:00"), {"bupivacaine_percent": 1, "bupivacaine_ml": 1}, older
    site = {"timeout_valid_min": 15, "mri_max_age_days": 10, "consent_max_age_days": 30}
    for _, path, value, _ in [(None, "time_out.room", "1", None), *BEFORE_GOLDEN[::3]]:
        yield "before-needle", "needle_in", at("09:10:00"), site, changed(BEFORE_NEEDLE, path, value)
    for _, path, value, _ in [(None, "way_home.how", "taxi", None), *AFTER_GOLDEN[::2]]:
        yield "after-needle", "discharge", at("09:32:00"), {"observation_min": 30}, changed(AFTER_NEEDLE, path, value)
    yield from _repeats()
    yield from _trial()


def _steroids() -> Iterator[Question]:
    pairs = {"route": ("transforaminal", "pars", "caudal"), "root": ("C6", "T4", "L4")}
    for route, root in zip(*pairs.values(), strict=True):
        told = STEROIDS | {
            "targets": [target(PARTICLES, steroid(mass="5 mg"), route=route, root=root)],
            "ledger": EARLIER,
        }
        yield "steroids", "needle_in", at("09:00:00"), {"steroid_year_limit_mg": 50}, told
        yield "steroid-dose", "needle_in", at("09:00:00"), {}, {"targets": told["targets"]}
    three = [target(steroid(), root=root) for root in ("L3", "L4", "L5")]
    yield "steroid-dose", "needle_in", at("09:00:00"), {}, {"targets": three}


def _repeats() -> Iterator[Question]:
    site = {"repeat_min_days": 30, "order_valid_days": 10}
    for occasion in ("plan", "arrival", "needle_in"):
        told = changed(REPEAT_ORDERS, "order.sessions.0.on", date(2026, 11, 25))
        yield "repeat-orders", occasion, at("09:00:00"), site, changed(told, "records.abcd", "V1")
        yield "repeat-orders", occasion, at("09:00:00"), site, changed(told, "order.quantity", 1)
        yield "repeat-orders", occasion, at("09:00:00"), site, changed(told, "repeat.decision", "no repeat")


def _trial() -> Iterator[Question]:
    for path, value in (("enrolment.withdrawn", "yes"), ("enrolment.trial", "x"), ("targets.0.root", "L1")):
        yield "ct-or-fluoroscopy-trial", "needle_in", at("09:00:00"), {}, changed(TRIAL, path, value)
    for mass in ("7 mg", "9 mg", "90 mg"):
        told = changed(TRIAL, "targets.0.drugs.0.mass", mass)
        yield "ct-or-fluoroscopy-trial", "needle_in", at("09:00:00"), {}, told
    given = {"given": [{"on": date(2026, 11, 3), "mass": "81 mg"}]}
    yield "ct-or-fluoroscopy-trial", "needle_in", at("09:00:00"), {}, TRIAL | {"methylprednisolone": given}
    yield "ct-or-fluoroscopy-trial", "discharge", at("09:40:00"), {}, TRIAL


def answers(part: Any, path: str = "") -> Iterator[str]:
    """The place of every answer and every section."""
    for name, value in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        place = f"{path}.{name}" if path else str(name)
        yield place
        yield from answers(value, place)


def outcomes(question: Question, told: Data) -> dict[str, Outcome]:
    policy, occasion, now, parameters, _ = question
    found = assess(policy, told, occasion, now, parameters)
    return {one.rule: one.outcome for one in found.decisions}


ALL = list(questions())


@pytest.mark.parametrize("policy", sorted({question[0] for question in ALL}))
def test_leaving_an_answer_out_never_makes_anything_pass(policy: str) -> None:
    passed_by_absence = []
    for question in (one for one in ALL if one[0] == policy):
        told = question[-1]
        before = outcomes(question, told)
        stopped = {rule for rule, outcome in before.items() if outcome not in PASSING}
        for place in answers(told):
            if any(re.fullmatch(pattern, place) for pattern in OPTIONAL):
                continue
            after = outcomes(question, changed(told, place, None))
            passed_by_absence += [(rule, place) for rule in stopped if after.get(rule, Outcome.STOP) in PASSING]
    assert passed_by_absence == []


def test_every_policy_made_of_tables_is_asked() -> None:
    assert {question[0] for question in ALL} == set(POLICIES) - {"antithrombotics"}


@pytest.mark.parametrize("policy", sorted(set(POLICIES) - {"antithrombotics"}))
@pytest.mark.parametrize("occasion", ["time_out", "needle_in", "discharge"])
def test_where_nothing_is_told_nothing_passes(policy: str, occasion: Occasion) -> None:
    found = assess(policy, {}, occasion, parameters={})
    asked = [one for one in found.decisions if not one.reasons[0].startswith("No rule of this policy is asked")]
    unjudged = {"G-MRI"} if policy == "before-needle" else set()
    assert {one.rule for one in asked if one.outcome in PASSING} - unjudged == set()
