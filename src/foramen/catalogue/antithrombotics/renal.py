"""Renal function as the policy asks for it: normal, impaired or unknown; blank is never normal."""

from dataclasses import dataclass

from foramen.catalogue.antithrombotics.case import Case
from foramen.catalogue.antithrombotics.inputs import Measure, Renal
from foramen.catalogue.instants import day_text

_LIMIT: dict[Measure, str] = {"creatinine clearance": "crcl", "eGFR": "egfr"}


@dataclass(frozen=True, slots=True)
class RenalFunction:
    """The answer, and why."""

    value: str
    why: str


def find_renal_function(case: Case) -> RenalFunction:
    """Renal function for dabigatran (AC-12)."""
    renal = case.inputs.renal
    if renal is None:
        return RenalFunction("unknown", "no renal function is recorded")
    value = f"{renal.measure} {renal.value} {renal.unit} of {day_text(renal.on)}"
    if not _is_recent(case, renal):
        return RenalFunction("unknown", f"{value} is too old, or the site has not set how old a value may be")
    limit = case.parameter(f"dabigatran_impaired_{_LIMIT[renal.measure]}")
    if limit is None:
        return RenalFunction("unknown", f"{value}; the site has not set below which {renal.measure} counts as impaired")
    said = f"{value}; impaired below {limit} at this site"
    advanced = case.inputs.bleeding.advanced_renal_disease
    if renal.value >= limit and advanced != "no":
        return RenalFunction("unknown", f"{said}, and whether there is advanced renal disease is answered {advanced}")
    return RenalFunction("impaired" if renal.value < limit else "normal", said)


def is_advanced(case: Case) -> bool | None:
    """Whether a measured value makes renal disease advanced (R6); None: there is no value or no limit."""
    renal = case.inputs.renal
    limit = None if renal is None else case.parameter(f"advanced_renal_{_LIMIT[renal.measure]}")
    return None if renal is None or limit is None or not _is_recent(case, renal) else renal.value < limit


def _is_recent(case: Case, renal: Renal) -> bool:
    """Not older on the day of the procedure than the site allows; of that very day, if the site has not said."""
    age = (case.day - renal.on).days
    return age <= (case.parameter("lab_max_age_days") or 0)
