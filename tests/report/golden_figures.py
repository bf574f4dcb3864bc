"""The golden pictures of figures: `python -m tests.report.golden_figures` writes them."""

from pathlib import Path

from foramen.report.figures.choice import flow
from foramen.report.renderers import charts
from tests.report.figure_sample import WANTED, figure, material

GOLDEN = Path(__file__).parent / "golden"


def pictures() -> dict[str, str]:
    """Every figure of the sample as SVG."""
    drawn = {name: charts.svg(figure(name).spec) for name in WANTED}
    return {**drawn, "flow": charts.svg(flow(material()).spec)}


if __name__ == "__main__":
    for name, drawn in pictures().items():
        (GOLDEN / f"figure-{name}.svg").write_text(drawn, encoding="utf-8", newline="\n")
