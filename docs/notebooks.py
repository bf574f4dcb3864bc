"""Run the notebooks of the manual and keep what they show. Same program, same bytes."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode

TUTORIALS = Path(__file__).parent / "tutorials"
SECONDS = 60
"""How long a cell may take on a slow machine."""


def executed(path: Path) -> NotebookNode:
    """A notebook with what it shows when it is run from top to bottom in its folder, by the Python that runs this.

    Nothing is looked up in, or left in, the user's own Jupyter. The notebook loses what changes from run to run.
    """
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as own, _only_here(own):
        this_python = KernelSpecManager(kernel_dirs=[])
        manager = AsyncKernelManager(
            kernel_spec_manager=this_python, transport="ipc", connection_file=f"{own}/kernel.json"
        )
        resources = {"metadata": {"path": str(path.parent)}}
        client = NotebookClient(notebook, km=manager, timeout=SECONDS, resources=resources, record_timing=False)
        client.execute(cleanup_kc=True)
    notebook.metadata.language_info = {"name": "python"}
    return notebook


@contextmanager
def _only_here(folder: str) -> Iterator[None]:
    """Everything that Jupyter and IPython would keep in a home folder goes to this one."""
    names = ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "TMPDIR")
    with patch.dict(os.environ, dict.fromkeys(names, folder)):
        yield


def text(notebook: NotebookNode) -> str:
    """A notebook as it is committed."""
    return nbformat.writes(notebook, indent=1, ensure_ascii=False) + "\n"


def renew_notebooks() -> None:
    """Run every notebook of the manual and write what it shows."""
    for path in sorted(TUTORIALS.glob("*.ipynb")):
        path.write_text(text(executed(path)), encoding="utf-8", newline="\n")
