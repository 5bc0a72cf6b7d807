"""Running the command line in tests: in this process, which is fast, or as a user would."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import ROOT

import cli


class Outcome(NamedTuple):
    """What a run left: exit status, standard output, standard error."""

    status: int
    out: str
    err: str


def run(capsys: pytest.CaptureFixture[str], data_dir: Path, *arguments: str) -> Outcome:
    """Run `dossier` in this process with the library in `data_dir`."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as exit_:
        cli.main(["--data", str(data_dir), *arguments])
    out, err = capsys.readouterr()
    return Outcome(int(exit_.value.code or 0), out, err)


def command(*arguments: str) -> list[str]:
    """The command line that runs `dossier` from the sources."""
    return [
        sys.executable,
        "-c",
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); import cli; cli.main()",
        *arguments,
    ]


def start(cwd: Path, *arguments: str, **options: object) -> subprocess.Popen[bytes]:
    """Start `dossier` as a process of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DOSSIER_")}
    return subprocess.Popen(command(*arguments), cwd=cwd, env=environment, **options)  # type: ignore[call-overload,no-any-return]


def lines(text: str) -> Sequence[str]:
    """The lines that are not empty."""
    return [line for line in text.splitlines() if line]
