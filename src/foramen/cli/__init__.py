"""Layer 6: commands. The only place where errors become messages and exit codes."""

import os
import sys
from typing import NoReturn

from foramen.cli.commands import app
from foramen.kernel.errors import ForamenError


def main() -> None:
    """Entry point: 0 done, 1 a fault of ours, 2 something the user can mend, 130 interrupted."""
    try:
        app()
    except ForamenError as error:
        _leave(str(error), error.exit_code)
    except KeyboardInterrupt:
        _leave("Interrupted; nothing was written.", 130)
    except Exception as error:
        if os.environ.get("FORAMEN_TRACEBACK"):
            raise
        _leave(
            f"This is a fault of Foramen, not of yours ({type(error).__name__}). Nothing was written.\n"
            "  try: run it again with FORAMEN_TRACEBACK=1 and report what it prints; check it for names first",
            1,
        )


def _leave(message: str, code: int) -> NoReturn:
    sys.stderr.write(message + "\n")
    sys.exit(code)
