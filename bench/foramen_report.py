"""Our side: run a study on a snapshot and say what it took.

usage: foramen_report.py STUDY SNAPSHOT [VALUES.json]

The seconds begin after imports, as those of the other side do, and hold everything a user waits for: reading the study,
checking the snapshot's digests, planning, counting, computing.
"""

import json
import pkgutil
import resource
import sys
import time
from importlib import import_module
from pathlib import Path

import foramen.statistics
import foramen.study
from foramen.snapshot.store import open_snapshot
from foramen.study.run import load_study, plan_study, run_study

OPTIONAL = ("foramen.study.engines.postgres",)


def import_everything() -> None:
    """Import now what the packages import when first needed."""
    for package in (foramen.statistics, foramen.study):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name not in OPTIONAL:
                import_module(module.name)


def main(study: str, folder: str, values: str | None = None) -> None:
    """Print one line of JSON: seconds in all and of each part, peak memory, how many statistics."""
    import_everything()
    clock = [time.perf_counter()]
    snapshot = open_snapshot(Path(folder))
    clock.append(time.perf_counter())
    plan = plan_study(load_study(Path(study)), snapshot)
    clock.append(time.perf_counter())
    rows = run_study(plan, engine="duckdb").to_json()["statistics"]
    clock.append(time.perf_counter())
    parts = {part: clock[i + 1] - clock[i] for i, part in enumerate(("verify", "plan", "run"))}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": clock[-1] - clock[0], **parts, "peak_mb": peak, "values": len(rows)}))
    if values:
        Path(values).write_text(json.dumps(rows))


if __name__ == "__main__":
    main(*sys.argv[1:])
