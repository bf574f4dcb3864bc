"""The pages of docs/reference, each from the part of the program that it describes."""

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from docs.markdown import Objects, code, page, sentence, table
from docs.results_page import results
from docs.schemas import SCHEMAS, mapping_schema, study_schema
from foramen.cli.commands import app
from foramen.cli.evidence_commands import DIFFERENCES
from foramen.kernel import errors
from foramen.report.style import Style, load_style, style_names
from foramen.snapshot.dictionary import Dictionary, DictionaryTable, dictionary
from foramen.statistics.definitions import CHOICES, PRESETS
from foramen.statistics.result import Statistic

STATISTICS = Path(inspect.getfile(errors)).parents[1] / "statistics"

FAMILIES = (
    "describe", "proportions", "student", "ranks", "signed", "repeated", "adjust", "contingency", "exact", "risk",
    "correlation", "normality", "kappa", "multirater", "icc", "logistic", "model_performance", "classification",
    "bootstrap", "ancova", "mixed",
)  # fmt: skip
"""The modules a reader looks a statistic up in, in this order."""

INTERNAL = ("arguments", "contrasts", "result", "scores")
"""Modules whose functions return statistics, but only for the families to build on."""

# --- command line -------------------------------------------------------------------------------------------------


def command_line() -> str:
    """Every command with its arguments and options."""
    root = typer.main.get_command(app)
    parts = [sentence(root.help or ""), *(_command(name, one) for name, one in _commands(root, "foramen"))]
    closing = (
        "Every command ends with exit code 0, or with one of [these](errors.md). Outputs appear whole or not at all."
    )
    return page("Command line", "the program's own help", *parts, closing)


def _commands(group: Any, path: str) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def _command(path: str, command: Any) -> str:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option"]
    named = [_argument(p) for p in arguments]
    needed = [f"{p.opts[0]} …" for p in options if p.required]
    usage = f"```text\n{' '.join([path, *named, *needed, '[OPTIONS]'])}\n```"
    rows = [[code(p.name.upper()), "required" if p.required else "", p.help or ""] for p in arguments]
    rows += [[code(p.opts[0]), _default(p), p.help or ""] for p in options]
    return f"## {path}\n\n{sentence(command.help or '')}\n\n{usage}\n\n{table(['', '', ''], rows)}"


def _argument(argument: Any) -> str:
    name = f"{argument.name.upper()}{' …' if argument.nargs == -1 else ''}"
    return name if argument.required else f"[{name}]"


def _default(option: Any) -> str:
    if option.required:
        return "required"
    return "" if option.default in (None, False) else f"else {code(option.default)}"


# --- documents ----------------------------------------------------------------------------------------------------

TOML = (
    "A TOML document: `key = value` below `[section]` headings; `[[section]]` stands where there may be several; texts "
    "in quotes, numbers and dates without, lists in `[ ]`, several keys on one line in `{ }`. Lines that start with "
    "`#` are remarks. Unknown keys are refused, nothing is converted silently, and decimals are kept exact. *A name* "
    "is lower-case letters, digits and `_`, and starts with a letter."
)


def study() -> str:
    opening = (
        "What is compared in whom, when, and by which statistics. `foramen study check` says everything that is wrong "
        "with one. The same as a JSON Schema: `src/foramen/library/schemas/study.json`."
    )
    source = "the JSON Schema of the study document"
    return page("Study document", source, opening, TOML, *Objects(study_schema()).sections())


def mapping() -> str:
    opening = (
        "What each column of a source table means; `foramen import table` reads one. The same as a JSON Schema: "
        "`src/foramen/library/schemas/mapping.json`."
    )
    source = "the JSON Schema of the mapping document"
    return page("Mapping document", source, opening, TOML, *Objects(mapping_schema()).sections())


def evidence() -> str:
    opening = (
        "What a paper prints and what follows from what; `foramen evidence check --file` reads one. Those of papers "
        "that ship are in `src/foramen/library/evidence`. A check names facts by their name, and cells of tables as "
        "`table/row/column`. The same as a JSON Schema: `src/foramen/library/schemas/evidence.json`."
    )
    source = "the JSON Schema of the evidence document"
    return page("Evidence document", source, opening, TOML, *Objects(SCHEMAS["evidence"]()).sections())


