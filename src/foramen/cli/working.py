"""The process of a worker: how it begins, and how it ends within seconds whatever it is at."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from types import FrameType
from typing import TYPE_CHECKING

import typer

from foramen.cli import serving

if TYPE_CHECKING:
    from foramen.clinic.work.loop import Tally, Worker

GRACE_SECONDS = 8
"""How long what a worker is at may still take when it is told to end; then it is broken off and put back."""


def work(begun: str = "") -> None:
    """Work until somebody says stop; `begun` is printed as soon as that can be said."""
    from django.db import connections  # noqa: PLC0415 - start-up time

    from foramen.clinic.records.patience import keep_to_file  # noqa: PLC0415 - start-up time
    from foramen.clinic.work.loop import StoppedError, Worker, run_forever  # noqa: PLC0415 - start-up time

    connections.close_all()
    keep_to_file(connections.settings["default"])
    worker = Worker()
    _follow_signals(worker)
    if begun:
        typer.echo(begun)
    try:
        run_forever(worker)
    except StoppedError:
        return


def drain() -> "Tally":
    """Do what is due."""
    from foramen.clinic.work.loop import StoppedError, Worker  # noqa: PLC0415 - start-up time

    worker = Worker()
    _follow_signals(worker)
    try:
        with worker.pulse():
            return worker.drain()
    except StoppedError:
        return worker.tally


def try_again() -> int:
    """Have what was given up tried again; how many."""
    from foramen.clinic.records import outbox  # noqa: PLC0415 - start-up time

    given_up = list(outbox.given_up())
    for one in given_up:
        outbox.try_again(one)
    return len(given_up)


def _follow_signals(worker: "Worker") -> None:
    """SIGTERM and Ctrl-C: what it is at is ended within the grace, or broken off."""
    from foramen.clinic.work.loop import StoppedError  # noqa: PLC0415 - start-up time

    def told(_signal: int, _frame: FrameType | None) -> None:
        worker.stop.set()
        signal.alarm(GRACE_SECONDS)

    def over(_signal: int, _frame: FrameType | None) -> None:
        if worker.holding is not None:
            raise StoppedError

    signal.signal(signal.SIGTERM, told)
    signal.signal(signal.SIGINT, told)
    signal.signal(signal.SIGALRM, over)


@contextmanager
def worker_beside() -> Iterator[None]:
    """A worker in a process of its own, for as long as this one serves: for the demonstration."""
    process = multiprocessing.get_context("spawn").Process(target=_work_beside, name="worker", daemon=True)
    process.start()
    try:
        yield
    finally:
        process.terminate()
        process.join(GRACE_SECONDS + 2)


def _work_beside() -> None:
    """Out of reach of the Ctrl-C that is meant for the command; ends when whoever started it is gone."""
    os.setpgid(0, 0)
    serving.start_clinic()
    Thread(target=_end_with_parent, daemon=True).start()
    work()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
