"""Answers as they were entered, checked against an instrument: read strictly, or refused with every fault."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from math import isfinite
from numbers import Integral
from typing import Any

from foramen.catalogue.instruments.definition import Instrument
from foramen.catalogue.instruments.value_sets import Amount, Answer, Choice, Scale, Several, ValueSet
from foramen.kernel.errors import DataError, Fault, raise_all

WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,8})")
DECIMAL = re.compile(r"(0|[1-9][0-9]{0,8})(\.[0-9]{1,9})?")
LONGEST = 60
"""Characters of a refused answer that a message repeats."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Checked answers to one instrument. An item that is not there was not answered."""

    instrument: Instrument
    values: Mapping[str, Answer]


class _RefusedError(Exception):
    """One answer that cannot be taken: what is wrong with it, and what to enter."""


def read_answers(instrument: Instrument, given: Mapping[str, Any], where: str = "answers") -> Answers:
    """Check what was entered. None is an item without an answer; a blank text is not, and is refused.

    Numbers may come as text of the digits 0 to 9, as a form sends them. Raises DataError with every fault.
    """
    faults, values = list(_unknown_items(instrument, given, where)), {}
    for item in instrument.items:
        if (value := given.get(item.id)) is None:
            continue
        try:
            values[item.id] = _read(instrument.values_of(item.id), value)
        except _RefusedError as refused:
            what, remedy = refused.args
            faults.append(Fault(what, f"{where}.{item.id}", shown(value), remedy))
    raise_all(DataError, faults)
    return Answers(instrument, values)


def _unknown_items(instrument: Instrument, given: Mapping[str, Any], where: str) -> Iterator[Fault]:
    known = [item.id for item in instrument.items]
    for name in given:
        if name not in known:
            near = get_close_matches(str(name), known, n=1)
            remedy = f"did you mean “{near[0]}”?" if near else f"one of {_listed(known)}"
            yield Fault(f"{instrument.abbreviation} has no such item", f"{where}.{name}", str(name), remedy)


def _listed(known: list[str]) -> str:
    return ", ".join(known) if len(known) <= 8 else f"{known[0]} to {known[-1]}"


def _read(values: ValueSet, value: Any) -> Answer:
    if isinstance(value, str) and not value.strip():
        raise _RefusedError("this answer is blank", f"{_wanted(values)}; leave the item out if it was not answered")
    if isinstance(values, Scale):
        return _step(values, value)
    if isinstance(values, Amount):
        return _amount(values, value)
    return _option(values, value) if isinstance(values, Choice) else _options(values, value)


def _step(values: Scale, value: Any) -> int:
    if isinstance(value, str) and WHOLE.fullmatch(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise _RefusedError("this is no whole number", _wanted(values))
    if not values.lowest <= int(value) <= values.highest:
        raise _RefusedError(f"this is not between {values.lowest} and {values.highest}", _wanted(values))
    return int(value)


def _amount(values: Amount, value: Any) -> int | Decimal:
    if isinstance(value, str) and DECIMAL.fullmatch(value):
        value = Decimal(value)
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, bool) or not isinstance(value, Integral | Decimal):
        raise _RefusedError("this is no number", _wanted(values))
    if not isfinite(value):
        raise _RefusedError("this is no number", _wanted(values))
    amount = value if isinstance(value, Decimal) else Decimal(int(value))
    if not 0 <= amount <= values.highest:
        raise _RefusedError(f"this is not between 0 and {values.highest} {values.unit}", _wanted(values))
    if (places := _places(amount)) > values.decimals:
        raise _RefusedError(f"this has more than {_decimals(values.decimals)}", _wanted(values))
    return amount if places else int(amount)


def _places(amount: Decimal) -> int:
    """Decimals that are not 0, from the digits as they are written: arithmetic would round long ones away."""
    _, digits, exponent = amount.as_tuple()
    written = "".join(map(str, digits))
    return max(0, -int(exponent) - (len(written) - len(written.rstrip("0")))) if amount else 0


def _option(values: Choice, value: Any) -> str:
    if value not in values.codes():
        raise _RefusedError("this is none of the options", _wanted(values, value))
    return str(value)


def _options(values: Several, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise _RefusedError("a list of options is needed", _wanted(values))
    if not value:
        raise _RefusedError("an empty list does not say whether there were none", f"{_wanted(values)}")
    if strange := [one for one in value if one not in values.codes()]:
        raise _RefusedError("this is none of the options", _wanted(values, strange[0]))
    if len(set(value)) < len(value):
        raise _RefusedError("an option stands twice", "each option once")
    if values.none in value and len(value) > 1:
        raise _RefusedError(f"“{values.none}” stands beside others", f'either ["{values.none}"] alone, or the others')
    return tuple(value)


def _wanted(values: ValueSet, value: Any = None) -> str:
    """What to enter."""
    if isinstance(values, Scale):
        unit = f" {values.unit}" if values.unit else ""
        return f"enter a whole number from {values.lowest} to {values.highest}{unit}, in the digits 0 to 9"
    if isinstance(values, Amount):
        places = f"with a point and at most {_decimals(values.decimals)}" if values.decimals else "without decimals"
        return f"enter an amount from 0 to {values.highest} {values.unit}, {places}, in the digits 0 to 9"
    near = get_close_matches(str(value).lower().replace(" ", "_"), values.codes(), n=1) if value is not None else []
    if near:
        return f"did you mean “{near[0]}”?"
    if isinstance(values, Several):
        return f'enter ["{values.none}"], or a list of {", ".join(c for c in values.codes() if c != values.none)}'
    return f"enter one of {', '.join(values.codes())}"


def _decimals(places: int) -> str:
    return f"{places} decimal" if places == 1 else f"{places} decimals"


def shown(value: Any) -> str:
    """What was received, so that a reader sees it: foreign digits by their names, what cannot be seen escaped."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value) if value.bit_length() < 3 * LONGEST else f"a number of more than {LONGEST // 2} digits"
    if not isinstance(value, str):
        return str(value)[:LONGEST]
    foreign = [unicodedata.name(sign, "unnamed").lower() for sign in value if sign.isdecimal() and not sign.isascii()]
    return repr(value[:LONGEST]) + (f" ({', '.join(foreign[:3])})" if foreign else "")
