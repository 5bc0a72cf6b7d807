"""Where what is printed finds no room, the command says so in one sentence and ends with status 2: never as if
nothing had been found, and never with a traceback."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from command_line import start
from libraries import library, record

FULL = Path("/dev/full")

pytestmark = pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full on this system")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    library(tmp_path / "index_data", {"a.pdf": record("forced labour in kilns")})
    return tmp_path


@pytest.mark.parametrize("arguments", [("export",), ("search", "kilns", "--format", "json"), ("status",)])
def test_standard_output(place: Path, arguments: tuple[str, ...]) -> None:
    with FULL.open("wb") as full:
        process = start(place, "--quiet", *arguments, stdout=full, stderr=subprocess.PIPE)
        _, said = process.communicate()
    assert process.returncode == 2
    assert said == (
        b"dossier: the output cannot be written (No space left on device): make room or write elsewhere, "
        b"then try again\n"
    )


def test_standard_error(place: Path) -> None:
    with FULL.open("wb") as full:
        process = start(place, "search", "kilns", stdout=subprocess.PIPE, stderr=full)
        process.communicate()
    assert process.returncode == 2
