"""A file whose name is not UTF-8 is found, shown and handed to the next program by the name it has on disk."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from command_line import run

import cli


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are text there")
def test_such_a_name_opens(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    name = b"corpus/caf\xe9 \xff.txt"
    (tmp_path / "corpus").mkdir()
    Path(os.fsdecode(name)).write_text("The kilns of the north.")
    Path("corpus/back\\x41slash.txt").write_text("The border.")
    assert run(capsys, tmp_path / "index_data", "index", "corpus", "--jobs", "1").status == 0
    hits = json.loads(run(capsys, tmp_path / "index_data", "search", "kiln", "--format", "json").out)["hits"]
    assert [os.fsencode(hit["path"]) for hit in hits] == [name]
    assert run(capsys, tmp_path / "index_data", "search", "kiln").status == 0
    assert run(capsys, tmp_path / "index_data", "show", os.fsdecode(name)).status == 0
    hits = json.loads(run(capsys, tmp_path / "index_data", "search", "border", "--format", "json").out)["hits"]
    assert [hit["path"] for hit in hits] == ["corpus/back\\x41slash.txt"]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are text there")
def test_such_a_name_is_handed_on_as_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(os.fsdecode(b"a\xff.txt")).write_text("The kilns of the north.")
    for arguments in (["-q", "index", ".", "--jobs", "1"], ["search", "kiln", "-0"]):
        capfdbinary.readouterr()
        with pytest.raises(SystemExit):
            cli.main(["--data", str(tmp_path / "index_data"), *arguments])
    assert capfdbinary.readouterr().out == b"a\xff.txt\0"
