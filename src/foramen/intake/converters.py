"""Cells to codes, by strict rules: digits, a sign, one decimal mark. Each distinct text is parsed once."""

import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from foramen.intake import reasons
from foramen.intake.dates import DateFormat, read_date, shapes_of
from foramen.intake.reasons import Reason
from foramen.kernel.rounding import rounded
from foramen.snapshot.codebook import SUPPRESSED

REFUSED = -(2**63)
"""Stands for a cell that does not fit, until its row is set aside."""

_CACHED = 100_000
_LARGEST = 2**53
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,9}", re.ASCII)
_EXPONENT = re.compile(r"[+-]?[\d.,]+[eE][+-]?\d+", re.ASCII)
_SEPARATED = re.compile(r"[+-]?\d[\d.,'\s\u2019]*", re.ASCII)
_OTHER_SCRIPT = re.compile(r"[+\-\u2010-\u2015\u2212\ufe63\uff0d]?\s?\d+([.,\u066b\uff0e]\d+)?")
_FORMULA_ERRORS = frozenset({"#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#GETTING_DATA"})


class Refusal(Exception):  # noqa: N818 - not an error yet: the row may be quarantined
    """A cell does not fit."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.what)
        self.reason = reason


class Converter(dict[str, int | None], ABC):
    """A cache from cell to code: None is missing, SUPPRESSED is withheld, REFUSED does not fit."""

    def __init__(self, missing: Collection[str], suppressed: Collection[str]) -> None:
        super().__init__()
        self._missing = frozenset(missing) | {""}
        self._suppressed = frozenset(suppressed)
        self.refused = False

    def __missing__(self, cell: str) -> int | None:
        code: int | None
        try:
            code = self._code(cell)
        except Refusal:
            self.refused = True
            code = REFUSED
        if len(self) < _CACHED:
            self[cell] = code
        return code

    def reason(self, cell: str) -> Reason:
        """Why a cell was refused."""
        try:
            self._code(cell)
        except Refusal as refusal:
            return refusal.reason
        raise LookupError("the cell was not refused")

    def _code(self, cell: str) -> int | None:
        text = cell.strip()
        if text in self._missing:
            return None
        if text in self._suppressed:
            return SUPPRESSED
        return self.parse(text)

    @abstractmethod
    def parse(self, text: str) -> int:
        """The code of a recorded value; raises Refusal."""


@dataclass(frozen=True, slots=True)
class NumberRule:
    """How the numbers of one column are written and stored: code = number * factor * 10**decimals."""

    decimals: int
    factor: Fraction
    low: int | None
    high: int | None
    rounds: bool
    mark: str

    def bound(self, code: int | None) -> str | None:
        """A declared bound as it was declared."""
        return None if code is None else rounded(Fraction(code, 10**self.decimals), self.decimals)


class NumberConverter(Converter):
    """Decimal numbers as exact integers in the declared resolution.

    Where 999 means missing, 999.0 is neither taken for missing nor for a value: somebody has to say.
    """

    def __init__(self, rule: NumberRule, missing: Collection[str], suppressed: Collection[str]) -> None:
        super().__init__(missing, suppressed)
        self._rule = rule
        self._scale = rule.factor * 10**rule.decimals
        self._taken = {self._number(token) for token in (*missing, *suppressed)} - {None}

    def parse(self, text: str) -> int:
        rule = self._rule
        number = self._number(text)
        if number is None:
            raise Refusal(_why_not_a_number(text))
        if number in self._taken:
            raise Refusal(reasons.OTHER_SPELLING)
        exact = number * self._scale
        code = int(exact) if exact.denominator == 1 else self._rounded(exact)
        if (rule.low is not None and exact < rule.low) or (rule.high is not None and exact > rule.high):
            raise Refusal(reasons.out_of_range(rule.bound(rule.low), rule.bound(rule.high)))
        if not SUPPRESSED < code <= _LARGEST:
            raise Refusal(reasons.TOO_LARGE)
        return code

    def _number(self, text: str) -> Fraction | None:
        plain = text if self._rule.mark == "." else text.replace(".", "\0").replace(",", ".")
        return Fraction(plain) if _NUMBER.fullmatch(plain) else None

    def _rounded(self, exact: Fraction) -> int:
        if not self._rule.rounds:
            raise Refusal(reasons.too_precise(self._rule.decimals))
        return int(rounded(exact, 0))


class CodeConverter(Converter):
    """Listed codes; the number of a code is the position of its label."""

    def __init__(
        self, codes: Mapping[str, int], missing: Collection[str], suppressed: Collection[str], unknown: Reason
    ) -> None:
        super().__init__(missing, suppressed)
        self._codes = codes
        self._unknown = unknown

    def parse(self, text: str) -> int:
        code = self._codes.get(text)
        if code is None:
            raise Refusal(self._unknown)
        return code


class DayConverter(Converter):
    """Whole days."""

    def parse(self, text: str) -> int:
        if not _WHOLE.fullmatch(text):
            raise Refusal(reasons.NOT_A_DAY)
        if abs(int(text)) >= 2**15:
            raise Refusal(reasons.FAR_DAY)
        return int(text)


class DateConverter(Converter):
    """Dates in the declared format as a running number of days, of which only differences are kept."""

    def __init__(self, form: DateFormat, missing: Collection[str]) -> None:
        super().__init__(missing, ())
        self._form = form

    def parse(self, text: str) -> int:
        read = read_date(text, self._form)
        if isinstance(read, Reason):
            raise Refusal(read)
        return read.toordinal()


class KeyConverter(dict[str, str | None]):
    """A cache from cell to key text; None does not identify anything."""

    def __init__(
        self, codes: Mapping[str, str] | None, unknown: Collection[str], absent: Reason, other: Reason
    ) -> None:
        super().__init__()
        self._codes = codes
        self._unknown = frozenset(unknown) | {""}
        self._absent, self._other = absent, other

    def __missing__(self, cell: str) -> str | None:
        text = cell.strip()
        listed = text if self._codes is None else self._codes.get(text)
        key = None if self._names_nobody(text) or not text.isprintable() else listed
        if len(self) < _CACHED:
            self[cell] = key
        return key

    def reason(self, cell: str) -> Reason:
        """Why a cell is no key."""
        text = cell.strip()
        if text in _FORMULA_ERRORS:
            return reasons.FORMULA_ERROR
        if self._names_nobody(text):
            return self._absent
        return self._other if text.isprintable() else reasons.INVISIBLE

    def _names_nobody(self, text: str) -> bool:
        """Declared missing, or what programs write when they have nothing: NaN, the error of a formula."""
        return text in self._unknown or text.lower() == "nan" or text in _FORMULA_ERRORS


def labelled(codes: Mapping[str, str], labels: Sequence[str]) -> dict[str, int]:
    """Position of the label of each source code."""
    return {code: labels.index(label) for code, label in codes.items()}


def scaled(bound: int | Decimal | None, decimals: int) -> int | None:
    """A declared bound as a code."""
    return None if bound is None else int(Decimal(bound).scaleb(decimals))


def _why_not_a_number(text: str) -> Reason:
    if text in _FORMULA_ERRORS:
        return reasons.FORMULA_ERROR
    if text.endswith("%"):
        return reasons.PERCENT
    if text.lower().lstrip("+-") in {"nan", "inf", "infinity"}:
        return reasons.NOT_FINITE
    if _EXPONENT.fullmatch(text):
        return reasons.EXPONENT
    if shapes_of(text):
        return reasons.DATE_FOR_NUMBER
    if _SEPARATED.fullmatch(text):
        return reasons.WRONG_MARK
    return reasons.OTHER_SCRIPT if _OTHER_SCRIPT.fullmatch(text) else reasons.NOT_A_NUMBER
