"""Exit statuses say how it went: 0 found, 1 nothing found, 2 an error, 75 busy, 130 interrupted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import run, start
from libraries import library, put, record

from ingest.lock import write_lock
from searchidx.index import update


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data_dir = tmp_path_factory.mktemp("library") / "index_data"
    library(
        data_dir, {"a.pdf": record("forced labour in kilns", title="Kilns", tags=["Policy"], regions=["India"])}
    )
    return data_dir


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["search", "kiln"], 0),
        (["search", "nowhere"], 1),
        (["search", "kiln", "--offset", "5"], 0),
        (["search", "kiln", "--limit", "0"], 0),
        (["search", "kiln", "--files"], 0),
        (["search", "nowhere", "--files"], 1),
        (["search"], 0),
        (["search", "--", "-kiln"], 1),
        (["search", '"open'], 2),
        (["search", "nofield:x"], 2),
        (["search", "kiln", "--nonsense"], 2),
        (["search", "-kiln"], 2),
        (["search", "kiln", "--limit", "many"], 2),
        (["search", "kiln", "--year", "abc"], 2),
        (["search", "kiln", "--sort", "size"], 2),
        (["facets"], 0),
        (["facets", "nowhere"], 1),
        (["show", "a.pdf"], 0),
        (["show", "nothing.pdf"], 1),
        (["show", "a.pdf", "--page", "9"], 2),
        (["status"], 0),
        (["verify"], 0),
        (["regions", "--used"], 0),
        (["regions", "Narnia"], 2),
        (["serch", "kiln"], 2),
        (["--help"], 0),
        (["search", "--help"], 0),
        (["--version"], 0),
    ],
)
def test_status(
    capsys: pytest.CaptureFixture[str],
    data_dir: Path,
    arguments: list[str],
    status: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(data_dir.parent)
    outcome = run(capsys, data_dir, *arguments)
    assert outcome.status == status, outcome.err


def test_a_library_that_is_not_there(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for arguments in (["search", "x"], ["facets"], ["show", "x"], ["status"], ["verify"], ["rebuild"]):
        outcome = run(capsys, tmp_path / "none", *arguments)
        assert outcome.status == 2
        assert "dossier index" in outcome.err


def test_verify_finds_something(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    data_dir = tmp_path / "index_data"
    library(data_dir, {"a.pdf": record("kiln")})
    put(data_dir, {"b.pdf": record("late")})
    outcome = run(capsys, data_dir, "verify")
    assert outcome.status == 1
    assert "run `dossier index` to finish" in outcome.out


def test_batch(capsys: pytest.CaptureFixture[str], data_dir: Path, tmp_path: Path) -> None:
    for text, status in (("kiln\nnowhere\n", 0), ("nowhere\n", 1), ('kiln\n"open\n', 2)):
        (tmp_path / "queries.txt").write_text(text)
        assert run(capsys, data_dir, "batch", str(tmp_path / "queries.txt")).status == status


def test_a_soft_error_is_an_error(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A file that cannot be read is listed, the others are searchable, and the status says so."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "good.txt").write_text("The kilns of the north.")
    (corpus / "bad.pdf").write_bytes(b"%PDF-1.7\nnothing")
    outcome = run(capsys, tmp_path / "index_data", "index", str(corpus), "--jobs", "1")
    assert outcome.status == 2
    assert "bad.pdf" in outcome.out
    assert run(capsys, tmp_path / "index_data", "search", "kiln").status == 0
    (corpus / "bad.pdf").unlink()
    assert run(capsys, tmp_path / "index_data", "index", str(corpus), "--jobs", "1").status == 0


def test_busy_names_the_holder(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    data_dir = tmp_path / "index_data"
    library(data_dir, {"a.pdf": record("kiln")})
    (tmp_path / "x.txt").write_text("text")
    with write_lock(data_dir, "dossier index /media/reports"):
        for arguments in (["index", str(tmp_path / "x.txt")], ["rebuild"]):
            outcome = run(capsys, data_dir, *arguments)
            assert outcome.status == 75
            assert f"process {os.getpid()} on" in outcome.err
            assert "`dossier index /media/reports`" in outcome.err
        assert run(capsys, data_dir, "search", "kiln").status == 0  # readers do not wait


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT to send")
def test_interrupted(tmp_path: Path) -> None:
    """Ctrl-C while a batch waits for its queries."""
    data_dir = tmp_path / "index_data"
    library(data_dir, {"a.pdf": record("kiln")})
    process = start(
        tmp_path, "--data", str(data_dir), "batch", "-",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"Traceback" not in err
    assert out == b""


@pytest.mark.skipif(sys.platform == "win32", reason="pipes close in another way")
@pytest.mark.parametrize("form", ["text", "jsonl", "--files"])
def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path, form: str) -> None:
    """`dossier search ... | head -1`, with more output than a pipe holds."""
    data_dir = tmp_path / "index_data"
    put(data_dir, {f"{'long ' * 30}{n}.pdf": record("kiln " * 40, title=f"{'T' * 200}{n}") for n in range(500)})
    update(data_dir)
    options = ["--files"] if form == "--files" else ["--format", form]
    process = start(
        tmp_path, "--data", str(data_dir), "search", "kiln", "--limit", "all", *options,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout
    assert process.stderr
    process.stdout.read(10)
    process.stdout.close()
    err = process.stderr.read()
    assert process.wait() == 0
    assert b"Traceback" not in err
    assert b"Broken" not in err
