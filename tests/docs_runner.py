"""Runs the code blocks of the documentation.

Rules: a block fenced as `console` shows commands behind "$ " and what they print; one fenced as `sh` or `python`
is run whole. Every command must end with status 0, or the last one of a block with the N of `exit=N` in the
block's info string. `file=NAME` instead writes the block into a file for the blocks below it. What cannot be run
in a test says so with its reason: `no-run: needs ocrmypdf`. Shown output is compared line by line: "..." stands
for any text of a line, alone on a line for any lines; times, ids and runs of blanks make no difference.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNNABLE = frozenset({"console", "sh", "shell", "bash", "python"})

_FENCE = re.compile(r"^(?P<indent> *)```(?P<info>[^`]*)$")
_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block. kind: the first word of its info string; info: the rest; line: of its first line, from 1."""

    page: Path
    line: int
    kind: str
    info: str
    text: str

    @property
    def place(self) -> str:
        """Where it stands, for messages."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def file(self) -> str | None:
        """The file the block is to be written to."""
        found = re.search(r"\bfile=(\S+)", self.info)
        return found.group(1) if found else None

    @property
    def status(self) -> int:
        """The exit status of its last command."""
        found = re.search(r"\bexit=(\d+)", self.info)
        return int(found.group(1)) if found else 0

    @property
    def not_run(self) -> str | None:
        """Why it is not run: the reason behind `no-run:`, "" where none is given, None where it is run."""
        found = re.search(r"\bno-run(?:: *(.*))?$", self.info)
        return None if found is None else found.group(1) or ""


def pages() -> list[Path]:
    """The pages whose blocks are run."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page."""
    found: list[Block] = []
    lines = iter(enumerate(page.read_text(encoding="utf-8").splitlines(), 1))
    for number, line in lines:
        fence = _FENCE.match(line)
        if fence is None:
            continue
        indent = len(fence["indent"])
        inside = []
        for _, inner in lines:
            if inner.strip() == "```":
                break
            inside.append(inner[indent:])
        else:
            raise AssertionError(f"{page.name}:{number}: the block is not closed")
        kind, _, info = fence["info"].strip().partition(" ")
        found.append(Block(page, number + 1, kind, info, "\n".join(inside)))
    return found


def make_library(folder: Path) -> Path:
    """A folder as the documentation supposes it: the sample library, its index, the examples. Made once."""
    if not folder.exists():
        partial = folder.with_name(folder.name + ".partial")
        shutil.copytree(ROOT / "corpus", partial / "corpus")
        shutil.copytree(ROOT / "examples", partial / "examples", ignore=shutil.ignore_patterns("__pycache__"))
        done = run("dossier --quiet index corpus", partial)
        assert done.returncode == 2, done.stdout  # the sample library holds files that cannot be read
        partial.rename(folder)
    return folder


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a shell command in a folder, with `dossier` and `python` being those of this project."""
    return subprocess.run(
        ["sh", "-e", "-c", command],
        cwd=folder,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=_SECONDS,
        check=False,
    )


def check(block: Block, folder: Path) -> None:
    """Do what a block says; AssertionError where it does not come out as shown."""
    if block.file is not None:
        (folder / block.file).write_text(block.text + "\n", encoding="utf-8")
    elif block.kind == "console":
        _session(block, folder)
    elif block.kind == "python":
        script = folder / "_block.py"
        script.write_text(block.text + "\n", encoding="utf-8")
        _judge(block, "python _block.py", run("python _block.py", folder), block.status)
    else:
        _judge(block, block.text, run(block.text, folder), block.status)


def _session(block: Block, folder: Path) -> None:
    turns = list(_turns(block))
    for number, (command, expected) in enumerate(turns, 1):
        done = run(command, folder)
        _judge(block, command, done, block.status if number == len(turns) else 0)
        if expected:
            actual = done.stdout.splitlines()
            assert matches(expected, actual), (
                f"{block.place}: `{command}` prints\n{done.stdout}\nand not\n" + "\n".join(expected)
            )


def _turns(block: Block) -> Iterator[tuple[str, list[str]]]:
    """(command, lines shown below it); a line that begins with "> " goes on with the command."""
    command = ""
    shown: list[str] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            if command:
                yield command, shown
            command, shown = line[2:], []
        elif line.startswith("> ") and not shown:
            command += "\n" + line[2:]
        else:
            assert command, f"{block.place}: output before the first command"
            shown.append(line)
    assert command, f"{block.place}: no command (a line that begins with '$ ')"
    yield command, shown


def _judge(block: Block, command: str, done: subprocess.CompletedProcess[str], status: int) -> None:
    assert done.returncode == status, (
        f"{block.place}: `{command}` ends with status {done.returncode}, not {status}:\n{done.stdout}"
    )
    assert "Traceback" not in done.stdout, f"{block.place}: `{command}`:\n{done.stdout}"


def matches(expected: Sequence[str], actual: Sequence[str]) -> bool:
    """Whether output is as shown, with "..." standing for anything."""
    pattern = ""
    for line in _stripped(expected):
        if line.strip() == "...":
            pattern += r"(?:[^\n]*\n)*?"
        else:
            pattern += "[^\n]*".join(re.escape(part) for part in _masked(line).split("...")) + r"\n"
    text = "".join(_masked(line) + "\n" for line in _stripped(actual))
    return re.fullmatch(pattern, text) is not None


def expected_output(script: Path) -> list[str]:
    """What a script says it prints: the comment lines below "# Prints:" at its end."""
    _, found, comment = script.read_text(encoding="utf-8").partition("\n# Prints:\n")
    return [line.removeprefix("#").removeprefix("   ") for line in comment.splitlines()] if found else []


def _stripped(lines: Sequence[str]) -> list[str]:
    """Without empty lines at the end."""
    text = list(lines)
    while text and not text[-1].strip():
        text.pop()
    return text


def _masked(line: str) -> str:
    line = re.sub(r"\b[0-9a-f]{16}\b", "ID", line)
    line = re.sub(r"\b\d+(?:\.\d+)? (ms|s|MB)\b", r"N \1", line)
    return re.sub(r"\s+", " ", line).rstrip()


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DOSSIER_", "LC_"))}
    programs = [str(Path(sys.executable).parent), kept.get("PATH", "")]
    return kept | {"PATH": os.pathsep.join(programs), "LC_ALL": "C.UTF-8", "NO_COLOR": "1", "PAGER": "cat"}
