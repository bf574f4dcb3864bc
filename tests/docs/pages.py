"""Pages as programs: the blocks of a page, run in order in one shell, their output held against what is printed."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"

_FENCE = re.compile(r"^```(?P<language>\w+)(?P<words>[^\n]*)\n(?P<text>.*?)^```$", re.M | re.S)
_MARK = "\x1e"

DEMO = "foramen demo --out demo-output"
PRELUDE = f'make() {{ [ "$*" = demo ] && {DEMO} --no-serve; }}\n'
"""`make demo` without its set-up, which is what the tests run in, and without serving, which does not end."""


@dataclass(frozen=True)
class Block:
    """A fenced block. The words after its language say what it is: `file=` added to a file, `edit=` replaces the part
    of a file that starts with the same line, `exit=` the exit code of its last command, `needs=` the program
    without which its commands are left out."""

    language: str
    options: Mapping[str, str]
    text: str


@dataclass(frozen=True)
class Command:
    """A line after `$ `, what the page says it prints, and the exit code it should have."""

    line: str
    printed: str
    code: int


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    command: Command
    printed: str
    code: int

    def problem(self) -> str | None:
        """What differs from the page; `…` on the page stands for anything, on a line of its own for any lines."""
        if self.code != self.command.code:
            return f"$ {self.command.line}\nexit code {self.code}, expected {self.command.code}\n{self.printed}"
        if not re.fullmatch(_pattern(self.command.printed), self.printed, re.S):
            return f"$ {self.command.line}\nprinted:\n{self.printed}\nthe page says:\n{self.command.printed}"
        return None


@dataclass(frozen=True)
class Place:
    """A folder that looks like a checkout: what pages may name below it. Commands start here."""

    folder: Path
    files: Mapping[str, Path] = field(default_factory=dict)

    def prepare(self) -> None:
        self.folder.mkdir()
        (self.folder / ".venv").symlink_to(sys.prefix)
        (self.folder / "src").symlink_to(ROOT / "src")
        shutil.copytree(ROOT / "examples", self.folder / "examples")
        for name, source in self.files.items():
            shutil.copy(source, self.folder / name)


def blocks(page: Path) -> list[Block]:
    """Every fenced block of a page, in order."""
    found = []
    for match in _FENCE.finditer(page.read_text(encoding="utf-8")):
        options = dict(word.split("=", 1) for word in match["words"].split())
        found.append(Block(match["language"], options, match["text"]))
    return found


def run(page: Path, place: Place) -> list[Ran]:
    """Run a page from top to bottom."""
    place.prepare()
    steps = list(_steps(blocks(page)))
    script = PRELUDE + "".join(text for text, _ in steps)
    commands = [command for _, command in steps if command is not None]
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    environment["LC_ALL"] = "C.UTF-8"
    done = subprocess.run(
        ["bash", "-u"], input=script, cwd=place.folder, env=environment, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    parts = done.stdout.split(_MARK)
    assert len(parts) == len(commands) + 1, done.stdout
    ran, printed = [], parts[0]
    for command, part in zip(commands, parts[1:], strict=True):
        code, rest = part.split("\n", 1)
        ran.append(Ran(command, printed, int(code)))
        printed = rest
    return ran


def _steps(found: list[Block]) -> Iterator[tuple[str, Command | None]]:
    """Shell text for each file to write and each command to run."""
    for block in found:
        if "file" in block.options:
            name = shlex.quote(block.options["file"])
            yield f"[ -s {name} ] && echo >> {name}\ncat >> {name} <<'END'\n{block.text}END\n", None
        elif "edit" in block.options:
            call = f"replace_part({block.options['edit']!r}, {block.text!r})"
            editor = f"from tests.docs.pages import replace_part; {call}"
            yield f"PYTHONPATH={shlex.quote(str(ROOT))} python -c {shlex.quote(editor)}\n", None
        elif block.language == "console" and shutil.which(block.options.get("needs", "bash")):
            for command in commands(block):
                yield f"{{ {command.line}\n}} < /dev/null\nprintf '{_MARK}%s\\n' $?\n", command


def commands(block: Block) -> list[Command]:
    """The commands of a console block; `exit` is what the last one ends with, the others end with 0."""
    found = []
    for part in re.split(r"^\$ ", block.text, flags=re.M)[1:]:
        lines = part.splitlines(keepends=True)
        found.append(Command(lines[0].rstrip("\n"), "".join(lines[1:]), 0))
    return [*found[:-1], replace(found[-1], code=int(block.options.get("exit", 0)))]


def replace_part(name: str, text: str) -> None:
    """Put `text` in the place of the paragraph of a file that starts with the same line."""
    path = Path(name)
    parts = re.split(r"\n\n+", path.read_text(encoding="utf-8").rstrip("\n"))
    first = text.split("\n", 1)[0]
    (position,) = [i for i, part in enumerate(parts) if part.split("\n", 1)[0] == first]
    parts[position] = text.rstrip("\n")
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _pattern(printed: str) -> str:
    lines = []
    for line in printed.splitlines(keepends=True):
        lines.append("(?:[^\n]*\n)*?" if line.strip() == "…" else re.escape(line).replace("…", "[^\n]*?"))
    return "".join(lines)
