"""From the mark on the skin to needle-out. The times are the server's; none is typed but by a late entry."""

from collections.abc import Sequence

from foramen.catalogue.gates.age import completed_years
from foramen.catalogue.instants import Moment, day_of
from foramen.clinic.domain.act import Act
from foramen.clinic.domain.errors import OutOfOrderError, WrongInputError
from foramen.clinic.domain.follow_up import make_tasks
from foramen.clinic.domain.late import check_over, note, pass_gate
from foramen.clinic.domain.signing import sign
from foramen.clinic.domain.step import begin, finish
from foramen.clinic.domain.verbs import verb
from foramen.clinic.facts.procedure import Localised, NeedleIn, NeedleOut
from foramen.clinic.models import Fact, Modality, Order, Visit
from foramen.clinic.records.facts import Known
from foramen.clinic.records.versions import save_changes
from foramen.clinic.rights.roles import DOCTORS, Role

IN_THE_ROOM = frozenset({Role.TECHNOLOGIST, *DOCTORS})
TIME_OUT = ("time_out_technologist", "time_out_radiologist")


@verb("localise", says="Mark the skin", on=Visit, content=Localised, late=True, roles=IN_THE_ROOM)
def localise(act: Act, visit: Visit, content: Localised) -> Fact:
    """The skin is marked; with X-rays only in a room that has them."""
    begin(act, visit, "localised")
    if content.by in (Modality.FLUOROSCOPY, Modality.CT) and content.by != visit.room.modality:
        raise WrongInputError.single(
            f"{visit.room.name} has no {content.by}", where="by", received=content.by,
            remedy="say what the skin was marked with in this room",
        )  # fmt: skip
    fact = sign(act, visit, "localised", content, act.role_for(IN_THE_ROOM))
    finish(act, visit, state=Visit.State.ROOM)
    return fact


@verb("needle_in", says="Needle in", on=Visit, content=NeedleIn, late=True, roles=IN_THE_ROOM)
def needle_in(act: Act, visit: Visit, content: NeedleIn) -> Fact:
    """The needle goes in, now. It uses one injection of the order, here and nowhere else (RP-1)."""
    facts = begin(act, visit, "needle_in")
    typed = [known for name in TIME_OUT if (known := facts.last(name)) is not None and known.fact.late]
    _check_live(act, typed)
    pass_gate(act, visit, facts, "needle_in", "needle_in")
    fact = sign(act, visit, "needle_in", content, act.role_for(IN_THE_ROOM))
    if typed:
        note(act, visit, "Time-out and needle-in are from paper; the server has no time of the time-out")
    _use(visit.order)
    finish(act, visit, state=Visit.State.ROOM, needle_in_at=act.when, age=_age(act, visit))
    return fact


def _age(act: Act, visit: Visit) -> int:
    """The patient's age on the day of the needle, by the calendar of the site: all that research knows of the birth."""
    return max(0, completed_years(visit.patient.born, day_of(Moment(act.when, visit.site.zone))))


def _check_live(act: Act, typed: Sequence[Known]) -> None:
    """A needle that goes in now, or is said to have gone in just now, needs a time-out of which the server has both
    times (H15)."""
    if typed and act.happened_at is None:
        raise OutOfOrderError.single(
            "the time-out was entered late and does not hold for a needle that goes in now",
            remedy="technologist and radiologist do the time-out now, each with an own log-in",
        )
    if typed:
        check_over(act, "the server has not seen the time-out either")


def _use(order: Order) -> None:
    used = order.used + 1
    if used > order.quantity or order.state == Order.State.CLOSED:
        raise OutOfOrderError.single(
            f"nothing is left of order {order.number}: {order.used} of {order.quantity} used",
            remedy="place a new order",
        )
    save_changes(order, used=used, state=Order.State.USED if used == order.quantity else order.state)


@verb("needle_out", says="Needle out", on=Visit, content=NeedleOut, late=True, roles=IN_THE_ROOM)
def needle_out(act: Act, visit: Visit, content: NeedleOut) -> Fact:
    """The needle is out, now; with the follow-up calls, or not at all. What was given may still be open: the clock must
    be true, and discharge waits."""
    begin(act, visit, "needle_out")
    return take_out(act, visit, content, act.role_for(IN_THE_ROOM))


def take_out(act: Act, visit: Visit, content: NeedleOut, role: Role) -> Fact:
    """Needle-out with its follow-up. The row comes first: of two who do it at once, the second is told so."""
    fact = sign(act, visit, "needle_out", content, role)
    save_changes(visit, needle_out_at=act.when)
    make_tasks(act, visit)
    finish(act, visit, state=Visit.State.RECOVERY)
    return fact
