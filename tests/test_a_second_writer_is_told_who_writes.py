"""Whoever wants to change a library that another process is changing ends with status 75 and learns which process
that is; whoever only reads it notices nothing. Of several at once, each has either done all or nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import run, start
from conftest import ROOT

from ingest.catalogue import Catalogue
from searchidx.index import update, verify
from searchidx.library import Library

WRITING: tuple[tuple[str, ...], ...] = (
    ("index", "in"),
    ("rebuild",),
    ("rebuild", "--salvage"),
    ("tag", "add", "seen", "in/a.txt"),
    ("tag", "rename", "kilns", "brickworks"),
    ("region", "add", "Nepal", "in/a.txt"),
    ("forget", "in/a.txt", "--yes"),
    ("forget", "--removed", "--yes"),
)
READING: tuple[tuple[str, ...], ...] = (
    ("search", "kiln"),
    ("show", "in/a.txt"),
    ("batch", "queries.txt"),
    ("facets", "kiln"),
    ("similar", "in/a.txt"),
    ("status",),
    ("verify",),
    ("export",),
    ("index", "in", "--dry-run"),
    ("tag", "add", "seen", "in/a.txt", "--dry-run"),
)
_HOLD = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from ingest.lock import write_lock
with write_lock(Path(sys.argv[1]), "dossier index reports"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    for name in ("a", "b"):
        (tmp_path / "in" / f"{name}.txt").write_text(f"kiln {name}", encoding="utf-8")
    (tmp_path / "queries.txt").write_text("kiln\n", encoding="utf-8")
    assert run(capsys, tmp_path / "index_data", "index", "in").status == 0
    assert run(capsys, tmp_path / "index_data", "tag", "add", "kilns", "in/b.txt").status == 0
    return tmp_path


@pytest.fixture
def writer(place: Path) -> Iterator[int]:
    """The number of a process that holds the library's lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(place / "index_data"), str(ROOT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    yield process.pid
    process.stdin.close()
    process.wait()
    process.stdout.close()


def test_who_writes_is_said_and_nothing_is_changed(
    place: Path, writer: int, capsys: pytest.CaptureFixture[str]
) -> None:
    data_dir = place / "index_data"
    before = {
        path: path.read_bytes() for path in data_dir.rglob("*") if path.is_file() and "-shm" not in path.name
    }
    for command in WRITING:
        refused = run(capsys, data_dir, *command)
        assert refused.status == 75, command
        assert f"is being written by process {writer} on " in refused.err
        assert "(`dossier index reports`, since 20" in refused.err
        assert refused.out == ""
    after = {path: path.read_bytes() for path in data_dir.rglob("*") if path.is_file() and "-shm" not in path.name}
    after.pop(data_dir / "catalogue.sqlite-wal", None)
    before.pop(data_dir / "catalogue.sqlite-wal", None)
    assert after == before


def test_one_that_waits_goes_on_when_the_first_has_ended(place: Path, writer: int) -> None:
    waiting = start(place, "rebuild", "--wait", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    with pytest.raises(subprocess.TimeoutExpired):
        waiting.wait(1.5)
    os.kill(writer, signal.SIGKILL)
    assert waiting.wait(30) == 0
    assert waiting.stderr is not None
    waiting.stderr.close()


def test_one_that_waits_so_long_gives_up_then(
    place: Path, writer: int, capsys: pytest.CaptureFixture[str]
) -> None:
    begun = time.monotonic()
    refused = run(capsys, place / "index_data", "rebuild", "--wait", "0.5")
    assert refused.status == 75
    assert f"process {writer} " in refused.err
    assert time.monotonic() - begun >= 0.5


def test_readers_do_not_notice(place: Path, writer: int, capsys: pytest.CaptureFixture[str]) -> None:
    for command in READING:
        ran = run(capsys, place / "index_data", *command)
        assert ran.status == 0, (command, ran)


@pytest.mark.slow
def test_of_many_at_once_each_has_done_all_or_nothing(place: Path) -> None:
    data_dir = place / "index_data"
    wanted = {f"tag{number}" for number in range(12)}
    given: set[str] = set()
    refusals = 0
    for _ in range(12):
        started = {
            name: start(place, "tag", "add", name, "in/a.txt", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for name in wanted - given
        }
        for name, process in started.items():
            _, err = process.communicate()
            assert process.returncode in (0, 75), err
            assert (b"is being written by" in err) == (process.returncode == 75)
            assert f"process {process.pid} " not in err.decode()
            refusals += process.returncode == 75
            if process.returncode == 0:
                given.add(name)
        with Library.open(data_dir) as library:
            tags = {name for name in wanted if library.search(f"tag:{name}").total}
        assert tags == given
        if given == wanted:
            break
    assert given == wanted
    assert refusals
    assert verify(data_dir) == []


@pytest.mark.skipif(os.name == "nt", reason="a killed process")
def test_a_writer_that_is_killed_blocks_nobody(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data_dir = place / "index_data"
    hold = [sys.executable, "-c", _HOLD, str(data_dir), str(ROOT)]
    with subprocess.Popen(hold, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
        process.wait()
        assert run(capsys, data_dir, "tag", "add", "seen", "in/a.txt").status == 0
    with Catalogue.open(data_dir) as catalogue:
        document = catalogue.document("in/a.txt")
        assert document is not None
        assert "seen" in document.tags
    assert update(data_dir).written == 0
