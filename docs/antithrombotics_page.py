"""The middle of the page on blood thinners: the table, what it depends on, and what other sources print."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from docs.definition_parts import bullets, joined
from docs.markdown import code, sentence, table
from docs.missing_answers import missing_answers
from foramen.catalogue.antithrombotics.definition import MAX_OFF, Antithrombotics, Comparison, Row
from foramen.catalogue.drugs import load_names

HOW_TO_READ = f"""\
- **Hold** is the time from the last dose to the needle. The gate counts elapsed hours, never the difference of two
  clock readings, and rounds nothing: 74 h 59 min are not 75 h. It is told to the patient as whole days without a
  dose, none of them the day of the procedure. A dose of which the day alone is known counts as taken in the last
  second of that day.
- **Latest last dose** as people are told it is the earlier of so many hours elapsed and so many hours by the clock;
  the **earliest restart** is the later of the two. They differ when clocks change in between. Clock times are those
  of the site, and the zone is always named.
- **Restart** is counted from the recorded needle-out. Without it no restart is told and discharge is STOP.
- **From … a person decides**: the source prints a range. The longer end passes, inside the range the result is
  DECIDE, below it HOLD.
- **Agreement**: the prescriber's own answer, recorded for this booked start, before an instruction to stop leaves the
  service. The word of another person, or one for another start, is none. Without it the result is DECIDE, from the
  time-out on STOP. A refusal is never weaker than no answer.
- **Over-held**: off a drug that needs agreement for more than {MAX_OFF} h beyond its hold. Then a clot is the danger,
  and the prescriber is asked. The {MAX_OFF} h are a proposal; no source prints them.
- **Override**: who may go on in spite of each result, O1 or O2 as above. A result that is not named there cannot come
  from the row itself.
