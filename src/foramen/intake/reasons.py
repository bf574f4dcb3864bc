"""Why a cell or a row does not fit: fixed sentences that never contain a value."""

from dataclasses import dataclass

from foramen.kernel.errors import Fault


@dataclass(frozen=True, slots=True)
class Reason:
    """What is wrong, what kind of thing was received, what to do."""

    what: str
    received: str
    remedy: str

    def fault(self, file: str, row: int, column: str) -> Fault:
        where = f"{file}, row {row}" + (f", column “{column}”" if column else "")
        return Fault(self.what, where, self.received, self.remedy)


@dataclass(frozen=True, slots=True)
class Finding:
    """A reason at a place. `file` is the position of the source; rows count from 1, the header included."""

    file: int
    row: int
    column: str
    reason: Reason


_CHECK = "correct the source"
_MISSING = f"{_CHECK}, or list the cell under `missing`"
_NO_KEY = "an empty, missing or suppressed cell"
_SAME_KEY = "rows with the same key"

RAGGED = Reason(
    "the row has another number of cells than the header",
    "too few or too many cells",
    "quote cells that contain the delimiter",
)
UNDECODABLE = Reason(
    "the row is not in the declared encoding",
    "bytes of another encoding",
    "save the file as UTF-8, or declare `encoding` under [source]",
)
NO_CACHED_VALUE = Reason(
    "the formula has no stored result",
    "a formula that was never calculated",
    "open and save the file in Excel, or paste values",
)

NO_PATIENT = Reason("no patient number", _NO_KEY, _CHECK)
NO_SITE = Reason("no site", _NO_KEY, _CHECK)
NO_INDEX_KEY = Reason("no key of the index event", _NO_KEY, _CHECK)
NO_INDEX_DATE = Reason("the index event has no date", "an empty cell", _CHECK)
NO_TIMEPOINT = Reason("no time point", "an empty cell", _CHECK)
UNKNOWN_SITE = Reason("a site that the mapping does not list", "another code", "add it to the codes under [site]")
UNKNOWN_TIMEPOINT = Reason(
    "a time point that the mapping does not list", "another code", "add it to the codes of a time point"
)
UNKNOWN_CODE = Reason("a code that the mapping does not list", "another code", f"add it to `codes`, {_MISSING}")

PERCENT = Reason(
    "a percentage where a number is needed", "a number with a % sign", "remove the sign and say % as the unit"
)
NOT_A_NUMBER = Reason("this is not a number", "text", _MISSING)
NOT_FINITE = Reason("this is not a finite number", "NaN or infinity", _MISSING)
EXPONENT = Reason("a number in exponent notation", "a number with an E", "write it with digits and a decimal mark only")
WRONG_MARK = Reason(
    "another decimal mark than declared, or a separator of thousands",
    "a number with a comma, point or blank inside",
    "set `decimal` under [source], and remove separators of thousands",
)
TOO_LARGE = Reason("the number is too large to be stored", "a number with very many digits", _MISSING)
NOT_A_DAY = Reason("this is not a whole number of days", "something else", _MISSING)
NOT_A_DATE = Reason("this is not a date as YYYY-MM-DD between 1900 and 2199", "something else", _MISSING)
FAR_DAY = Reason("the day is more than 32,767 days from the index event", "a date far away", "correct the year")
NOT_ASKED = Reason(
    "an answer at a time point where the mapping expects none",
    "a value",
    "add the time point to `timepoints` of the column",
)

REPEATED = Reason(
    "the patient has more than one row",
    "rows with the same site and patient number",
    'name the `key` column under [index_event], or set repeats = "each_row"',
)
REPEATED_KEY = Reason("the same index event of the same patient stands in more than one row", _SAME_KEY, _CHECK)
REPEATED_TIMEPOINT = Reason(
    "the same time point of the same index event stands in more than one row", _SAME_KEY, _CHECK
)
CROWDED = Reason(
    "the patient has more than 32,767 rows", "rows with the same site and patient number", "check the patient column"
)
DIFFERS = Reason(
    "the rows of one patient or index event disagree",
    "different values",
    f"{_CHECK}, or give the variable another `table`",
)


def out_of_range(low: str | None, high: str | None) -> Reason:
    """A number beyond the declared bounds, which may be shown: they are the mapping's."""
    bounds = f"{low} to {high}" if low and high else f"{low} or more" if low else f"{high} or less"
    return Reason(f"the number is outside the declared range, {bounds}", "a smaller or larger number", _MISSING)


def too_precise(decimals: int) -> Reason:
    """A number that would lose digits."""
    return Reason(
        f"more decimals than the {decimals} declared",
        "a number with further digits",
        "declare more `decimals`, or `round = true` on the column",
    )
