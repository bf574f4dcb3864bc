"""Check a policy file or a site's record from anywhere, whichever of them a file is."""

import tomllib
from pathlib import Path
from typing import Any

from foramen.catalogue.instants import day_text
from foramen.catalogue.policies import POLICIES, find_policy
from foramen.catalogue.site_record import load_record
from foramen.kernel.errors import DefinitionError, raise_all


def check_policy_file(path: Path) -> str:
    """What to tell about a file that is in order; raises DefinitionError with every fault of one that is not."""
    data = _glance(path)
    if "state" in data or "signatories" in data:
        return _check_record(path)
    identifier = data.get("id")
    policy = find_policy(identifier) if isinstance(identifier, str) else next(iter(POLICIES.values()))
    document = policy.check_file(path)
    examples, rows = len(policy.examples(document.content)), len(list(policy.lines(document.content)))
    done = f"{path}: in order, {document.content.id} {document.content.version}, {rows} rows"
    return f"{done}, {examples} worked examples came out\n  definition {document.digest}"


def _check_record(path: Path) -> str:
    document = load_record(path)
    record = document.content
    policy = find_policy(record.policy.id)
    in_force = policy.in_force(document)
    raise_all(DefinitionError, policy.not_standing(in_force))
    unset = [one.name for one in in_force.content.parameters if one.name not in record.parameters]
    told = f"\n  not set: {', '.join(unset)}" if unset else ""
    reviews = "; ".join(f"{name}: review by {day_text(day)}" for name, day in policy.reviews(in_force).items())
    done = f"{path}: in order, {record.policy.id} {record.policy.version} in force"
    return f"{done}\n  record {document.digest}{told}\n  {reviews}"


def _glance(path: Path) -> dict[str, Any]:
    """The top of a file, to see which kind it is; what cannot be read is said by the loader."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return {}
