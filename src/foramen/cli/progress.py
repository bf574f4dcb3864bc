"""A progress bar on standard error, when somebody is looking at it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[int, int | None], None]


@contextmanager
def progress_bar(title: str, *, quiet: bool) -> Iterator[Advance]:
    """Yield a function to be told what is done and, when known, of how many."""
    if quiet or not sys.stderr.isatty():
        yield lambda _done, _of: None
        return
    from rich.console import Console  # noqa: PLC0415 - start-up time
    from rich.progress import Progress  # noqa: PLC0415 - start-up time

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


@contextmanager
def import_bar(*, quiet: bool) -> Iterator[Advance]:
    """Yield a function to be told the rows read and, when known, which percentage of the files that is."""
    with progress_bar("Importing", quiet=quiet) as advance:
        yield lambda rows, percent: advance(rows, None) if percent is None else advance(percent, 100)
