"""Orders in sets of two."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.catalogue.gate_questions import REPEAT_ORDERS, Data, assess, at, changed, decision, said, signature

OK, NA = ("OK", None), ("NA", None)
STOP_0, STOP_1, DECIDE = ("STOP", "O0"), ("STOP", "O1"), ("DECIDE", "O1")
HOLD_0, HOLD_1 = ("HOLD", "O0"), ("HOLD", "O1")
SITE = {"repeat_min_days": 21, "order_valid_days": 37}


def asked(rule: str, told: Data, occasion: Any = "needle_in", parameters: Data = SITE) -> tuple[str, str | None]:
    return said(decision(rule, assess("repeat-orders", told, occasion, parameters=parameters)))


def with_(path: str, value: Any) -> Data:
    return changed(REPEAT_ORDERS, path, value)


def sessions(*answers: str) -> list[Data]:
    return [{"on": date(2026, 11, 5) - timedelta(days=i), "needle_in": answer} for i, answer in enumerate(answers)]


def test_everything_in_order_passes_at_every_gate() -> None:
    for occasion in ("arrival", "time_out", "needle_in"):
        assert assess("repeat-orders", REPEAT_ORDERS, occasion, parameters=SITE).outcome.value == "OK"


# --- RP-1 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quantity", "answers", "expected"),
    [
        (2, ("yes",), OK),
        (2, ("no",), OK),
        (2, ("yes", "no"), OK),
        (2, ("yes", "yes"), STOP_0),
        (2, ("yes", "unknown"), STOP_0),
        (2, ("no", "no", "no"), OK),
        (1, ("no",), OK),
        (1, ("yes",), STOP_0),
        (None, ("no",), OK),
        (None, ("yes",), STOP_0),
        (3, ("yes", "yes"), STOP_0),
        (9, ("yes",), OK),
    ],
)
def test_what_is_left_of_an_order(
    quantity: int | None, answers: tuple[str, ...], expected: tuple[str, str | None]
) -> None:
    told = changed(with_("order.quantity", quantity), "order.sessions", sessions(*answers))
    for occasion in ("plan", "arrival", "time_out", "needle_in"):
        assert asked("RP-1", told, occasion) == expected


def test_the_second_session_may_be_at_another_level() -> None:
    """Nothing of the first session's level is asked for."""
    assert "targets" not in {one.name for one in decision("RP-1", assess("repeat-orders", REPEAT_ORDERS)).inputs}


def test_an_order_for_none_is_refused() -> None:
    found = assess("repeat-orders", with_("order.quantity", 0))
    assert [said(one) for one in found.decisions] == [STOP_0]


@given(st.integers(1, 5) | st.none(), st.lists(st.sampled_from(["yes", "no", "unknown"]), min_size=1, max_size=5))
def test_an_order_never_gives_more_than_two_nor_more_than_it_asks_for(quantity: int | None, answers: list[str]) -> None:
    told = changed(with_("order.quantity", quantity), "order.sessions", sessions(*answers))
    used = len(answers) - answers.count("no")
    assert (asked("RP-1", told) == OK) == (used < min(quantity or 1, 2))


@pytest.mark.parametrize(
    "order",
    [
        {},
        {"id": "0511"},
        {"id": "0511", "sessions": []},
        {"no_session": True},
        {"id": "0511", "no_session": True, "sessions": sessions("yes")},
    ],
)
def test_an_order_without_its_sessions_is_stopped(order: Data) -> None:
    assert asked("RP-1", with_("order", order)) == STOP_0


# --- RP-2 ----------------------------------------------------------------------------------------------------------

FIRST = with_("order", {"id": "0511", "on": date(2026, 10, 20), "no_session": True})


@pytest.mark.parametrize("step", ["screening", "abcd", "mri_review", "time_out"])
def test_the_second_session_runs_the_full_chain(step: str) -> None:
    assert asked("RP-2", with_(f"records.{step}", None)) == STOP_0
    assert asked("RP-2", with_(f"records.{step}", "V1")) == STOP_0
    assert asked("RP-2", changed(FIRST, f"records.{step}", None)) == NA


