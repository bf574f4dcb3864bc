"""Names that nobody recognises, and combination painkillers as products: both are judged by a class of their own."""

from collections.abc import Iterator

from foramen.catalogue.antithrombotics.case import Case
from foramen.catalogue.antithrombotics.information import compared, comparisons_of
from foramen.catalogue.antithrombotics.listing import Told
from foramen.catalogue.antithrombotics.shown import printed_text, resolved_text, source_text
from foramen.catalogue.decision import Decision, Finding, Outcome, Override, Todo
from foramen.catalogue.drugs import NameIndex


def unlisted_decisions(case: Case, names: NameIndex) -> Iterator[Decision]:
    """One decision for each entry."""
    for told in case.listing.combinations:
        yield _decision(case, told, "combination analgesic", _components(told))
    for told in case.listing.unrecognised:
        yield _decision(case, told, "unrecognised", _near(told, names))


def _decision(case: Case, told: Told, name: str, says: str) -> Decision:
    row = next(row for row in case.policy.rows if row.drug_class == name)
    outcome = Outcome.STOP if row.outcome == "STOP" else Outcome.DECIDE
    override = Override.O2 if outcome is Outcome.STOP else Override.O1
    finding = Finding(outcome, f"{row.reason} {says}", override)
    return Decision(
        row.id, outcome, (finding.reason,), case.in_force.stamp, told.medicine.name, printed_text(row),
        resolved_text(row), source_text(case.policy, row), override=override, findings=(finding,),
        inputs=case.told, todos=tuple(_todos(case, name, told)),
        information=tuple(compared(one) for one in comparisons_of(case.policy, row)),
        advice=("Please read me the name that is printed on the box.",) if name == "unrecognised" else (),
    )  # fmt: skip


def _components(told: Told) -> str:
    product = told.product
    if product is None:
        return ""
    further = f"; also {product.further}" if product.further else ""
    return f"In it: {', '.join(product.components)}{further}."


def _near(told: Told, names: NameIndex) -> str:
    """Names to ask back with. They are shown and not used."""
    ambiguous = names.means(told.medicine.name)
    if ambiguous is not None:
        return f"This name may mean {' or '.join(ambiguous.means)}. Enter the generic name from the package."
    near = names.suggestions(told.medicine.name)
    asked = f"Did you mean {' or '.join(near)}? " if near else ""
    return f"{asked}Enter the name from the package alone, without the dose, or ask the prescriber."


def _todos(case: Case, name: str, told: Told) -> Iterator[Todo]:
    if case.planning:
        what = "Find out what this is, and enter it" if name == "unrecognised" else "The radiologist decides; record it"
        yield Todo(f"{told.medicine.name}: {what[:1].lower()}{what[1:]}.", case.day)