- Brands in brackets are those that the source prints; other names are recognised as well: [drug
  names](drug-names.md)."""

STRATUM_OPENING = """\
It is asked only where a row depends on it or prints a range: nobody is for a person to decide by age alone. It is
HIGH if one factor is answered yes, and LOW only if every factor is answered no. Otherwise HIGH is assumed and the
result is at least DECIDE; the missing answers change that, an override does not. It is never lowered by hand. At the
gates of the day it is STOP if nobody has recorded who answered, and when."""

STRATUM = [
    ["R1", "old age", "date of birth and the site's `old_age_years`; unset, a person decides from 65 on"],
    ["R2", "history of a bleeding tendency", "yes, no or unknown"],
    ["R3", "another anticoagulant or antiplatelet", "the other drugs of the list; aspirin counts; of a second NSAID a "
     "person decides"],
    ["R4", "liver cirrhosis", "yes, no or unknown"],
    ["R5", "advanced liver disease", "yes, no or unknown"],
    ["R6", "advanced renal disease", "yes, no or unknown; and a measured value, if the site has set a limit"],
    ["R7", "cervical epidural steroid injection", "level, approach and steroid; of any other injection at the "
     "cervical or thoracic spine a person decides"],
    ["R8", "anything else", "a clinician may raise the stratum, with a reason"],
]  # fmt: skip

COMPARED = """\
What other published sources print is shown beside the policy and never merged with it. It decides nothing by itself."""

UNLISTED = """\
Drugs in no row above are recognised by name and judged by their class. Nothing is guessed: a name in no table is
STOP, and names that are near are asked back. All names that are recognised: [drug names](drug-names.md)."""


def antithrombotics_sections(content: Antithrombotics) -> Iterator[str]:
    """Everything between the head of the page and what a site sets."""
    yield f"## How to read the table\n\n{HOW_TO_READ}"
    yield f"## The table\n\n{_table(content)}"
    asked = [f"**{_words(one.name)}** ({', '.join(one.values)}): {one.about}" for one in content.questions]
    yield f"## On what a row depends\n\n{bullets('', asked)}"
    heads = ["", "factor", "answered from"]
    yield f"### The bleeding stratum\n\n{STRATUM_OPENING}\n\n{table(heads, STRATUM)}"
    yield missing_answers()
    yield f"## Reasons and other sources, drug by drug\n\n{COMPARED}"
    for _, rows in groupby((row for row in content.rows if row.drug), key=lambda row: _together(content, row)):
        yield _drugs(content, list(rows))
    yield _ambiguities(content)
    yield _of_the_whole(content)
    yield _unlisted(content)


# --- the table ----------------------------------------------------------------------------------------------------


def _table(content: Antithrombotics) -> str:
    heads = [
        "row", "drug, and for whom", "hold, printed", "hold, used", "days without a dose", "restart, printed",
        "restart, used", "agreement", "over-held from", "override",
    ]  # fmt: skip
    return table(heads, (_cells(row) for row in content.rows))


def _cells(row: Row) -> list[str]:
    over_held = f"{row.hold.max_off} h" if row.coordination and row.hold.max_off else ""
    restart = _printed(row.restart.printed, shortened=row.restart.shortened)
    return [
        f'<a id="{row.id.lower()}"></a>{row.id}', for_whom(row), _printed(row.hold.printed), hold_used(row),
        _days(row), restart, restart_used(row), "yes" if row.coordination else "no", over_held, overrides(row),
    ]  # fmt: skip


def for_whom(row: Row) -> str:
    """The drug as a reader looks it up, with the brands that the source prints, and the answers the row is for."""
    brands = [brand for brand in row.brands if brand.casefold() != (row.drug or "").casefold()]
    printed = f" ({', '.join(brands)})" if brands else ""
    return "; ".join([f"**{row.drug}{printed}**" if row.drug else f"**{_class(row)}**", *_answers(row)])


def _answers(row: Row) -> list[str]:
    return [f"{_words(name)} {' or '.join(values)}" for name, values in row.when.items()]


CLASSES = {
    "simple analgesic": "a painkiller that is neither",
    "antiplatelet": "any other platelet inhibitor", "nsaid": "any other NSAID",
    "serotonergic": "an antidepressant that acts on serotonin", "supplement": "a supplement",
    "combination analgesic": "a combination painkiller, as a product", "unrecognised": "a name in no table",
}  # fmt: skip


def _class(row: Row) -> str:
    return CLASSES.get(str(row.drug_class), f"any other {row.drug_class}")


def _printed(text: str, *, shortened: bool = False) -> str:
    return "not printed" if text == "-" else f"in short: {text}" if shortened else f"“{text}”"


def hold_used(row: Row) -> str:
    """What passes, and what is for a person."""
    hold = row.hold
    if row.outcome:
        return "no number: NA, the policy is not about it" if row.outcome == "NA" else f"no number: {row.outcome}"
    if hold.check is None:
        return "no number: a person decides"
    if hold.continues:
        return "no hold"
    parts = [_hours(hold.check)]
    parts += [f"from {hold.floor} h a person decides, but not for bleeding stratum HIGH"] if hold.is_range else []
    parts += [f"and an INR of the day of at most {row.inr_at_most}"] if row.inr_at_most is not None else []
    parts += ["and a person decides in any case"] if row.always_decide else []
    parts += ["not stopping it: a person decides"] if row.stopping_not_essential else []
    return "; ".join(parts)


def _hours(hours: int) -> str:
    days, rest = divmod(hours, 24)
    return f"**{hours} h**" if rest or days < 2 else f"**{hours} h** ({days} × 24 h)"


def _days(row: Row) -> str:
    days = row.hold.drug_free_days
    if days:
        return f"{days}{', told only after the decision' if row.always_decide else ''}"
    return "by the hour" if row.hold.check else ""


def restart_used(row: Row) -> str:
    """Earliest and usual restart, from needle-out."""
    restart = row.restart
    if not restart.earliest:
        return "does not apply" if row.hold.continues or row.outcome == "NA" else "no number: decided and recorded"
    usual = f"{restart.usual} h" if isinstance(restart.usual, int) else restart.usual
    text = f"**{restart.earliest} h**" + (f", usually {usual}" if restart.usual != restart.earliest else "")
    if restart.is_range:
        text += f"; bleeding stratum HIGH: {usual}"
    standard = restart.standard_dose
    return text + (f"; {standard.earliest} h if with {standard.dose} and no loading dose" if standard else "")


def overrides(row: Row) -> str:
    """The class of override for each result that the row itself can give."""
    hold = row.hold
    if row.outcome:
        return {"STOP": "STOP O2", "DECIDE": "DECIDE O1"}.get(row.outcome, "")
    parts = [f"HOLD {'O2' if row.coordination else 'O1'}"] if hold.check else []
    parts += ["DECIDE O1"] if row.always_decide or hold.is_range or row.stopping_not_essential else []
    return ", ".join([*parts, *(["STOP O2"] if row.inr_at_most is not None else [])])


# --- one drug -----------------------------------------------------------------------------------------------------


def _together(content: Antithrombotics, row: Row) -> tuple[object, ...]:
    """Drugs that other sources treat together stand together."""
    return tuple(one.topic for one in content.comparisons if _of_drug(content, row, one)) or (row.drug,)


def _of_drug(content: Antithrombotics, row: Row, one: Comparison) -> bool:
    return any(other.id in one.rows for other in content.rows if other.drug == row.drug)


def _drugs(content: Antithrombotics, rows: Sequence[Row]) -> str:
    names = {row.id for row in rows}
    cited = f"{code(rows[0].source)}: {'; '.join(dict.fromkeys(row.locator for row in rows))}"
    concerned = [one for one in content.comparisons if names & set(one.rows)]
    links = ", ".join(f"[{one.id}](#{one.id.lower()})" for one in content.ambiguities if names & set(one.rows))
    lines = [
        *_reasons(rows),
        *dict.fromkeys(remark for row in rows for remark in row.remarks),
        *map(_compared, concerned),
    ]
    heading = joined(list(dict.fromkeys(str(row.drug) for row in rows)))
    read = f" How it is read: {links}." if links else ""
    return f"### {heading[0].upper()}{heading[1:]}\n\n{bullets(f'Printed in {cited}.{read}', lines)}"


def _reasons(rows: Sequence[Row]) -> Iterator[str]:
    """Each reason with the rows that give it."""
    for reason in dict.fromkeys(row.reason for row in rows):
        given = [row for row in rows if row.reason == reason]
        answers = dict.fromkeys(answer for row in given for answer in _answers(row))
        yield f"{', '.join([*(_linked(row.id) for row in given), *answers])}: {reason}"


def _compared(one: Comparison) -> str:
    cited = f" ({', '.join(map(code, one.sources))})" if one.sources else ""
    figures = f"**This service**: {one.here}. **Other published sources**: {one.elsewhere}{cited}"
    return f"*{sentence(one.topic)}* {figures}. {sentence(one.direction)}"


# --- the source, and others ---------------------------------------------------------------------------------------


def _ambiguities(content: Antithrombotics) -> str:
    order = [row.id for row in content.rows]
    rows = [
        [f'<a id="{one.id.lower()}"></a>{one.id}', one.printed, one.problem, one.resolved, _spans(one.rows, order)]
        for one in content.ambiguities
    ]
    heads = ["", "as printed", "the difficulty", "read as", "rows"]
    return f"## Where the source can be read in more than one way\n\n{table(heads, rows)}"


def _spans(named: Sequence[str], order: Sequence[str]) -> str:
    """Rows that follow each other in the table as `first to last`; none named: all of them."""
    if not named:
        return "all"
    places = sorted(order.index(name) for name in named)
    runs = [list(run) for _, run in groupby(places, key=lambda place: place - places.index(place))]
    return ", ".join(_run([order[place] for place in run]) for run in runs)


def _run(names: Sequence[str]) -> str:
    return f"{_linked(names[0])} to {_linked(names[-1])}" if len(names) > 2 else ", ".join(map(_linked, names))


def _linked(row: str) -> str:
    return f"[{row}](#{row.lower()})"


def _of_the_whole(content: Antithrombotics) -> str:
    whole = map(_compared, (one for one in content.comparisons if not one.rows))
    return f"## Other sources on the policy as a whole\n\n{bullets('', whole)}"


def _unlisted(content: Antithrombotics) -> str:
    """Drugs of the table of names that no row names, by class, with what other sources print."""
    listed = {row.drug for row in content.rows}
    says = {one.drug: f" (not this service's policy: {one.says}, {code(one.source)})" for one in content.elsewhere}
    drugs = load_names().document.content.drugs
    rows = []
    for row in content.rows:
        if row.drug_class:
            others = [f"{drug.name}{says.get(drug.name, '')}" for drug in drugs
                      if drug.drug_class == row.drug_class and drug.name not in listed]  # fmt: skip
            compared = [_compared(one) for one in content.comparisons if row.id in one.rows]
            result = f"{overrides(row) or row.outcome}. {row.reason}"
            rows.append([_linked(row.id), ", ".join(others), result, " ".join(compared)])
    cited = dict.fromkeys(f"{code(row.source)}, {row.locator}" for row in content.rows if row.drug_class)
    heads = ["row", "drugs that are recognised", "result", "other sources"]
    opening = f"{UNLISTED} These rows: {'; '.join(cited)}."
    return f"## Drugs that the policy does not name\n\n{opening}\n\n{table(heads, rows)}"


def _words(name: str) -> str:
    """A question by its name; the two risks are named in full, because they ask for opposite things."""
    return "bleeding stratum" if name == "stratum" else name.replace("_", " ")
