"""Sums that tie the numbers of different blocks: margins of what was counted together, groups that are an outcome,
those lost on the way, and yes-or-no outcomes and classes cut from the same values."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import pairwise

from foramen.disclosure.blocks import MISSING, OUTSIDE, RECORDED, UNITS, Block, Group, State, Subject
from foramen.disclosure.ledger import Ledger, Number, less

Cut = Mapping[Group, Number]
"""How many lie beyond a threshold, by group."""


def tie_everything(ledger: Ledger, blocks: Sequence[Block], families: Sequence[Sequence[Subject]]) -> None:
    """`families` are the subjects that are cut from the same recorded values."""
    single = [block for block in blocks if not {"against", "model"} & dict(block.subject).keys()]
    for block in blocks:
        _tie_margins(ledger, block, single)
    _tie_outcomes_that_group(ledger, single)
    _tie_lost(ledger)
    for family in families:
        cut = [block for subject in family for block in single if block.subject == subject]
        for many in dict.fromkeys(block.have(None, RECORDED) for block in cut):
            _tie_cuts(ledger, [block for block in cut if block.have(None, RECORDED) == many])


def _tie_margins(ledger: Ledger, joint: Block, single: Sequence[Block]) -> None:
    """Of those in a class, the ones counted here by another class too, and the rest."""
    for group, states in joint.counts.items():
        for wanted, place in _margins_of(joint):
            for block in single:
                if wanted == block.subject and group in block.counts:
                    _tie_margin(ledger, block.counts[group], states, place)


def _margins_of(joint: Block) -> Iterable[tuple[Subject, int]]:
    """The subjects of which a joint block has cells, and where in its states they stand."""
    about = dict(joint.subject)
    against = about.pop("against", None)
    if "model" in about:
        del about["model"]
        return [(tuple(sorted(about.items())), 0)]
    if against is None:
        return []
    outcome, _, timepoint = against.partition(" ")
    same = {**about, "timepoint": against}
    other = {"outcome": outcome, **({"timepoint": timepoint} if timepoint else {})}
    return [(tuple(sorted(pairs.items())), place) for pairs, place in ((about, 2), (same, 1), (other, 1))]


def _tie_margin(ledger: Ledger, single: Mapping[State, Number], joint: Mapping[State, Number], place: int) -> None:
    for state, total in single.items():
        parts = [number for cell, number in joint.items() if _class_of(cell, place) == state]
        rest = less(ledger.numbers[total], *(ledger.numbers[part] for part in parts))
        if not parts or (rest is not None and rest < 0):
            continue
        if rest != 0:
            parts.append(ledger.enter("elsewhere", total, *parts, count=rest))
        ledger.tie(total, parts)


def _class_of(cell: State, place: int) -> State:
    """The class that a cell of a joint block has at a place; of a model's confusion, whether there was a success."""
    if cell in ("true positive", "false negative"):
        return "yes" if place == 0 else None
    if cell in ("true negative", "false positive"):
        return "no" if place == 0 else None
    return cell[place - 1] if isinstance(cell, tuple) and len(cell) == 2 and place else None


def tie_alike(ledger: Ledger, blocks: Sequence[Block], answers: Mapping[tuple[str, Subject], Hashable]) -> None:
    """Things for which the same answers are needed have the same numbers of those who gave them."""
    alike: dict[Hashable, list[Block]] = {}
    for block in blocks:
        if (block.analysis, block.subject) in answers:
            alike.setdefault(answers[block.analysis, block.subject], []).append(block)
    for first, *others in alike.values():
        for other in others:
            for group, found in first.counts.items():
                for state in (RECORDED, MISSING, OUTSIDE):
                    if state in found and state in other.counts.get(group, {}):
                        ledger.tie(found[state], [other.counts[group][state]])


def _tie_outcomes_that_group(ledger: Ledger, blocks: Sequence[Block]) -> None:
    """Where people are grouped by an outcome, the size of a group is the count of a class.

    Which outcome that is, is read off the numbers: the same labels with the same counts.
    """
    described = [(block, states) for block in blocks for states in block.partitions.values() if None in block.counts]
    for block in blocks:
        for scheme in {group[0]: None for group in block.counts if group is not None}:
            sizes = {g[1]: found[UNITS] for g, found in block.counts.items() if g and g[0] == scheme and UNITS in found}
            for other, states in described:
                counts = {state: other.counts[None][state] for state in states if state in other.counts[None]}
                if sizes and sizes.keys() == counts.keys():
                    _tie_equal(ledger, [(sizes[label], counts[label]) for label in sizes])


