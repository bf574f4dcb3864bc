"""Run contenders in turns, each run a process of its own, and keep what each took."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took. `seconds` begin after its imports; `cpu` counts all its threads, imports too."""

    seconds: float
    process: float
    cpu: float
    peak_mb: float


@dataclass
class Contender:
    """Something that is timed: a command that prints one line of JSON with its `seconds`."""

    name: str
    command: Sequence[str]
    rounds: int
    runs: list[Run] = field(default_factory=list)

    def median(self, what: str) -> float:
        return median(getattr(run, what) for run in self.runs)


def interleave(contenders: Sequence[Contender], folder: Path) -> None:
    """A B A B: machines drift, so each round runs everybody once."""
    for turn in range(max(contender.rounds for contender in contenders)):
        for contender in contenders:
            if turn < contender.rounds:
                print(f"  {contender.name}, round {turn + 1}", file=sys.stderr)
                contender.runs.append(timed(contender.command, folder))


def timed(command: Sequence[str], folder: Path) -> Run:
    """Run a command to its end. Its error output passes through; a failure ends the bench."""
    output = folder / "output"
    begin = time.perf_counter()
    with output.open("w") as stream:
        child = subprocess.Popen(command, stdout=stream)
        _, status, usage = os.wait4(child.pid, 0)
    elapsed = time.perf_counter() - begin
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command)} failed with {child.returncode}")
    last = output.read_text().splitlines()[-1:] or ["{}"]
    seconds = json.loads(last[0])["seconds"] if last[0].startswith("{") else elapsed
    return Run(seconds, elapsed, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