def styles() -> str:
    """The styles that ship, by what they print, and the document that makes one."""
    opening = (
        'How a report prints numbers. A study names a style (`style = "ama"`), and `foramen study run … --style` '
        "another for one run. Styles change no number, only its dress. They are files of the library, "
        "`src/foramen/library/styles/NAME/VERSION.toml`; a run takes the newest version. The same as a JSON Schema: "
        "`src/foramen/library/schemas/style.json`."
    )
    shipped = [load_style(name) for name in style_names()]
    head = ["", *(code(style.id) for style in shipped)]
    rows = [["follows", *(style.follows for style in shipped)]]
    rows += [[what, *(_unbroken(show(style)) for style in shipped)] for what, show in PRINTED.items()]
    source = "the JSON Schema of the style document and the styles that ship"
    document = Objects(SCHEMAS["style"]()).sections()
    return page("Journal styles", source, opening, "## Styles that ship", table(head, rows), *document)


PRINTED: Mapping[str, Callable[[Style], str]] = {
    "1234 and 12345 people": lambda style: f"{style.count(1234)} and {style.count(12345)}",
    "46 of 100": lambda style: style.count_percent.format(n=46, percent=style.number(46, style.percent_decimals)),
    "mean and SD": lambda style: style.mean_sd.format(mean=style.number(51.29, 1), sd=style.number(8.77, 1)),
    "median and quartiles": lambda style: style.median_iqr.format(median=48, lower=38, upper=56),
    "a difference with its interval": lambda style: style.estimate_text(DIFFERENCE, style.estimate_decimals),
    "p of 0.0301": lambda style: style.p_words(0.0301),
    "p of 0.2649": lambda style: style.p_words(0.2649),
    "p of 0.00002": lambda style: style.p_words(0.00002),
    "typeface": lambda style: f"{style.fonts.body}, {style.fonts.size} points",
}
"""What the styles are shown by."""

DIFFERENCE = Statistic(name="mean_difference", method="", estimate=-1.79, lower=-2.37, upper=-1.21, level=0.95)


def _unbroken(text: str) -> str:
    """A thin space that does not break is a plain one here: a page in a terminal shows no other."""
    return text.replace("\u202f", " ")


# --- data dictionary ----------------------------------------------------------------------------------------------

DICTIONARY_OPENING = """\
A snapshot is a folder of Parquet files with a `manifest.json`, which holds the schema version, the origin and day, the
code book, and for every file its SHA-256 and number of rows. It is verified when it is opened and never written again.

Every value is an integer code. A number is value × 10^decimals in the unit that the code book gives; a category is the
position of its label, from 0. Null is missing. -2147483648 was suppressed at the source: neither a number nor missing.
Type `code` is 32 bits, or 64 where a variable needs them. A table is written only when it has rows. Nothing remains of
the patient number that the source used, and no date: time is in days from the index event."""

SHAPES = {
    "patient": "One row per patient; one further column per variable whose `table` is this.",
    "index": "One row per index event; one further column per variable whose `table` is this.",
    "observation": "One row per answer.",
    "finer": "Several rows per index event; one further column per variable whose `table` is this.",
}

ROW_FILES = """\
Studies scan these. They are built from the tables, one per unit of analysis, and hold nothing more. Beside the columns
below they have one per variable, time point and reader, named `variable__timepoint__reader`; the day and mode of an
answer stand in `…__day` and `…__mode`. A row of a target or a read repeats the columns of its index event."""


def data_dictionary() -> str:
    held: Dictionary = dictionary()
    tables = [_dictionary_table(f"{t.name}.parquet", t) for t in held.tables.values()]
    rows = [_dictionary_table(f"rows/{t.name}.parquet", t) for t in held.row_files.values()]
    return page(
        "Data dictionary", "the dictionary that the program itself reads", DICTIONARY_OPENING, "## Tables", *tables,
        "## Row files", ROW_FILES, *rows,
    )  # fmt: skip


def _dictionary_table(name: str, entry: DictionaryTable) -> str:
    columns = [
        [code(c.name), c.type, c.unit, "may be null" if c.null else "", c.description] for c in entry.columns
    ]  # fmt: skip
    words = " ".join([entry.description, SHAPES[entry.shape] if entry.shape else ""]).strip()
    key = ", ".join(code(column) for column in entry.key)
    return f"### {code(name)}\n\n{words} Key: {key}.\n\n{table(['column', 'type', 'unit', '', 'meaning'], columns)}"


# --- statistics ---------------------------------------------------------------------------------------------------

