"""Gates before the needle: each cell of the table, at its limit and just beyond."""

from datetime import date
from itertools import permutations
from typing import Any

import pytest

from tests.catalogue.gate_questions import (
    BEFORE_NEEDLE,
    PLACE,
    Data,
    assess,
    at,
    changed,
    decision,
    said,
    signature,
)

OK, NA = ("OK", None), ("NA", None)
STOP_0, STOP_1, STOP_2, DECIDE = ("STOP", "O0"), ("STOP", "O1"), ("STOP", "O2"), ("DECIDE", "O1")
SITE = {"timeout_valid_min": 15, "consent_max_age_days": 30}
NOW = at("09:10:00")


def asked(
    rule: str, told: Data, now: Any = NOW, occasion: Any = "needle_in", parameters: Data = SITE
) -> tuple[str, str | None]:
    return said(decision(rule, assess("before-needle", told, occasion, now, parameters)))


def with_(path: str, value: Any) -> Data:
    return changed(BEFORE_NEEDLE, path, value)


def test_everything_in_order_passes() -> None:
    found = assess("before-needle", BEFORE_NEEDLE, "needle_in", NOW, SITE)
    assert found.outcome.value == "OK"
    assert [one.rule for one in found.decisions] == [
        "G-MRI", "G-ABCD", "G-LEVEL", "G-CONSENT", "G-PREGNANCY", "G-PAIN0", "G-TIMEOUT",
    ]  # fmt: skip


