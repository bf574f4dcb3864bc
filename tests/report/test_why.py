"""“Why this number”: in words, of everything that is printed, and never the wrong number."""

import re
from dataclasses import replace
from functools import cache

import pytest

from foramen.report.figures.flow_lines import flow_place, last_line
from foramen.report.sentences import SAY, say
from foramen.report.why import Shown, asked_by, in_words, title, why
from foramen.statistics.flow import FlowStep
from foramen.statistics.result import Statistic
from tests.report.figure_sample import STUDY, changed, material, pars_injections, with_flow, withheld


@cache
def named(name, **about):
    """A statistic of the library’s study of pars injections."""
    found = pars_injections().entry(name, None, **about)
    assert found is not None, (name, about)
    return found


def facts(of, entry, *texts):
    explained = why(of, entry.place, Shown(dict.fromkeys(texts)), "")
    return {fact.name: fact.text for fact in explained.facts}


# What it says


def test_a_percentage_says_how_many_of_how_many_and_who_is_missing():
    entry = material().entry("responder_percent", ["responders"], outcome="half", timepoint="late", group="CT")
    missing = material().entry("missing", ["responders"], outcome="half", timepoint="late", group="CT").row.estimate
    assert missing > 1
    assert say(material(), entry) == (
        f"{entry.row.n} of {entry.row.denominator} treatments of the group “CT” with an answer reached “At least half "
        f"of the pain gone, 1 month”. {missing:.0f} more were expected and gave no answer; they are not in this number."
    )


def test_one_person_missing_is_one():
    def one(row):
        return replace(row, estimate=1.0) if row.name == "missing" else row

    of = changed(material(), one)
    entry = of.entry("mean", ["scores"], outcome="nrs", timepoint="late", group="CT")
    assert say(of, entry).endswith("1 more was expected and gave no answer; it is not in this number.")


def test_missing_that_counts_as_failure_is_said_to():
    entry = material().entry("responder_percent", ["responders"], outcome="half", timepoint="late", group="CT")
    failure = replace(
        entry, row=replace(entry.row, method="percent, Wilson score interval, missing counted as failure")
    )
    assert say(material(), failure).endswith("No answer counts as not reached.")


@pytest.mark.parametrize(
    ("name", "about", "words"),
    [
        ("mean", {"outcome": "age", "group": "all"}, r"The mean of “Age, years” over 134 patients is \d+\.\d+\."),
        ("sd", {"outcome": "age", "group": "all"}, "spread around their mean with a standard deviation of"),
        ("median", {"outcome": "nrs", "timepoint": "before"}, r"Half of 134 patients have \d or less .* \d or more\."),
        ("lower_quartile", {"outcome": "nrs", "timepoint": "before"}, "A quarter of 134 patients have . or less for"),
        ("upper_quartile", {"outcome": "nrs", "timepoint": "before"}, "A quarter of 134 patients have . or more for"),
        ("missing", {"outcome": "nrs", "timepoint": "before"}, "^0 of 134 patients have no value for “Pain"),
        ("n", {"outcome": "nrs", "timepoint": "before"}, "^134 of 134 patients have a value for “Pain"),
        ("percent", {"outcome": "sex", "category": "male"}, "of 134 patients with a value for “Sex” have “male”"),
        ("zero_event_upper_bound", {"category": "worse"}, "None of 134 patients had “worse” for “Pain relief, 1 mo"),
        ("chi_square", {"analysis": "sex_quarter_hour"}, "^Compares “Sex” between the groups of “At least half of"),
        ("mann_whitney", {"analysis": "age_and_bmi_one_month"}, "in yes with that in no of “At least half of the p"),
        ("mcnemar", {}, "in the same 134 patients: who gained against who lost. If nothing but chance"),
        ("wilcoxon", {}, "^Compares “Pain .NRS., 0 to 10, 15 minutes” with that at “Before” in the same pat"),
        ("transition", {"from_category": "worse", "category": "100 %"}, "^1 of 134 patients .* from “worse” to “100"),
        ("spearman", {}, "“Pain .NRS., 0 to 10, 15 minutes” and “Pain .NRS., 0 to 10, 1 month” go together"),
        ("odds_ratio", {"analysis": "model_r1_quarter_hour"}, "reader 1: intra-defect against peri-defect” the odds"),
        ("auc", {}, r"the model gives the one with it the higher chance 74\.15 times in 100\."),
        ("accuracy", {}, "^The model of “At least half .*” is right for 96 of 134 patients"),
        ("sensitivity", {}, "Of 56 patients with “At least half .* the model predicts it for 31"),
        ("cohen_kappa", {}, "^Reader 1 and reader 2 agree on “CT contrast pattern.*” with a κ of 0.696"),
        ("percent_agreement", {}, "^On 110 of 134 cases reader 1 and reader 2 say the same of “CT contrast"),
        ("icc_a_1", {}, "^Reader 1 and reader 2 measure “Spondylolisthesis.*” alike"),
        ("calibration_observed", {"point": "1"}, "^2 of 13 patients of this group of similar predicted risk had"),
    ],
)  # fmt: skip
def test_each_kind_of_statistic_has_a_sentence_of_its_own(name, about, words):
    said = say(pars_injections(), named(name, **about))
    assert re.search(words, said), said
    assert "None" not in said.replace("None of", "") and "{" not in said and said.endswith(".")


