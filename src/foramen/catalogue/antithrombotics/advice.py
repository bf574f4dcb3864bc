"""What a nurse says to the patient, in the words of a phone call. Nothing tells a patient to stop a drug before the
prescriber has agreed, or before a decision that the policy asks for is recorded."""

from collections.abc import Iterator
from datetime import date, timedelta

from foramen.catalogue.antithrombotics.asked import Asked
from foramen.catalogue.antithrombotics.restart import restart_moments, was_stopped
from foramen.catalogue.instants import Moment, day_of, day_text, elapsed_since, end_of_day, moment_text


def advice_of(asked: Asked) -> tuple[str, ...]:
    """The sentences for one drug, while planning and at discharge. At the gates the outcome speaks to the staff."""
    if asked.case.occasion == "discharge":
        return tuple(_again(asked))
    return tuple(_before(asked)) if asked.case.planning else ()


def told(asked: Asked, moment: Moment) -> str:
    """An instant in the zone of the site, and in the patient's where it is another (T8)."""
    other = asked.case.inputs.patient.zone
    if other is None or other == moment.zone:
        return moment_text(moment)
    return f"{moment_text(moment)}, which is {moment_text(Moment(moment.utc, other))} for you"


def box(asked: Asked) -> str:
    """The drug by its generic name, with the name on the patient's box."""
    names = dict.fromkeys(one.name.strip() for one in asked.medicines)
    others = [name for name in names if name.casefold() != asked.name.casefold()]
    return f"{asked.name} (your box says {' or '.join(others)})" if others else asked.name


def last_day(asked: Asked) -> date | None:
    """The day of the last dose as patients are told: the drug-free days lie between it and the procedure (T7)."""
    days = asked.row.hold.drug_free_days
    return None if not days else asked.case.day - timedelta(days=days + 1)


def last_dose_by(asked: Asked) -> Moment | None:
    """The last dose by the instruction: the end of that day, or the latest permitted instant if that is earlier."""
    day, latest = last_day(asked), asked.latest
    if latest is None or day is None:
        return latest
    return min(latest, end_of_day(day, latest.zone))


def _before(asked: Asked) -> Iterator[str]:
    if asked.row.hold.continues:
        yield f"You may go on taking {box(asked)} as usual."
    elif asked.stays or asked.refused or not asked.row.hold.check:
        yield f"Do not stop {box(asked)} on your own. Your doctors decide about it, and we call you."
    elif asked.is_stopped and not asked.may_instruct:
        yield f"You have stopped {box(asked)}. {_whom(asked)}, and we call you at once. Change nothing until then."
    elif not asked.may_instruct:
        by = last_dose_by(asked)
        when = f" by {_deadline(asked, by)}" if by is not None and by.utc > asked.case.now.utc else ""
        yield f"Do not stop {box(asked)} on your own. {_whom(asked)}, and we call you{when}."
        if not asked.row.always_decide:
            yield from (f"If it is agreed: {sentence[:1].lower()}{sentence[1:]}" for sentence in _stopping(asked)[:2])
    else:
        yield from _stopping(asked)
    if asked.row.hold.check and not (asked.stays or asked.refused):
        yield "Do not start it again until we have told you the day and the hour after the injection."


def _deadline(asked: Asked, by: Moment) -> str:
    day = last_day(asked)
    return day_text(day) if day is not None and end_of_day(day, by.zone) == by else told(asked, by)


def _whom(asked: Asked) -> str:
    if asked.row.coordination and not asked.agreed:
        return "The doctor who prescribed it has to agree first"
    return "A doctor here decides about it first"


def _stopping(asked: Asked) -> list[str]:
    """The last dose, the days without one, and what to do if one was taken too late."""
    latest, by = asked.latest, last_dose_by(asked)
    if latest is None or by is None:
        return []
    if by.utc <= asked.case.now.utc:
        return [
            f"Take no more {asked.name} from now until the injection.",
            f"If you took any after {told(asked, latest)}, tell us now.",
        ]
    sentences = [_last(asked, by), _free_days(asked)]
    hours, late = asked.row.hold.check, elapsed_since(by, latest) > timedelta()
    moment = told(asked, latest) if late else "that"
    sentences.append(f"If you take any after {moment}, call us: it is then less than {hours} h before the injection.")
    return [sentence for sentence in sentences if sentence]


def _last(asked: Asked, by: Moment) -> str:
    day = last_day(asked)
    if day is not None and end_of_day(day, by.zone) == by:
        return f"Take the last {box(asked)} on {day_text(day)}, at any hour."
    return f"Take the last {box(asked)} by {told(asked, by)}, not later."


def _free_days(asked: Asked) -> str:
    days, procedure = asked.row.hold.drug_free_days, asked.case.day
    if not days:
        return f"Take none after it until we tell you on {day_text(procedure)}."
    first, last = procedure - timedelta(days=days), procedure - timedelta(days=1)
    span = f"on {day_text(first)}" if days == 1 else f"from {day_text(first)} to {day_text(last)}"
    return f"Take none {span}, and none on {day_text(procedure)} until we tell you."


def _again(asked: Asked) -> Iterator[str]:
    if not was_stopped(asked):
        yield f"Go on taking {box(asked)} as before."
        return
    moments = restart_moments(asked)
    if not moments:
        yield f"Do not start {box(asked)} again until we tell you when."
        return
    earliest, usual = moments["earliest_restart"], moments["usual_restart"]
    text = f"You may start {box(asked)} again from {told(asked, earliest)}, not before."
    yield text if usual == earliest else f"{text} Usually it is started {told(asked, usual)}."
    yield f"If you have not started it by {day_text(day_of(usual) + timedelta(days=1))}, call us."
