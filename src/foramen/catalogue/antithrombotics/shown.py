"""A row in words: what the source prints, what is used, where it stands."""

from collections.abc import Iterator

from foramen.catalogue.antithrombotics.definition import Antithrombotics, Row
from foramen.catalogue.antithrombotics.information import compared
from foramen.catalogue.policy import Line


def printed_text(row: Row) -> str:
    """What the source prints, hold and restart."""
    if row.outcome is not None:
        return "not in this service's policy"
    hold = f"“{row.hold.printed}”" if row.hold.printed != "-" else "no number for this answer"
    text = row.restart.printed
    restart = "none" if text == "-" else f"in short {text}" if row.restart.shortened else f"“{text}”"
    return f"hold {hold}; restart {restart}"


def resolved_text(row: Row) -> str:
    """The value that is used before the procedure."""
    hold = row.hold
    if row.outcome is not None:
        return "no value" if row.outcome != "NA" else "nothing; the policy is not about it"
    if hold.check is None:
        return "no number; a person decides"
    if hold.continues:
        return "no hold"
    parts = [f"{hold.check} h from last dose to needle"]
    parts += [f"from {hold.floor} h a person decides"] if hold.is_range else []
    parts += (
        [f"{hold.drug_free_days} day{'s' * (hold.drug_free_days > 1)} without a dose"] if hold.drug_free_days else []
    )
    parts += [f"INR of the day at most {row.inr_at_most}"] if row.inr_at_most is not None else []
    parts += ["a person decides in any case"] if row.always_decide else []
    return ", ".join(parts)


def source_text(policy: Antithrombotics, row: Row) -> str:
    """The source with the row of it."""
    source = next(source for source in policy.sources if source.key == row.source)
    return f"{source.citation}: {row.locator or source.locator}"


def when_text(row: Row) -> str:
    """The drug or class, and the answers for which the row holds."""
    answers = [f"{name.replace('_', ' ')} {' or '.join(values)}" for name, values in row.when.items()]
    subject = (
        row.drug or f"any other {row.drug_class}" if row.drug_class != "unrecognised" else "a name nobody recognises"
    )
    return ", ".join([subject, *answers])


def restart_rule(row: Row) -> str:
    """The restart of a row in words, before anything is known about a patient."""
    restart = row.restart
    if not restart.earliest:
        return ""
    usual = f"{restart.usual} h" if isinstance(restart.usual, int) else restart.usual
    text = f"; restart after {restart.earliest} h"
    text += f", usually {usual}" if restart.usual not in (None, restart.earliest) else ""
    standard = restart.standard_dose
    return text + (f" ({standard.dose} without a loading dose: {standard.earliest} h)" if standard else "")


def lines_of(policy: Antithrombotics) -> Iterator[Line]:
    """The table for people."""
    for row in policy.rows:
        agreed = "; the prescriber's agreement is recorded" if row.coordination else ""
        used = f"{resolved_text(row)}{restart_rule(row)}{agreed}"
        yield Line(row.id, when_text(row), printed_text(row), used, row.reason, source_text(policy, row))


def notes_of(policy: Antithrombotics) -> Iterator[tuple[str, str]]:
    """How the source was read where it can be read in several ways, and what other sources say."""
    for one in policy.ambiguities:
        rows = f" Rows: {', '.join(one.rows)}." if one.rows else ""
        yield "How the source is read", f"{one.id}, {one.printed}: {one.problem} Read as: {one.resolved}{rows}"
    for comparison in policy.comparisons:
        sources = f" ({', '.join(comparison.sources)})" if comparison.sources else ""
        yield "What other published sources say", f"{compared(comparison)}{sources}"
    for other in policy.elsewhere:
        yield (
            "Drugs that the policy does not name",
            f"{other.drug}: another source prints {other.says} ({other.source}).",
        )
