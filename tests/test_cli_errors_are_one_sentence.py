"""Whatever goes wrong is said in one line on standard error, with what to do next; never a traceback."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from command_line import Outcome, lines, run, start
from libraries import library, record


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    data_dir = tmp_path / "index_data"
    library(data_dir, {"a.pdf": record("forced labour in kilns")})
    return data_dir


def _one_line(outcome: Outcome) -> str:
    assert outcome.status == 2
    assert outcome.out == ""
    (line,) = lines(outcome.err)
    assert line.startswith("dossier: ")
    assert "Traceback" not in line
    return line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["search", '"open'], "quote is not closed"),
        (["search", "(a"], "column"),
        (["search", "titel:x"], "title"),
        (["search", "year:2020..2010"], "2010"),
        (["search", "a AND"], "column"),
        (["search", "--year", "20x"], "--year 20x"),
        (["search", "--year", "a\nb"], "--year a b"),
        (["search", "--limit", "ten"], "neither a number nor"),
        (["search", "--limit", "-1"], "neither a number nor"),
        (["search", "--offset", "-1"], "--offset"),
        (["search", "--snippets", "99"], "--snippets"),
        (["search", "--format", "xml"], "xml"),
        (["search", "--sort", "size"], "size"),
        (["search", "--regoin", "asia"], "--region"),
        (["search", "slavery", "-trade"], "put -- before the query"),
        (["serch"], "did you mean search?"),
        (["frobnicate"], "dossier --help"),
        (["show"], "DOCUMENT"),
        (["show", "a.pdf", "--page", "7"], "has no page 7"),
        (["regions", "Asai"], "did you mean Asia"),
        (["batch", "no such file"], "no such file"),
        (["batch", "-", "--resume"], "-o FILE"),
        (["index", "no such folder"], "no such folder"),
        (["search", "x" * 10_000], "characters"),
        (["search", "(" * 3000], "column"),
        (["--color", "green", "search"], "green"),
        (["--nonsense"], "--nonsense"),
    ],
)
def test_wrong_use(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    data_dir: Path,
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(data_dir.parent)
    assert said in _one_line(run(capsys, data_dir, *arguments))


def test_a_damaged_index(capsys: pytest.CaptureFixture[str], data_dir: Path) -> None:
    (path,) = (data_dir / "index").glob("*.seg")
    path.write_bytes(path.read_bytes()[:100])
    assert "dossier rebuild" in _one_line(run(capsys, data_dir, "search", "kiln"))
    (data_dir / "index" / "manifest.json").write_text("{")
    for name in ("search", "facets", "status"):
        assert "dossier rebuild" in _one_line(run(capsys, data_dir, name))
    assert run(capsys, data_dir, "rebuild").status == 0
    assert run(capsys, data_dir, "search", "kiln").status == 0


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100])
def test_a_damaged_catalogue(capsys: pytest.CaptureFixture[str], data_dir: Path, content: bytes) -> None:
    for path in data_dir.glob("catalogue.sqlite*"):
        path.unlink()
    (data_dir / "catalogue.sqlite").write_bytes(content)
    for name in ("search", "rebuild", "status"):
        assert str(data_dir) in _one_line(run(capsys, data_dir, name))
    ran = run(capsys, data_dir, "verify")
    assert ran.status in (1, 2)
    assert str(data_dir) in ran.out + ran.err


def test_a_catalogue_damaged_inside(capsys: pytest.CaptureFixture[str], data_dir: Path) -> None:
    """The first page of the database reads, the others do not."""
    path = data_dir / "catalogue.sqlite"
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xa5" * (len(content) - 4096))
    for arguments in (["search", "kiln"], ["show", "a.pdf"], ["status"], ["rebuild"]):
        assert "catalogue" in _one_line(run(capsys, data_dir, *arguments))
    ran = run(capsys, data_dir, "verify")
    assert ran.status == 1
    assert "dossier rebuild --salvage" in ran.out


def test_a_folder_where_a_file_should_be(capsys: pytest.CaptureFixture[str], data_dir: Path) -> None:
    manifest = data_dir / "index" / "manifest.json"
    manifest.unlink()
    manifest.mkdir()
    assert "manifest.json" in _one_line(run(capsys, data_dir, "search", "kiln"))


@pytest.mark.skipif(os.name == "nt", reason="modes of files mean something else there")
def test_what_may_not_be_read(capsys: pytest.CaptureFixture[str], data_dir: Path) -> None:
    for path in (
        data_dir / "index" / "manifest.json",
        data_dir / "index",
        data_dir / "catalogue.sqlite",
        data_dir,
    ):
        mode = path.stat().st_mode
        path.chmod(0)
        try:
            if os.access(path, os.R_OK):
                pytest.skip("root may read everything")
            assert str(data_dir) in _one_line(run(capsys, data_dir, "search", "kiln"))
        finally:
            path.chmod(mode)


@pytest.mark.skipif(os.name == "nt", reason="arguments are text there")
@pytest.mark.parametrize(
    "arguments",
    [["search", b"\xff"], ["search", "--tag", b"\xff"], ["search", b"k\xff*"], ["search", b"\xff~1"],
     ["search", "--region", b"\xff"], ["show", b"\xff.pdf"], ["batch", b"\xff"], ["facets", b'"\xff"'],
     ["search", b"id:\xff"], ["search", b"path:\xff*"], ["regions", b"\xff"]],
)  # fmt: skip
def test_arguments_that_are_no_text(
    capsys: pytest.CaptureFixture[str], data_dir: Path, arguments: list[str | bytes]
) -> None:
    outcome = run(capsys, data_dir, *map(os.fsdecode, arguments))
    assert outcome.status in (0, 1, 2)


def test_as_a_user_sees_it(tmp_path: Path) -> None:
    process = start(tmp_path, "search", "kiln", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = process.communicate()
    assert (process.returncode, out) == (2, b"")
    assert err.startswith(b"dossier: ")
    assert err.count(b"\n") == 1
    assert b"dossier index" in err