def test_what_chance_would_do_follows_every_test():
    said = say(pars_injections(), named("chi_square", analysis="sex_quarter_hour"))
    (p,) = re.findall(r"would come up with a probability of (0\.\d+)\.", said)
    assert float(p) == pytest.approx(named("chi_square", analysis="sex_quarter_hour").row.p, abs=0.0005)
    assert "less than 0.001" in say(pars_injections(), named("wilcoxon"))


def test_differences_of_groups_say_which_minus_which():
    entry = material().entry("risk_difference", ["compared"], timepoint="late")
    points = 100 * entry.row.estimate
    said = say(material(), entry)
    assert said.startswith(
        "The share with “At least half of the pain gone, 1 month” in Fluoroscopy minus that in CT is "
    )
    assert float(re.search(r"is (−?[\d.]+) percentage points", said)[1].replace("−", "-")) == pytest.approx(
        points, abs=0.01
    )


def test_every_sentence_can_be_filled():
    """No template names what the statistics do not have."""
    for of in (material(), pars_injections()):
        for place, row in enumerate(of.results.statistics):
            said = say(of, of.at(place))
            if row.name in SAY and row.error is None:
                assert ", from " not in said.partition(".")[0] or row.name in ("mean_difference",), (row.name, said)
            assert said[0] == said[0].upper() and "{" not in said


def test_an_intercept_is_no_term():
    said = say(pars_injections(), named("coefficient", term="(intercept)"))
    assert said.startswith(
        "Where all terms of the model are 0 or their reference, the logarithm of the odds of “At least"
    )


def test_a_count_is_told_where_its_denominator_is_withheld():
    entry = material().entry("n", ["scores"], outcome="nrs", timepoint="late", group="CT")
    alone = replace(entry, row=replace(entry.row, denominator=None))
    assert (
        say(material(), alone)
        == f"{entry.row.n} treatments of the group “CT” have a value for “Pain, 0 to 10, 1 month”."
    )


def test_a_statistic_without_a_sentence_says_its_name_and_how_many():
    said = say(pars_injections(), named("cox_snell_r2"))
    assert said == "Cox–Snell R², from 134 of 134 patients."


def test_withheld_and_failed_say_why_and_give_no_number():
    entry = material().entry("mean", ["scores"], outcome="nrs", timepoint="late", group="CT")
    hidden = replace(entry, row=withheld(entry.row, "would give away Fluoroscopy"))
    assert say(material(), hidden) == "Withheld by disclosure control: would give away Fluoroscopy."
    failed = replace(entry, row=replace(entry.row, error="nobody has a value"))
    assert say(material(), failed) == "Could not be computed: nobody has a value."


def test_what_was_withheld_beside_a_number_is_not_said_with_it():
    """The count of missing is withheld: the mean’s sentence does not give it."""
    of = changed(material(), lambda row: withheld(row) if row.name == "missing" else row)
    entry = of.entry("mean", ["scores"], outcome="nrs", timepoint="late", group="CT")
    assert "more were expected" not in say(of, replace(entry, row=replace(entry.row, denominator=None)))


# What it is called


def test_a_number_printed_in_several_ways_lists_them():
    assert title(["56"]) == "Why 56?"
    assert title(["56", "41.8"]) == "Why 56 or 41.8?"
    assert title(["1", "2", "3", "4"]) == "Why 1 or 2 or 3 …?"


def test_a_number_that_follows_from_others_explains_itself():
    entry = named("responder_percent", outcome="relief", timepoint="quarter_hour")
    shown = Shown(dict.fromkeys(["56", "41.8", "78"]), {"78 = 134 − 56": None})
    explained = why(pars_injections(), entry.place, shown, "")
    assert explained.title == "Why 56 or 41.8 or 78?"
    assert explained.say.endswith("78 = 134 − 56.") and explained.say.startswith("56 of 134 patients")