GOLDEN: list[tuple[str, str, Any, tuple[str, str | None]]] = [
    ("G-MRI", "mri.accession", None, DECIDE),
    ("G-MRI", "mri.regions", ["cervical"], DECIDE),
    ("G-MRI", "mri.regions", None, DECIDE),
    ("G-MRI", "mri.reviewed", None, DECIDE),
    ("G-MRI", "mri.reviewed.person", "vance", DECIDE),
    ("G-MRI", "mri.reviewed.role", "trainee", DECIDE),
    ("G-MRI", "mri.reviewed.at", at("08:56:00"), DECIDE),
    ("G-MRI", "mri.reviewed.at", at("08:55:00"), OK),
    ("G-MRI", "procedure.radiologist", None, DECIDE),
    ("G-MRI", "vertebrae.determined", None, DECIDE),
    ("G-ABCD", "abcd.allergies", None, STOP_0),
    ("G-ABCD", "abcd.blood", "", STOP_0),
    ("G-ABCD", "abcd.cut", "  ", STOP_0),
    ("G-ABCD", "abcd.driver", None, STOP_0),
    ("G-ABCD", "abcd", None, STOP_0),
    ("G-ABCD", "abcd.nurse", None, STOP_0),
    ("G-ABCD", "abcd.radiologist", None, STOP_0),
    ("G-ABCD", "abcd.radiologist", signature("dahl", "radiologist", "08:52:00"), STOP_0),
    ("G-ABCD", "abcd.nurse", signature("sato", "technologist", "08:52:00"), STOP_0),
    ("G-ABCD", "abcd.nurse", signature("dahl", "nurse", "23:59:59", "2026-11-25"), STOP_0),
    ("G-ABCD", "abcd.nurse", signature("dahl", "nurse", "00:00:00"), STOP_0),
    ("G-ABCD", "abcd.answered", at("08:52:00"), OK),
    ("G-ABCD", "abcd.answered", at("08:52:01"), STOP_0),
    ("G-ABCD", "abcd.answered", None, STOP_0),
    ("G-LEVEL", "targets.0.side", None, STOP_0),
    ("G-LEVEL", "targets.0.root", None, STOP_0),
    ("G-LEVEL", "targets.0.route", None, STOP_0),
    ("G-LEVEL", "targets", [PLACE, PLACE], STOP_0),
    ("G-LEVEL", "ordered", None, STOP_0),
    ("G-LEVEL", "ordered.0.side", None, STOP_0),
    ("G-LEVEL", "ordered.0.route", None, STOP_0),
    ("G-LEVEL", "consented.0.root", None, STOP_0),
    ("G-LEVEL", "imaging", [{"level": "L5/S1", "side": "left"}], STOP_0),
    ("G-LEVEL", "imaging", [{"root": "L5", "level": "L5/S1", "side": "left"}], OK),
    ("G-LEVEL", "imaging.0.side", "right", STOP_1),
    ("G-LEVEL", "patient_says", None, STOP_0),
    ("G-LEVEL", "patient_says", [{"root": "L4", "side": "left"}], STOP_1),
    ("G-LEVEL", "vertebrae.variant", "unknown", STOP_0),
    ("G-LEVEL", "vertebrae.variant", "yes", STOP_1),
    ("G-ABCD", "abcd.radiologist", signature("vance", "radiologist", "08:52:00"), STOP_0),
    ("G-ABCD", "abcd.nurse", signature(" OKAFOR ", "nurse", "08:52:00"), STOP_0),
    ("G-ABCD", "abcd.radiologist", signature("Okafor ", "radiologist", "08:52:00"), OK),
    ("G-ABCD", "procedure.radiologist", None, STOP_0),
    ("G-MRI", "mri.reviewed.person", "OKAFOR ", OK),
    ("G-MRI", "mri.accession", "?", DECIDE),
    ("G-MRI", "mri.accession", "not available", DECIDE),
    ("G-TIMEOUT", "time_out.technologist", signature("Okafor ", "technologist", "09:00:00"), STOP_0),
    ("G-TIMEOUT", "time_out.technologist", signature("ok\u200bafor", "technologist", "09:00:00"), STOP_0),
    ("G-TIMEOUT", "time_out.radiologist", signature("vance", "radiologist", "09:01:00"), STOP_0),
    ("G-TIMEOUT", "procedure.radiologist", None, STOP_0),
    ("G-TIMEOUT", "time_out.identifiers", ["photograph", "address"], STOP_0),
    ("G-TIMEOUT", "time_out.identifiers", ["date of birth", "address"], STOP_0),
    ("G-TIMEOUT", "time_out.identifiers", ["number", "address"], OK),
    ("G-CONSENT", "consent.signed", at("08:30:00"), OK),
    ("G-CONSENT", "consent.signed", at("23:00:00", "2026-10-27"), OK),
    ("G-CONSENT", "consent.signed", at("23:00:00", "2026-10-26"), STOP_0),
    ("G-CONSENT", "consent.signed", at("08:00:00", "2019-05-20"), STOP_0),
    ("G-CONSENT", "consent", None, STOP_0),
    ("G-CONSENT", "consent.signed", None, STOP_0),
    ("G-CONSENT", "consent.plan", "1", STOP_0),
    ("G-CONSENT", "consent.plan", None, STOP_0),
    ("G-CONSENT", "procedure.plan", None, STOP_0),
    ("G-CONSENT", "consent.withdrawn", "yes", STOP_0),
    ("G-CONSENT", "consent.withdrawn", None, STOP_0),
    ("G-PREGNANCY", "pregnancy", None, STOP_0),
    ("G-PREGNANCY", "pregnancy.answer", None, STOP_0),
    ("G-PREGNANCY", "pregnancy.answer", "possible", STOP_2),
    ("G-PREGNANCY", "pregnancy.answer", "pregnant", STOP_2),
    ("G-PREGNANCY", "pregnancy.answer", "cannot be pregnant", STOP_0),
    ("G-PREGNANCY", "pregnancy", {"answer": "cannot be pregnant", "reason": "male"}, NA),
    ("G-PREGNANCY", "pregnancy.asked", None, STOP_0),
    ("G-PREGNANCY", "pregnancy.asked", at("23:59:00", "2026-11-25"), STOP_0),
    ("G-PREGNANCY", "procedure.guidance", "CT", OK),
    ("G-PREGNANCY", "procedure.guidance", "ultrasound", NA),
    ("G-PREGNANCY", "procedure.guidance", None, STOP_0),
    ("G-PAIN0", "pain_before", None, DECIDE),
    ("G-PAIN0", "pain_before.score", None, DECIDE),
    ("G-PAIN0", "pain_before.score", 0, OK),
    ("G-PAIN0", "pain_before.score", 10, OK),
    ("G-PAIN0", "pain_before.at", None, DECIDE),
    ("G-PAIN0", "pain_before.at", at("16:00:00", "2026-11-25"), DECIDE),
    ("G-TIMEOUT", "time_out", None, STOP_0),
    ("G-TIMEOUT", "time_out.technologist", None, STOP_0),
    ("G-TIMEOUT", "time_out.radiologist", None, STOP_0),
    ("G-TIMEOUT", "time_out.technologist", signature("okafor", "technologist", "09:00:00"), STOP_0),
    ("G-TIMEOUT", "time_out.technologist", signature("dahl", "nurse", "09:00:00"), STOP_0),
    ("G-TIMEOUT", "time_out.radiologist", signature("chen", "trainee", "09:01:00"), STOP_0),
    ("G-TIMEOUT", "time_out.identifiers", ["name"], STOP_0),
    ("G-TIMEOUT", "time_out.identifiers", ["name", "name"], STOP_0),
    ("G-TIMEOUT", "time_out.identifiers", None, STOP_0),
    ("G-TIMEOUT", "time_out.said.procedure", None, STOP_0),
    ("G-TIMEOUT", "time_out.said.level", None, STOP_0),
    ("G-TIMEOUT", "time_out.said.side", "differs", STOP_0),
    ("G-TIMEOUT", "time_out.said.allergies", None, STOP_0),
    ("G-TIMEOUT", "time_out.said.consent", None, STOP_0),
    ("G-TIMEOUT", "time_out.said.images", None, STOP_0),
    ("G-TIMEOUT", "time_out.room", "2", STOP_0),
    ("G-TIMEOUT", "time_out.patient", "4402", STOP_0),
    ("G-TIMEOUT", "time_out.plan", "1", STOP_0),
    ("G-TIMEOUT", "procedure.plan", "3", STOP_0),
    ("G-TIMEOUT", "time_out.room", None, STOP_0),
]


