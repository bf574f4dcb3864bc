"""The page of a report: its bytes, and what a reader meets in a real browser, with script and without, on paper too.

`python -m tests.report.test_html` renews the stored page.
"""

import hashlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from foramen.report.document import Report
from foramen.report.figure import Figure
from foramen.report.renderers.html import bodies, chart_library, render_html
from foramen.report.table import Column, Failed, Row, Table, Value, Withheld
from tests.conftest import unavailable
from tests.report.figure_sample import WANTED, figure
from tests.report.sample import sample_report

STORED = Path(__file__).parent / "pages" / "sample.html"
WIDTHS = {"phone": 360, "desk": 1280}


def shortened(page: str) -> str:
    """The page with its long unreadable parts (fonts, pictures, chart library) replaced by their digests."""
    page = page.replace(chart_library(), f"[{_digest(chart_library())}]")
    return re.sub(r"(?<=;base64,)[\w+/=]{400,}", lambda found: f"[{_digest(found[0])}]", page)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# The bytes


class Elements(HTMLParser):
    """Every element with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def all(self, name: str) -> list[str]:
        return [value for _, attributes in self.found if (value := attributes.get(name)) is not None]


@pytest.fixture(scope="module")
def sample() -> Report:
    return sample_report()


@pytest.fixture(scope="module")
def text(sample: Report) -> str:
    return render_html(sample)


def test_the_page_is_the_stored_one_byte_for_byte(text: str) -> None:
    assert shortened(text) == STORED.read_text(encoding="utf-8")


def test_the_same_report_gives_the_same_bytes(text: str) -> None:
    assert render_html(sample_report()) == text


def test_every_link_has_its_place_and_no_place_stands_twice(text: str) -> None:
    elements = Elements(text)
    places = elements.all("id")
    assert len(places) == len(set(places))
    assert {link for link in elements.all("href") if link[0] == "#"} <= {f"#{place}" for place in places}


def test_every_number_of_every_table_is_a_link_to_its_reason(text: str, sample: Report) -> None:
    tables = [*sample.tables(), *(figure.table for figure in sample.figures())]
    shown = [part.row for table in tables for part in table.parts() if isinstance(part, Value | Withheld | Failed)]
    shown += [column.row for table in tables for column in table.columns if column.row is not None]
    links = re.findall(r'href="#why-(\d+)"', text)
    assert set(shown) == set(sample.whys)
    assert sorted(map(int, links)) == sorted(shown)


def test_nothing_that_the_policy_would_block_stands_in_the_page(text: str) -> None:
    elements = Elements(text)
    assert elements.all("style") == []
    assert [name for _, attributes in elements.found for name in attributes if name.startswith("on")] == []
    loaded = [*elements.all("src"), *(a["href"] or "" for tag, a in elements.found if tag == "link")]
    assert loaded and all(address.startswith("data:") for address in loaded)


def test_words_of_a_document_stay_words(sample: Report) -> None:
    hostile = '</script><script>alert("1")</script><img src=x onerror=alert(1)>'
    spec = {**sample.figures()[0].spec, "description": hostile}
    items = [replace(sample.figures()[0], spec=spec, title=hostile, alt=hostile)]
    page = render_html(
        replace(sample, title=hostile, question=hostile, marks=[hostile], methods=[hostile], items=items)
    )
    kinds = [tag for tag, _ in Elements(page).found]
    assert (kinds.count("script"), kinds.count("img")) == (4, 1)


def test_the_chart_library_comes_only_with_a_figure(sample: Report, text: str) -> None:
    without = render_html(replace(sample, items=sample.tables()))
    assert chart_library() in text and chart_library() not in without
    assert "Vega-Embed.\nCopyright (c)" in text and "Vega" not in without
    assert len(without.encode()) < 350_000 < len(text.encode()) < 2_500_000


def test_a_column_or_line_without_a_name_is_no_heading(sample: Report) -> None:
    table = Table("table-1", "Table 1", "Sums", "", (Column(""), Column("n")), (Row((), (("a",), ("1",))),))
    page = render_html(replace(sample, items=[table]))
    assert re.findall(r"<th [^>]*></th>", page) == []
    assert '<tr><td></td><td class="num">a</td><td class="num">1</td></tr>' in page


def test_a_group_heads_its_lines_and_not_the_sum_after_them() -> None:
    a, group, b, total = Row(("a",)), Row(("group",), kind="group"), Row(("b",), level=1), Row(("all",), kind="sum")
    assert bodies([a, group, b, total]) == [[a], [group, b], [total]]


# The page in a browser


@pytest.fixture(scope="module")
def file(text: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def opened(browser: Browser, file: Path, width: int, *, script: bool = True) -> Iterator[Page]:
    """The page from the disk, without a network. Nothing may be said on the console."""
    context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=script, offline=True)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(file.as_uri())
    yield page
    assert said == []
    context.close()


@pytest.fixture(params=WIDTHS)
def page(request: pytest.FixtureRequest, browser: Browser, file: Path) -> Iterator[Page]:
    yield from opened(browser, file, WIDTHS[request.param])


@pytest.fixture
def desk(browser: Browser, file: Path) -> Iterator[Page]:
    yield from opened(browser, file, WIDTHS["desk"])


@pytest.fixture
def scriptless(browser: Browser, file: Path) -> Iterator[Page]:
    yield from opened(browser, file, WIDTHS["desk"], script=False)


def number(page: Page, text: str) -> Locator:
    return page.locator("main .panel").get_by_role("link", name=text, exact=True).first


def faults(page: Page) -> list[tuple[str, list[str]]]:
    violations = Axe().run(page).response["violations"]
    return [(fault["id"], [node["html"] for node in fault["nodes"]][:3]) for fault in violations]


def test_the_page_has_no_accessibility_fault(page: Page) -> None:
    expect(page.locator(".plot--live")).to_be_attached()
    assert faults(page) == []
    number(page, "55.1").click()
    assert faults(page) == []


def test_the_printed_page_has_no_accessibility_fault(desk: Page) -> None:
    desk.emulate_media(media="print")
    assert faults(desk) == []


def test_the_page_itself_never_scrolls_sideways(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    number(page, "55.1").click()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_number_opens_its_reason_and_escape_goes_back_to_it(page: Page) -> None:
    why = page.get_by_role("complementary")
    number(page, "55.1").click()
    heading = why.get_by_role("heading", level=2)
    expect(heading).to_be_focused()
    expect(heading).to_have_text("Why 55.1?")
    expect(heading).to_be_in_viewport()
    for words in (
        "Wilson score interval",
        "1,079",
        "1,245, 166 missing",
        "51f0c3a877d4",
        "Gone, 100 %",
        "[[analyses]]",
    ):
        expect(why.locator(".why[open]").get_by_text(words).first).to_be_visible()
    expect(why.locator(".why[open]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(number(page, "55.1")).to_be_focused()
    expect(why.locator(".why[open]")).to_have_count(0)


def test_the_next_number_takes_the_place_of_the_last(desk: Page) -> None:
    why = desk.get_by_role("complementary")
    number(desk, "55.1").click()
    number(desk, "6.8").press("Enter")
    expect(why.get_by_role("heading", level=2)).to_have_text("Why 6.8?")
    expect(why.get_by_role("table", name="Pain before, 0 to 10, by group")).to_be_visible()
    expect(why.get_by_role("table")).to_have_count(1)
    why.get_by_role("button", name="Close").click()
    expect(number(desk, "6.8")).to_be_focused()
    expect(why.get_by_role("heading", level=2)).to_have_text("Why this number?")


def test_what_is_withheld_or_failed_says_so_and_why(desk: Page) -> None:
    why = desk.get_by_role("complementary")
    number(desk, "suppressed, 1 to 10").click()
    expect(why).to_contain_text("Fewer than 11 people stand behind this number.")
    number(desk, "not computed").click()
    expect(why).to_contain_text("Nobody got it.")
    assert "repeating-linear-gradient" in desk.evaluate(
        "getComputedStyle(document.querySelector('.suppressed')).backgroundImage"
    )


def test_an_address_with_a_number_opens_it(browser: Browser, file: Path) -> None:
    page = browser.new_page()
    page.goto(file.as_uri() + "#why-3")
    expect(page.locator("#why-title")).to_have_text("Why 15.0?")
    page.close()


def test_the_number_over_a_column_opens_its_reason(desk: Page) -> None:
    head = desk.get_by_role("columnheader", name="Analysed n = 1,079")
    head.get_by_role("link", name="n = 1,079").click()
    expect(desk.locator("#why-title")).to_have_text("Why n = 1,079?")
    expect(desk.get_by_role("complementary").locator(".why[open]")).to_contain_text("Analysed: n = 1,079")


def test_a_number_printed_in_two_ways_is_asked_for_as_it_stands(
    browser: Browser, sample: Report, tmp_path: Path
) -> None:
    """Both texts open one explanation, under the text that was chosen."""
    table = sample.tables()[0]
    rows = (Row(("Relief",), ((Value("56", 0), " (", Value("41.8", 0), ")"), (Value("78", 0, "134 − 56"),), ())),)
    path = tmp_path / "report.html"
    path.write_text(render_html(replace(sample, items=[replace(table, rows=rows)])), encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    for text in ("56", "41.8", "78"):
        number(page, text).click()
        expect(page.locator("#why-title")).to_have_text(f"Why {text}?")
    page.close()


def test_without_script_the_link_opens_the_reason_and_the_count_table(scriptless: Page) -> None:
    why = scriptless.get_by_role("complementary")
    expect(why.get_by_text("Wilson score interval").first).to_be_hidden()
    number(scriptless, "55.1").click()
    reason = scriptless.locator(number(scriptless, "55.1").get_attribute("href") or "")
    expect(reason.get_by_text("Wilson score interval")).to_be_in_viewport()
    reason.get_by_role("link").first.click()
    expect(scriptless.get_by_role("row", name="Gone, 100 % 230")).to_be_in_viewport()
    expect(scriptless.get_by_role("img", name="Mean pain falls")).to_be_visible()
    expect(scriptless.get_by_role("button")).to_have_count(0)


def test_the_figure_is_alive_with_a_tooltip_in_the_style_of_the_page(desk: Page) -> None:
    figure = desk.get_by_role("img", name="Mean pain falls")
    expect(figure).to_have_count(1)
    expect(figure.locator("svg")).to_be_visible()
    figure.locator(".mark-symbol path").last.hover()
    tooltip = desk.locator("#vg-tooltip-element")
    expect(tooltip).to_be_visible()
    expect(tooltip).to_contain_text("Another steroid")
    assert desk.evaluate("getComputedStyle(document.querySelector('#vg-tooltip-element')).position") == "fixed"


def test_figures_of_every_kind_are_drawn_in_the_page_without_a_warning(
    browser: Browser, sample: Report, tmp_path: Path
) -> None:
    """A logarithmic axis, say, that was to hold zero would be complained of."""
    empty = replace(sample.figures()[1].table, error=None)
    drawn = [
        Figure(f"figure-{i}", f"Figure {i}", name, figure(name).alt, figure(name).spec, empty)
        for i, name in enumerate(WANTED, 1)
    ]
    path = tmp_path / "report.html"
    path.write_text(render_html(replace(sample, items=drawn)), encoding="utf-8")
    for page in opened(browser, path, WIDTHS["desk"]):
        expect(page.locator(".plot--live")).to_have_count(len(WANTED))


def test_a_figure_shows_its_numbers(desk: Page) -> None:
    desk.get_by_text("Table of Figure 1").first.click()
    expect(desk.get_by_role("table", name="Table of Figure 1")).to_contain_text("6.8 (6.7 to 6.9)")


@pytest.fixture(scope="module")
def long(sample: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a report with a table of several pages and one in the supplement, which alone shows number 1."""
    table, other = sample.tables()[1], replace(sample.tables()[0], key="table-s1", number="Table S1")
    rows = tuple(Row((f"Line {i}",), ((Value("1.0", 0),), *((),) * 5)) for i in range(150))
    items = [sample.figures()[0], replace(table, key="table-1", number="Table 1", rows=rows), other]
    path = tmp_path_factory.mktemp("long") / "report.html"
    path.write_text(render_html(replace(sample, items=items)), encoding="utf-8")
    return path


