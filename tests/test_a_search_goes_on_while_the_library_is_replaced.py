"""While the library is made anew, mended, robbed of a document or written by a process that is killed, an open search
answers as before, and one that opens meanwhile gets the state before or the state after."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import start

from ingest.catalogue_schema import FILE_NAME
from ingest.errors import DossierError, IndexDamaged
from searchidx.index import verify
from searchidx.library import Library

pytestmark = pytest.mark.skipif(os.name == "nt", reason="files that are open cannot be replaced there")

Answers = tuple[object, ...]
#: Seconds that a busy machine may take for what takes one.
_BUSY = 60


def _answers(library: Library) -> Answers:
    return tuple(
        (hit.id, hit.title, hit.snippet, hit.score, hit.tags)
        for query in ("kiln", "wages OR gold", "tag:seen")
        for hit in library.search(query, limit=None)
    )


def _fresh(data_dir: Path) -> Answers:
    with Library.open(data_dir) as library:
        return _answers(library)


def _run(place: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    process = start(place, *arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = process.communicate()
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("made")
    (place / "in").mkdir()
    for number in range(40):
        text = f"kiln {number} wages"
        (place / "in" / f"note{number}.txt").write_text(text, encoding="utf-8")
    assert _run(place, "index", "in").returncode == 0
    assert _run(place, "tag", "add", "seen", "in/note1.txt", "in/note2.txt").returncode == 0
    return place


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "place"))


def _search_beside(
    place: Path, command: tuple[str, ...], *, hold: float, allowed: tuple[type[DossierError], ...] = ()
) -> tuple[Answers, Answers, list[Answers]]:
    """Run a command with a library open before it, for at least `hold` seconds; (answers before, after, what those
    who opened meanwhile were told)."""
    data_dir = place / "index_data"
    fresh = []
    with Library.open(data_dir) as opened:
        before = _answers(opened)
        process = start(place, *command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        begun = time.monotonic()

        def waits() -> bool:
            """For so long, and on a busy machine until the command has got as far as to change something."""
            passed = time.monotonic() - begun
            return not hold or passed < hold or (passed < _BUSY and (not fresh or fresh[-1] == before))

        while process.poll() is None and waits():
            assert _answers(opened) == before
            try:
                fresh.append(_fresh(data_dir))
            except allowed:
                continue
        if not hold:
            assert _answers(opened) == before
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return before, _fresh(data_dir), fresh


def test_made_anew(place: Path) -> None:
    before, after, meanwhile = _search_beside(place, ("rebuild",), hold=0)
    assert {before, after, *meanwhile} == {before}
    assert meanwhile


def test_a_document_is_forgotten(place: Path) -> None:
    """Which waits until the search that has its text has ended."""
    before, after, meanwhile = _search_beside(place, ("forget", "in/note2.txt", "--yes"), hold=1.5)
    assert len(after) < len(before)
    assert set(meanwhile) <= {before, after}
    assert meanwhile[-1] == after  # it is found by nobody any more, long before the waiting is over
    assert verify(place / "index_data") == []


def test_a_damaged_catalogue_is_mended(place: Path) -> None:
    """Between the new catalogue and the new index, a search says that they do not belong together."""
    db = sqlite3.connect(place / "index_data" / FILE_NAME)
    db.execute("UPDATE meta SET value = '' WHERE key = 'folder_rules'")
    db.execute(
        "UPDATE pages SET crc = crc + 1 WHERE document_id = (SELECT document_id FROM files WHERE path = 'in/note9.txt')"
    )
    db.commit()
    db.close()
    data_dir = place / "index_data"
    with Library.open(data_dir) as opened:
        before = [(hit.id, hit.title) for hit in opened.search("kiln AND tag:seen")]
        process = start(place, "rebuild", "--salvage", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        refused = set()
        while process.poll() is None:
            try:
                with Library.open(data_dir) as fresh:
                    assert [(hit.id, hit.title) for hit in fresh.search("kiln AND tag:seen")] == before
            except IndexDamaged as error:
                refused.add(str(error))
            assert [(hit.id, hit.title) for hit in opened.search("kiln AND tag:seen")] == before
        _, err = process.communicate()
        assert process.returncode == 0, err
        assert [(hit.id, hit.title) for hit in opened.search("kiln AND tag:seen")] == before
    assert all("was not made from the catalogue beside it" in sentence for sentence in refused)
    assert _run(place, "index", "in").returncode == 0
    assert verify(data_dir) == []


@pytest.mark.parametrize("kills", [1, pytest.param(12, marks=pytest.mark.slow)])
def test_a_writer_is_killed(place: Path, kills: int) -> None:
    data_dir = place / "index_data"
    for turn in range(kills):
        records = "".join(f'{{"_id": "{turn}-{n}", "text": "gold in {turn} and {n}"}}\n' for n in range(400))
        (place / "in" / f"{turn}.jsonl").write_text(records, encoding="utf-8")
        with Library.open(data_dir) as opened:
            before = _answers(opened)
            process = start(place, "index", "in", "--jobs", "1", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            until = time.monotonic() + 0.4 + 0.9 * turn / kills
            while time.monotonic() < until:
                assert _answers(opened) == before
                _fresh(data_dir)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            assert _answers(opened) == before
            with Library.open(data_dir) as fresh:  # all of what is searchable, or nothing of it
                assert fresh.search(f'"gold in {turn}"', snippets=0).total in (0, 400)
                assert _answers(fresh)[0] == before[0] or turn
    assert _run(place, "index", "in").returncode == 0
    assert verify(data_dir) == []


@pytest.mark.slow
def test_a_folder_is_followed_beside_searches_and_batches(
    place: Path, record_property: Callable[[str, object], None]
) -> None:
    """Documents come one by one; what was found is found again, and a batch is of one state."""
    pytest.importorskip("watchfiles")
    log = (place / "log").open("wb")
    watching = start(place, "index", "--watch", "in", stdout=subprocess.DEVNULL, stderr=log)
    try:
        (place / "queries.txt").write_text("gold\n" * 60, encoding="utf-8")
        totals = []
        for turn in range(12):
            for number in range(3):
                (place / "in" / f"new{turn}-{number}.txt").write_text(f"gold {turn} {number}", encoding="utf-8")
            batch = _run(place, "-q", "batch", "queries.txt", "--summary", "--jobs", "2")
            assert batch.returncode in (0, 1), batch.stderr
            rows = [row.split(b",")[2] for row in batch.stdout.splitlines()[1:]]
            assert len(rows) == 60
            assert len(set(rows)) == 1
            searched = _run(place, "-q", "search", "gold", "--limit", "all", "--files")
            assert searched.returncode in (0, 1), searched.stderr
            totals.append(len(searched.stdout.splitlines()))
            # The watcher waits until a folder is quiet, which it never is for one who goes on at once.
            soon = time.monotonic() + 5
            while totals[-1] < 3 * (turn + 1) and time.monotonic() < soon:
                with Library.open(place / "index_data") as library:
                    totals.append(library.search("gold", snippets=0).total)
        until = time.monotonic() + 30
        while totals[-1] < 36 and time.monotonic() < until:
            with Library.open(place / "index_data") as library:
                totals.append(library.search("gold", snippets=0).total)
        assert watching.poll() is None
    finally:
        watching.send_signal(signal.SIGINT)
        watching.wait(timeout=30)
        log.close()
    record_property("totals", sorted(set(totals)))
    assert totals == sorted(totals)
    assert totals[-1] == 36
    assert len(set(totals)) > 2
    assert b"Error" not in (place / "log").read_bytes()