@pytest.mark.parametrize(
    ("rule", "path", "value", "expected"),
    GOLDEN,
    ids=[f"{rule} {path} {n}" for n, (rule, path, _, _) in enumerate(GOLDEN)],
)
def test_at_needle_in(rule: str, path: str, value: Any, expected: tuple[str, str | None]) -> None:
    assert asked(rule, with_(path, value)) == expected


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("pain_before.score", 5.5),
        ("pain_before.score", 11),
        ("pain_before.score", -1),
        ("pain_before.score", "٧"),
        ("pain_before.score", True),
        ("pain_before.score", float("nan")),
    ],
)
def test_a_pain_score_that_is_no_whole_number_from_0_to_10_is_refused(path: str, value: Any) -> None:
    found = assess("before-needle", with_(path, value), "needle_in", NOW, SITE)
    assert [said(one) for one in found.decisions] == [STOP_0]
    assert "pain_before.score" in found.decisions[0].reasons[0]


# --- MRI -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "on", "expected"),
    [
        (43, date(2026, 10, 14), OK), (42, date(2026, 10, 14), DECIDE), (None, date(2001, 1, 1), OK), (None, None, OK),
        (43, None, DECIDE),
    ],
)  # fmt: skip
def test_the_age_of_an_mri_is_judged_by_the_limit_of_the_site_alone(
    limit: int | None, on: date | None, expected: tuple[str, str]
) -> None:
    parameters = SITE | ({"mri_max_age_days": limit} if limit else {})
    assert asked("G-MRI", with_("mri.on", on), parameters=parameters) == expected


def test_a_lumbar_mri_shows_the_sacrum_and_not_the_neck() -> None:
    for root, expected in (("S1", OK), ("L1", OK), ("T12", DECIDE), ("C6", DECIDE)):
        assert asked("G-MRI", with_("targets.0.root", root)) == expected


# --- level and side ------------------------------------------------------------------------------------------------

SOURCES = ("ordered", "consented", "imaging", "patient_says")


@pytest.mark.requirement("H02")
@pytest.mark.parametrize(("attribute", "other"), [("root", "L4"), ("side", "right"), ("route", "facet")])
@pytest.mark.parametrize("source", SOURCES)
def test_each_source_that_differs_from_the_plan_is_stopped(source: str, attribute: str, other: str) -> None:
    told = with_(f"{source}.0.{attribute}", other)
    assert asked("G-LEVEL", told) == STOP_1


@pytest.mark.requirement("H02")
@pytest.mark.parametrize(("one", "other"), list(permutations(("targets", *SOURCES), 2)))
def test_every_pairwise_conflict_of_sides_is_stopped(one: str, other: str) -> None:
    """Whoever stands alone against the others, and whoever sides with whom."""
    alone = with_(f"{one}.0.side", "right")
    assert asked("G-LEVEL", alone) == STOP_1
    assert asked("G-LEVEL", changed(alone, f"{other}.0.side", "right")) == STOP_1


def test_a_mirrored_plan_that_all_agree_on_passes_and_one_left_over_does_not() -> None:
    told = BEFORE_NEEDLE
    for source in ("targets", *SOURCES):
        told = changed(told, f"{source}.0.side", "right")
    assert asked("G-LEVEL", told) == OK
    assert asked("G-LEVEL", changed(told, "consented.0.side", "left")) == STOP_1


def test_both_sides_are_two_targets_that_everybody_names() -> None:
    both = [PLACE, PLACE | {"side": "right"}]
    told = BEFORE_NEEDLE
    for source in ("targets", *SOURCES):
        told = changed(told, source, both)
    assert asked("G-LEVEL", told) == OK
    for source in SOURCES:
        assert asked("G-LEVEL", changed(told, source, [PLACE])) == STOP_1
        assert asked("G-LEVEL", changed(BEFORE_NEEDLE, source, both)) == STOP_1


