"""How long a patient has been observed after the needle was taken out."""

from datetime import timedelta

from foramen.catalogue.gates.case import Case, Content, Reading, Told
from foramen.catalogue.gates.inputs import Recovery
from foramen.catalogue.instants import Moment, duration_text, elapsed_since


def observed(case: Case[Content, Told], recovery: Recovery, needed: timedelta) -> Reading:
    """Elapsed time of observation, which begins after needle-out, beside what is needed."""
    start, out = (case.moment(one, "last_dose") for one in (recovery.start, case.told.procedure.needle_out))
    if start is None or out is None or recovery.going_on is None:
        return Reading(None)
    if start.utc < out.utc:
        return Reading("before needle-out")
    begun = start
    end = case.now if recovery.going_on == "yes" else case.moment(recovery.end)
    if end is None or end.utc < begun.utc:
        return Reading(None)
    until = Moment(begun.utc + needed, begun.zone)
    told = f"Observed {duration_text(elapsed_since(begun, end))}."
    moments = {"observed_until": until}
    if end.utc >= until.utc:
        return Reading("long enough", told, moments=moments)
    if recovery.going_on == "no":
        return Reading("ended early", told, moments=moments)
    return Reading("too short", told, until=until, moments=moments)
