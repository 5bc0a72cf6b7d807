"""`dossier index --watch` makes what happens in a folder searchable within seconds, until it is told to stop."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from command_line import start

from ingest.catalogue import Catalogue
from ingest.errors import DossierError
from ingest.lock import write_lock

pytest.importorskip("watchfiles")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are sent as on POSIX systems")

PATIENCE = 30.0  # seconds, for machines that are busy with something else


class Watching:
    """A running `dossier index --watch in`, and what it said so far."""

    def __init__(self, root: Path, *options: str) -> None:
        self._log = (root / "log").open("wb")
        self.root = root
        self.process = start(root, "index", "--watch", *options, "in", stderr=self._log, stdout=subprocess.DEVNULL)

    def said(self) -> str:
        return (self.root / "log").read_text(encoding="utf-8")

    def until(self, holds: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not holds():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < end, self.said()
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(how)
        return self.process.wait(timeout=PATIENCE)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self._log.close()


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Callable[..., Watching]]:
    started: list[Watching] = []

    def begin(*options: str) -> Watching:
        started.append(Watching(tmp_path, *options))
        started[-1].until(lambda: "; watching" in started[-1].said())
        return started[-1]

    (tmp_path / "in").mkdir()
    yield begin
    for one in started:
        one.end()


def _paths(root: Path) -> set[str]:
    with contextlib.suppress(DossierError), Catalogue.open(root / "index_data") as catalogue:
        return {row.path for row in catalogue.files()}
    return set()


def _found(root: Path, query: str) -> str:
    search = start(root, "search", query, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return search.communicate(timeout=PATIENCE)[0].decode()


def test_files_come_move_and_go_and_an_interrupt_ends_it(
    tmp_path: Path, watching: Callable[..., Watching]
) -> None:
    (tmp_path / "in" / "asia").mkdir()
    (tmp_path / "in" / "asia" / "old.txt").write_text("brick kilns along the river", encoding="utf-8")
    run = watching()
    assert "1 added; 1 document is searchable" in run.said()

    (tmp_path / "in" / "asia" / "new.txt").write_text("fishing fleets and their crews", encoding="utf-8")
    run.until(lambda: "2 documents are searchable" in run.said())
    assert "in/asia/new.txt" in _found(tmp_path, "fleets")

    (tmp_path / "in" / "asia").rename(tmp_path / "in" / "south-asia")
    run.until(lambda: "2 moved" in run.said())
    assert _paths(tmp_path) == {"in/south-asia/old.txt", "in/south-asia/new.txt"}

    (tmp_path / "in" / "south-asia" / "old.txt").unlink()
    run.until(lambda: "1 removed" in run.said())
    assert "in/south-asia/new.txt" in _found(tmp_path, "fleets")

    assert run.stop() == 0
    lines = [line for line in run.said().splitlines() if line]
    assert len(lines) == 5
    assert lines[-1].endswith("stopped")


def test_a_sudden_loss_is_told_once_and_the_watch_goes_on(
    tmp_path: Path, watching: Callable[..., Watching]
) -> None:
    many = tmp_path / "in" / "many"
    many.mkdir()
    for number in range(12):
        (many / f"{number}.txt").write_text(f"report number {number} of the inspectors", encoding="utf-8")
    run = watching()
    shutil.rmtree(many)
    run.until(lambda: "say so with --yes" in run.said())
    (tmp_path / "in" / "more.txt").write_text("another report of theirs", encoding="utf-8")
    run.until(lambda: "1 added; 13 documents are searchable" in run.said())
    assert len(_paths(tmp_path)) == 13
    assert run.said().count("say so with --yes") == 1
    assert run.stop(signal.SIGTERM) == 0


@pytest.mark.slow
def test_it_waits_while_another_process_writes(tmp_path: Path, watching: Callable[..., Watching]) -> None:
    run = watching()
    with write_lock(tmp_path / "index_data"):
        (tmp_path / "in" / "a.txt").write_text("words that have to wait", encoding="utf-8")
        run.until(lambda: "waiting" in run.said())
    run.until(lambda: "1 added" in run.said())
    assert run.said().count("waiting") == 1


@pytest.mark.slow
def test_a_folder_that_is_gone_and_comes_back_is_followed_again(
    tmp_path: Path, watching: Callable[..., Watching]
) -> None:
    (tmp_path / "in" / "a.txt").write_text("the first words", encoding="utf-8")
    run = watching()
    (tmp_path / "in").rename(tmp_path / "away")
    run.until(lambda: "connect the drive" in run.said())
    assert _paths(tmp_path) == {"in/a.txt"}
    (tmp_path / "away" / "b.txt").write_text("words written meanwhile", encoding="utf-8")
    (tmp_path / "away").rename(tmp_path / "in")
    run.until(lambda: "2 documents are searchable" in run.said())
    (tmp_path / "in" / "c.txt").write_text("words written after that", encoding="utf-8")
    run.until(lambda: "3 documents are searchable" in run.said())
