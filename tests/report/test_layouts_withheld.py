"""What holds of every table of the library's studies: each number is one of its statistic, and none is let out."""

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import as_file, files

import pytest

from foramen.report.body import Body, NothingToShowError
from foramen.report.layouts.choice import LAYOUTS
from foramen.report.layouts.coverage import unshown, untold
from foramen.report.layouts.listing import listing_of
from foramen.report.layouts.notes import shown
from foramen.report.layouts.supplement import supplements
from foramen.report.layouts.told import tells_interval, told
from foramen.report.material import Material
from foramen.report.style import load_style, style_names
from foramen.report.table import Value
from foramen.statistics.result import Statistic
from foramen.study.results import Results
from tests.report.drawing import check, cohort, drawn, run_document
from tests.report.drawing import parts as every_part

STUDIES = (
    "ct-or-fluoroscopy", "infiltration-outcomes", "pars-injections", "service-review", "ultrasound-rehabilitation",
)  # fmt: skip
WORDS = "would give away another"


@pytest.fixture(scope="module", params=STUDIES)
def material(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Material:
    held = cohort(tmp_path_factory.mktemp(request.param) / "snapshot", request.param)
    with as_file(files("foramen.library")) as library:
        return run_document(library / "studies" / request.param / "study.toml", held)


def bodies(material: Material) -> Iterator[Body]:
    """Every table that can be filled, and every layout on analyses of all kinds."""
    wanted = list(material.study.tables)
    everything = [analysis.name for analysis in material.study.analyses]
    wanted += [
        wanted[0].model_copy(update={"layout": layout, "analyses": everything, "summary": None}) for layout in LAYOUTS
    ]
    for one in wanted:
        try:
            body = LAYOUTS[one.layout](material, one)
        except NothingToShowError as reason:
            assert str(reason).endswith(".")
            continue
        yield body


def withheld(row: Statistic) -> Statistic:
    """As disclosure control leaves it: no number at all."""
    numbers = ("estimate", "lower", "upper", "statistic", "df", "p", "log10_p", "n", "denominator", "warning", "error")
    return replace(row, suppressed=WORDS, **dict.fromkeys(numbers))


def with_rows(material: Material, rows: list[Statistic], *, flow: bool = True) -> Material:
    steps = material.results.flow if flow else [replace(step, n=None, excluded=None) for step in material.results.flow]
    results = Results(material.results.manifest, steps, rows, material.results.inputs)
    return replace(material, results=results)


def test_every_number_of_every_table_is_one_of_its_statistic(material: Material) -> None:
    for style in style_names():
        for body in bodies(replace(material, style=load_style(style))):
            check(body, material if style == material.style.id else replace(material, style=load_style(style)))


def test_what_tables_do_not_tell_the_supplement_lists(material: Material) -> None:
    for wanted in material.study.tables:
        body = LAYOUTS[wanted.layout](material, wanted)
        left = unshown(body, wanted.analyses, material)
        assert not set(left) & told(material, body.rows)
        if left:
            supplement = listing_of(material, left)
            check(supplement, material)
            assert sorted(shown(supplement)) == left


MACHINE = ("_", "reader r1", "altman sd", "roc ", ", against no", "(intercept)")


def test_no_table_prints_a_name_of_the_machine_or_a_note_twice(material: Material) -> None:
    for wanted in material.study.tables:
        body = LAYOUTS[wanted.layout](material, wanted)
        assert not [word for word in MACHINE if word in drawn(body)]
        notes = [note.text for note in body.notes]
        assert len(notes) == len(set(notes)) and wanted.note not in notes
        values = [part for part in every_part(body) if isinstance(part, Value)]
        intervals = any(tells_interval(material.style, material.at(part.row).row, part.text) for part in values)
        assert wanted.layout != "volume" or not intervals


def test_the_supplement_holds_what_is_untold_once_and_a_table_for_each_table_at_most(material: Material) -> None:
    places = {p for one in material.study.tables for p in told(material, LAYOUTS[one.layout](material, one).rows)}
    groups = supplements(material, places)
    assert sorted(place for found in groups.values() for place in found) == untold(material, places)
    assert len(groups) <= len(material.study.tables) + 1
    for found in groups.values():
        assert not [word for word in MACHINE if word in drawn(listing_of(material, found))]


@pytest.mark.parametrize("seed", range(2))
def test_withheld_numbers_say_so_wherever_they_would_stand(material: Material, seed: int) -> None:
    draw = random.Random(seed)
    rows = [withheld(row) if draw.random() < 0.3 else row for row in material.results.statistics]
    hidden = with_rows(material, rows)
    for body in bodies(hidden):
        check(body, hidden)


def test_when_all_is_withheld_no_table_has_a_number(material: Material) -> None:
    hidden = with_rows(material, [withheld(row) for row in material.results.statistics], flow=False)
    for body in bodies(hidden):
        check(body, hidden)
        assert not any(isinstance(part, Value) for part in every_part(body))
        texts = [part for row in body.rows for cell in row.cells for part in cell if isinstance(part, str)]
        assert [text for text in texts if re.search(r"\d", text) and text not in ("0", "1 (reference)")] == []
        assert [column.sub for column in body.columns if column.sub.startswith("n = ")] == []


def test_a_statistic_without_its_denominator_shows_no_count_in_its_place(material: Material) -> None:
    """Disclosure control may take only the number of all units from a statistic."""
    rows = [replace(row, denominator=None) for row in material.results.statistics]
    for body in bodies(with_rows(material, rows)):
        check(body, with_rows(material, rows))
