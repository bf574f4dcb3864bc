"""The files of a report, by format."""

from collections.abc import Callable, Iterable, Mapping

from foramen.report.document import Report
from foramen.report.formats import Format

File = str | bytes


def report_files(report: Report, formats: Iterable[Format]) -> dict[str, File]:
    """Files by their path below the results folder. The page comes last: its chart library is made meanwhile."""
    wanted = sorted(formats, key=lambda one: one is Format.HTML)
    if Format.HTML in wanted and any(figure.error is None for figure in report.figures()):
        from foramen.report.renderers.html import begin_chart_library  # noqa: PLC0415 - start-up time

        begin_chart_library()
    return {name: content for one in wanted for name, content in _FILES[one](report).items()}


def _html(report: Report) -> Mapping[str, File]:
    from foramen.report.renderers.html import render_html  # noqa: PLC0415 - start-up time

    return {"report.html": render_html(report)}


def _docx(report: Report) -> Mapping[str, File]:
    from foramen.report.renderers.word import render_docx  # noqa: PLC0415 - start-up time

    return {"report.docx": render_docx(report)}


def _pdf(report: Report) -> Mapping[str, File]:
    from foramen.report.renderers.pdf import render_pdf  # noqa: PLC0415 - start-up time

    return {"report.pdf": render_pdf(report)}


def _csv(report: Report) -> Mapping[str, File]:
    from foramen.report.renderers.csv_tables import render_csv  # noqa: PLC0415 - start-up time

    return {f"tables/{name}": text for name, text in render_csv(report).items()}


def _figures(report: Report) -> Mapping[str, File]:
    from foramen.report.renderers.charts import pdf, png, svg  # noqa: PLC0415 - start-up time
    from foramen.study.results import json_text  # noqa: PLC0415 - start-up time

    files: dict[str, File] = {}
    for figure in report.figures():
        if figure.error is None:
            stem = f"figures/{figure.key}"
            files[f"{stem}.svg"], files[f"{stem}.pdf"] = svg(figure.spec), pdf(figure.spec)
            files[f"{stem}.png"], files[f"{stem}.vl.json"] = png(figure.spec), json_text(dict(figure.spec))
    return files


_FILES: Mapping[Format, Callable[[Report], Mapping[str, File]]] = {
    Format.HTML: _html,
    Format.DOCX: _docx,
    Format.PDF: _pdf,
    Format.CSV: _csv,
    Format.FIGURES: _figures,
}
