"""Results to a report: nothing is lost, nothing stands twice, and every number printed has its explanation."""

import re
import tempfile
from dataclasses import replace
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from foramen.catalogue.document import Document
from foramen.report.assemble import PEOPLE, build_report
from foramen.report.document import Report
from foramen.report.invented import INVENTED, invented_note
from foramen.report.layouts.coverage import untold
from foramen.report.material import Material
from foramen.report.methods import _phrase, methods
from foramen.report.style import load_style
from foramen.report.table import Failed, Table, Value, Withheld
from foramen.statistics.flow import FlowStep
from foramen.study.release import Internal, Released, internal, release
from foramen.study.run import load_study, plan_study, run_study
from tests.report.drawing import cohort, text
from tests.report.figure_sample import STUDY, changed, material, withheld

TEMPLATES = (
    "ct-or-fluoroscopy", "infiltration-outcomes", "pars-injections", "service-review", "ultrasound-rehabilitation",
)  # fmt: skip


@cache
def template(name: str) -> tuple[Report, Material]:
    """The report of a template of the library on its cohort, and what it is made from."""
    with tempfile.TemporaryDirectory() as folder, as_file(files("foramen.library")) as library:
        held = cohort(Path(folder) / "snapshot", name)
        plan = plan_study(load_study(library / "studies" / name / "study.toml"), held)
        results = run_study(plan, engine="duckdb")
        report = build_report(plan.document, held.codebook, internal(results))
        return report, Material(plan.study, held.codebook, results, load_style("european_radiology"))