# What it rests on


def test_facts_are_in_labels_not_in_machine_names():
    found = facts(pars_injections(), named("percent", analysis="findings_r1_quarter_hour", group="no"))
    assert found["Group"] == "At least half of the pain gone, 15 minutes: no"
    assert found["Analysis"] == "Findings of reader 1 by relief after 15 minutes"
    assert found["Outcome"] == "CT contrast pattern, reader 1"
    model = facts(pars_injections(), named("odds_ratio", analysis="model_r1_quarter_hour"))
    assert model["Model"] == "Reader 1, relief after 15 minutes" and "__" not in model["Term"]
    readers = facts(pars_injections(), named("bland_altman_bias"))
    assert (readers["Reader"], readers["Against"]) == ("reader 1", "reader 2")
    assert "slip__" not in readers["Method"] and "reader 1 minus" in readers["Method"]


def test_no_fact_of_any_number_is_a_name_of_the_machine():
    """Nothing with an underscore: neither a column nor an outcome, a time point, an analysis."""
    for of in (material(), pars_injections()):
        for place in range(len(of.results.statistics)):
            for name, text in facts(of, of.at(place)).items():
                assert "_" not in text, (name, text)


def test_a_group_of_the_study_stands_with_what_it_is_a_group_of():
    found = facts(material(), material().entry("mean", ["scores"], group="CT"))
    assert found["Group"] == "Arm: CT"
    together = facts(material(), material().entry("mean", ["scores"], group="all"))
    assert together["Group"] == "everybody together"


def test_methods_name_columns_by_what_they_hold():
    assert in_words(pars_injections(), "mean of slip__r1 minus slip__r2").startswith("mean of Spondylolisthesis")
    assert in_words(pars_injections(), "Wilson score interval") == "Wilson score interval"


# The part of the study that asked for it


def test_a_statistic_names_the_lines_of_its_analysis():
    entry = material().entry("mean", ["scores"], group="CT")
    explained = why(material(), entry.place, Shown({"4.1": None}), STUDY)
    assert explained.asked.startswith('[[analyses]]\nname = "scores"')
    assert STUDY.splitlines()[explained.line - 1] == "[[analyses]]"
    assert asked_by(STUDY, None) == (None, "")


def test_a_line_of_the_flow_names_who_stays_who_leaves_and_what_asked_for_it():
    of = material()
    line = next(i for i, step in enumerate(of.results.flow) if step.step == "18 years or older")
    step = of.results.flow[line]
    explained = why(of, flow_place(of, line), Shown({f"{step.n}": None}), STUDY)
    assert explained.title == f"Why {step.n}?"
    before = step.n + step.excluded
    assert explained.say == (
        f"{step.excluded} of {before} treatments leave here, without: 18 years or older; {step.n} stay."
    )
    found = {fact.name: fact.text for fact in explained.facts}
    assert found["Step"] == "18 years or older" and found["Reason"] == "without: 18 years or older"
    assert (found["Stay"], found["Leave"]) == (str(step.n), str(step.excluded))
    assert explained.asked.startswith('[[population]]\nname = "18 years or older"')
    assert STUDY.splitlines()[explained.line - 1] == "[[population]]"


def test_the_first_line_and_the_step_of_the_groups_name_index_and_groups():
    of = material()
    first = why(of, flow_place(of, 0), Shown({"120": None}), STUDY)
    assert (
        first.asked.startswith("[index]") and first.say == "120 treatments are in the snapshot; each treatment counts."
    )
    last = why(of, last_line(of, "CT"), Shown({"n = 60": None}), STUDY)
    assert last.asked.startswith("[groups]") and last.title == "Why n = 60?"


def test_a_withheld_line_of_the_flow_says_so():
    lines = [FlowStep("all", "all treatments", 9, 0, None), FlowStep("all", "adult", None, None, "not so", "1 to 10")]
    of = with_flow(material(), lines)
    explained = why(of, flow_place(of, 1), Shown({"suppressed, 1 to 10": None}), STUDY)
    assert explained.say == "Withheld by disclosure control: 1 to 10."
    assert "Stay" not in {fact.name for fact in explained.facts}


def test_statistics_made_by_hand_are_explained_as_far_as_they_go():
    """A row without outcome, n and denominator: its name."""
    of = replace(material(), results=replace(material().results, statistics=[Statistic(name="aic", method="Akaike")]))
    assert why(of, 0, Shown({"12": None}), "").say == "AIC."
