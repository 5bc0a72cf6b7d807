"""The power goes at any moment of a run: what was not yet made durable is lost, in part or whole, in any order. The
library opens as it was before the run or as it is after it, and what a finished run has said stays."""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Callable, Iterator
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

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="calls are recorded with LD_PRELOAD")

#: See `Disk.cut`; the last ones are lots.
WAYS = ("nothing", "names", "sizes", "data", "one", "two", "three", "four")
#: Others write in the same ways.
CUT = (
    "a first run",
    "a bit of everything",
    "a tag is given",
    "the index is made anew",
    "records come through a pipe",
)
#: Of the different disks that are found, so many are also indexed again.
FINISHED = 8


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Prepared, Path, list[Call]]]:
    """A story's library before it, the place in which its run was recorded, and what that run did to the disk."""
    shim = build_shim(tmp_path_factory.mktemp("shim"))
    if shim is None:
        pytest.skip("there is no C compiler")
    folder, made = tmp_path_factory.mktemp("recorded"), tmp_path_factory.getbasetemp() / "prepared"
    made.mkdir(exist_ok=True)

    @cache
    def record(name: str) -> tuple[Prepared, Path, list[Call]]:
        prepared = prepare(made, name)
        place = copy(prepared.place, folder / prepared.place.name)
        log = folder / "log"
        log.unlink(missing_ok=True)
        process = start(place, prepared.story, LD_PRELOAD=str(shim), DISK_ROOT=str(place), DISK_LOG=str(log))
        _, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, err
        return prepared, place, read_log(log)

    return record


def _cuts(
    prepared: Prepared, place: Path, calls: list[Call]
) -> Iterator[tuple[int, str, dict[str, bytes | None]]]:
    """(calls made, how the power went, what is on the disk), each different disk once."""
    disk = Disk(place, prepared.place)
    known: set[bytes] = set()
    for number, call in enumerate(calls, 1):
        disk.apply(call)
        for how in WAYS:
            seen = disk.cut(how if how in WAYS[:4] else f"{how} {number}")
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


@pytest.mark.slow
@pytest.mark.parametrize("name", CUT)
def test_at_every_call(
    tmp_path: Path,
    recorded: Callable[[str], tuple[Prepared, Path, list[Call]]],
    name: str,
    record_property: Callable[[str, object], None],
) -> None:
    prepared, place, calls = recorded(name)
    committed = _committed(prepared, place, calls, tmp_path / "committed")
    found = list(_cuts(prepared, place, calls))
    for at, (number, how, seen) in enumerate(found):
        after = tmp_path / "after"
        after.mkdir()
        write_out(seen, place, after)
        try:
            _check(prepared, committed, after)
            if at % (len(found) // FINISHED) == 0:
                _finish(prepared, after)
        except BaseException as error:
            error.add_note(f"The power went after call {number}, {calls[number - 1].name}; {how} came through.")
            raise
        shutil.rmtree(after)
    record_property("calls", len(calls))
    record_property("disks", len(found))


def _finish(prepared: Prepared, place: Path) -> None:
    """The same command again comes to the same state."""
    for path in prepared.place.rglob("*"):  # the files themselves, with their times, were never in danger
        if path.is_file() and "index_data" not in path.relative_to(prepared.place).parts:
            shutil.copy2(path, place / path.relative_to(prepared.place))
    finish(place, prepared.story, prepared.after)
    check_whole(place, prepared.after)


@pytest.mark.parametrize("name", ["a first run", pytest.param("a bit of everything", marks=pytest.mark.slow)])
def test_what_a_finished_run_has_done_is_on_the_disk(
    tmp_path: Path, recorded: Callable[[str], tuple[Prepared, Path, list[Call]]], name: str
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


def test_the_record_is_complete(recorded: Callable[[str], tuple[Prepared, Path, list[Call]]]) -> None:
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
