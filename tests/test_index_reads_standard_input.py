"""`dossier export | dossier index -`: documents come through a pipe and stay until a later stream lacks them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def dossier(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(ROOT / "cli.py"), *arguments]
    return subprocess.run(command, input=given, env=environment, capture_output=True, check=False)


@pytest.fixture
def exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "corpus").mkdir()
    for name in ("kilns", "boats", "sugar"):
        (tmp_path / "corpus" / f"{name}.txt").write_text(f"a report on {name}")
    assert dossier("index", "corpus").returncode == 0
    assert dossier("tag", "add", "one, two", "--query", "kilns").returncode == 0
    (tmp_path / "other").mkdir()
    out = dossier("export").stdout
    assert dossier("--data", "other/data", "index", "-", given=out).returncode == 0
    return out


def test_the_other_library_gives_the_same_bytes(exported: bytes) -> None:
    assert exported.count(b"\n") == 3
    assert dossier("--data", "other/data", "export").stdout == exported
    again = dossier("--data", "other/data", "index", "-", given=exported)
    assert again.returncode == 0
    assert b"nothing was extracted" in again.stderr


def test_other_folders_are_indexed_beside_it(exported: bytes, tmp_path: Path) -> None:
    (tmp_path / "other" / "new.txt").write_text("a report on cotton")
    for folder in ("other", "other/new.txt", "corpus"):
        assert dossier("--data", "other/data", "index", folder).returncode == 0
        assert dossier("--data", "other/data", "search", "--tag", "one, two").returncode == 0
    assert dossier("--data", "other/data", "search", "cotton").returncode == 0


def test_a_shorter_stream_takes_away_and_an_empty_one_is_an_error(exported: bytes) -> None:
    empty = dossier("--data", "other/data", "index", "-")
    assert empty.returncode == 2
    assert b"held no document" in empty.stderr
    assert dossier("--data", "other/data", "export").stdout == exported
    two = b"".join(exported.splitlines(keepends=True)[:2])
    dossier("--data", "other/data", "index", "-", given=two)
    assert dossier("--data", "other/data", "export").stdout == two


def test_a_rehearsal_does_not_read_it(exported: bytes) -> None:
    ran = dossier("--data", "other/data", "index", "-", "--dry-run", given=exported)
    assert ran.returncode == 2
    assert b"standard input" in ran.stderr
