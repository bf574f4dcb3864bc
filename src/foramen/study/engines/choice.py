"""Engines by name. Each is imported when chosen, so that nobody pays for the others."""

from collections.abc import Callable, Mapping

from foramen.kernel.errors import DefinitionError
from foramen.study.engines.engine import Engine, Rows


def _duckdb(rows: Rows) -> Engine:
    from foramen.study.engines.duckdb import open_duckdb  # noqa: PLC0415 - start-up time

    return open_duckdb(rows)


def _reference(rows: Rows) -> Engine:
    from foramen.study.engines.reference import ReferenceEngine  # noqa: PLC0415 - start-up time

    return ReferenceEngine.open(rows)


def _sqlite(rows: Rows) -> Engine:
    from foramen.study.engines.sqlite import open_sqlite  # noqa: PLC0415 - start-up time

    return open_sqlite(rows)


ENGINES: Mapping[str, Callable[[Rows], Engine]] = {"duckdb": _duckdb, "reference": _reference, "sqlite": _sqlite}


def open_engine(name: str, rows: Rows) -> Engine:
    """An engine over the rows of a snapshot, by name."""
    if name not in ENGINES:
        raise DefinitionError.single("unknown engine", received=name, remedy=f"one of {', '.join(ENGINES)}")
    return ENGINES[name](rows)
