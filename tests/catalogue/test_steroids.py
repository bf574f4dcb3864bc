"""Steroids: type by approach and level, mass = strength × volume, strength on the vial, twelve months."""

from datetime import date
from itertools import product
from typing import Any

import pytest

from foramen.catalogue.gates.inputs import Place
from foramen.catalogue.gates.places import region_of
from foramen.catalogue.gates.steroids import year_before
from tests.catalogue.gate_questions import STEROIDS, Data, assess, at, changed, decision, said, steroid, target

OK, NA = ("OK", None), ("NA", None)
STOP_0, STOP_2, DECIDE = ("STOP", "O0"), ("STOP", "O2"), ("DECIDE", "O1")

REGIONS = {"cervical": "C6", "thoracic": "T8", "lumbar": "L4", "sacral": "S1"}

PARTICULATE = {
    ("transforaminal", "cervical"): STOP_0,
    ("transforaminal", "thoracic"): STOP_0,
    ("transforaminal", "lumbar"): STOP_2,
    ("transforaminal", "sacral"): STOP_2,
    ("interlaminar", "cervical"): DECIDE,
    ("interlaminar", "thoracic"): DECIDE,
    ("interlaminar", "lumbar"): DECIDE,
    ("interlaminar", "sacral"): DECIDE,
    ("caudal", "sacral"): DECIDE,
    ("facet", "cervical"): DECIDE,
    ("facet", "thoracic"): DECIDE,
    ("facet", "lumbar"): DECIDE,
    ("facet", "sacral"): DECIDE,
    ("sacroiliac", "sacral"): DECIDE,
    ("coccyx", "sacral"): DECIDE,
    ("medial branch", "cervical"): DECIDE,
    ("medial branch", "thoracic"): DECIDE,
    ("medial branch", "lumbar"): DECIDE,
    ("medial branch", "sacral"): DECIDE,
    ("pars", "cervical"): DECIDE,
    ("pars", "thoracic"): DECIDE,
    ("pars", "lumbar"): DECIDE,
    ("pars", "sacral"): DECIDE,
}
"""The table of type by approach and level, for particulate steroids; non-particulate is OK in every cell."""

SUSPENSIONS = {
    "methylprednisolone acetate": ("40 mg/mL", "40 mg"), "Depo-Medrol": ("80 mg/mL", "80 mg"),
    "triamcinolone": ("10 mg/mL", "10 mg"), "Triamcort Depot": ("40 mg/mL", "40 mg"),
    "betamethasone": ("6 mg/mL", "6 mg"), "Celestone Soluspan": ("6 mg/mL", "6 mg"),
}  # fmt: skip


def place(route: str, region: str) -> Data:
    """A target of this route and region with the words its kind of place is told in."""
    if route in ("caudal", "sacroiliac", "coccyx"):
        return {"route": route, "side": "midline"}
    where = {"root" if route == "transforaminal" else "level": REGIONS[region]}
    return {"route": route, "side": "left", **where}


def asked(target: Data, rule: str = "ST-TYPE", **more: Any) -> tuple[str, str | None]:
    return said(decision(rule, assess("steroids", STEROIDS | {"targets": [target]}, **more)))


@pytest.mark.parametrize(("cell", "expected"), PARTICULATE.items(), ids=[" ".join(cell) for cell in PARTICULATE])
def test_type_by_approach_and_level(cell: tuple[str, str], expected: tuple[str, str]) -> None:
    for product_, (strength, mass) in SUSPENSIONS.items():
        assert asked(place(*cell) | {"drugs": [steroid(product_, strength, "1 mL", mass)]}) == expected
    assert asked(place(*cell) | {"drugs": [steroid()]}) == OK
    assert asked(place(*cell) | {"no_steroid": "diagnostic"}) == NA


@pytest.mark.parametrize("occasion", ["plan", "time_out", "needle_in", "discharge"])
def test_particles_are_judged_when_planned_and_when_given(occasion: Any) -> None:
    drugs = [steroid("Kenalog", "40 mg/mL", "1 mL", "40 mg")]
    assert asked(place("transforaminal", "cervical") | {"drugs": drugs}, occasion=occasion) == STOP_0


