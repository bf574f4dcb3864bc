"""Settings of the tests: those of a demonstration on plain http, with files in a folder that goes away at the end."""

import atexit
import os
from pathlib import Path
from tempfile import TemporaryDirectory

_FOLDER = TemporaryDirectory(prefix="foramen-tests-")
atexit.register(_FOLDER.cleanup)
os.environ.setdefault("FORAMEN_DEMO", "yes")
os.environ.setdefault("FORAMEN_HTTPS", "no")
os.environ.setdefault("FORAMEN_DATA_DIR", _FOLDER.name)
os.environ.setdefault("FORAMEN_KEYS", "k-tests " + "A" * 42 + "E\nindex " + "B" * 42 + "E\n")

from foramen.clinic.settings import *  # noqa: E402, F403

Path(STATIC_ROOT).mkdir(exist_ok=True)  # noqa: F405
PASSWORD_HASHERS = ["tests.clinic.hashing.QuickHasher"]
