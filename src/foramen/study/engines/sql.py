"""Plain standard SQL for the four requests. One text runs unchanged on DuckDB, SQLite and PostgreSQL.

What keeps it portable: integers are widened before arithmetic, group order is never relied on, rounding is
FLOOR(x + 0.5), NULL is the only missing value, and what could overflow 64 bits is summed by the database's wide sum.
"""

from collections.abc import Sequence
from math import prod

from foramen.study.engines.engine import Selection
from foramen.study.engines.request import (
    ALWAYS,
    AllOf,
    AnyOf,
    Binned,
    Case,
    Column,
    Compare,
    Condition,
    Counts,
    Difference,
    Key,
    Linear,
    Moments,
    Not,
    OneOf,
    Persons,
    Ranks,
    Recorded,
    Term,
    Value,
    Weighted,
)

RANK_PATTERNS = 4_000_000
"""Largest product of the sizes of the ranked columns for which grouping by pattern is quicker than ranking each row."""

FRAME = "frame"
"""Name of the view an engine provides: the selected rows."""


def quoted(name: str) -> str:
    """A column name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def term_sql(term: Term | Value) -> str:
    match term:
        case Column(name, None):
            return quoted(name)
        case Column(name, hides):
            return f"NULLIF({quoted(name)}, {hides})"
        case Difference(minuend, subtrahend):
            return f"{_wide(minuend)} - {_wide(subtrahend)}"
        case Binned(terms, constant, width):
            return f"CAST(FLOOR(({_weighted(terms, constant)}) / {double_sql(float(width))}) AS BIGINT)"
        case Case(branches, otherwise):
            whens = " ".join(f"WHEN {condition_sql(when)} THEN {term_sql(then)}" for when, then in branches)
            return f"CASE {whens} ELSE {term_sql(otherwise)} END"
        case None:
            return "NULL"
    return str(term)


def _wide(term: Term | Value) -> str:
    return wide_sql(term_sql(term))


def wide_sql(expression: str) -> str:
    """An integer as 64 bits."""
    return f"CAST({expression} AS BIGINT)"


def _weighted(terms: Weighted, constant: int) -> str:
    return " + ".join([*(f"{c} * {_wide(term)}" for c, term in terms), str(constant)])


def condition_sql(condition: Condition) -> str:
    match condition:
        case Compare(column, operator, constant):
            return f"{term_sql(column)} {operator} {constant}"
        case Linear(terms, constant):
            return f"{_weighted(terms, constant)} >= 0"
        case Recorded(column):
            return f"{term_sql(column)} IS NOT NULL"
        case OneOf(column, values):
            return f"{term_sql(column)} IN ({', '.join(map(str, values))})"
        case AllOf(parts):
            return _joined(parts, "AND") if parts else "1 = 1"
        case AnyOf(parts):
            return _joined(parts, "OR") if parts else "1 = 0"
        case Not(part):
            return f"NOT ({condition_sql(part)})"


def _joined(parts: Sequence[Condition], word: str) -> str:
    return "(" + f" {word} ".join(f"({condition_sql(part)})" for part in parts) + ")"


def filter_sql(where: Condition) -> str:
    """The WHERE clause, if any."""
    return "" if where == ALWAYS else f" WHERE {condition_sql(where)}"


def selection_sql(source: str, selection: Selection) -> str:
    """The query behind the view: of each person's eligible rows of `source`, the first or last by sequence, or each."""
    if selection.which == "each":
        return f"SELECT * FROM {source}{filter_sql(selection.where)}"
    choose = "MIN" if selection.which == "first" else "MAX"
    chosen = (
        f"SELECT patient_id AS chosen_patient, {choose}(sequence) AS chosen_sequence "
        f"FROM {source}{filter_sql(selection.where)} GROUP BY patient_id"
    )
    return (
        f"SELECT r.* FROM {source} r JOIN ({chosen}) c "
        "ON r.patient_id = c.chosen_patient AND r.sequence = c.chosen_sequence"
    )


def counts_sql(request: Counts) -> str:
    """Columns: one per key, then the count.

    While grouping, a class that is missing has a code of its own and not NULL: databases that know the few values of
    every key can count in a plain array.
    """
    if not request.keys:
        return f"SELECT COUNT(*) FROM {FRAME}{filter_sql(request.where)}"
    absent = [_code_of_missing(key.term) for key in request.keys]
    grouped, given = [], []
    for i, (key, code) in enumerate(zip(request.keys, absent, strict=True)):
        grouped.append(f"{_with_code(key.term, code)} AS k{i}")
        given.append(f"k{i}" if code is None else f"NULLIF(k{i}, {code})")
    positions = ", ".join(str(i + 1) for i in range(len(request.keys)))
    inner = f"SELECT {', '.join(grouped)}, COUNT(*) AS n FROM {FRAME}{filter_sql(request.where)} GROUP BY {positions}"
    return f"SELECT {', '.join(given)}, n FROM ({inner}) t" if any(code is not None for code in absent) else inner