@pytest.mark.requirement("H02")
def test_a_level_is_never_taken_for_a_root() -> None:
    told = with_("ordered", [{"route": "transforaminal", "level": "L5/S1", "side": "left"}])
    assert asked("G-LEVEL", told) == STOP_0
    assert "cannot be compared" in " ".join(
        decision("G-LEVEL", assess("before-needle", told, "needle_in", NOW, SITE)).reasons
    )


def test_an_agreed_counting_of_a_transitional_vertebra_passes() -> None:
    told = changed(with_("vertebrae.variant", "yes"), "vertebrae.numbering", "6 lumbar, last is L6")
    assert asked("G-LEVEL", told) == OK


def test_a_disagreement_shows_both_words() -> None:
    found = decision("G-LEVEL", assess("before-needle", with_("ordered.0.side", "right"), "needle_in", NOW, SITE))
    assert "Said: L5 root right, transforaminal." in found.reasons[0]
    assert any("Plan: L5 root left, transforaminal." in reason for reason in found.reasons)


# --- time-out ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at("09:01:00"), OK),
        (at("09:15:59"), OK),
        (at("09:16:00"), OK),
        (at("09:16:01"), STOP_0),
        (at("10:00:00"), STOP_0),
    ],
)
def test_a_time_out_holds_for_15_minutes_from_the_second_signature(now: Any, expected: tuple[str, str | None]) -> None:
    assert asked("G-TIMEOUT", BEFORE_NEEDLE, now) == expected


@pytest.mark.parametrize(("first", "expected"), [("08:46:00", OK), ("08:45:59", STOP_0)])
def test_two_signatures_far_apart_are_no_time_out(first: str, expected: tuple[str, str | None]) -> None:
    assert asked("G-TIMEOUT", with_("time_out.technologist.at", at(first))) == expected


def test_the_validity_is_the_one_the_site_has_set_and_none_without() -> None:
    assert asked("G-TIMEOUT", BEFORE_NEEDLE, parameters=SITE | {"timeout_valid_min": 9}) == OK
    assert asked("G-TIMEOUT", BEFORE_NEEDLE, parameters=SITE | {"timeout_valid_min": 8}) == STOP_0
    assert asked("G-TIMEOUT", BEFORE_NEEDLE, parameters={}) == STOP_0


def test_a_signature_from_the_future_is_refused() -> None:
    found = assess("before-needle", with_("time_out.radiologist.at", at("09:10:01")), "needle_in", NOW, SITE)
    assert [said(one) for one in found.decisions] == [STOP_0]
    assert found.decisions[0].reasons == (
        "time_out.radiologist.at: this is in the future; enter what has happened, or ask again later",
    )


def test_at_the_time_out_the_time_out_itself_is_not_asked_for() -> None:
    found = assess("before-needle", changed(BEFORE_NEEDLE, "time_out", None), "time_out", NOW, SITE)
    assert found.outcome.value == "OK"
    assert "G-TIMEOUT" not in [one.rule for one in found.decisions]


# --- planning ------------------------------------------------------------------------------------------------------


def test_at_booking_what_cannot_exist_yet_is_a_task_for_the_day() -> None:
    told = {"procedure": {"start": at("09:15:00"), "guidance": "fluoroscopy"}, "targets": [PLACE], "ordered": [PLACE]}
    found = assess("before-needle", told, "plan", at("09:00:00", "2026-11-10"), SITE)
    assert found.outcome.value == "HOLD"
    assert {one.outcome.value for one in found.decisions} == {"HOLD"}
    assert {todo.by for one in found.decisions for todo in one.todos} == {date(2026, 11, 26)}
    tasks = [todo.what for one in found.decisions for todo in one.todos]
    assert "Ask about pregnancy on the day, before the first X-ray" in tasks
    assert len(tasks) == len(set(tasks)) == 17


def test_at_booking_a_disagreement_is_stopped_already() -> None:
    told = {"procedure": {"start": at("09:15:00")}, "targets": [PLACE], "ordered": [PLACE | {"side": "right"}]}
    assert asked("G-LEVEL", told, at("09:00:00", "2026-11-10"), "plan")[0] == "STOP"


def test_without_a_start_nothing_is_planned() -> None:
    found = assess("before-needle", {"procedure": {}, "targets": [PLACE]}, "plan")
    assert [said(one) for one in found.decisions] == [STOP_0]
    assert "procedure.start" in found.decisions[0].reasons[0]
