"""A report as one HTML file that opens from a disk: style, fonts, script and data inline, each allowed by its hash."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from importlib.resources import files
from typing import Any

import vl_convert
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from foramen.report.document import Report
from foramen.report.figure import Figure
from foramen.report.renderers.charts import VEGA_LITE, svg
from foramen.report.table import Column, Failed, Row, Span, Table, Value, Withheld

PAGE = files("foramen.report").joinpath("page")

MARK = (
    "M12 1c6 0 10 4.9 10 11s-4 11-10 11S2 18.1 2 12 6 1 12 1zm.6 4.2c-3.3.2-4.9 2.5-4.3 4.9.3 1.3.3 2.5 0 3.8-.6 2.4 1"
    " 4.7 4.3 4.9 2.2.1 3.8-1.6 3.6-3.9-.1-1.3-.6-1.9-.6-2.9s.5-1.6.6-2.9c.2-2.3-1.4-4-3.6-3.9z"
)
"""The mark of the product, drawn on 24 × 24."""


def render_html(report: Report) -> str:
    """The page as text, to be written as UTF-8. The same report gives the same bytes."""
    drawn = [figure for figure in report.figures() if figure.error is None]
    return render_page(
        "report.html.j2",
        scripts=[_text("early.js"), _text("why.js"), *([chart_library()] if drawn else [])],
        report=report,
        drawn=drawn,
        items=[item for item in report.items if not supplementary(item)],
        supplement=[item for item in report.items if supplementary(item)],
        asked=asked(report),
    )


def render_page(template: str, *, scripts: Sequence[str], **content: Any) -> str:
    """A page in the style of reports from a template of `page/`, which puts in `style` and `scripts` as they are."""
    return (
        _templates()
        .get_template(template)
        .render(
            content,
            mark=MARK,
            style=Markup(_style()),
            scripts=[Markup(script) for script in scripts],
            policy=_policy(_style(), scripts),
        )
    )


def chart_library() -> str:
    """Vega-Lite, Vega and Vega-Embed with the script that draws this page's figures by them."""
    return begin_chart_library().result()


@cache
def begin_chart_library() -> Future[str]:
    """Begin to make the chart library, which takes a second, while other things are done."""
    return ThreadPoolExecutor(1).submit(vl_convert.javascript_bundle, _text("figures.js"), VEGA_LITE)


def asked(report: Report) -> dict[int, str]:
    """The parts of the study document that asked for the numbers shown, by their first line."""
    found = {why.line: why.asked for why in report.whys.values() if why.line is not None}
    return dict(sorted(found.items()))


@cache
def _templates() -> Environment:
    page = Environment(
        loader=PackageLoader("foramen.report", "page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for kind in (Figure, Value, Withheld, Failed):
        page.tests[kind.__name__.lower()] = _is(kind)
    page.filters |= {
        "bodies": bodies,
        "row_class": row_class,
        "spanned": spanned,
        "picture": picture,
        "spec_json": spec_json,
    }
    return page


def supplementary(item: Table | Figure) -> bool:
    """Whether an item lists what no other shows: folded on the page, and on paper only where it was opened."""
    return item.key.startswith("table-s")


def _is(kind: type) -> Any:
    return lambda part: isinstance(part, kind)


def bodies(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows by the heading they belong to: a group begins a part of the table, a sum over all stands apart."""
    parts: list[list[Row]] = []
    for row in rows:
        if not parts or row.kind == "group" or (row.kind == "sum" and row.level == 0):
            parts.append([])
        parts[-1].append(row)
    return parts


def row_class(row: Row) -> str:
    """Classes of a line: its kind and how far it is indented."""
    kind = [row.kind] if row.kind != "row" else []
    return " ".join([*kind, *([f"in-{min(row.level, 3)}"] if row.level else [])])


def spanned(table: Table) -> Iterator[tuple[Span, tuple[Column, ...]]]:
    """Each heading with the columns under it."""
    start = 0
    for span in table.spans:
        yield span, table.columns[start : start + span.columns]
        start += span.columns


def picture(spec: Mapping[str, Any]) -> str:
    """A figure drawn once and for all, as an address that needs no file."""
    return "data:image/svg+xml;base64," + _base64(svg(spec).encode())


def spec_json(spec: Mapping[str, Any]) -> Markup:
    """A specification as data inside a script element, which nothing in it can end."""
    text = json.dumps(spec, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))


@cache
def _style() -> str:
    fonts = re.sub(r'url\("(fonts/[\w-]+\.woff2)"\)', lambda found: f"url({_font(found[1])})", _text("fonts.css"))
    return fonts + _text("report.css") + _text("print.css")


def _font(path: str) -> str:
    return "data:font/woff2;base64," + _base64(PAGE.joinpath(path).read_bytes())


def _policy(style: str, scripts: Sequence[str]) -> str:
    """Nothing but what is in the file: style and script by their hashes, fonts and pictures as data."""
    allowed = " ".join(f"'{_hash(script)}'" for script in scripts) or "'none'"
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src {allowed}; font-src data:; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + _base64(hashlib.sha256(text.encode()).digest())


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _text(name: str) -> str:
    return PAGE.joinpath(name).read_text(encoding="utf-8")