@pytest.mark.parametrize(
    "told",
    [
        {"side": "left", "root": "L5", "drugs": [steroid()]},
        {"side": "left", "route": "transforaminal", "drugs": [steroid()]},
        {"side": "left", "route": "transforaminal", "root": "L5"},
        target(steroid("cortisone")),
        target(steroid("dexamethasone acetate")),
        target(steroid("dexa")),
        target(steroid()) | {"no_steroid": "diagnostic"},
    ],
)
def test_what_is_missing_or_free_text_never_passes(told: Data) -> None:
    assert asked(told) == STOP_0


def test_no_target_at_all_is_stopped() -> None:
    assert said(decision("ST-TYPE", assess("steroids", STEROIDS | {"targets": []}))) == STOP_0


def test_at_booking_an_unchosen_steroid_is_a_task_for_the_day_and_an_unnamed_level_is_stopped() -> None:
    unchosen = decision("ST-TYPE", assess("steroids", {"targets": [target()]}, "plan", at("09:00:00", "2026-11-10")))
    assert said(unchosen) == ("HOLD", "O0")
    assert [todo.by for todo in unchosen.todos] == [date(2026, 11, 26)]
    assert asked({"route": "transforaminal", "side": "left"}, occasion="plan") == STOP_0


def test_the_pars_row_warns_of_the_epidural_space() -> None:
    told = place("pars", "lumbar") | {"drugs": [steroid("triamcinolone", "40 mg/mL", "0.5 mL", "20 mg")]}
    found = decision("ST-TYPE", assess("steroids", STEROIDS | {"targets": [told]}))
    assert found.alerts[-1] == "What is injected into a pars defect may reach the epidural space."


@pytest.mark.parametrize(
    ("where", "region"),
    [
        ({"level": "C7/T1", "route": "interlaminar"}, "cervical"),
        ({"root": "C8"}, "cervical"),
        ({"root": "T1"}, "thoracic"),
        ({"level": "T12/L1"}, "thoracic"),
        ({"root": "L1"}, "lumbar"),
        ({"level": "L5/S1"}, "lumbar"),
        ({"root": "S1"}, "sacral"),
        ({"root": "L6"}, "lumbar"),
        ({"root": "L5", "level": "T12/L1"}, "thoracic"),
        ({"route": "caudal"}, "sacral"),
        ({"route": "sacroiliac"}, "sacral"),
        ({"route": "coccyx"}, "sacral"),
        ({"route": "facet"}, None),
    ],
)
def test_between_two_regions_the_more_cautious_one_counts(where: Data, region: str | None) -> None:
    assert region_of(Place.model_validate(where)) == region


# --- ST-4 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mass", "expected"),
    [
        ("10 mg", OK),
        ("10.1 mg", OK),
        ("9.9 mg", OK),
        ("10.101 mg", STOP_0),
        ("9.899 mg", STOP_0),
        ("100 mg", STOP_0),
        ("1 mg", STOP_0),
        ("0.1 mg", STOP_0),
        ("1000 mg", STOP_0),
        ("0.01 g", OK),
        ("10000 mcg", OK),
        ("10 mcg", STOP_0),
        ("0 mg", STOP_0),
        ("10 mg I", STOP_0),
    ],
)
def test_a_mass_may_differ_by_1_percent_and_by_no_more(mass: str, expected: tuple[str, str]) -> None:
    assert asked(target(steroid(mass=mass)), "ST-4") == expected


def test_a_mismatch_says_what_it_would_make() -> None:
    found = decision(
        "ST-4", assess("steroids", STEROIDS | {"targets": [target(steroid(volume="0.5 mL", mass="50 mg"))]})
    )
    assert found.reasons[0].endswith("50 mg is not 10 mg/mL × 0.5 mL. That makes 5 mg.")


@pytest.mark.parametrize("left_out", ["mass", "strength", "volume"])
def test_all_three_amounts_are_needed(left_out: str) -> None:
    told = changed(target(steroid()), f"drugs.0.{left_out}", None)
    assert asked(told, "ST-4") == STOP_0
    assert asked(told, "ST-4", occasion="plan") == ("HOLD", "O0")


@pytest.mark.parametrize(
    ("field", "entered"),
    [("mass", "10,0 mg"), ("volume", "1 cc"), ("volume", "10 mg"), ("mass", "1 mL"), ("mass", "10")],
)
def test_an_amount_that_cannot_be_read_stops_with_the_field(field: str, entered: str) -> None:
    found = assess("steroids", STEROIDS | {"targets": [changed(target(steroid()), f"drugs.0.{field}", entered)]})
    assert [said(one) for one in found.decisions] == [STOP_0]
    assert f"targets[1].drugs[1].{field}: " in found.decisions[0].reasons[0]