def test_the_supplement_is_folded_and_its_numbers_open_it(browser: Browser, long: Path) -> None:
    page = browser.new_page()
    page.goto(long.as_uri())
    listing = page.get_by_role("table", name="Table S1. Who was analysed, who was lost")
    expect(listing).to_have_count(0)
    page.goto(long.as_uri() + "#why-1")
    expect(listing).to_be_visible()
    expect(page.locator("#why-title")).to_have_text("Why 14.1?")
    page.keyboard.press("Escape")
    expect(number(page, "14.1")).to_be_focused()
    page.close()


def test_the_marks_and_the_head_of_the_table_stand_on_each_printed_page(
    browser: Browser, long: Path, sample: Report, tmp_path: Path
) -> None:
    if shutil.which("pdftotext") is None:
        unavailable("pdftotext (poppler-utils)")
    page = browser.new_page()
    page.goto(long.as_uri())
    number(page, "1.0").click()
    page.pdf(path=tmp_path / "long.pdf", prefer_css_page_size=True)
    page.close()
    printed = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "long.pdf", "-"], capture_output=True, text=True
    ).stdout
    pages = printed.split("\f")[:-1]
    assert len(pages) >= 4
    assert [[page.count(mark) for mark in sample.marks] for page in pages] == [[1, 1]] * len(pages)
    assert [page for page in pages if "Line 1" in page and "With score" not in page] == []
    assert "Mean pain falls" not in printed and "Wilson score interval" not in printed and "Table S1" not in printed


def test_a_table_without_rows_gives_its_reason_in_its_place(desk: Page) -> None:
    expect(desk.get_by_role("region", name="Table 3. Contrast patterns by reader")).to_contain_text(
        "no column contrast_pattern"
    )
    expect(desk.get_by_role("region", name="Figure 2. Agreement of two readers")).to_contain_text("Only one reader")


if __name__ == "__main__":
    STORED.write_text(shortened(render_html(sample_report())), encoding="utf-8", newline="\n")
