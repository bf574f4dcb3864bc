"""What the check says of the five papers: every contradiction we know of, and nothing else."""

import pytest

from foramen.evidence.examine import Examined
from foramen.evidence.finding import Finding
from foramen.evidence.library import examine_paper, papers

PARS, TRIAL, COHORT = "pars-injections-2025", "ct-or-fluoroscopy-2025", "infiltration-outcomes"
SERVICE, ULTRASOUND = "spine-injection-service-2019", "ultrasound-rehabilitation-2024"

Row = tuple[str, str, str, str, str]
"""Paper, kind of check, where, as printed, recomputed."""

DIFFERS: list[Row] = [
    (PARS, "percent", "Results, Patients, 1.5-T unit, %", "54.3%", "43.3%"),
    (PARS, "percent", "Results, Patients, 3-T unit, %", "56.3%", "56.7%"),
    (PARS, "sum", "Results, Patients, 1.5-T unit, %; Results, Patients, 3-T unit, %", "54.3% + 56.3%", "110.6"),
    (PARS, "percents", "Table 2, Increased pain, 15 min %", "7.4", "7.5"),
    (
        PARS, "same_fraction", "Table 2, 75% to < 100%, 1 month %; Table 2, Increased pain, 15 min %", "7.5; 7.4",
        "7.5; 7.5",
    ),
    (PARS, "percents", "Table 2, 100%, 1 month %", "28.3", "28.4"),
    (PARS, "percent", "Results, Pain response, complete relief at 1 month, %", "28.3%", "28.4%"),
    (PARS, "percent", "Summary, Findings, pain relief at 1 month", "55%", "54%"),
    (PARS, "percent", "Discussion, successful pain relief, against 43%", "55%", "54%"),
    (PARS, "percent", "Discussion, overall study cohort", "55%", "54%"),
    (PARS, "percent", "Discussion, conclusion, successful pain relief", "55%", "54%"),
    (PARS, "unit", "Table 1, BMI, mean", "26.1 kg/cm^2", "261000 kg/m²"),
    (PARS, "strength", "CT-guided lumbar pars injection, triamcinolone", "2 mg in 0.5 mL", "4 mg/mL"),
    (PARS, "prediction", "Table 3, Model 1, accuracy", "72.0%", "71.6%"),
    (PARS, "prediction", "Table 3, Model 2, accuracy", "73.0%", "73.1%"),
    (PARS, "prediction", "Table 3, Model 3, accuracy", "68.0%", "67.9%"),
    (PARS, "prediction", "Table 3, Model 3, ppv", "69.6%", "69.7%"),
    (
        PARS, "same",
        "Results, Imaging findings, isthmic BME at 1 month, p of reader 1; "
        "Results, Imaging findings, isthmic BME at 1 month, p of readers 1 and 2", "0.006; 0.005", "",
    ),
    (TRIAL, "categories", "Table 6, Satisfaction with the procedure, A n", "100", "96"),
    (TRIAL, "categories", "Table 6, Satisfaction with the procedure, B n", "100", "97"),
    (TRIAL, "chi_square", "Table 6, Satisfaction with the procedure, p", "0.870", "0.776"),
    (TRIAL, "pooled_mean", "Abstract, mean age", "51.3", "52.0"),
    (
        TRIAL, "same_quantity", "Table 4, Radiation dose, A; Table 4, Radiation dose, B",
        "352.0 mGy against 347.5 mGy", "",
    ),
    (TRIAL, "same_quantity", "Table 4, Radiation dose, A", "352.0 mGy", ""),
    (
        TRIAL, "schedule", "Postprocedural care and follow-up; Table 3, VAS", "1 week, 1 month, 3 months, 6 months",
        "1 day, 1 week, 1 month, 3 months, 6 months",
    ),
    (
        TRIAL, "schedule", "Postprocedural care and follow-up; Table 3, ODI", "1 week, 1 month, 3 months, 6 months",
        "1 month, 3 months, 6 months",
    ),
    (
        SERVICE, "same", "Table 1, Eliquis (apixaban), hold, in hours; Table 1, Eliquis (apixaban), hold",
        "75 h; 3 days", "75 h; 72 h",
    ),
    (
        SERVICE, "same", "Table 1, Xarelto (rivaroxaban), hold, in hours; Table 1, Xarelto (rivaroxaban), hold",
        "65 h; 3 days", "65 h; 72 h",
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def examined() -> dict[str, Examined]:
    return {name: examine_paper(name) for name in papers()}


def find(found: Examined, check: str, at: str) -> Finding:
    (finding,) = [one for one in found.findings if (one.check, one.at) == (check, at)]
    return finding


def test_exactly_the_known_contradictions_differ(examined: dict[str, Examined]) -> None:
    found = [(name, f.check, f.at, f.printed, f.recomputed) for name, one in examined.items() for f in one.differing]
    assert sorted(found) == sorted(DIFFERS)


@pytest.mark.parametrize(
    ("name", "counts", "noted"),
    [
        (PARS, (100, 18, 23), 2), (TRIAL, (193, 8, 17), 7), (COHORT, (25, 0, 4), 0), (SERVICE, (2, 2, 3), 7),
        (ULTRASOUND, (8, 0, 9), 1),
    ],
)  # fmt: skip
def test_how_many_facts_of_each_paper_are_checked(
    examined: dict[str, Examined], name: str, counts: tuple[int, ...], noted: int
) -> None:
    assert tuple(examined[name].counts.values()) == counts
    assert len(examined[name].noted) == noted


def test_every_printed_fact_is_looked_at_by_a_check(examined: dict[str, Examined]) -> None:
    assert {name: one.unchecked for name, one in examined.items() if one.unchecked} == {}


def test_the_satisfaction_table_lost_a_row_and_the_row_is_found(examined: dict[str, Examined]) -> None:
    finding = find(examined[TRIAL], "chi_square", "Table 6, Satisfaction with the procedure, p")
    assert finding.reason == (
        "the printed counts give 0.776; an unprinted fifth row of 4 and 3 returns the printed 0.870"
    )
    lost = [find(examined[TRIAL], "categories", f"Table 6, Satisfaction with the procedure, {arm} n") for arm in "AB"]
    assert [one.reason.split(": ")[1] for one in lost] == ["4 are not accounted for", "3 are not accounted for"]


def test_eleven_of_the_twelve_chi_squares_of_the_trial_agree(examined: dict[str, Examined]) -> None:
    found = [one for one in examined[TRIAL].findings if one.check == "chi_square"]
    assert len(found) == 12
    assert sum(one.verdict == "agrees" for one in found) == 11
    assert sum("below 5" in one.remark for one in found) == 5
    assert "exact p 0.495" in find(examined[TRIAL], "chi_square", "Table 5, Complications, p").remark
    assert "exact p 1.000" in find(
        examined[TRIAL], "chi_square", "Table 5, Morphine equivalent (1 month), p"
    ).remark  # fmt: skip


def test_the_age_of_the_arms_agrees_under_both_t_tests(examined: dict[str, Examined]) -> None:
    finding = find(examined[TRIAL], "t", "Table 1, Age, p")
    assert (finding.verdict, finding.recomputed) == ("agrees", "0.290 (Student), 0.290 (Welch)")


def test_unlike_doses_are_refused_with_a_sentence(examined: dict[str, Examined]) -> None:
    finding = find(examined[TRIAL], "same_quantity", "Table 4, Radiation dose, A; Table 4, Radiation dose, B")
    assert finding.reason == (
        "dose-area product and CTDIvol or dose-length product are different quantities: "
        "no number of one says anything about the other"
    )


def test_rank_tests_beside_medians_cannot_be_checked(examined: dict[str, Examined]) -> None:
    found = [one for one in examined[TRIAL].findings if one.check == "rank_test"]
    assert len(found) == 13
    assert {one.verdict for one in found} == {"cannot be checked"}


def test_table_2_of_the_pars_paper_adds_up(examined: dict[str, Examined]) -> None:
    found = {one.reason: one.verdict for one in examined[PARS].findings if one.check in ("row_sum", "sum")}
    sums = ["31 + 9 + 16 = 56", "36 + 32 + 10 = 78", "25 + 10 + 38 = 73", "9 + 52 + 0 = 61", "56 + 78 = 134",
            "73 + 61 = 134", "155 + 134 = 289", "58 + 76 = 134"]  # fmt: skip
    assert {text: found.get(text) for text in sums} == dict.fromkeys(sums, "agrees")


def test_two_quantities_of_ten_patients_each_are_not_called_one(examined: dict[str, Examined]) -> None:
    finding = find(
        examined[PARS], "same_fraction", "Table 2, 75% to < 100%, 1 month %; Table 2, Increased pain, 15 min %"
    )
    assert finding.method == "one rounding rule everywhere"
    assert finding.reason == "10 of 134: the same fraction, rounded in two ways"


def test_the_mcnemar_candidates_of_the_pars_paper(examined: dict[str, Examined]) -> None:
    finding = find(examined[PARS], "mcnemar", "Results, Pain response, p of the increase in responders")
    assert finding.verdict == "agrees"
    assert finding.reason == (
        "it fits 11 lost and 28 gained (exact); 10 lost and 27 gained (corrected); which of them is not printed"
    )


def test_the_correlation_interval_is_not_that_of_bonett_and_wright(examined: dict[str, Examined]) -> None:
    finding = find(
        examined[PARS], "correlation_interval", "Results, Pain response, interval of Spearman's correlation"
    )  # fmt: skip
    assert finding.verdict == "agrees"
    assert finding.reason.startswith("Fieller, Hartley and Pearson 1957 and Fisher's z give it for 0.61")
    assert "0.48 to 0.71 (Bonett and Wright 2000)" in finding.recomputed


def test_the_percentages_of_small_groups_give_their_counts_away(examined: dict[str, Examined]) -> None:
    found = [one for one in examined[COHORT].findings if one.check == "attainable"]
    exact = [one for one in found if one.verdict == "agrees"]
    assert len(found) == 18
    assert [one.at for one in found if one not in exact] == [
        f"Results, sacral block, image intensifier, {rate}"
        for rate in ("amelioration", "satisfaction", "willingness to repeat")
    ]
    assert {one.remark for one in exact} == {"gives away the exact count, with a cell of 10 or fewer (H28)"}
    counts = [one.reason.split(",")[0] for one in exact]
    assert counts[:5] == ["10 of 12", "12 of 13", "10 of 11", "15 of 19", "6 of 12"]
    assert find(examined[COHORT], "attainable", "Results, cervical, CT, satisfaction").reason.startswith("4 of 13")


NOTED = {
    "single-center study", "Assiut and Zagazig University Hospitals", "Stratification within each group",
    "mild anterolisthesis", "12 weeks or longer", "more than six months",
    "Strengthening the Reporting of Observational Studies in Epidemiology",
    "shorter procedural time observed with fluoroscopy", "Pre (20 mg)",
}  # fmt: skip


def test_contradictions_in_words_are_noted_and_not_computed(examined: dict[str, Examined]) -> None:
    quotes = [quote.text for noted in examined[TRIAL].noted for quote in noted.quotes]
    assert {words for words in NOTED if not any(words in quote for quote in quotes)} == set()
    shown = " ".join(f"{one.printed} {one.reason}" for one in examined[TRIAL].findings)
    assert not any(words in shown for words in NOTED)


def test_notes_quote_fewer_than_fifteen_words_with_their_place(examined: dict[str, Examined]) -> None:
    quotes = [quote for one in examined.values() for noted in one.noted for quote in noted.quotes]
    assert max(len(quote.text.split()) for quote in quotes) < 15
    assert all(quote.at for quote in quotes)


def test_checking_twice_gives_the_same_bytes() -> None:
    assert examine_paper(PARS).to_json() == examine_paper(PARS).to_json()
