"""What was in force when a snapshot was frozen: policies, instruments, dictionary, each with its version and digest."""

from typing import Any

from foramen.catalogue.instruments.library import load_instruments
from foramen.clinic.models import PolicyRecord, Site
from foramen.snapshot.store import SCHEMA_VERSION


def in_force(site: Site) -> dict[str, Any]:
    """Names, versions and digests; of the site's own records the digests alone, because their texts name people."""
    active = PolicyRecord.objects.filter(site=site, state=PolicyRecord.State.ACTIVE).order_by("policy", "text_sha256")
    instruments = load_instruments()
    return {
        "dictionary": SCHEMA_VERSION,
        "policy_records": [
            {"policy": policy, "record_sha256": sha256}
            for policy, sha256 in active.values_list("policy", "text_sha256")
        ],
        "instruments": [
            {"instrument": one.content.id, "version": one.content.version, "sha256": one.digest} for one in instruments
        ],
    }
