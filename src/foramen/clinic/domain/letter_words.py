"""What a letter is called, and whether it still holds: for pages and for sheets that are printed."""

from collections.abc import Mapping

from foramen.clinic.domain.letters import last_number
from foramen.clinic.models import Letter

TITLES: Mapping[str, str] = {
    Letter.Kind.HOLD_PLAN: "Letter {}", Letter.Kind.RESTART: "Sheet {} to take home",
    Letter.Kind.PROCEDURE: "Letter {} to the referrer",
}  # fmt: skip
TEMPLATES: Mapping[str, str] = {
    Letter.Kind.HOLD_PLAN: "clinic/letters/hold_plan.html",
    Letter.Kind.RESTART: "clinic/letters/restart.html",
    Letter.Kind.PROCEDURE: "clinic/letters/procedure.html",
}


def title_of(letter: Letter) -> str:
    """Such as Letter 2."""
    return TITLES[letter.kind].format(letter.number)


def why_over(letter: Letter) -> str:
    """Why a letter no longer holds; empty while it does (H06)."""
    last, visit = last_number(letter.visit, Letter.Kind(letter.kind)), letter.visit
    if letter.number < last:
        return f"Number {last} has taken its place."
    if letter.kind != Letter.Kind.HOLD_PLAN:
        return ""
    if visit.state in (visit.State.CANCELLED, visit.State.ABORTED):
        return f"The visit is {visit.get_state_display()}."
    moved = letter.number != visit.letter or letter.start != visit.start
    return "The visit was moved; a new letter has to be made." if moved else ""
