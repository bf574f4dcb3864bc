"""What an instrument document must hold beyond the shape of its parts: every name leads somewhere, every range is the
one its items give, every worked example gives what it says."""

from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction

from foramen.catalogue.instruments.definition import Example, Expected, Instrument, Score, Threshold
from foramen.catalogue.instruments.scoring import NotScored, Result, score
from foramen.catalogue.instruments.value_sets import NO, YES, Choice, Scale
from foramen.kernel.errors import DataError, Fault

Bounds = tuple[Fraction, Fraction | None]


def instrument_faults(instrument: Instrument, where: str) -> list[Fault]:
    """Everything that is wrong with a document whose parts have the right shape; examples are run last."""
    broken = [*_duplicates(instrument, where), *_value_sets(instrument, where)]
    found = [*broken, *_wording(instrument, where), *_sources(instrument, where)]
    for i, one in enumerate(instrument.scores, 1):
        found += [] if broken else _score(instrument, one, f"{where}: scores[{i}]")
    return found or list(_examples(instrument, where))


def _duplicates(instrument: Instrument, where: str) -> Iterator[Fault]:
    """A name stands for one thing."""
    named: dict[str, Iterable[str]] = {
        "sources": (source.key for source in instrument.sources),
        "parameters": (parameter.name for parameter in instrument.parameters),
        "value_sets": (values.id for values in instrument.value_sets),
        "items": (item.id for item in instrument.items),
        "scores": (one.id for one in instrument.scores),
    }
    for i, values in enumerate(instrument.value_sets, 1):
        if not isinstance(values, Scale):
            named[f"value_sets[{i}].options"] = values.worded()
    for i, one in enumerate(instrument.scores, 1):
        named[f"scores[{i}].thresholds"] = (threshold.id for threshold in one.thresholds)
        named[f"scores[{i}].items"] = one.items or ()
    for place, names in named.items():
        for name, times in Counter(names).items():
            if times > 1:
                yield Fault("this name stands twice", f"{where}: {place}", name, "give each a name of its own")


def _value_sets(instrument: Instrument, where: str) -> Iterator[Fault]:
    known = [values.id for values in instrument.value_sets]
    for i, item in enumerate(instrument.items, 1):
        if item.values not in known:
            yield Fault("there is no such value set", f"{where}: items[{i}].values", item.values, ", ".join(known))
    for i, name in enumerate(known, 1):
        if name not in {item.values for item in instrument.items}:
            yield Fault("no item is answered from this value set", f"{where}: value_sets[{i}]", name, "remove it")


def _wording(instrument: Instrument, where: str) -> Iterator[Fault]:
    """All of it stands here, or none of it: nobody reads half a questionnaire in our words."""
    shipped = instrument.wording == "shipped"
    for i, item in enumerate(instrument.items, 1):
        if bool(item.text.strip()) != shipped:
            yield _text_fault(shipped, f"{where}: items[{i}].text", item.text)
    for i, values in enumerate(instrument.value_sets, 1):
        texts = values.texts()
        for key in dict.fromkeys([*values.worded(), *texts]):
            if key not in values.worded():
                yield Fault("no step with a text has this name", f"{where}: value_sets[{i}].labels", key, "remove it")
            elif bool(texts.get(key, "").strip()) != shipped:
                yield _text_fault(shipped, f"{where}: value_sets[{i}], {key}", texts.get(key, ""))


def _text_fault(shipped: bool, where: str, text: str) -> Fault:
    if shipped:
        return Fault("this text is missing", where, "nothing", "write it, or set wording = “site” and leave all out")
    return Fault("the wording is the site's, and a text stands here", where, text[:40], "remove it")


def _sources(instrument: Instrument, where: str) -> Iterator[Fault]:
    known = [source.key for source in instrument.sources]
    for i, one in enumerate(instrument.scores, 1):
        cited = {f"scores[{i}].missing.source": one.missing.source}
        cited |= {f"scores[{i}].thresholds[{j}].source": t.source for j, t in enumerate(one.thresholds, 1)}
        for place, key in cited.items():
            if key not in known:
                yield Fault("there is no source with this key", f"{where}: {place}", key, ", ".join(known))


def _score(instrument: Instrument, one: Score, where: str) -> Iterator[Fault]:
    known = [item.id for item in instrument.items]
    if strange := [name for name in instrument.items_of(one) if name not in known]:
        yield Fault("there is no such item", f"{where}.items", ", ".join(strange), ", ".join(known))
        return
    yield from _factors(instrument, one, where)
    if fault := _unfit(instrument, one, where):
        yield fault
        return
    yield from _minimum(instrument, one, where)
    lowest, highest = _range(instrument, one)
    if one.lowest != lowest or one.highest != highest:
        yield Fault(
            "this is not the range that the items give", f"{where}.lowest and highest", f"{one.lowest}, {one.highest}",
            f"lowest = {lowest}, " + ("and no highest" if highest is None else f"highest = {highest}"),
        )  # fmt: skip
    for i, threshold in enumerate(one.thresholds, 1):
        yield from _threshold(one, threshold, f"{where}.thresholds[{i}]")


