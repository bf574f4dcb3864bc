"""What a worker of `foramen serve` runs: the application, out of reach of the Ctrl-C that is meant for the command.

A worker that is interrupted by the terminal and by the command at once does not end.
"""

import os
from importlib import import_module

os.setpgid(0, 0)
application = import_module("foramen.clinic.wsgi").application