def test_at_the_time_out_the_time_out_itself_is_not_asked_for() -> None:
    assert asked("RP-2", with_("records.time_out", None), "time_out") == OK


def test_at_booking_the_full_chain_is_a_task() -> None:
    assert asked("RP-2", with_("records", {}), "plan") == HOLD_0
    assert asked("RP-2", with_("records", {"screening": "V1"}), "plan") == STOP_0


def test_a_visit_without_a_number_has_no_records() -> None:
    assert asked("RP-2", with_("procedure.visit", None)) == STOP_0


# --- RP-3 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        (SITE, OK),
        ({"order_valid_days": 37}, DECIDE),
        ({"repeat_min_days": 21}, DECIDE),
        ({}, DECIDE),
        (SITE | {"repeat_min_days": 22}, HOLD_1),
        (SITE | {"order_valid_days": 36}, STOP_0),
    ],
)
def test_interval_and_validity_are_the_ones_of_the_site(parameters: Data, expected: tuple[str, str | None]) -> None:
    """21 days after the last session, 37 days after the order."""
    for occasion in ("plan", "arrival"):
        assert asked("RP-3", REPEAT_ORDERS, occasion, parameters) == expected


def test_too_early_is_held_until_the_first_day_that_is_not() -> None:
    found = decision(
        "RP-3", assess("repeat-orders", REPEAT_ORDERS, "arrival", parameters=SITE | {"repeat_min_days": 22})
    )
    assert found.until is not None
    assert found.until.to_json()["local"] == "2026-11-27T00:00:00+01:00"


def test_a_session_broken_off_before_the_needle_starts_no_interval() -> None:
    told = with_(
        "order.sessions", [{"on": date(2026, 11, 20), "needle_in": "no"}, {"on": date(2026, 11, 5), "needle_in": "yes"}]
    )
    assert asked("RP-3", told, "plan") == OK


def test_a_first_session_has_no_interval_and_an_expired_order_is_stopped_all_the_same() -> None:
    assert asked("RP-3", FIRST, "plan") == OK
    assert asked("RP-3", FIRST, "plan", {}) == NA
    assert asked("RP-3", FIRST, "plan", {"order_valid_days": 36}) == STOP_0


def test_an_order_without_its_day_is_stopped_where_the_site_lets_orders_expire() -> None:
    assert asked("RP-3", with_("order.on", None), "plan") == STOP_0
    assert asked("RP-3", with_("order.on", None), "plan", {}) == DECIDE


# --- RP-4 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("repeat", "gate", "plan"),
    [
        ({}, STOP_1, DECIDE),
        ({"decision": "repeat"}, STOP_1, DECIDE),
        ({"decision": "repeat", "signed": signature("dahl", "nurse", "16:00:00", "2026-11-19")}, STOP_1, DECIDE),
        (
            {"decision": "repeat", "signed": signature("okafor", "radiologist", "16:00:00", "2026-11-04")},
            STOP_1,
            DECIDE,
        ),
        (
            {"decision": "no repeat", "signed": signature("okafor", "radiologist", "16:00:00", "2026-11-19")},
            STOP_1,
            STOP_1,
        ),
    ],
)
def test_a_radiologist_decides_on_a_repeat_and_a_call_books_nothing(
    repeat: Data, gate: tuple[str, str], plan: tuple[str, str]
) -> None:
    told = with_("repeat", repeat)
    assert asked("RP-4", told) == gate
    assert asked("RP-4", told, "plan") == plan
    assert asked("RP-4", FIRST | {"repeat": repeat}) == NA


def test_a_decision_on_the_day_of_the_last_session_counts() -> None:
    told = with_("repeat.signed.at", at("16:00:00", "2026-11-05"))
    assert asked("RP-4", told) == OK