def sample(of: Material, passed: type = Internal, **manifest: object) -> Report:
    """The report of a material as it is, marked as internal or as released."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "study.toml"
        path.write_text(STUDY, encoding="utf-8")
        document = Document(content=of.study, path=path, digest="0" * 64)
        results = replace(of.results, manifest={**of.results.manifest, **manifest})
        made = Internal(results, "Internal") if passed is Internal else Released(results, 11)
        return build_report(document, of.codebook, made)


def tables(report: Report) -> list[Table]:
    return [item if isinstance(item, Table) else item.table for item in report.items]


def links(report: Report) -> list[tuple[int, str]]:
    """Everything that opens an explanation, with its text."""
    parts = [(p.row, p.text) for t in tables(report) for p in t.parts() if isinstance(p, Value | Withheld | Failed)]
    heads = [(c.row, c.sub) for t in tables(report) for c in t.columns if c.row is not None]
    return parts + heads


# Explanations


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_number_has_an_explanation_that_is_of_the_number(name: str) -> None:
    """The title lists the text that was chosen, or says that there are more."""
    report, _ = template(name)
    for row, shown in links(report):
        why = report.whys[row]
        assert shown in why.title or why.title.endswith("…?"), (shown, why.title)
        assert why.say.endswith(".") and why.facts
    assert set(report.whys) == {row for row, _ in links(report)}


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_size_over_every_column_opens_its_explanation(name: str) -> None:
    report, _ = template(name)
    sized = [c for item in report.tables() for c in item.columns if c.sub.startswith("n = ") and item.key[6] != "s"]
    assert all(column.row is not None for column in sized), [c.head for c in sized if c.row is None]
    for column in sized:
        assert column.sub in report.whys[column.row or 0].title or report.whys[column.row or 0].title.endswith("…?")


def test_the_size_of_a_group_of_the_study_is_the_last_line_of_its_flow() -> None:
    report, of = template("ct-or-fluoroscopy")
    column = report.tables()[0].columns[0]
    line = of.results.flow[(column.row or 0) - len(of.results.statistics)]
    assert (line.group, f"n = {line.n}") == (column.head.lower(), column.sub)
    assert report.whys[column.row or 0].line is not None


def test_numbers_of_the_flow_open_the_lines_of_the_study_that_asked_for_them() -> None:
    report, of = template("pars-injections")
    figure = report.figures()[0].table
    count = len(of.results.statistics)
    linked = {part.row for part in figure.parts() if isinstance(part, Value) and part.row >= count}
    assert linked == {count + i for i in range(len(of.results.flow))}
    steps = [report.whys[row] for row in sorted(linked)]
    assert [why.asked.partition("\n")[0] for why in steps] == ["[index]", *["[[population]]"] * (len(steps) - 1)]
    assert len({why.line for why in steps}) == len(steps)


def test_non_responders_are_explained_as_who_is_left() -> None:
    """56 of 134 respond after 15 minutes; the 78 others are printed from the same statistic."""
    report, _ = template("pars-injections")
    table = next(table for table in report.tables() if "Non-responders" in [text(row.head) for row in table.rows])
    cell = next(row.cells[0] for row in table.rows if text(row.head) == "Non-responders")
    (part,) = cell
    assert isinstance(part, Value) and (part.text, part.derived) == ("78", "134 − 56")
    why = report.whys[part.row]
    assert "78 = 134 − 56." in why.say and "78" in why.title


# What is invented


def test_tables_of_invented_findings_say_so_whatever_the_study_calls_them() -> None:
    report, _ = template("pars-injections")
    by_title = {item.title: item for item in report.items}
    for title in (
        "Findings of reader 1 and relief after 15 minutes",
        "Agreement of the readers",
        "How the readers agree",
    ):
        (note,) = [note.text for note in by_title[title].notes if note.text.startswith("Invented: ")]
        assert "CT contrast pattern" in note and "(invented)" not in note
    (flow,) = [note.text for note in report.figures()[0].notes if note.text.startswith("Invented")]
    assert flow == "Invented: Excluded for (split)."
    printed = by_title["Responders and non-responders after 15 minutes and 1 month"]
    assert not [note for note in printed.notes if note.text.startswith("Invented")]
    models = by_title["Models of pain relief by all findings"]
    assert any("Isthmic bone marrow oedema" in note.text for note in models.notes)
    assert all(
        any(note.text.startswith("Invented: ") for note in item.notes)
        for item in report.figures()
        if "findings of reader" in item.title
    )


def test_an_invented_time_point_is_named_too() -> None:
    report, _ = template("ultrasound-rehabilitation")
    scores = next(item for item in report.tables() if item.title == "Scores over time")
    assert "Invented: T1, after the first cycle." in [note.text for note in scores.notes]


def test_the_label_says_how_much_is_invented() -> None:
    report, _ = template("infiltration-outcomes")
    notes = {note.text for table in report.tables() for note in table.notes if note.text.startswith("Invented")}
    assert notes == {"Invented: Side effect (except under CT)."}
    assert INVENTED.search("Pain (invented)") and not INVENTED.search("Pain (invented) before")


def test_what_is_recorded_is_not_called_invented() -> None:
    assert invented_note(material(), range(len(material().results.statistics))) == ()


def test_the_mark_of_reconstructed_people_says_that_the_rest_is_invented() -> None:
    report, _ = template("ct-or-fluoroscopy")
    assert report.marks == [PEOPLE["reconstructed"]]
    assert report.marks[0].startswith(
        "Reconstructed: made to have the printed numbers of a paper; what it does not print is invented"
    )
    assert "Disclosure control is off" in report.marks[0]


# What stands where


def test_points_of_curves_stand_with_their_figure_alone() -> None:
    report, of = template("pars-injections")
    points = {i for i, row in enumerate(of.results.statistics) if row.name.startswith(("roc_", "calibration_"))}
    shown = {item.key for item in tables(report) if points.intersection(item.statistics())}
    assert shown == {"figure-6-numbers", "figure-7-numbers"} and len(points) > 500
    assert not any(
        "ROC" in row_head for table in tables(report)[-20:] for row_head in heads(table) if "-s" in table.key
    )
    assert "probability 0." not in " ".join(report.methods).replace("probability 0.5", "")


def heads(table: Table) -> list[str]:
    return [text(row.head) for row in table.rows]


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_other_number_stands_somewhere_or_is_told(name: str) -> None:
    """Nothing is left untold but points of curves, of which a figure shows as many as can be read."""
    report, of = template(name)
    shown = {row for row, _ in links(report) if row < len(of.results.statistics)}
    left = {of.results.statistics[place].name for place in untold(of, shown)}
    assert left <= {"roc_sensitivity", "roc_specificity", "calibration_observed", "calibration_expected"}


def test_a_withheld_cell_has_a_word_and_its_reason_in_the_explanation() -> None:
    def hide(row):  # type: ignore[no-untyped-def]
        about = dict(row.about)
        if row.name != "percent" or about.get("group") != "CT":
            return row
        return withheld(row, "1 to 10" if about["category"] == "all" else "would give away CT and Fluoroscopy")

    of = changed(material(), hide)
    report = sample(of, Released, disclosure={"threshold": 11, "rows_suppressed": 8, "suppressed": []})
    parts = [p for t in tables(report) for p in t.parts() if isinstance(p, Withheld)]
    assert {part.text for part in parts} == {"suppressed", "suppressed, 1 to 10"}
    long = next(part for part in parts if part.text == "suppressed")
    assert report.whys[long.row].say == "Withheld by disclosure control: would give away CT and Fluoroscopy."
    assert report.whys[long.row].title == "Why suppressed?"
    for table in tables(report):
        said = [note.text for note in table.notes if note.text.startswith("Suppressed: ")]
        has = any(isinstance(part, Withheld) for part in table.parts())
        assert (
            said
            == ["Suppressed: withheld, because a count is 1 to 10 or because it would give such a count away."] * has
        )


def test_a_flow_that_is_withheld_opens_its_reason() -> None:
    lines = [FlowStep("all", "all treatments", 120, 0, None), FlowStep("all", "18", None, None, "not so", "1 to 10")]
    of = replace(material(), results=replace(material().results, flow=lines, statistics=[]))
    report = sample(of, Released, disclosure={"threshold": 11, "rows_suppressed": 0, "suppressed": []})
    assert [why.say for why in report.whys.values()][-1] == "Withheld by disclosure control: 1 to 10."


def test_a_released_report_explains_only_what_was_released() -> None:
    """No sentence and no fact of a released report holds a count that is withheld."""
    of = material()
    results = replace(of.results, manifest={**of.results.manifest, "snapshot": {
        **of.results.manifest["snapshot"], "people": "recorded"}})  # fmt: skip
    passed = release(results)
    of = replace(of, results=passed.results)
    report = sample(of, Released, **passed.results.manifest)
    for row, why in report.whys.items():
        if row < len(passed.results.statistics) and passed.results.statistics[row].suppressed is not None:
            assert why.say.startswith("Withheld by disclosure control: ")
            assert {fact.name for fact in why.facts}.isdisjoint({"n", "Estimate", "Interval", "Denominator", "p"})


# Statistical methods


def test_the_methods_are_sentences_by_family() -> None:
    report, _ = template("pars-injections")
    assert 5 <= len(report.methods) <= 8
    for paragraph in report.methods:
        assert paragraph[0].isupper() and paragraph.endswith(".")
        assert not re.search(r"(^|\. )[a-z]", paragraph.replace("p-values", "P")), paragraph
    whole = " ".join(report.methods)
    for words in (
        "The unit of analysis was the patient; of a person the first treatment was counted.",
        "percentages with the Wilson score interval",
        "Groups were compared by the Mann–Whitney U test (tie-corrected normal approximation, no continuity",
        "McNemar’s test (continuity correction",
        "by logistic regression (Wald test, Wald interval",
        "the area under the ROC curve (",
        "Cohen’s κ (unweighted; interval by Student's t",
        "computed with Foramen",
    ):
        assert words in whole, words
    for trivial in ("count of recorded values", "count of missing", "smallest recorded", "slip__", "statistic is z"):
        assert trivial not in whole


def test_methods_say_how_missing_answers_were_treated() -> None:
    report, _ = template("ct-or-fluoroscopy")
    first = report.methods[0]
    assert "A missing answer was counted as failure for “At least half of the pain gone” and “ODI lower by" in first
    assert "Analyses of covariance are of those with all answers alone." in first


def test_methods_tell_only_what_was_used() -> None:
    """Without tests no p-values; of failed statistics nothing."""
    gone = changed(material(), lambda row: replace(row, error="no") if row.p is not None else row)
    used = " ".join(methods(replace(gone, results=replace(gone.results, statistics=[
        replace(row, p=None) for row in gone.results.statistics]))))  # fmt: skip
    assert "p-values" not in used and "logistic regression (Wald" not in used and "Wilson score interval" in used


def test_a_method_has_its_name_by_what_it_is() -> None:
    """A mixed model is not called an analysis of covariance, nor the test of a larger table Fisher's."""
    mixed = " ".join(template("ultrasound-rehabilitation")[0].methods)
    assert "by a linear mixed model (unstructured covariance" in mixed and "analysis of covariance" not in mixed
    trial = " ".join(template("ct-or-fluoroscopy")[0].methods)
    assert "by analysis of covariance (least squares" in trial and "mixed model" not in trial
    assert "the Freeman–Halton test (two-sided by probability) and Fisher’s exact test (two-sided by" in trial