def _code_of_missing(term: Term) -> int | None:
    """A code that no class of a case has; none for other terms."""
    if not isinstance(term, Case):
        return None
    codes = [then for then in (*(then for _, then in term.branches), term.otherwise) if then is not None]
    classes = [code for code in codes if isinstance(code, int)]
    return max(classes) + 1 if classes and len(classes) == len(codes) else None


def _with_code(term: Term, missing: int | None) -> str:
    if missing is None or not isinstance(term, Case):
        return term_sql(term)
    branches = tuple((when, missing if then is None else then) for when, then in term.branches)
    return term_sql(Case(branches, missing if term.otherwise is None else term.otherwise))


def persons_sql(request: Persons) -> str:
    """Columns: the number of rows of a person, the number of such persons."""
    rows = f"SELECT patient_id, COUNT(*) AS n FROM {FRAME}{filter_sql(request.where)} GROUP BY patient_id"
    return f"SELECT n, COUNT(*) FROM ({rows}) p GROUP BY n"


def ranks_sql(request: Ranks) -> str:
    """Columns: group, rows, complete rows, k sums of doubled ranks, sum of squares.

    Where there can be only so many patterns of values, rows are first grouped by theirs. The doubled rank of column j
    is 1 + sum over i of 2*[x_i < x_j] + [x_i = x_j].
    """
    size = range(len(request.columns))
    group = term_sql(request.group.term) if request.group else "0"
    selected = ", ".join(f"{_wide(key.term)} AS x{i}" for i, key in enumerate(request.columns))
    positions = ", ".join(str(i + 1) for i in range(len(request.columns) + 1))
    count, grouped = ("COUNT(*)", f" GROUP BY {positions}") if _few_patterns(request.columns) else ("1", "")
    patterns = f"SELECT {group} AS g, {selected}, {count} AS n FROM {FRAME}{filter_sql(request.where)}{grouped}"
    complete = " AND ".join(f"x{i} IS NOT NULL" for i in size)
    ranks = ", ".join(f"1 + {' + '.join(_rank_step(i, j) for i in size)} AS r{j}" for j in size)
    ranked = f"SELECT g, n, CASE WHEN {complete} THEN n ELSE 0 END AS c, {ranks} FROM ({patterns}) p"
    sums = ", ".join(f"SUM(c * r{j})" for j in size)
    squares = " + ".join(f"r{j} * r{j}" for j in size)
    return f"SELECT g, SUM(n), SUM(c), {sums}, SUM(c * ({squares})) FROM ({ranked}) q GROUP BY g"


def _few_patterns(columns: Sequence[Key]) -> bool:
    sizes = [key.size for key in columns if key.size]
    return len(sizes) == len(columns) and prod(sizes) <= RANK_PATTERNS


def _rank_step(i: int, j: int) -> str:
    return f"CASE WHEN x{i} < x{j} THEN 2 WHEN x{i} = x{j} THEN 1 ELSE 0 END"


def moments_sql(request: Moments) -> str:
    """Columns: groups, pattern flags, n, k sums, k(k+1)/2 sums of products; NULL sums belong to unrecorded columns."""
    size = range(len(request.columns))
    groups = [f"{term_sql(key.term)} AS g{i}" for i, key in enumerate(request.groups)]
    columns = [f"{_wide(key.term)} AS x{i}" for i, key in enumerate(request.columns)]
    inner = f"SELECT {', '.join([*groups, *columns])} FROM {FRAME}{filter_sql(request.where)}"
    flags = [f"CASE WHEN x{i} IS NULL THEN 0 ELSE 1 END" for i in size]
    keys = [*(f"g{i}" for i in range(len(request.groups))), *flags]
    sums = [f"SUM(x{i})" for i in size] + [f"SUM(x{i} * x{j})" for i in size for j in size if j >= i]
    positions = ", ".join(str(i + 1) for i in range(len(keys)))
    return f"SELECT {', '.join(keys)}, COUNT(*), {', '.join(sums)} FROM ({inner}) m GROUP BY {positions}"


def double_sql(number: float) -> str:
    """A number in double precision, to the bit."""
    return f"CAST({number!r} AS DOUBLE PRECISION)"


def nearest_sql(expression: str) -> str:
    """Rounded to an integer, half up."""
    return f"CAST(FLOOR({expression} + 0.5) AS BIGINT)"
