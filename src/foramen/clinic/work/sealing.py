"""The audit is sealed, and its head is put where whoever holds the database cannot reach it."""

from datetime import timedelta

from foramen.clinic.logs import log
from foramen.clinic.records.chain import seal_all
from foramen.clinic.records.erasures import keep_erased_list
from foramen.clinic.records.heads import head, keep_head
from foramen.clinic.work.registry import again


@again("seal", every=timedelta(minutes=1))
def seal() -> None:
    """Seal what was written since the last time."""
    seal_all()


@again("erased", every=timedelta(minutes=1))
def list_the_erased() -> None:
    """Whoever was erased while the list of them could not be written is put on it."""
    keep_erased_list()


@again("head", every=timedelta(days=1))
def put_head_away() -> None:
    """Write the head into the folder for it. Where an installation has none, the log holds it."""
    seal_all()
    now = head()
    if not keep_head() and now is not None:
        log("audit head", seal=now.number, sha256=now.sha256, events=now.events)
