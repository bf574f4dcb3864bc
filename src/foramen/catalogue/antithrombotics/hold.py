"""What has to be true before the needle: the hold, the INR, the prescriber's agreement, the decisions of people."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

from foramen.catalogue.antithrombotics.asked import Asked
from foramen.catalogue.antithrombotics.case import FROM_TIME_OUT
from foramen.catalogue.antithrombotics.inputs import Inr
from foramen.catalogue.antithrombotics.times import Dose
from foramen.catalogue.decision import Finding, Moment, Outcome, Override
from foramen.catalogue.instants import (
    day_of,
    day_text,
    duration_text,
    elapsed_since,
    held_until,
    moment_text,
    start_of_day,
)


def hold_findings(asked: Asked) -> Iterator[Finding]:
    """Everything a row finds while planning and at the gates before the needle."""
    row = asked.row
    if row.outcome is not None:
        override = {"STOP": Override.O2, "DECIDE": Override.O1}.get(row.outcome)
        yield Finding(Outcome[row.outcome], row.reason, override)
    elif asked.stays:
        yield _decide(f"It is proposed to go on with {asked.name}. That is a decision to be recorded, not an OK.")
    elif row.hold.continues:
        yield Finding(Outcome.OK, f"{_capital(asked.name)} may be continued. {row.reason}")
    elif asked.check is not None:
        yield _elapsed(asked, asked.check)
    if asked.to_continue and not asked.stays:
        text = f"It is proposed to go on with {asked.name}, which the policy does not foresee: decide, and record it."
        yield _decide(text)
    if row.always_decide:
        yield _decide(row.reason)
    yield from _old_dose(asked)
    yield from _stratum(asked)
    yield from _inr(asked)
    yield from _coordination(asked)


def unsourced(asked: Asked) -> Iterator[Finding]:
    """At a gate it is known who answered the questions about bleeding, and when, where the row asks for the stratum."""
    if asked.stratum is not None and asked.stratum.unsourced:
        text = "Who answered the questions about bleeding, and when, is not recorded: ask them, and record both."
        yield Finding(Outcome.STOP, text, Override.O2)


def over_held(asked: Asked) -> str | None:
    """Off a coordinated agent for longer than the row allows: a clot is the danger then (H05). Where the day of the
    last dose alone is known, its first instant counts."""
    dose, limit = asked.dose, asked.row.hold.max_off
    if dose is None or limit is None or not asked.row.coordination or asked.stays or still_to_come(asked, dose):
        return None
    case = asked.case
    off = elapsed_since(dose.earliest, case.now if case.occasion == "discharge" else case.needle)
    if off <= timedelta(hours=limit):
        return None
    return (
        f"Over-held: off {asked.name} for {duration_text(off)}, more than {limit} h. Ask the prescriber about the risk "
        "of a clot, and record the answer."
    )


def still_to_come(asked: Asked, dose: Dose | None) -> bool:
    """While planning, the last dose before the procedure has not been taken yet unless it has been stopped early."""
    latest = asked.latest_by(asked.check)
    before = asked.case.planning and latest is not None and asked.case.now.utc <= latest.utc
    return before and not (asked.is_stopped and dose is not None)


def day_begins(asked: Asked) -> Moment:
    """Until when something waits that cannot exist before the local date of the procedure."""
    case = asked.case
    begins = start_of_day(case.day, case.needle.zone)
    return begins if case.now.utc < begins.utc else case.needle


def _elapsed(asked: Asked, check: int) -> Finding:
    dose, case = asked.dose, asked.case
    if still_to_come(asked, dose):
        text = "The last dose before the procedure is still to come; it is asked for and recorded on the day."
        return Finding(Outcome.HOLD, text, asked.hold_override, day_begins(asked))
    if dose is None:
        begins = asked.counted_from
        until = held_until(begins, check)
        known = "now" if begins == case.now else f"at the latest that is known, {moment_text(begins)}"
        text = (
            f"The last dose is not known, so it counts as taken {known}: {check} h from then is {moment_text(until)}."
        )
        return Finding(Outcome.HOLD, text, asked.hold_override, until)
    elapsed, until = elapsed_since(dose.latest, case.needle), held_until(dose.latest, check)
    since = _since(asked, dose, elapsed)
    if elapsed >= timedelta(hours=check):
        return Finding(Outcome.OK, f"{since}; {check} h are asked for.")
    if elapsed >= timedelta(hours=asked.floor):
        return _decide(f"{since}: inside the printed range of {asked.floor} to {check} h, where a person decides.")
    text = f"{since}; {check} h are asked for. The hold ends {moment_text(until)}."
    return Finding(Outcome.HOLD, text, asked.hold_override, until)


OLDEST_DOSE = 60
"""Days; an older last dose is asked back as long as the site has not set its own limit. A proposal; no source prints
it."""


def _old_dose(asked: Asked) -> Iterator[Finding]:
    """A last dose long ago is as likely a slip of the year as a drug that is no longer taken."""
    dose, case = asked.dose, asked.case
    if dose is None or not asked.check or still_to_come(asked, dose):
        return
    set_by_site = case.parameter("last_dose_max_age_days")
    limit, days = OLDEST_DOSE if set_by_site is None else set_by_site, case.days_since(day_of(dose.latest))
    if days > limit:
        day = day_text(day_of(dose.latest))
        yield _decide(f"The last dose is of {day}, {days} days ago, and more than {limit}: is this date right?")


def _since(asked: Asked, dose: Dose, elapsed: timedelta) -> str:
    name = _capital(asked.name)
    counted = f" (the day alone is known, so {moment_text(dose.latest)} counts)" if dose.by_day else ""
    when = {"plan": "at the booked needle-in", "arrival": "at needle-in"}.get(asked.case.occasion, "now")
    if elapsed < timedelta():
        return f"{name}: the last dose may have been taken until {moment_text(dose.latest)}"
    return f"{name}: {duration_text(elapsed)} since the last dose {when}{counted}"


def _stratum(asked: Asked) -> Iterator[Finding]:
    """What the stratum asks for where the row uses it (2.1)."""
    stratum = asked.stratum
    if stratum is None:
        return
    yield from unsourced(asked)
    if stratum.unborn:
        yield Finding(Outcome.STOP, "The date of birth is missing, so old age (R1) cannot be judged.", Override.O0)
    if stratum.is_assumed:
        open_ = "; ".join(f"{factor.says} ({factor.id})" for factor in stratum.unknown)
        yield _decide(f"The bleeding stratum is not known and counts as HIGH. To be answered: {open_}.")
    if stratum.two_nsaids:
        yield _decide(
            f"A second NSAID is on the list ({', '.join(stratum.two_nsaids)}): whether two count is not printed."
        )


def _inr(asked: Asked) -> Iterator[Finding]:
    """The INR of the procedure's local date. It cannot exist before; at a gate a missing one is STOP."""
    limit, case = asked.row.inr_at_most, asked.case
    if limit is None:
        return
    taken = sorted(zip(case.times.inr, case.inputs.inr, strict=True), key=lambda pair: (pair[0], pair[1].value))
    of_day = [(moment, inr) for moment, inr in taken if day_of(moment) == case.day]
    if of_day:
        yield from _inr_of_day(asked, limit, of_day)
        return
    older = f" The INR of {day_text(day_of(taken[-1][0]))} does not count." if taken else ""
    if case.planning:
        text = f"The INR is measured on {day_text(case.day)} itself; at most {limit} is asked for.{older}"
        yield Finding(Outcome.HOLD, text, asked.hold_override, day_begins(asked))
    else:
        text = f"There is no INR of {day_text(case.day)}; one of the day, at most {limit}, is asked for.{older}"
        yield Finding(Outcome.STOP, text, Override.O2)


