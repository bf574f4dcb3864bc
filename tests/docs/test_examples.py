"""The example files of the manual: their syntax, that what they name exists, and what they forbid."""

import configparser
import re
from pathlib import Path

import pytest
from typer.main import get_command

from foramen.cli.commands import app
from foramen.clinic.environment import SETTINGS
from tests.docs.pages import DOCS

EXAMPLES = DOCS / "examples"
UNITS = sorted([*EXAMPLES.glob("*.service"), *EXAMPLES.glob("*.timer")])
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in EXAMPLES.iterdir()}


def unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=True, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(path.read_text(encoding="utf-8"))
    return parser


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_can_be_read_and_runs_a_command_that_exists(path: Path) -> None:
    parser = unit(path)
    assert parser["Unit"]["Description"]
    if path.suffix == ".timer":
        assert parser["Timer"]["OnCalendar"] and (EXAMPLES / f"{path.stem}.service").is_file()
        return
    service = parser["Service"]
    _, name, *options = service["ExecStart"].split()
    command = get_command(app).commands[name]  # type: ignore[attr-defined]
    known = {flag for one in command.params for flag in one.opts}
    assert {one for one in options if one.startswith("--")} <= known
    assert (service["User"], service["NoNewPrivileges"], service["ProtectSystem"]) == ("foramen", "yes", "strict")


def test_the_settings_that_are_named_exist() -> None:
    known = {one.name for one in SETTINGS} | {f"{one.name}_FILE" for one in SETTINGS if one.secret}
    named = {line.partition("=")[0] for line in TEXTS["foramen.env"].splitlines() if not line.startswith("#")}
    assert named <= known
    assert {word for text in TEXTS.values() for word in re.findall(r"FORAMEN_[A-Z_]+", text)} <= known
    secrets = {one.name for one in SETTINGS if one.secret}
    assert not named & secrets, "a secret stands in a file of its own"


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_a_proxy_overwrites_what_clients_say(name: str) -> None:
    text = TEXTS[name]
    assert text.count("{") == text.count("}")
    assert re.search(r"X-Forwarded-For (\$remote_addr|\{remote_host\})", text)
    assert re.search(r"X-Forwarded-Proto https", text) and "proxy_add_x_forwarded_for" not in text


def test_a_container_is_not_root() -> None:
    lines = TEXTS["Containerfile"].splitlines()
    assert [line for line in lines if line.startswith("USER")] == ["USER 10001"]
    assert lines.index("USER 10001") > max(n for n, line in enumerate(lines) if line.startswith(("RUN", "COPY")))
    assert 'ENTRYPOINT ["foramen"]' in lines


def test_every_example_is_named_on_the_page() -> None:
    page = (DOCS / "how-to/install-on-a-server.md").read_text(encoding="utf-8")
    assert [name for name in TEXTS if f"../examples/{name}" not in page] == []
