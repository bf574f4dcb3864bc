"""Write a run's folder: results.json, results.csv, manifest.json, counts/. Whole or not at all."""

from collections.abc import Mapping
from pathlib import Path

from foramen.kernel.staging import staged_folder
from foramen.study.results import Results, csv_text, input_json, json_text


def write_results(results: Results, out: Path, *, pages: Mapping[str, str]) -> None:
    """Write everything below `out`, `pages` as further files by name. Same results, same bytes."""
    with staged_folder(out, kind="results") as folder:
        texts = {
            "results.json": json_text(results.to_json()),
            "results.csv": csv_text(results.statistics),
            "manifest.json": json_text(dict(results.manifest)),
            **pages,
        }
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
        (folder / "counts").mkdir(mode=0o700)
        for digest in sorted(results.inputs):
            (folder / "counts" / f"{digest}.json").write_text(
                json_text(input_json(results.inputs[digest])), encoding="utf-8"
            )
