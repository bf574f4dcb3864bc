"""What is to be treated in a visit: the order, or the place to which a radiologist has moved the second session."""

from collections.abc import Sequence

from foramen.clinic.facts.content import Spot
from foramen.clinic.facts.referral import OrderPlaced, RepeatDecided
from foramen.clinic.records.facts import Facts


def ordered_targets(facts: Facts) -> Sequence[Spot]:
    """The targets of the order of a visit; of a second session those of the decision to repeat, where it names other
    ones (RP-1). A decision that was made after the needle of this visit is about the next one."""
    order, decided = facts.content("order", OrderPlaced), facts.last("repeat")
    needle = facts.last("needle_in")
    if decided is not None and (needle is None or needle.fact.pk > decided.fact.pk):
        content = decided.content
        if isinstance(content, RepeatDecided) and content.decision == "repeat" and content.targets:
            return content.targets
    return order.targets if order else ()
