"""Findings of the evidence check as plain text for a screen."""

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path
from textwrap import fill

from rich import box
from rich.console import Console
from rich.table import Table

from foramen.evidence.document import load_evidence
from foramen.evidence.examine import Examined, examine
from foramen.evidence.finding import Finding
from foramen.evidence.library import examine_paper, examine_papers
from foramen.evidence.results_check import examine_results

NARROW, WIDE = 80, 120
"""Columns of the screen that tables are made for."""


def examined(paper: str | None, file: Path | None, results: Path | None) -> list[Examined]:
    """What was asked for: a document, a results file, a paper that ships, or all of those."""
    if file is not None:
        return [examine(load_evidence(file))]
    if results is not None:
        return [examine_results(results)]
    return examine_papers() if paper is None else [examine_paper(paper)]


def evidence_text(found: Sequence[Examined], *, every: bool) -> str:
    """The counts, then what differs; with `every`, all findings and what is noted in words."""
    parts = [_counts(found)]
    for one in found:
        title = f"{one.id}: what differs" if len(found) > 1 else "What differs"
        parts += _findings(title, one.differing)
        parts += _rest(one) if every else []
    if len(found) > 1:
        parts.append("All findings of a paper: foramen evidence check ID\n")
    elif not every:
        parts += _reasons(found[0])
    return "\n".join(parts)


def _rest(one: Examined) -> Iterator[str]:
    """What cannot be checked, what agrees, what is noted in words, what no check looks at."""
    for verdict in ("cannot be checked", "agrees"):
        yield from _findings(f"What {verdict}", [finding for finding in one.findings if finding.verdict == verdict])
    if one.noted:
        yield "Noted in words, nothing computed\n\n" + "".join(
            _item(noted.says, [f"“{quote.text}” ({quote.at})" for quote in noted.quotes]) for noted in one.noted
        )
    if one.unchecked:
        yield _item(f"In no check: {', '.join(one.unchecked)}", [])


def _item(text: str, below: Sequence[str]) -> str:
    lines = [fill(f"- {text}", _width(), subsequent_indent="  ")]
    lines += [fill(line, _width(), initial_indent="  ", subsequent_indent="    ") for line in below]
    return "\n".join(lines) + "\n"


def _reasons(one: Examined) -> Iterator[str]:
    """Why numbers of a results file cannot be checked, each reason once."""
    reasons = Counter(finding.reason for finding in one.findings if finding.verdict == "cannot be checked")
    for reason, times in reasons.items():
        yield _item(f"{times} cannot be checked: {reason}", [])


def _width() -> int:
    return min(shutil.get_terminal_size((NARROW, 24)).columns, WIDE)


def _counts(found: Sequence[Examined]) -> str:
    headings = ("agrees", "differs", "cannot be checked", "noted")
    rows = [(one.id, *map(str, one.counts.values()), str(len(one.noted))) for one in found]
    return _table({"": 0, **dict.fromkeys(headings, 0)}, rows)


def _findings(title: str, findings: Sequence[Finding]) -> Iterator[str]:
    """A heading and a table, unless there is nothing to show."""
    rows = [(one.at, one.printed, one.recomputed, _why(one)) for one in findings]
    if rows:
        yield f"{title}\n\n" + _table({"where": 27, "printed": 12, "recomputed": 12, "why": 29}, rows)


def _why(finding: "Finding") -> str:
    return f"{finding.reason}. {finding.remark[:1].upper()}{finding.remark[1:]}" if finding.remark else finding.reason


def _table(shares: dict[str, int], rows: Sequence[Sequence[str]]) -> str:
    """A table as plain text: columns with their share of the width, or, for 0, as narrow as they can be."""
    shared = any(shares.values())
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, expand=shared, leading=1 if shared else 0)
    for i, (heading, share) in enumerate(shares.items()):
        table.add_column(heading, ratio=share or None, justify="left" if shared or not i else "right", overflow="fold")
    for row in rows:
        table.add_row(*row)
    console = Console(file=StringIO(), width=_width(), highlight=False, markup=False, emoji=False, no_color=True)
    with console.capture() as captured:
        console.print(table)
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())
