"""Tables that do not fit an upright page: many columns, many rows, long words. Invented, like the sample's."""

from dataclasses import replace

from foramen.report.document import Report
from foramen.report.table import Column, Note, Row, Span, Table, Value
from tests.report.sample import sample_report

TIMES = ("Before", "15 minutes", "1 week", "1 month", "3 months", "6 months")


def wide_report() -> Report:
    """The sample with a table to be turned, one with too many columns for any page, and a supplement of 70 rows."""
    report = sample_report()
    return replace(report, items=(*report.items, _scores(), _crowded(), _listing()))


def _scores() -> Table:
    """Two columns for each of six times."""
    columns = tuple(Column(name, f"n = {n}") for _ in TIMES for name, n in (("CT", 64), ("Fluoroscopy", 60)))
    rows = []
    for place, name in enumerate(
        ("Pain in the leg, 0 to 10", "Oswestry Disability Index, %", "Roland-Morris, 0 to 24")
    ):
        cells = tuple((Value(f"{51.29 - i}", 0), " ± ", Value("18.77", 0)) for i in range(len(columns)))
        rows += [Row((name,), kind="group"), Row(("mean ± SD",), cells, level=1)]
        tests = tuple((Value("< 0.001", 0),) if i % 2 else () for i in range(len(columns)))
        rows.append(Row((f"p between the groups, test {place}",), tests, level=1))
    notes = (Note("Student's t test between the groups at each time."),)
    spans = tuple(Span(time, 2) for time in TIMES)
    return Table("table-4", "Table 4", "Scores by group and time", "Score", columns, tuple(rows), spans, notes)


def _crowded() -> Table:
    """So many columns that letters must be smaller."""
    columns = tuple(Column(f"Reader {i}", align="right") for i in range(1, 17))
    cells = tuple((Value("0.61", 0), " (", Value("0.44", 0), " to ", Value("0.78", 0), ")") for _ in columns)
    rows = (Row(("Reader 1",), cells), Row(("Reader 2",), cells))
    return Table("table-5", "Table 5", "Agreement of sixteen readers", "Reader", columns, rows)


def _listing() -> Table:
    """Longer than a page, with sentences in its cells."""
    columns = (
        Column("Quantity", align="left"),
        Column("Of", align="left"),
        Column("n"),
        Column("Estimate"),
        Column("Interval"),
        Column("p"),
        Column("Method", align="left"),
    )
    rows = tuple(
        Row(
            (f"Median of pain at 1 month, group {place}",),
            (
                ("Hodges-Lehmann shift",),
                ("Pain in the leg, 0 to 10; 1 month; CT against fluoroscopy",),
                (Value(f"{1000 + place}", 0),),
                (Value(f"−{place}.25", 0),),
                (Value("−1.50 to 0.75", 0),),
                (Value("0.034", 0),),
                ("Moses interval from all pairwise differences, exact by the distribution of the rank sum",),
            ),
        )
        for place in range(70)
    )
    return Table("table-s1", "Table S1", "All comparisons asked for", "Analysis", columns, rows)


def odd_report() -> Report:
    """Tables of unusual shape: groups in groups, a group that ends a table, no rows, no columns."""
    number: tuple[Value] = (Value("1", 0),)

    def group(text: str, level: int = 0) -> Row:
        return Row((text,), kind="group", level=level)

    rows = (
        group("A"), group("B", 1), Row(("b",), (number,), 2), group("C", 1), Row(("c",), (number,), 2), group("D"),
        group("E"), Row(("e",), (number,), 1), Row(("only words",)), Row(("deep",), (number,), 5), group("last"),
    )  # fmt: skip
    column = (Column("n"),)
    tables = (
        Table("table-1", "Table 1", "Groups", "S", column, rows),
        Table("table-2", "Table 2", "One group", "S", column, rows[:1]),
        Table("table-3", "Table 3", "No rows", "S", column, ()),
        Table("table-4", "Table 4", "No columns", "S", (), (Row(("a",)),)),
    )
    return replace(sample_report(), items=tables)