def test_printed_2_mg_in_half_a_millilitre_stops_with_every_strength_found() -> None:
    for strength in ("10 mg/mL", "20 mg/mL", "40 mg/mL"):
        told = target(steroid("Triamcort Depot", strength, "0.5 mL", "2 mg"), route="pars", level="L5")
        assert asked(told, "ST-4") == STOP_0
        assert asked(told, "ST-8") == OK


def test_a_strength_that_was_not_found_is_for_the_radiologist() -> None:
    told = target(steroid("Triamcort Depot", "4 mg/mL", "0.5 mL", "2 mg"), route="pars", level="L5")
    found = decision("ST-8", assess("steroids", STEROIDS | {"targets": [told]}))
    assert said(found) == DECIDE
    assert "10 mg/mL, 20 mg/mL, 40 mg/mL" in found.reasons[0]
    assert "5 mg, 10 mg or 20 mg" in found.information[0]
    assert asked(told, "ST-4") == OK


# --- ST-10 ---------------------------------------------------------------------------------------------------------

LIMIT = {"steroid_year_limit_mg": 120}


def earlier(*given: tuple[str, str, str | None]) -> Data:
    told = [{"on": date.fromisoformat(on), "where": "here", "product": name, "mass": mass} for on, name, mass in given]
    return STEROIDS | {"ledger": {"given": [{k: v for k, v in one.items() if v is not None} for one in told]}}


def test_without_a_limit_the_year_is_shown_and_not_judged() -> None:
    found = decision("ST-10", assess("steroids", earlier(("2026-06-17", "triamcinolone", "40 mg"))))
    assert said(found) == NA
    assert "40 mg methylprednisolone equivalent since Thu 27 November 2025" in found.reasons[0]
    assert "93.3 mg methylprednisolone equivalent with today" in found.reasons[0]
    assert found.information == ("Wed 17 June 2026, here: triamcinolone 40 mg = 40 mg methylprednisolone equivalent",)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((("2026-06-17", "methylprednisolone", "66.66 mg"),), OK),
        ((("2026-06-17", "methylprednisolone", "66.67 mg"),), DECIDE),
        ((("2025-11-26", "methylprednisolone", "500 mg"),), OK),
        ((("2025-11-27", "methylprednisolone", "500 mg"),), DECIDE),
        ((("2026-06-17", "betamethasone", "10 mg"),), OK),
        ((("2026-06-17", "betamethasone", "10.1 mg"),), DECIDE),
        ((("2026-06-17", "cortisone", "10 mg"),), DECIDE),
        ((("2026-06-17", "dexamethasone", None),), DECIDE),
    ],
)
def test_a_limit_of_the_site_counts_twelve_months_with_today(
    given: tuple[tuple[str, str, str | None], ...], expected: tuple[str, str]
) -> None:
    assert said(decision("ST-10", assess("steroids", earlier(*given), parameters=LIMIT))) == expected


@pytest.mark.parametrize(
    "ledger",
    [
        {},
        {"none": False},
        {"given": []},
        {"none": True, "given": [{"on": date(2026, 6, 17), "where": "x", "product": "dexamethasone", "mass": "1 mg"}]},
    ],
)
def test_a_year_that_nobody_asked_about_is_for_the_radiologist(ledger: Data) -> None:
    for parameters in (None, LIMIT):
        assert (
            said(decision("ST-10", assess("steroids", STEROIDS | {"ledger": ledger}, parameters=parameters))) == DECIDE
        )


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 11, 26), date(2025, 11, 27)),
        (date(2028, 2, 29), date(2027, 3, 1)),
        (date(2029, 2, 28), date(2028, 2, 29)),
        (date(2028, 3, 1), date(2027, 3, 2)),
    ],
)
def test_twelve_months_begin_the_day_after_the_same_day_of_the_year_before(day: date, first: date) -> None:
    assert year_before(day) == first


def test_every_cell_of_the_table_was_typed_above() -> None:
    by_route = {("caudal", "sacral"), ("sacroiliac", "sacral"), ("coccyx", "sacral")}
    routes = ("transforaminal", "interlaminar", "facet", "medial branch", "pars")
    assert set(PARTICULATE) == set(product(routes, REGIONS)) | by_route
