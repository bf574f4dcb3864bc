"""Why a row asks for what it asks, and the answers by which it was found."""

from collections.abc import Iterator

from foramen.catalogue.antithrombotics.asked import Asked, find_thromboembolic_risk
from foramen.catalogue.antithrombotics.renal import find_renal_function


def basis_of(asked: Asked) -> Iterator[str]:
    """Sentences that stand after the findings. The two risks are named in full: they ask for opposite things."""
    row = asked.row
    if row.outcome is None and not row.always_decide and not row.hold.continues:
        yield row.reason
    if "indication" in row.when:
        yield f"Taken for: {_indication(asked)}."
    if asked.stratum is not None:
        yield f"Bleeding stratum {asked.stratum.text}."
    if "renal_function" in row.when:
        found = find_renal_function(asked.case)
        yield f"Renal function {found.value}: {found.why}."
    if "thromboembolic_risk" in row.when:
        told, counted = asked.case.inputs.patient.thromboembolic_risk, _risk(asked)
        said = "" if told == counted else f" It was told as {told}, which the prescriber's record has to state as well."
        yield f"Thromboembolic risk as the prescriber states it: {counted}.{said}"


def _risk(asked: Asked) -> str:
    return find_thromboembolic_risk(asked.case, asked.taken)


def _indication(asked: Asked) -> str:
    words = {
        "primary": "primary prevention",
        "secondary": "secondary prevention",
        "other": "another use",
        "unknown": "not known",
    }
    told = dict.fromkeys(words[one.indication] for one in asked.medicines)
    why = dict.fromkeys(one.indication_reason for one in asked.medicines if one.indication_reason)
    return f"{' and '.join(told)}{' (' + '; '.join(why) + ')' if why else ''}"
