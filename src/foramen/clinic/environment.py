"""The settings of an installation: one table drives reading, the manual and the checks."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from foramen.kernel.errors import DefinitionError


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting, read from the environment. A secret may also come from a file that `NAME_FILE` names."""

    name: str
    default: str
    help: str
    secret: bool = False


SETTINGS = (
    Setting("FORAMEN_DATA_DIR", "foramen-data", "folder of the SQLite database and of files that are written"),
    Setting("FORAMEN_DATABASE_URL", "", "postgresql://user@host/name; empty: SQLite in the data folder", secret=True),
    Setting("FORAMEN_SECRET_KEY", "", "at least 50 random characters; empty only for a demonstration", secret=True),
    Setting("FORAMEN_KEYS", "", "the key ring that opens identifiers, as foramen keys make wrote it", secret=True),
    Setting("FORAMEN_HOSTS", "localhost,127.0.0.1", "names under which the service is reached, with commas between"),
    Setting("FORAMEN_HTTPS", "yes", "yes: cookies and headers of https; no: plain http on this machine alone"),
    Setting(
        "FORAMEN_PROXIES", "", "addresses of reverse proxies whose X-Forwarded-For is believed, with commas between"
    ),
    Setting("FORAMEN_SEALS_DIR", "", "folder on another machine into which the head of the audit is written every day"),
    Setting(
        "FORAMEN_LETTERS_DIR", "", "folder into which letters are written for printing; empty: pages alone show them"
    ),
    Setting("FORAMEN_DEMO", "no", "yes: a demonstration with invented people; shows its accounts' codes"),
    Setting(
        "FORAMEN_TRACEBACK", "", "anything: a command that fails prints where; look for names before you pass it on"
    ),
    Setting("FORAMEN_CLOCK_OFFSET", "0", "seconds added to the clock; other than 0 only in a demonstration"),
)


def read_settings(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Every setting by name. Raises DefinitionError for a secret's file that cannot be read."""
    return {one.name: _value(one, environ) for one in SETTINGS}


def _value(setting: Setting, environ: Mapping[str, str]) -> str:
    file = environ.get(f"{setting.name}_FILE") if setting.secret else None
    if file is None:
        return environ.get(setting.name, setting.default)
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise DefinitionError.single(
            "the file of this secret cannot be read", where=f"{setting.name}_FILE", received=f"{file}: {reason}",
            remedy="name a readable file, or leave it out",
        ) from None  # fmt: skip


def secret_file(name: str) -> str | None:
    """The file that a secret is read from; None where it is given as it is."""
    return os.environ.get(f"{name}_FILE")


def is_on(text: str, name: str) -> bool:
    """A setting that is yes or no."""
    if text not in ("yes", "no"):
        raise DefinitionError.single("this setting is yes or no", where=name, received=text, remedy="yes or no")
    return text == "yes"
