"""What a nurse says to the patient, in the words of a phone call. Nothing tells a patient to stop a drug before the
prescriber has agreed, or before a decision that the policy asks for is recorded."""

from collections.abc import Iterator
from datetime import timedelta

from foramen.catalogue.antithrombotics.restart import course_of, restart_together, usual_by_day
from foramen.catalogue.antithrombotics.together import Together
from foramen.catalogue.instants import Moment, day_of, day_text, elapsed_since, moment_text


def advice_of(together: Together) -> tuple[str, ...]:
    """The sentences for what is taken together, while planning and at discharge. At the gates the outcome speaks to the
    staff; of what the policy is not about nothing is said."""
    if any(one.row.outcome == "NA" for one in together.rows):
        return ()
    if together.case.occasion == "discharge":
        return tuple(_again(together))
    return tuple(_before(together)) if together.case.planning else ()


def told(together: Together, moment: Moment) -> str:
    """An instant in the zone of the site, and in the patient's where it is another (T8)."""
    if together.elsewhere is None:
        return moment_text(moment)
    return f"{moment_text(moment)}, which is {moment_text(Moment(moment.utc, together.elsewhere))} for you"


def _before(together: Together) -> Iterator[str]:
    box = together.box
    if together.is_continued:
        yield f"You may go on taking {box} as usual."
    elif together.is_left_to_people:
        yield from _left_to_people(together)
        return
    elif together.is_stopped and not together.may_instruct:
        yield f"You have stopped {box}. {_whom(together)}, and we call you at once. Change nothing until then."
    elif not together.may_instruct:
        by = together.last_dose_by
        when = f" by {_deadline(together, by)}" if by is not None and by.utc > together.case.now.utc else ""
        yield f"Do not stop {box} on your own. {_whom(together)}, and we call you{when}."
        if not any(one.row.always_decide for one in together.rows):
            yield from (
                f"If it is agreed: {sentence[:1].lower()}{sentence[1:]}" for sentence in _stopping(together)[:2]
            )
    else:
        yield from _stopping(together)
    if together.hours:
        yield "Do not start it again until we have told you the day and the hour after the injection."


def _left_to_people(together: Together) -> Iterator[str]:
    if together.is_stopped:
        yield f"You have stopped {together.box}. Your doctors decide about it, and we call you at once."
        yield "Change nothing until then."
    else:
        yield f"Do not stop {together.box} on your own. Your doctors decide about it, and we call you."


def _deadline(together: Together, by: Moment) -> str:
    day = together.last_day
    return day_text(day) if day is not None and together.is_told_by_day else told(together, by)


def _whom(together: Together) -> str:
    if any(one.row.coordination and not one.agreed for one in together.rows):
        return "The doctor who prescribed it has to agree first"
    return "A doctor here decides about it first"


def _stopping(together: Together) -> list[str]:
    """The last dose, the days without one, and what to do if one was taken too late."""
    latest, by = together.latest, together.last_dose_by
    if latest is None or by is None:
        return []
    if by.utc <= together.case.now.utc:
        return [
            f"Take no more {together.name} from now until the injection.",
            f"If you took any after {told(together, latest)}, tell us now.",
        ]
    late = elapsed_since(by, latest) > timedelta()
    moment = told(together, latest) if late else "that"
    return [
        _last(together, by),
        _free_days(together),
        f"If you take any after {moment}, call us: it is then less than {together.hours} h before the injection.",
    ]


def _last(together: Together, by: Moment) -> str:
    day = together.last_day
    if day is not None and together.is_told_by_day:
        return f"Take the last {together.box} on {day_text(day)}, at any hour."
    return f"Take the last {together.box} by {told(together, by)}, not later."


def _free_days(together: Together) -> str:
    """The days without a dose; to a patient elsewhere, whose days are others, the instant alone has said it."""
    days, procedure = together.drug_free_days, together.case.day
    if not days or together.elsewhere:
        return f"Take none after it until we tell you on {day_text(procedure)}."
    first, last = procedure - timedelta(days=days), procedure - timedelta(days=1)
    span = f"on {day_text(first)}" if days == 1 else f"from {day_text(first)} to {day_text(last)}"
    return f"Take none {span}, and none on {day_text(procedure)} until we tell you."


def _again(together: Together) -> Iterator[str]:
    box, courses = together.box, {course_of(one) for one in together.rows}
    if courses == {"went on"}:
        yield f"Go on taking {box} as before."
        return
    if courses != {"stopped"}:
        yield f"Tell us whether you have stopped {box}. A doctor here decides what comes next, and we tell you."
        return
    moments = restart_together(together)
    if not moments:
        yield f"Do not start {box} again until we tell you when."
        return
    earliest, usual = moments["earliest_restart"], moments["usual_restart"]
    text = f"You may start {box} again from {told(together, earliest)}, not before."
    yield text if usual == earliest else f"{text} Usually it is started {_usually(together, usual)}."
    late = day_of(usual) + timedelta(days=1)
    yield f"If you have not started it by {day_text(late)}, call us."


def _usually(together: Together, usual: Moment) -> str:
    """`on Thu 21 May 2026` where the source prints the next day, and the hour where it prints hours."""
    by_day = together.elsewhere is None and usual_by_day(together, usual)
    return f"on {day_text(day_of(usual))}" if by_day else told(together, usual)
