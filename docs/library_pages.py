"""The pages of docs/reference that are made from files of the library, and of the documents that a site writes."""

from collections.abc import Callable, Mapping
from functools import partial

from docs.drug_names_page import drug_names_page
from docs.instrument_pages import instrument_page
from docs.markdown import Objects, page
from docs.policy_pages import policy_page
from docs.reference_pages import TOML
from docs.schedule_pages import schedule_page
from docs.schemas import SCHEMAS
from foramen.catalogue.policies import POLICIES
from foramen.catalogue.shelf import identifiers

DOCUMENTS = {
    "site-record": (
        "Site record",
        "What puts a policy in force at a site. `foramen policy check` reads one, `foramen policy explain … --record` "
        "asks under it. An active record has two different signatories and a day; a changed record is a new one, and "
        "the old one is kept as superseded. Its digest goes into every decision.",
    ),
    "instrument": (
        "Instrument document",
        "A questionnaire with its scores. `foramen instrument check` reads one and runs its worked examples.",
    ),
    "instrument-wording": (
        "Instrument wording",
        "The words of an instrument in one language, as a site brings them. `foramen instrument check` reads one. It "
        "is whole or it is refused: every item, and every answer that has a text.",
    ),
    "instrument-answers": (
        "Answers to an instrument",
        "What `foramen instrument score … --answers` reads: the answers of one person at one time point, and, where a "
        "change is asked for, those from before.",
    ),
    "schedule": (
        "Schedule document",
        "When who is asked what. `foramen schedule check` reads one and runs its worked examples.",
    ),
}
"""The documents a site writes: title and opening of the page, by the name of the schema."""

INPUTS = """\
What `foramen policy explain {0} --input` reads: everything that is told when the policy is asked. What is left out
was not told, and is never taken for a good answer. A local time of the site is written 2026-03-10T09:00:00, without
quotes; where the clock shows it twice, or it is of another zone, as {{ at = 2026-11-01T01:30:00, clock = "earlier"
}}. What the rules make of it: [{0}]({0}.md)."""


def document_page(name: str, title: str, opening: str) -> str:
    """The keys of a document, from its schema."""
    schema = f"The same as a JSON Schema: `src/foramen/library/schemas/{name}.json`."
    sections = Objects(SCHEMAS[name]()).sections()
    return page(title, f"the JSON Schema of the {title[0].lower()}{title[1:]}", f"{opening} {schema}", TOML, *sections)


LIBRARY_PAGES: Mapping[str, Callable[[], str]] = {
    **{f"policies/{name}.md": partial(policy_page, policy) for name, policy in POLICIES.items()},
    **{
        f"policies/inputs-{name}.md": partial(
            document_page, f"inputs-{name}", f"Inputs of the policy {name}", INPUTS.format(name)
        )
        for name in POLICIES
    },
    "policies/drug-names.md": drug_names_page,
    **{f"instruments/{name}.md": partial(instrument_page, name) for name in identifiers("instruments")},
    **{f"schedules/{name}.md": partial(schedule_page, name) for name in identifiers("schedules")},
    **{f"{name}.md": partial(document_page, name, *words) for name, words in DOCUMENTS.items()},
}
