"""The generated pages and schemas are those that the program would generate, and leave nothing out."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs.generate import LIBRARY, REFERENCE, generated, stale, write
from docs.reference_pages import FAMILIES, INTERNAL, STATISTICS, functions
from docs.schemas import SCHEMAS, descriptions, undescribed
from foramen.kernel import errors
from foramen.statistics.definitions import CHOICES
from tests.docs.pages import DOCS, ROOT

MODELS = {"study": "Study", "mapping": "TableMapping", "evidence": "Evidence", "style": "Style"}
"""The documents that have a schema, and the model that each is read by."""


def test_no_page_is_stale() -> None:
    assert stale(ROOT) == [], "run make docs"


def test_a_changed_a_missing_and_a_foreign_page_are_found(tmp_path: Path) -> None:
    write(tmp_path)
    assert stale(tmp_path) == []
    (tmp_path / REFERENCE / "study.md").write_text("changed")
    (tmp_path / REFERENCE / "results.md").unlink()
    (tmp_path / LIBRARY / "old.json").write_text("{}")
    assert stale(tmp_path) == [f"{REFERENCE}/results.md", f"{REFERENCE}/study.md", f"{LIBRARY}/old.json"]
    write(tmp_path)
    assert stale(tmp_path) == []


def test_generating_twice_gives_the_same() -> None:
    assert generated() == generated()


def test_the_check_is_a_command() -> None:
    done = subprocess.run([sys.executable, "-m", "docs.generate", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", MODELS)
def test_every_key_of_a_document_is_described(name: str) -> None:
    assert list(undescribed(SCHEMAS[name]())) == []


def test_every_description_is_of_a_key() -> None:
    known = {}
    for name, model in MODELS.items():
        known |= {model: SCHEMAS[name](), **SCHEMAS[name]()["$defs"]}
    strays = [f"{m}.{k}" for m, keys in descriptions().items() for k in keys if k not in known[m]["properties"]]
    assert strays == []


def test_every_family_of_statistics_is_in_the_manual() -> None:
    modules = {path.stem for path in STATISTICS.glob("*.py")}
    makers = {module for module in modules if any(f.signature.endswith("Statistic") or f.signature.endswith("]")
                                                  for f in functions(module))}  # fmt: skip
    assert makers - {*FAMILIES, *INTERNAL} == set()
    assert {*FAMILIES, *INTERNAL} <= modules


def test_every_function_in_the_manual_is_explained() -> None:
    assert [f"{f.module}.{f.name}" for name in FAMILIES for f in functions(name) if not f.words] == []


def test_every_definition_is_explained() -> None:
    """The name of each method stands in a docstring of the manual."""
    page = (DOCS / "reference/statistics.md").read_text(encoding="utf-8").split("## Functions")[1]
    obvious = {"none"}
    missing = [
        m for methods in CHOICES.values() for m in methods if m not in obvious and not re.search(rf"\b{m}\b", page)
    ]
    assert missing == []


def test_every_kind_of_error_is_in_the_manual() -> None:
    names = [node.name for node in ast.parse(Path(errors.__file__).read_text()).body if isinstance(node, ast.ClassDef)]
    page = (DOCS / "reference/errors.md").read_text(encoding="utf-8")
    assert [name for name in names if name not in ("Fault", "ForamenError") and f"`{name}`" not in page] == []