def _tie_equal(ledger: Ledger, pairs: Sequence[tuple[Number, Number]]) -> None:
    if all(ledger.numbers[one] == ledger.numbers[other] for one, other in pairs):
        for one, other in pairs:
            ledger.tie(one, [other])


def _tie_lost(ledger: Ledger) -> None:
    """Of all units of a group, those that an analysis keeps and those that it leaves out."""
    sizes: dict[Hashable, list[Number]] = {}
    for number in ledger.numbers:
        if number[0] == UNITS and ledger.numbers[number] is not None:
            sizes.setdefault(number[1], []).append(number)
    for group, found in sizes.items():
        everybody = max(found, key=ledger.count)
        for kept in found:
            if kept != everybody:
                count = ledger.count(everybody) - ledger.count(kept)
                lost = ledger.enter("lost", group, ledger.count(everybody), count=count, loss=True)
                ledger.tie(everybody, [kept, lost])


def _tie_cuts(ledger: Ledger, blocks: Sequence[Block]) -> None:
    """Outcomes cut from the same values by thresholds lie one inside the other: what lies between two is a number."""
    answers = [cut for block in blocks if (cut := _yes(block))]
    classes = [(block, states) for block in blocks if (states := _ordered(block))]
    forwards, backwards = (
        [cut for block, states in classes for cut in _cuts_of_classes(ledger, block, states[::direction])]
        for direction in (1, -1)
    )
    if not answers:
        backwards = []
    same = [_matches(ledger, answers, ordered) for ordered in (forwards, backwards)]
    for ordered, matches in zip((forwards, backwards), same, strict=True):
        if matches == max(same):
            _tie_chain(ledger, [*answers, *ordered])


def _matches(ledger: Ledger, answers: Sequence[Cut], ordered: Sequence[Cut]) -> int:
    """How many answers are a threshold of the classes: tells which end of the classes is the better one."""
    return sum(
        all(group in cut and ledger.numbers[number] == ledger.numbers[cut[group]] for group, number in answer.items())
        for answer in answers
        for cut in ordered
    )


def _yes(block: Block) -> Cut:
    return {group: numbers["yes"] for group, numbers in block.counts.items() if "yes" in numbers}


def _ordered(block: Block) -> list[State]:
    """The classes of an outcome in their order, or the values of a number."""
    values = sorted(block.partitions.get("values", ()), key=lambda state: float(str(state).removeprefix("= ")))
    return [*block.partitions.get("categories", values)]


def _cuts_of_classes(ledger: Ledger, block: Block, order: Sequence[State]) -> list[Cut]:
    """The first classes together, two, three … of them."""
    cuts: list[Cut] = []
    for place in range(1, len(order)):
        cut: dict[Group, Number] = {}
        for group, found in block.counts.items():
            parts = [found[state] for state in order[:place] if state in found]
            counts = [ledger.numbers[part] for part in parts]
            if len(parts) == place and None not in counts:
                cut[group] = ledger.enter(block.subject, group, tuple(order[:place]), count=sum(filter(None, counts)))
                ledger.tie(cut[group], parts)
        cuts.append(cut)
    return cuts


def _tie_chain(ledger: Ledger, cuts: Sequence[Cut]) -> None:
    """Only where the cuts lie in one order in every group."""
    if len(cuts) < 2:
        return
    groups = [group for group in cuts[0] if all(group in cut for cut in cuts)]
    sizes = [[ledger.count(cut[group]) for group in groups] for cut in cuts]
    chain = sorted(range(len(cuts)), key=lambda i: (sum(sizes[i]), i))
    for one, other in pairwise(chain):
        if any(few > many for few, many in zip(sizes[one], sizes[other], strict=True)):
            return
    for one, other in pairwise(chain):
        for group in groups:
            few, many = cuts[one][group], cuts[other][group]
            parts = [few]
            if sizes[one] != sizes[other]:
                count = ledger.count(many) - ledger.count(few)
                parts.append(ledger.enter("between", group, few, many, count=count))
            ledger.tie(many, parts)
