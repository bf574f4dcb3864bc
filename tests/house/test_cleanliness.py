"""What must not be in the repository, and imports that must stay light."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        return [path for path in ROOT.rglob("*") if path.is_file() and ".venv" not in path.parts]
    return [path for name in listed.stdout.splitlines() if (path := ROOT / name).is_file()]


def test_locks_pin_by_hash_and_name_no_place() -> None:
    locks = sorted((ROOT / "requirements").glob("*.lock"))
    assert locks
    for lock in locks:
        text = lock.read_text()
        assert re.findall(r"https?://|--index|--extra-index|--find|^-f ", text, re.M) == [], lock.name
        pinned = re.findall(r"^[a-zA-Z0-9_.\[\],-]+==\S+", text, re.M)
        assert len(pinned) == len(re.findall(r"^[a-zA-Z0-9]", text, re.M)), lock.name
        assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", text)) >= len(pinned), lock.name


def test_no_file_names_a_path_of_a_machine() -> None:
    pattern = re.compile(rb"(^|[^A-Za-z0-9_.])/(root|home|work|farm)/[a-z]", re.M)
    named = [path.name for path in tracked() if path.suffix != ".lock" and pattern.search(path.read_bytes())]
    assert named == []


REASONS = ("start-up time",)


def test_every_import_inside_a_function_gives_a_known_reason() -> None:
    unexplained = []
    for path in (ROOT / "src").rglob("*.py"):
        text = path.read_text()
        lines = text.splitlines()
        for function in ast.walk(ast.parse(text)):
            if isinstance(function, ast.FunctionDef):
                inner = [node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]
                said = [lines[node.lineno - 1].rstrip() for node in inner]
                unexplained += [f"{path.name}: {line.strip()}" for line in said if not line.endswith(REASONS)]
    assert unexplained == []


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("foramen.statistics", ("scipy.stats", "pandas", "pyarrow", "statsmodels", "duckdb")),
        ("foramen.study.run", ("scipy.stats", "pandas", "pyarrow", "openpyxl", "psycopg")),
        ("foramen.cli", ("numpy", "duckdb", "pyarrow", "pydantic")),
    ],
)
def test_imports_stay_light(module: str, heavy: tuple[str, ...]) -> None:
    names = [module]
    if module == "foramen.statistics":
        files = (ROOT / "src/foramen/statistics").glob("*.py")
        names = [f"foramen.statistics.{path.stem}" for path in files if path.stem != "__init__"]
    code = f"import sys, {', '.join(names)}; print([m for m in {heavy!r} if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
