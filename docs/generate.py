"""Write the reference pages, the published schemas and what notebooks show: `python -m docs.generate`.

`--check` finds stale pages and schemas.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from docs.classified_page import CLASSIFIED_PAGES
from docs.clinic_pages import CLINIC_PAGES
from docs.library_pages import LIBRARY_PAGES
from docs.notebooks import renew_notebooks
from docs.reference_pages import PAGES
from docs.schemas import SCHEMAS
from docs.validation_page import VALIDATION_PAGES

ROOT = Path(__file__).parents[1]
REFERENCE = "docs/reference"
LIBRARY = "src/foramen/library/schemas"


def generated() -> dict[str, str]:
    """Every generated file, by its path from the root of the repository."""
    made = {**PAGES, **LIBRARY_PAGES, **CLINIC_PAGES, **VALIDATION_PAGES, **CLASSIFIED_PAGES}
    pages = {f"{REFERENCE}/{name}": make() for name, make in made.items()}
    schemas = {f"{LIBRARY}/{name}.json": _json(make()) for name, make in SCHEMAS.items()}
    return {**pages, **schemas}


def stale(root: Path) -> list[str]:
    """Files that are missing, differ from what would be generated, or should no longer be there."""
    wanted = generated()
    found = [*(root / REFERENCE).rglob("*.md"), *(root / LIBRARY).glob("*.json")]
    left = [str(path.relative_to(root)) for path in found if str(path.relative_to(root)) not in wanted]
    changed = [name for name, text in wanted.items() if not (root / name).is_file() or _read(root / name) != text]
    return sorted([*left, *changed])


def write(root: Path) -> None:
    """Bring every generated file up to date."""
    wanted = generated()
    for name in stale(root):
        path = root / name
        if name not in wanted:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[name], encoding="utf-8", newline="\n")


def main(arguments: Sequence[str]) -> int:
    if list(arguments) == ["--check"]:
        names = stale(ROOT)
        sys.stderr.write("".join(f"{name} is stale; run make docs\n" for name in names))
        return 1 if names else 0
    if arguments:
        sys.stderr.write("python -m docs.generate [--check]\n")
        return 2
    write(ROOT)
    renew_notebooks()
    return 0


def _json(schema: object) -> str:
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _read(path: Path) -> str:
    return path.read_bytes().decode()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