STATISTICS_OPENING = """\
Many statistics exist in several versions, and packages differ in which they take without saying so. Here a study names
a *preset*, may override it family by family, and every result carries the name of the version it used:

```toml
preset = "spss"
definitions = { quantile = "type7" }
```

Preset `foramen` is what we recommend; `spss`, `r` and `scipy` follow the defaults of those packages, so that their
numbers can be reproduced. What a preset leaves open is that of `foramen`. What each version is, and why ours is ours,
stands with the statistic below."""

FUNCTIONS = """\
Each is a function of count tables, without a default for `method`: `from foramen.statistics.ranks import mann_whitney`.
The axes of a table are taken by position. `group`, `against` and `reference` are codes. What is missing is left out by
the function and counted: `n` is what was used, `denominator` what there was."""


@dataclass(frozen=True)
class Function:
    """A public function as a reader meets it."""

    module: str
    name: str
    signature: str
    words: str


def statistics() -> str:
    rows = [
        [code(family), *(code({**PRESETS["foramen"], **preset}[family]) for preset in PRESETS.values()),
         ", ".join(code(method) for method in methods)]
        for family, methods in CHOICES.items()
    ]  # fmt: skip
    families = table(["family", *PRESETS, "all versions"], rows)
    modules = [_family(name) for name in FAMILIES]
    source = "the program's definitions and the docstrings of its functions"
    return page(
        "Statistics", source, STATISTICS_OPENING, "## Definitions", families, "## Functions", FUNCTIONS, *modules
    )


def _family(module: str) -> str:
    tree = ast.parse((STATISTICS / f"{module}.py").read_text(encoding="utf-8"))
    parts = [f"## {code('foramen.statistics.' + module)}", ast.get_docstring(tree) or ""]
    for one in functions(module):
        parts.append(f"### {code(one.name)}\n\n```python\n{one.signature}\n```\n\n{one.words}")
    return "\n\n".join(parts)


def functions(module: str) -> list[Function]:
    """The public functions of a module that give statistics, or a version of something on which they rest."""
    tree = ast.parse((STATISTICS / f"{module}.py").read_text(encoding="utf-8"))
    found = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and _is_of_interest(node):
            returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
            found.append(Function(module, node.name, f"{node.name}({ast.unparse(node.args)}){returns}",
                                  ast.get_docstring(node) or ""))  # fmt: skip
    return found


def _is_of_interest(node: ast.FunctionDef) -> bool:
    returned = ast.unparse(node.returns) if node.returns else ""
    asked = any(argument.arg == "method" for argument in node.args.kwonlyargs)
    a_method = any(node.name in methods for methods in CHOICES.values())
    return returned in ("Statistic", "list[Statistic]") or asked or a_method


# --- errors -------------------------------------------------------------------------------------------------------


def error_codes() -> str:
    """Exit codes, and the kinds of error behind them."""
    codes = [
        ["0", "done"],
        [str(errors.Defect.exit_code), "a fault of ours; nothing was written"],
        [str(errors.UserError.exit_code), "something you can mend; nothing was written"],
        [str(DIFFERENCES), "a check found something: your numbers differ, or two reports give numbers away together"],
        ["130", "you interrupted it; nothing was written"],
    ]
    kinds = [[code(one.__name__), str(one.exit_code), sentence(inspect.getdoc(one) or "")] for one in kinds_of_error()]
    return page(
        "Errors and exit codes", "the tree of errors", table(["exit code", "meaning"], codes), ERRORS,
        "## Kinds of error", table(["kind", "exit code", "when"], kinds),
    )  # fmt: skip


def kinds_of_error() -> list[type[errors.ForamenError]]:
    """What a command can end with, the user's faults first."""
    return [*_tree(errors.UserError), errors.Defect]


def _tree(kind: type[errors.ForamenError]) -> Iterator[type[errors.ForamenError]]:
    yield kind
    for one in kind.__subclasses__():
        if one.__module__ == errors.__name__:
            yield from _tree(one)


ERRORS = """\
All faults that can be found are reported together, each as

```text
FILE, row ROW, column “COLUMN”: what is wrong
  received: what kind of thing was found
  try: what to do
```

on the error stream. A message never holds a value of a patient; only a quarantine file that you asked for does.
`FORAMEN_TRACEBACK=1` in the environment makes a fault of ours print its traceback."""


PAGES: Mapping[str, Callable[[], str]] = {
    "command-line.md": command_line,
    "study.md": study,
    "mapping.md": mapping,
    "data-dictionary.md": data_dictionary,
    "results.md": results,
    "evidence.md": evidence,
    "journal-styles.md": styles,
    "statistics.md": statistics,
    "errors.md": error_codes,
}
