"""What a worker of `foramen serve` runs: the application, out of reach of the Ctrl-C that is meant for the command.

A worker that is interrupted by the terminal and by the command at once does not end. One whose command was killed ends
by itself: it would go on to answer, as the version that it was, beside the one that is started next.
"""

import logging
import multiprocessing
import os
import signal
import time
from importlib import import_module
from threading import Thread

ENDS_SECONDS = 10
"""How long a worker whose command is gone may take for what it is answering."""


def _end_with_command() -> None:
    command = multiprocessing.parent_process()
    if command is not None:
        command.join()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(ENDS_SECONDS)
        os._exit(1)


os.setpgid(0, 0)
application = import_module("foramen.clinic.wsgi").application
import_module("foramen.clinic.records.patience").hurry(import_module("django.db").connections.settings["default"])
logging.captureWarnings(True)
Thread(target=_end_with_command, name="end with command", daemon=True).start()
