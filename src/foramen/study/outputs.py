"""Write a run's folder: results.json, results.csv, manifest.json, counts/, report files. Whole or not at all."""

from collections.abc import Mapping
from pathlib import Path

from foramen.kernel.staging import staged_folder
from foramen.study.release import Passed
from foramen.study.results import csv_text, input_json, json_text


def write_results(passed: Passed, out: Path, *, files: Mapping[str, str | bytes]) -> None:
    """Write everything below `out`, `files` by their path in it. Same results, same bytes."""
    results = passed.results
    texts: dict[str, str | bytes] = {
        "results.json": json_text(results.to_json()),
        "results.csv": csv_text(results.statistics),
        **{f"counts/{digest}.json": json_text(input_json(results.inputs[digest])) for digest in sorted(results.inputs)},
        **files,
    }
    # A later run may write fewer formats: the list tells our files from those that somebody put beside them.
    texts["manifest.json"] = json_text({**results.manifest, "files": sorted([*texts, "manifest.json"])})
    with staged_folder(out, kind="results") as folder:
        for name, content in texts.items():
            path = folder / name
            path.parent.mkdir(mode=0o700, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
