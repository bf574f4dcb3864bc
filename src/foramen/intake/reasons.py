"""Why a cell or a row does not fit: fixed sentences that never contain a value."""

from collections.abc import Sequence
from dataclasses import dataclass

from foramen.kernel.errors import Fault


@dataclass(frozen=True, slots=True)
class Reason:
    """What is wrong, what kind of thing was received, what to do."""

    what: str
    received: str
    remedy: str

    def fault(self, file: str, rows: str, column: str) -> Fault:
        where = f"{file}, {rows}" + (f", column “{column}”" if column else "")
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

ENCODING_REMEDY = (
    'save the file as UTF-8, or set `encoding` under [source] to "windows-1252" (older Excel), '
    '"iso-8859-1" or "iso-8859-15"'
)

RAGGED = Reason(
    "the row has another number of cells than the header",
    "too few or too many cells",
    "quote cells that contain the delimiter",
)
HEADER_AGAIN = Reason("the row repeats the header", "the names of the columns", "remove it; files may have been joined")
UNDECODABLE = Reason(
    "the cell is not in the declared encoding",
    "bytes of another encoding",
    ENCODING_REMEDY,
)
NUL_BYTE = Reason("the cell holds a NUL byte", "a byte that is no text", "export the file anew; it may be damaged")
NO_CACHED_VALUE = Reason(
    "the formula has no stored result",
    "a formula that was never calculated",
    "open and save the file in Excel, or paste values",
)
MERGED = Reason(
    "the cell is merged with another one",
    "a cell without a value of its own",
    "take the merge apart in Excel, and fill in every cell",
)
FORMULA_ERROR = Reason(
    "the cell holds the error of a formula",
    "a text such as #N/A",
    "correct the formula, or list the text under `missing`",
)

INVISIBLE = Reason(
    "the cell holds characters that cannot be seen", "a control character, or a blank without width", _CHECK
)
NO_PATIENT = Reason("no patient number", _NO_KEY, _CHECK)
NO_SITE = Reason("no site", _NO_KEY, _CHECK)
NO_INDEX_KEY = Reason("no key of the index event", _NO_KEY, _CHECK)
NO_INDEX_DATE = Reason("the index event has no date", "an empty cell", _CHECK)
NO_DATE_LEFT = Reason(
    "the date of the index event stands only in rows that do not fit", "rows that are set aside", "correct those rows"
)
NO_TIMEPOINT = Reason("no time point", "an empty cell", _CHECK)
UNKNOWN_SITE = Reason("a site that the mapping does not list", "another code", "add it to the codes under [site]")
UNKNOWN_TIMEPOINT = Reason(
    "a time point that the mapping does not list", "another code", "add it to the codes of a time point"
)
UNKNOWN_CODE = Reason("a code that the mapping does not list", "another code", f"add it to `codes`, {_MISSING}")

PERCENT = Reason(
    "a percentage where a number is needed",
    "a number with a % sign",
    "say % as the unit; write the number without the sign, in Excel by a number format",
)
NOT_A_NUMBER = Reason("this is not a number", "text", _MISSING)
NOT_FINITE = Reason("this is not a finite number", "NaN or infinity", _MISSING)
EXPONENT = Reason("a number in exponent notation", "a number with an E", "write it with digits and a decimal mark only")
WRONG_MARK = Reason(
    "another decimal mark than declared, or a separator of thousands",
    "a number with a comma, point or blank inside",
    "set `decimal` under [source], and remove separators of thousands",
)
DATE_FOR_NUMBER = Reason(
    "a date where a number is needed", "a date", f"{_CHECK}; spreadsheets turn texts such as 3-4 into dates"
)
OTHER_SCRIPT = Reason(
    "a number with digits or a minus sign of another script",
    "letters that look like a number",
    "write it with 0 to 9 and the hyphen of the keyboard",
)
OTHER_SPELLING = Reason(
    "a number that is declared missing or withheld, written in another way",
    "the number with other zeros or another sign",
    "list this way of writing it too, or correct the source",
)
TOO_LARGE = Reason("the number is too large to be stored", "a number with very many digits", _MISSING)
NOT_A_DAY = Reason("this is not a whole number of days", "something else", _MISSING)
NO_SUCH_DATE = Reason(
    "there is no such day in the calendar", "a day or month too large", f"{_MISSING}, or check `dates` under [source]"
)
FAR_YEAR = Reason("the year is not between 1900 and 2199", "another year", _MISSING)
SHORT_YEAR = Reason(
    "a date whose year has two digits", "a year without its century", "write years with four digits in the source"
)
DATE_AND_TIME = Reason("a date with a time of day", "a time after the date", "keep the date only in the source")
DATE_SERIAL = Reason(
    "a number where a date is needed", "a number with five digits", "give the cells a date format in the spreadsheet"
)
FAR_DAY = Reason("the day is more than 32,767 days from the index event", "a date far away", "correct the year")
BEFORE_INDEX = Reason(
    "the answer is of a time point after the index event, and its day before it",
    "a date before the index event, or a negative number of days",
    f"{_CHECK}, or give the time point a planned `day` that is not above 0",
)
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
TWICE = Reason(
    "the row stands twice: every mapped cell is the same",
    "rows with the same site and patient number",
    f"{_CHECK}; rows that are different index events need their `date`, or a `key`, under [index_event]",
)
SAME_DATE = Reason(
    "the patient has two index events on one date, and nothing tells them apart",
    "rows with the same site, patient number and date",
    f"{_CHECK}, or name the `key` column under [index_event]",
)
CROWDED = Reason(
    "the patient has more than 32,767 rows", "rows with the same site and patient number", "check the patient column"
)
DIFFERS = Reason(
    "the rows of one patient or index event disagree",
    "different values",
    f"{_CHECK}, or give the variable another `table`",
)


def across_files(reason: Reason) -> Reason:
    """Rows that contradict each other and come from several files, all of one site: it may be several."""
    remedy = f"if the files are of different sites, say so with `files` under [site]; otherwise {reason.remedy}"
    return Reason(f"{reason.what}, in several files", reason.received, remedy)


def not_a_date(form: str) -> Reason:
    """Something else than a date."""
    return Reason(f"this is not a date as {form}", "something else", f"{_MISSING}, or set `dates` under [source]")


def other_date(form: str, shapes: Sequence[str]) -> Reason:
    """A date as the mapping could declare it, but does not."""
    ways = " or ".join(f'dates = "{shape}"' for shape in shapes)
    which = ", whichever the source means" if len(shapes) > 1 else ""
    received = f"a date as {' or '.join(shapes)}"
    return Reason(f"a date of another shape than {form}", received, f"{ways} under [source]{which}")


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