def _factors(instrument: Instrument, one: Score, where: str) -> Iterator[Fault]:
    known = [parameter.name for parameter in instrument.parameters]
    for item, name in one.factors.items():
        if one.kind != "sum" or item not in instrument.items_of(one):
            yield Fault("only an item of a sum has a factor", f"{where}.factors", item, "remove it")
        if name not in known:
            yield Fault("there is no such parameter", f"{where}.factors.{item}", name, ", ".join(known) or "add it")


def _unfit(instrument: Instrument, one: Score, where: str) -> Fault | None:
    """Items that this kind of score cannot be made of."""
    items, remedy = instrument.items_of(one), "name the items that count"
    if one.kind == "value" and len(items) != 1:
        return Fault("a value is of one item", f"{where}.items", f"{len(items)}", remedy)
    for item in items:
        values = instrument.values_of(item)
        bounds = values.bounds()
        if one.kind == "count_of_yes":
            if not isinstance(values, Choice) or not {YES, NO} <= set(values.codes()):
                return Fault("this item is not answered by yes or no", f"{where}.items", item, remedy)
        elif bounds is None:
            return Fault("an option of this item has no points", f"{where}.items", item, "give every option points")
        elif one.kind == "percent_of_answered" and bounds[0] != 0:
            return Fault("a percentage needs items that begin at 0", f"{where}.items", item, remedy)
    return None


def _minimum(instrument: Instrument, one: Score, where: str) -> Iterator[Fault]:
    """Only a percentage of what was answered makes sense without some items."""
    items, wanted = len(instrument.items_of(one)), one.missing.minimum_answered
    if wanted > items or (one.kind != "percent_of_answered" and wanted < items):
        what = f"there are {items} items" if wanted > items else "without all items this would be a part of a score"
        yield Fault(what, f"{where}.missing.minimum_answered", str(wanted), f"{items}")


def _range(instrument: Instrument, one: Score) -> Bounds:
    if one.kind == "percent_of_answered":
        return Fraction(0), Fraction(100)
    items = instrument.items_of(one)
    if one.kind == "count_of_yes":
        return Fraction(0), Fraction(len(items))
    bounds = [found for item in items if (found := instrument.values_of(item).bounds()) is not None]
    lowest = sum((least for least, _ in bounds), Fraction(0))
    return lowest, None if one.factors else sum((most for _, most in bounds), Fraction(0))


def _threshold(one: Score, threshold: Threshold, where: str) -> Iterator[Fault]:
    amount = threshold.amount
    if threshold.kind == "relief_percent" and (one.direction != "higher_is_worse" or one.lowest != 0):
        yield Fault("relief in percent needs a score that begins at 0 and is worse when higher", where, threshold.id)
    if threshold.kind == "relief_percent" and not 0 < amount <= 100:
        yield Fault("relief is more than 0 and at most 100 percent", f"{where}.amount", str(amount))
    if threshold.kind == "points" and amount <= 0:
        yield Fault("a change is more than 0 points", f"{where}.amount", str(amount))
    if threshold.kind == "reached" and not (one.lowest <= amount and (one.highest is None or amount <= one.highest)):
        yield Fault("no score is this high or this low", f"{where}.amount", str(amount))


def _examples(instrument: Instrument, where: str) -> Iterator[Fault]:
    for i, example in enumerate(instrument.examples, 1):
        yield from _example(instrument, example, f"{where}: examples[{i}]")


def _example(instrument: Instrument, example: Example, where: str) -> Iterator[Fault]:
    try:
        results = score(instrument, example.answers, example.parameters)
    except DataError as refused:
        items = [fault.where.rpartition(".")[2] for fault in refused.faults]
        if items != example.refused:
            yield Fault("these answers are refused", where, ", ".join(items), str(refused).partition("\n")[0])
        return
    if example.refused:
        yield Fault("these answers are taken, not refused", where, ", ".join(example.refused))
    elif (given := [_expected(result) for result in results]) != example.expect:
        yield Fault("this is not what the answers give", f"{where}.expect", _said(example.expect), _said(given))


def _expected(result: Result) -> Expected:
    if isinstance(result, NotScored):
        return Expected(score=result.score, none=result.reason)
    return Expected(score=result.score, value=result.text)


def _said(expected: Iterable[Expected]) -> str:
    return ", ".join(f"{one.score}: {one.none or one.value}" for one in expected)
