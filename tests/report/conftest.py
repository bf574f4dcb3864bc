"""A table of a small study, for the tests of layouts."""

from collections.abc import Callable
from pathlib import Path

import pytest

from foramen.report.material import Material
from tests.report.drawing import made
from tests.report.tables import COLUMNS, HEAD
from tests.study.small import VARIABLES, snapshot

Asked = Callable[..., Material]


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    """A table of a study with the given parts, from these columns."""

    def of(
        *text: str, columns: dict = COLUMNS, variables=VARIABLES, window: str = "", style: str = "swiss"
    ) -> Material:
        held = snapshot(tmp_path / "snapshot", columns, variables)
        return made(tmp_path, held, HEAD + "\n".join(text).replace("{window}", window), style=style)

    return of
