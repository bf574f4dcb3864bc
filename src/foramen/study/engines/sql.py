"""Plain standard SQL for the four requests. One text runs unchanged on DuckDB, SQLite and PostgreSQL.

What keeps it portable: integers are widened before arithmetic, group order is never relied on, rounding is
FLOOR(x + 0.5), NULL is the only missing value, and what could overflow 64 bits is summed by the database's wide sum.
"""

from collections.abc import Sequence

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
    Scores,
    Term,
    Value,
    Weighted,
)

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
            return f"CAST(FLOOR(({_weighted(terms, constant)}) / {_double(float(width))}) AS BIGINT)"
        case Case(branches, otherwise):
            whens = " ".join(f"WHEN {condition_sql(when)} THEN {term_sql(then)}" for when, then in branches)
            return f"CASE {whens} ELSE {term_sql(otherwise)} END"
        case None:
            return "NULL"
    return str(term)


def _wide(term: Term | Value) -> str:
    return f"CAST({term_sql(term)} AS BIGINT)"


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


def _filter(where: Condition) -> str:
    return "" if where == ALWAYS else f" WHERE {condition_sql(where)}"


def selection_sql(source: str, selection: Selection) -> str:
    """The query behind the view: of each person's eligible rows of `source`, the first or last by sequence, or each."""
    if selection.which == "each":
        return f"SELECT * FROM {source}{_filter(selection.where)}"
    choose = "MIN" if selection.which == "first" else "MAX"
    chosen = (
        f"SELECT patient_id AS chosen_patient, {choose}(sequence) AS chosen_sequence "
        f"FROM {source}{_filter(selection.where)} GROUP BY patient_id"
    )
    return (
        f"SELECT r.* FROM {source} r JOIN ({chosen}) c "
        "ON r.patient_id = c.chosen_patient AND r.sequence = c.chosen_sequence"
    )


def counts_sql(request: Counts) -> str:
    """Columns: one per key, then the count."""
    if not request.keys:
        return f"SELECT COUNT(*) FROM {FRAME}{_filter(request.where)}"
    selected = ", ".join(f"{term_sql(key.term)} AS k{i}" for i, key in enumerate(request.keys))
    positions = ", ".join(str(i + 1) for i in range(len(request.keys)))
    return f"SELECT {selected}, COUNT(*) FROM {FRAME}{_filter(request.where)} GROUP BY {positions}"


def persons_sql(request: Persons) -> str:
    """Columns: the number of rows of a person, the number of such persons."""
    rows = f"SELECT patient_id, COUNT(*) AS n FROM {FRAME}{_filter(request.where)} GROUP BY patient_id"
    return f"SELECT n, COUNT(*) FROM ({rows}) p GROUP BY n"


def ranks_sql(request: Ranks) -> str:
    """Columns: group, rows, complete rows, k sums of doubled ranks, sum of squares.

    Rows are first grouped by their pattern of values: there are far fewer patterns than rows. The doubled rank of
    column j is 1 + sum over i of 2*[x_i < x_j] + [x_i = x_j].
    """
    size = range(len(request.columns))
    group = term_sql(request.group.term) if request.group else "0"
    selected = ", ".join(f"{_wide(key.term)} AS x{i}" for i, key in enumerate(request.columns))
    positions = ", ".join(str(i + 1) for i in range(len(request.columns) + 1))
    patterns = (
        f"SELECT {group} AS g, {selected}, COUNT(*) AS n FROM {FRAME}{_filter(request.where)} GROUP BY {positions}"
    )
    complete = " AND ".join(f"x{i} IS NOT NULL" for i in size)
    ranks = ", ".join(f"1 + {' + '.join(_rank_step(i, j) for i in size)} AS r{j}" for j in size)
    ranked = f"SELECT g, n, CASE WHEN {complete} THEN n ELSE 0 END AS c, {ranks} FROM ({patterns}) p"
    sums = ", ".join(f"SUM(c * r{j})" for j in size)
    squares = " + ".join(f"r{j} * r{j}" for j in size)
    return f"SELECT g, SUM(n), SUM(c), {sums}, SUM(c * ({squares})) FROM ({ranked}) q GROUP BY g"


def _rank_step(i: int, j: int) -> str:
    return f"CASE WHEN x{i} < x{j} THEN 2 WHEN x{i} = x{j} THEN 1 ELSE 0 END"


def moments_sql(request: Moments) -> str:
    """Columns: groups, pattern flags, n, k sums, k(k+1)/2 sums of products; NULL sums belong to unrecorded columns."""
    size = range(len(request.columns))
    groups = [f"{term_sql(key.term)} AS g{i}" for i, key in enumerate(request.groups)]
    columns = [f"{_wide(key.term)} AS x{i}" for i, key in enumerate(request.columns)]
    inner = f"SELECT {', '.join([*groups, *columns])} FROM {FRAME}{_filter(request.where)}"
    flags = [f"CASE WHEN x{i} IS NULL THEN 0 ELSE 1 END" for i in size]
    keys = [*(f"g{i}" for i in range(len(request.groups))), *flags]
    sums = [f"SUM(x{i})" for i in size] + [f"SUM(x{i} * x{j})" for i in size for j in size if j >= i]
    positions = ", ".join(str(i + 1) for i in range(len(keys)))
    return f"SELECT {', '.join(keys)}, COUNT(*), {', '.join(sums)} FROM ({inner}) m GROUP BY {positions}"


def scores_sql(request: Scores) -> str:
    """Columns: n, successes, log-likelihood, gradient, upper triangle of the information; scaled integers.

    Everything that is not an integer happens within a row, in the order of the terms, so that engines that share a C
    library agree to the bit.
    """
    keys: list[Key] = [request.outcome, *request.design]
    selected = ", ".join(f"{_wide(key.term)} AS x{i}" for i, key in enumerate(keys))
    rows = f"SELECT {selected} FROM {FRAME}{_filter(request.where)}"
    complete = " AND ".join(f"x{i} IS NOT NULL" for i in range(len(keys)))
    predictor = " + ".join(
        [_double(request.beta[0]), *(f"{_double(b)} * x{i + 1}" for i, b in enumerate(request.beta[1:]))]
    )
    predicted = f"SELECT *, {predictor} AS e FROM ({rows}) a WHERE {complete}"
    small = f"SELECT *, EXP(-ABS(e)) AS s FROM ({predicted}) b"
    chance = f"SELECT *, CASE WHEN e >= 0 THEN 1.0 / (1.0 + s) ELSE s / (1.0 + s) END AS p FROM ({small}) c"
    scale = _double(float(2**request.bits))
    loglik = "x0 * e - CASE WHEN e > 0 THEN e ELSE 0.0 END - LN(1.0 + s)"
    scaled = (
        f"SELECT *, {_nearest(f'({loglik}) * {scale}')} AS l, {_nearest(f'(x0 - p) * {scale}')} AS r, "
        f"{_nearest(f'p * (1.0 - p) * {scale}')} AS w FROM ({chance}) d"
    )
    design = ["1", *(f"x{i + 1}" for i in range(len(request.design)))]
    gradient = [f"SUM({x} * r)" for x in design]
    information = [f"SUM({x} * {y} * w)" for i, x in enumerate(design) for y in design[i:]]
    return f"SELECT COUNT(*), SUM(x0), SUM(l), {', '.join([*gradient, *information])} FROM ({scaled}) f"


def _double(number: float) -> str:
    return f"CAST({number!r} AS DOUBLE PRECISION)"


def _nearest(expression: str) -> str:
    return f"CAST(FLOOR({expression} + 0.5) AS BIGINT)"
