"""What terms and conditions mean, in plain Python: the definition the SQL text must agree with."""

from collections.abc import Mapping, Sequence

from foramen.study.engines.request import (
    AllOf,
    AnyOf,
    Binned,
    Case,
    Column,
    Compare,
    Condition,
    Difference,
    Linear,
    Not,
    OneOf,
    Recorded,
    Term,
    Value,
    Weighted,
)

Row = Mapping[str, int | None]


def value(term: Term | Value, row: Row) -> int | None:
    """The value of a term on a row."""
    match term:
        case Column(name, hides):
            code = row[name]
            return None if code == hides else code
        case Difference(minuend, subtrahend):
            one, other = value(minuend, row), value(subtrahend, row)
            return None if one is None or other is None else one - other
        case Binned(terms, constant, width):
            total = _weighted(terms, constant, row)
            return None if total is None else total // width
        case Case(branches, otherwise):
            for condition, result in branches:
                if truth(condition, row):
                    return value(result, row)
            return value(otherwise, row)
    return term


def truth(condition: Condition, row: Row) -> bool | None:
    """True, False, or None for unknown."""
    match condition:
        case Compare(column, operator, constant):
            code = value(column, row)
            return None if code is None else _compare(code, operator, constant)
        case Linear(terms, constant):
            total = _weighted(terms, constant, row)
            return None if total is None else total >= 0
        case Recorded(column):
            return value(column, row) is not None
        case OneOf(column, values):
            code = value(column, row)
            return None if code is None else code in values
        case AllOf(parts):
            return _all([truth(part, row) for part in parts])
        case AnyOf(parts):
            return _not(_all([_not(truth(part, row)) for part in parts]))
        case Not(part):
            return _not(truth(part, row))


def _weighted(terms: Weighted, constant: int, row: Row) -> int | None:
    codes = [value(term, row) for _, term in terms]
    known = [code for code in codes if code is not None]
    if len(known) < len(codes):
        return None
    return sum(c * code for (c, _), code in zip(terms, known, strict=True)) + constant


def _compare(code: int, operator: str, constant: int) -> bool:
    return {
        "=": code == constant,
        "<>": code != constant,
        "<": code < constant,
        "<=": code <= constant,
        ">": code > constant,
        ">=": code >= constant,
    }[operator]


def _not(known: bool | None) -> bool | None:
    return None if known is None else not known


def _all(parts: Sequence[bool | None]) -> bool | None:
    if any(part is False for part in parts):
        return False
    return None if any(part is None for part in parts) else True