def _inr_of_day(asked: Asked, limit: Decimal, of_day: Sequence[tuple[Moment, Inr]]) -> Iterator[Finding]:
    """The last of the day counts, of one instant the highest. Two that disagree about the limit are for a person."""
    moment, inr = of_day[-1]
    text = f"INR {inr.value} of {moment_text(moment)}; at most {limit} is asked for."
    passes = inr.value <= limit
    yield Finding(Outcome.OK, text) if passes else Finding(Outcome.STOP, text, Override.O2)
    if passes and inr_disagrees(asked):
        yield _decide(
            "The INRs of this day disagree about the limit: find out which one is this patient's, and decide."
        )
    if not asked.case.planning and not inr.report:
        missing = "The number of the laboratory report of this INR is missing: enter it from the report."
        yield Finding(Outcome.STOP, missing, Override.O2)


def inr_disagrees(asked: Asked) -> bool:
    """INRs of the day of the procedure on both sides of the limit."""
    limit, case = asked.row.inr_at_most, asked.case
    if limit is None:
        return False
    pairs = zip(case.times.inr, case.inputs.inr, strict=True)
    return len({inr.value <= limit for moment, inr in pairs if day_of(moment) == case.day}) > 1


def _coordination(asked: Asked) -> Iterator[Finding]:
    """Agreement of the prescriber: a person decides without it, and from the time-out on nothing goes on without it.
    A refusal is at least as strong as no answer, for every row."""
    late = asked.case.occasion in FROM_TIME_OUT
    if asked.refused and not asked.row.hold.continues:
        text = f"The answer recorded is that {asked.name} may not be stopped. Decide together whether to go on at all."
        yield Finding(Outcome.STOP, text, Override.O2) if late else _decide(text)
    if asked.row.coordination and not asked.coordinated:
        text = (
            f"Nobody has recorded what the prescriber says about stopping {asked.name} for this booked start: the "
            "answer of another person, or one for another start, does not count."
        )
        yield Finding(Outcome.STOP, text, Override.O2) if late else _decide(text)


def _decide(reason: str) -> Finding:
    return Finding(Outcome.DECIDE, reason, Override.O1)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
