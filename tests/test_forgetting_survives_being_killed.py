"""`dossier forget` may be killed at any time: the library works, and running it again leaves no trace."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest
from command_line import run, start
from libraries import library, record

WORD = "zyxquorvelt"


def _traces(data_dir: Path) -> list[str]:
    return [
        path.name
        for path in data_dir.rglob("*")
        if path.is_file() and WORD[3:].encode() in path.read_bytes().lower()
    ]


@pytest.mark.slow  # a process for each moment
@pytest.mark.parametrize("tenths", [4, 7, 10, 14])
def test_it_is_finished_by_the_next(tmp_path: Path, capsys: pytest.CaptureFixture[str], tenths: int) -> None:
    data_dir = tmp_path / "index_data"
    documents = {f"{number}.txt": record(f"Report {number} about kilns. " * 50) for number in range(200)}
    ids = library(data_dir, {**documents, "secret.txt": record(f"Said {WORD} of the kiln. " * 500, title=WORD)})
    process = start(
        tmp_path, "--data", str(data_dir), "forget", ids["secret.txt"], "--yes", stderr=subprocess.DEVNULL
    )
    time.sleep(tenths / 10)
    process.kill()
    process.wait()
    assert run(capsys, data_dir, "search", "kilns", "--limit", "1").status == 0
    again = ["--removed"] if run(capsys, data_dir, "show", ids["secret.txt"]).status == 1 else [ids["secret.txt"]]
    assert run(capsys, data_dir, "forget", *again, "--yes").status == 0
    assert _traces(data_dir) == []
    assert run(capsys, data_dir, "verify").status == 0
    assert "forgetting" not in run(capsys, data_dir, "status", "--format", "json").out
