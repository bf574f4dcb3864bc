"""SQL of logistic models. Rows with equal outcome and design are one pattern; a Newton step sums over patterns.

A model's patterns are held in a temporary table, because every step asks for them again and there are a third as many
as rows or fewer. Within a step they are first summed over the columns that take few values, so that the sums over all
pairs of columns are left for some thousands of groups. Everything that is not an integer happens within a pattern, in
the order of the terms, so that engines that share a C library agree to the bit.
"""

from collections.abc import Sequence

from foramen.study.engines.request import Scores
from foramen.study.engines.sql import FRAME, double_sql, filter_sql, nearest_sql, term_sql, wide_sql

GROUPS = 10_000
"""Largest product of the numbers of values of the columns that a step groups by."""

PATTERNS = "patterns"
"""Name of the temporary table: x0 the outcome, x1… the design, n the rows of the pattern."""

Extent = tuple[int, int]


def drop_patterns_sql() -> str:
    return f"DROP TABLE IF EXISTS {PATTERNS}"


def patterns_sql(request: Scores) -> str:
    """Make the table of patterns of the rows that are complete in every key."""
    keys = [request.outcome, *request.design]
    names = [f"x{i}" for i in range(len(keys))]
    selected = ", ".join(f"{term_sql(key.term)} AS {name}" for key, name in zip(keys, names, strict=True))
    rows = f"SELECT {selected} FROM {FRAME}{filter_sql(request.where)}"
    complete = " AND ".join(f"{name} IS NOT NULL" for name in names)
    listed = ", ".join(names)
    counted = f"SELECT {listed}, COUNT(*) AS n FROM ({rows}) r WHERE {complete} GROUP BY {listed}"
    return f"CREATE TEMP TABLE {PATTERNS} AS {counted}"


def extents_sql(request: Scores) -> str:
    """Columns: the rows of the largest pattern, then the smallest and the largest value of each design column."""
    ends = [f"MIN(x{i}), MAX(x{i})" for i in range(1, len(request.design) + 1)]
    return f"SELECT {', '.join(['MAX(n)', *ends])} FROM {PATTERNS}"


def grouped_columns(request: Scores, largest: int, extents: Sequence[Extent]) -> tuple[int, ...]:
    """Which design columns (from 1) a step groups by: those that take few values, while the product of their numbers
    stays small, and those whose squares would overflow 64 bits when summed by pattern."""
    room = 2 ** (63 + 2 - request.bits) // max(largest, 1)
    numbered = sorted((high - low + 1, max(-low, high), i) for i, (low, high) in enumerate(extents, 1))
    widest = max([4, *(size for _, size, _ in numbered)])
    chosen, product = [], 1
    for count, size, i in numbered:
        product *= count
        if product <= GROUPS or size * widest >= room:
            chosen.append(i)
    return tuple(sorted(chosen))


def scores_sql(request: Scores, grouped: Sequence[int]) -> str:
    """Columns: n, successes, log-likelihood, gradient, upper triangle of the information; scaled integers."""
    size = range(len(request.design) + 1)
    single = [i for i in size[1:] if i not in grouped]
    names = [f"x{i}" for i in grouped]
    sums = ["SUM(n) AS n", "SUM(n * x0) AS y", "SUM(n * l) AS l", "SUM(n * r) AS r", "SUM(n * w) AS w"]
    sums += [f"SUM(n * x{i} * r) AS r{i}, SUM(n * x{i} * w) AS w{i}" for i in single]
    sums += [f"SUM(n * x{i} * x{j} * w) AS w{i}_{j}" for i in single for j in single if j >= i]
    by = f" GROUP BY {', '.join(names)}" if names else ""
    inner = f"SELECT {', '.join([*names, *sums])} FROM ({_scaled(request)}) p{by}"
    gradient = [f"SUM({_product('r', [i], single)})" for i in size]
    information = [f"SUM({_product('w', [i, j], single)})" for i in size for j in size if j >= i]
    return f"SELECT SUM(n), SUM(y), SUM(l), {', '.join([*gradient, *information])} FROM ({inner}) g"


def _product(sum_name: str, columns: Sequence[int], single: Sequence[int]) -> str:
    """The sum of a group times the columns it was grouped by; the others are in the sum. Column 0 is the intercept."""
    summed = "_".join(str(i) for i in columns if i in single)
    return " * ".join([*(f"x{i}" for i in columns if i and i not in single), f"{sum_name}{summed}"])


def _scaled(request: Scores) -> str:
    """The patterns with their log-likelihood l, residual r and weight w as scaled integers."""
    widened = ", ".join(f"{wide_sql(f'x{i}')} AS x{i}" for i in range(len(request.design) + 1))
    slopes = [f"{double_sql(b)} * x{i}" for i, b in enumerate(request.beta[1:], 1)]
    predictor = " + ".join([double_sql(request.beta[0]), *slopes])
    predicted = f"SELECT *, {predictor} AS e FROM (SELECT {widened}, n FROM {PATTERNS}) a"
    small = f"SELECT *, EXP(-ABS(e)) AS s FROM ({predicted}) b"
    chance = f"SELECT *, CASE WHEN e >= 0 THEN 1.0 / (1.0 + s) ELSE s / (1.0 + s) END AS p FROM ({small}) c"
    scale = double_sql(float(2**request.bits))
    loglik = "x0 * e - CASE WHEN e > 0 THEN e ELSE 0.0 END - LN(1.0 + s)"
    return (
        f"SELECT *, {nearest_sql(f'({loglik}) * {scale}')} AS l, {nearest_sql(f'(x0 - p) * {scale}')} AS r, "
        f"{nearest_sql(f'p * (1.0 - p) * {scale}')} AS w FROM ({chance}) d"
    )
