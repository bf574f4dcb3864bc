"""The private server of the tests: a command runs on it, and where it is missing that is said by name."""

import sys

import pytest

from tests import postgres
from tests.conftest import unavailable


def test_a_command_runs_on_a_server_of_its_own(capfd: pytest.CaptureFixture[str]) -> None:
    if postgres.programs() is None:
        unavailable("PostgreSQL (initdb and pg_ctl)")
    told = "import os; print(os.environ['FORAMEN_DATABASE_URL'].split('?')[0]); raise SystemExit(7)"
    assert postgres.main([sys.executable, "-c", told]) == 7
    assert capfd.readouterr().out == "postgresql://postgres@/postgres\n"


@pytest.mark.parametrize(("required", "code"), [("0", 0), ("1", 1)])
def test_without_postgresql_nothing_runs_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], required: str, code: int
) -> None:
    monkeypatch.setattr(postgres, "programs", lambda: None)
    monkeypatch.setenv("FORAMEN_REQUIRE_ALL", required)
    assert postgres.main([sys.executable, "-c", "print('ran')"]) == code
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "not run, missing on this machine: PostgreSQL (initdb and pg_ctl)\n")