@pytest.mark.parametrize(
    ("name", "method", "phrase"),
    [
        ("mean_change", "paired t test (second minus first)", "a paired t test (second minus first)"),
        ("adjusted_mean_difference", "linear mixed model, REML", "a linear mixed model (REML)"),
        ("chi_square", "Pearson chi-square with Yates's correction", "Pearson’s χ² test (with Yates's correction)"),
        ("mcnemar", "McNemar's test, mid-p binomial", "McNemar’s test (mid-p binomial)"),
        ("bland_altman_bias", "mean of slip__r1 minus slip__r2, Student's t", "their mean (Student's t)"),
        ("kendall_w", "Kendall's W", "Kendall’s W"),
    ],
)  # fmt: skip
def test_a_definition_becomes_a_phrase(name: str, method: str, phrase: str) -> None:
    assert _phrase(name, method) == phrase


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_definition_that_a_section_names_is_one_of_the_results(name: str) -> None:
    """What stands in brackets is, word for word, in the methods of the statistics."""
    report, of = template(name)
    known = " ".join({row.method for row in of.results.statistics})
    words = set(re.findall(r"[\w–’']+", known))
    for paragraph in report.methods[2:-1]:
        for bracket in re.findall(r" \(([^()]{12,})\)", paragraph):
            assert set(re.findall(r"[\w–’']+", bracket)) <= words | {"Fisher’s"}, bracket


@pytest.mark.parametrize(
    ("not_in", "said"),
    [
        ({"never asked": 30, "other reasons": 32}, "62 treatments on record are not in the snapshot: never asked 30; "),
        ({}, "Every treatment on record is in the snapshot."),
        (None, "some treatments on record are not in the snapshot; how many is withheld."),
    ],
)
def test_the_flow_says_who_is_not_in_the_snapshot_it_starts_from(not_in: dict[str, int] | None, said: str) -> None:
    snapshot = {**material().results.manifest["snapshot"], "treatments_not_in": not_in}
    (first, *_) = sample(material(), snapshot=snapshot).items[0].notes
    assert said in first.text
    assert not any("on record" in note.text for note in sample(material()).items[0].notes)
