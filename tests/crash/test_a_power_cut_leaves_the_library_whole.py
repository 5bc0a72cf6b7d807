"""The power goes at any moment of a run: what was not yet made durable is lost, in part or whole, in any order. The
library opens as it was before the run or as it is after it, and what a finished run has said stays."""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import nullcontext
from functools import cache
from pathlib import Path

import pytest
from crash_library import (
    PATIENCE,
    Prepared,
    answers,
    check_whole,
    copy,
    documents,
    finish,
    prepare,
    start,
    state,
)
from disk_replay import Call, Disk, build_shim, read_log, write_out

from ingest.catalogue import Catalogue

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="calls are recorded with LD_PRELOAD")

#: See `Disk.cut`; the last ones are lots.
PLAIN_WAYS = ("nothing", "names", "sizes", "data", "last")
WAYS = (*PLAIN_WAYS, "one", "two", "three")
#: Others write in the same ways.
CUT = (
    "a first run",
    "a bit of everything",
    "a tag is given",
    "a document is forgotten",
    "the index is made anew",
    "records come through a pipe",
)
#: Of the different disks that are found, so many are also indexed again.
FINISHED = 8

#: A story's library before it, the place in which its run was recorded, and what that run did to the disk.
Recorded = tuple[Prepared, Path, list[Call]]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Recorded]:
    """The record of a story's run, by the story's name; made when it is first asked for."""
    shim = build_shim(tmp_path_factory.mktemp("shim"))
    if shim is None:
        pytest.skip("there is no C compiler")
    folder, made = tmp_path_factory.mktemp("recorded"), tmp_path_factory.getbasetemp() / "prepared"
    made.mkdir(exist_ok=True)

    @cache
    def record(name: str) -> Recorded:
        prepared = prepare(made, name)
        place = copy(prepared.place, folder / prepared.place.name)
        log = folder / f"{prepared.place.name}.log"
        # A search that goes on keeps SQLite from tidying up when the run ends, and with it from making durable
        # what was not so before.
        reading = Catalogue.open(place / "index_data") if prepared.before else nullcontext()
        with reading:
            process = start(place, prepared.story, LD_PRELOAD=str(shim), DISK_ROOT=str(place), DISK_LOG=str(log))
            _, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, err
        return prepared, place, read_log(log)

    return record


def _cuts(
    prepared: Prepared, place: Path, calls: list[Call], names: Collection[str] = ()
) -> Iterator[tuple[int, str, dict[str, bytes | None]]]:
    """(calls made, how the power went, what is on the disk), each different disk once; after the calls of these
    names, or after all."""
    disk = Disk(place, prepared.place)
    known: set[bytes] = set()
    for number, call in enumerate(calls, 1):
        disk.apply(call)
        for how in WAYS if not names or call.name in names else ():
            seen = disk.cut(how if how in PLAIN_WAYS else f"{how} {number}")
            digest = hashlib.sha256(repr(sorted(seen.items())).encode()).digest()
            if digest not in known:
                known.add(digest)
                yield number, how, seen


def _committed(prepared: Prepared, place: Path, calls: list[Call], folder: Path) -> list[tuple[str, ...] | None]:
    """What the catalogue held after each of its commits: a long run commits in between."""
    disk = Disk(place, prepared.place)
    held = [prepared.before.documents if prepared.before else None, ()]
    for call in calls:
        disk.apply(call)
        if call.name == "fsync" and call.path.endswith("-wal"):
            folder.mkdir()
            write_out(disk.everything(), place, folder)
            held.append(documents(folder))
            shutil.rmtree(folder)
    return held


def _check(prepared: Prepared, committed: list[tuple[str, ...] | None], place: Path) -> None:
    """The library is there, with answers as before or as after, and the catalogue is not behind these."""
    held = documents(place)
    found = answers(place)
    before = prepared.before and prepared.before.found
    assert held in committed
    assert found in (before, prepared.after.found)
    assert found == before or held == prepared.after.documents


def _check_all(
    folder: Path, recorded: Recorded, names: Collection[str], finished: int, record: Callable[[str, object], None]
) -> None:
    """Look at every disk that a power cut may leave; index again on some of them."""
    prepared, place, calls = recorded
    committed = _committed(prepared, place, calls, folder / "committed")
    found = list(_cuts(prepared, place, calls, names))
    for at, (number, how, seen) in enumerate(found):
        after = folder / "after"
        after.mkdir()
        write_out(seen, place, after)
        try:
            _check(prepared, committed, after)
            if finished and at % (len(found) // finished) == 0:
                _finish(prepared, after)
        except BaseException as error:
            error.add_note(f"The power went after call {number}, {calls[number - 1].name}; {how} came through.")
            raise
        shutil.rmtree(after)
    record("calls", len(calls))
    record("disks", len(found))


@pytest.mark.slow
@pytest.mark.parametrize("name", CUT)
def test_at_every_call(
    tmp_path: Path,
    recorded: Callable[[str], Recorded],
    name: str,
    record_property: Callable[[str, object], None],
) -> None:
    _check_all(tmp_path, recorded(name), (), FINISHED, record_property)


def test_when_files_take_their_places(
    tmp_path: Path, recorded: Callable[[str], Recorded], record_property: Callable[[str, object], None]
) -> None:
    """The quick form of the above."""
    _check_all(tmp_path, recorded("a first run"), ("rename",), 0, record_property)


def _finish(prepared: Prepared, place: Path) -> None:
    """The same command again comes to the same state."""
    for path in prepared.place.rglob("*"):  # the files themselves, with their times, were never in danger
        if path.is_file() and "index_data" not in path.relative_to(prepared.place).parts:
            shutil.copy2(path, place / path.relative_to(prepared.place))
    finish(place, prepared.story, prepared.after)
    check_whole(place, prepared.story, prepared.after)


@pytest.mark.parametrize("name", ["a first run", "a tag is given"])
def test_what_a_finished_run_has_done_is_on_the_disk(
    tmp_path: Path, recorded: Callable[[str], Recorded], name: str
) -> None:
    """When the command has returned, nothing depends any more on what was not made durable."""
    prepared, place, calls = recorded(name)
    disk = Disk(place, prepared.place)
    for call in calls:
        disk.apply(call)
    for how in WAYS:
        after = tmp_path / how
        after.mkdir()
        write_out(disk.cut(how), place, after)
        assert state(after) == prepared.after, how


def test_the_record_is_complete(recorded: Callable[[str], Recorded]) -> None:
    """What the recorded calls come to is what the run has left, byte for byte: none went past the recorder."""
    prepared, place, calls = recorded("a first run")
    disk = Disk(place, prepared.place)
    for call in calls:
        disk.apply(call)
    left = {
        str(path): None if path.is_dir() else path.read_bytes()
        for path in (place, *place.rglob("*"))
        if not path.name.endswith("-shm")
    }
    assert {path: content for path, content in disk.everything().items() if not path.endswith("-shm")} == left
