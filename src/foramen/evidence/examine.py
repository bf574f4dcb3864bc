"""Check a paper: every check of its document, or everything that is wrong with the document."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from foramen.catalogue.document import Document, Part
from foramen.evidence.document import Evidence, Noted
from foramen.evidence.facts import Facts, Reference
from foramen.evidence.finding import Finding, tally
from foramen.kernel.errors import DefinitionError, Fault, UserError, raise_all


@dataclass(frozen=True)
class Examined:
    """What came of checking one paper, or one results file.

    `noted` is words, not computed; `unchecked` are the names of facts and tables that no check looks at.
    """

    id: str
    title: str
    citation: str
    findings: tuple[Finding, ...]
    noted: tuple[Noted, ...] = ()
    unchecked: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        return tally(self.findings)

    @property
    def differing(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.verdict == "differs")

    def to_json(self) -> dict[str, Any]:
        """Plain data with stable keys."""
        return {
            "id": self.id,
            "title": self.title,
            "citation": self.citation,
            "counts": self.counts,
            "findings": [finding.to_json() for finding in self.findings],
            "noted": [one.model_dump() for one in self.noted],
            "unchecked": list(self.unchecked),
        }


def examine(document: Document[Evidence]) -> Examined:
    """Run every check. References that lead nowhere, and facts a check cannot use, are all in the one error raised."""
    paper, findings, faults = document.content, list[Finding](), list[Fault]()
    for i, check in enumerate(paper.checks):
        where = f"{document.path}: checks[{i + 1}]"
        broken = list(_broken(check, paper, where))
        faults += broken
        try:
            findings += check.findings(paper)
        except UserError as error:
            faults += [] if broken else [_placed(fault, f"{where} ({check.check})") for fault in error.faults]
    raise_all(DefinitionError, faults)
    return Examined(paper.id, paper.title, paper.citation, tuple(findings), tuple(paper.noted), _unchecked(paper))


def _unchecked(paper: Evidence) -> tuple[str, ...]:
    references = [reference for check in paper.checks for _, reference in _references(check, "")]
    used = {reference.split("/")[0] for reference in references}
    return tuple(name for name in (*paper.facts, *(table.name for table in paper.tables)) if name not in used)


def _broken(part: Part, paper: Facts, where: str) -> Iterator[Fault]:
    """The references of a check that name nothing."""
    for place, reference in _references(dict(part), where):
        try:
            paper.resolve(reference)
        except UserError as error:
            yield from (_placed(fault, place) for fault in error.faults)


def _references(value: Any, where: str) -> Iterator[tuple[str, Reference]]:
    if isinstance(value, Reference):
        yield where, value
    elif isinstance(value, Part):
        yield from _references(dict(value), where)
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from _references(part, f"{where}.{key}")
    elif isinstance(value, list):
        for i, part in enumerate(value):
            yield from _references(part, f"{where}[{i + 1}]")


def _placed(fault: Fault, where: str) -> Fault:
    return Fault(fault.what, where, fault.received, fault.remedy)
