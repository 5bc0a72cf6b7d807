"""Standard output holds data only: counts, warnings and hints go to standard error, with --quiet nowhere."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from command_line import command, lines, run
from libraries import library, put, record

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data_dir = tmp_path_factory.mktemp("library") / "index_data"
    library(data_dir, {f"{n}.pdf": record("kiln and labour", title=f"T{n}", regions=["India"]) for n in range(15)})
    return data_dir


@pytest.mark.parametrize("form", ["text", "json", "jsonl", "csv", "trec"])
def test_remarks_go_to_standard_error(capsys: Capture, data_dir: Path, form: str) -> None:
    outcome = run(capsys, data_dir, "search", "kiln and labour", "--format", form)
    assert "documents match" not in outcome.out
    if form != "json":
        assert "15 documents match" in outcome.err
        assert "1 to 10 are shown" in outcome.err
        assert "AND" in outcome.err  # a hint about the word `and`
    quiet = run(capsys, data_dir, "--quiet", "search", "kiln and labour", "--format", form)
    assert quiet.err == ""
    if form != "json":  # which holds the time the search took
        assert quiet.out == outcome.out


def test_nothing_found_leaves_standard_output_empty(capsys: Capture, data_dir: Path) -> None:
    for form in ("text", "jsonl", "trec"):
        outcome = run(capsys, data_dir, "search", "nowhere", "--format", form)
        assert outcome.out == ""
        assert "No document matches" in outcome.err


def test_facets_and_batch(capsys: Capture, data_dir: Path, tmp_path: Path) -> None:
    outcome = run(capsys, data_dir, "facets", "kiln")
    assert "15 documents match" in outcome.err
    assert "15 documents match" not in outcome.out
    (tmp_path / "queries.txt").write_text("kiln\nnowhere\n")
    outcome = run(capsys, data_dir, "batch", str(tmp_path / "queries.txt"), "-o", str(tmp_path / "out.csv"))
    assert outcome.out == ""
    assert "2 queries: 1 found something, 1 nothing" in outcome.err
    outcome = run(capsys, data_dir, "-q", "batch", str(tmp_path / "queries.txt"), "-o", str(tmp_path / "out.csv"))
    assert (outcome.out, outcome.err) == ("", "")


def test_index_reports_in_the_format_asked_for(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_text("The kilns of the north.")
    arguments = ["index", str(tmp_path / "corpus"), "--jobs", "1", "--format", "json"]
    outcome = run(capsys, tmp_path / "index_data", *arguments)
    assert json.loads(outcome.out)["added"] == 1
    assert "searchable" in outcome.err
    outcome = run(capsys, tmp_path / "index_data", *arguments)
    assert "nothing is new" in outcome.err
    assert run(capsys, tmp_path / "index_data", "--quiet", *arguments).err == ""


def test_verify_and_rebuild(capsys: Capture, tmp_path: Path) -> None:
    data_dir = tmp_path / "index_data"
    library(data_dir, {"a.pdf": record("kiln")})
    outcome = run(capsys, data_dir, "verify")
    assert (outcome.out, len(lines(outcome.err))) == ("", 1)
    put(data_dir, {"b.pdf": record("kiln")})
    outcome = run(capsys, data_dir, "--quiet", "verify")
    assert (len(lines(outcome.out)), outcome.err) == (1, "")
    outcome = run(capsys, data_dir, "rebuild")
    assert outcome.out == ""
    assert "2 documents indexed" in outcome.err
    assert run(capsys, data_dir, "-q", "rebuild").err == ""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize("quiet", [False, True])
def test_on_a_terminal_the_remarks_stand_with_the_text(data_dir: Path, quiet: bool) -> None:
    import pty
    import subprocess

    ours, theirs = pty.openpty()
    arguments = ["--data", str(data_dir), *(["-q"] if quiet else []), "search", "kiln and labour", "--no-pager"]
    process = subprocess.Popen(
        command(*arguments), stdout=theirs, stderr=subprocess.PIPE, env={**os.environ, "TERM": "dumb"}
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    assert process.stderr
    assert process.stderr.read() == b""
    assert process.wait() == 0
    text = shown.decode()
    assert ("15 documents match" in text) is not quiet
    assert ("AND" in text.rpartition("T")[2]) is not quiet
    if not quiet:
        assert text.startswith("15 documents match")
