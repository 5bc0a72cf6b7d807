"""A run that is killed, at whatever moment, leaves a library that answers as before it or as after it; the next run
finishes the work, comes to the same documents, tags and scores as if nothing had happened, and leaves nothing
behind: no file, no lock, no process."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from crash_collection import STORIES
from crash_library import (
    PATIENCE,
    Prepared,
    answers,
    check_whole,
    copy,
    documents,
    dossier,
    finish,
    prepare,
    readers_of,
    start,
    strays,
)
from disk_replay import build_shim, read_log

from ingest.errors import NoLibrary
from searchidx.index import verify

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what a killed run leaves is read from /proc")

BY_TIME, BY_CALL = 14, 8


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Prepared]:
    """The library before a story, by its name; made when it is first asked for."""
    folder = tmp_path_factory.getbasetemp() / "prepared"
    folder.mkdir(exist_ok=True)
    return partial(prepare, folder)


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shim that ends a process at a chosen call."""
    made = build_shim(tmp_path_factory.mktemp("shim"))
    if made is None:
        pytest.skip("there is no C compiler")
    return made


def _check_after_kill(place: Path, before: Prepared) -> str:
    """The library answers as before or as after; `verify` is content or says what to do. The phase in which the
    run was killed, told from what is there."""
    assert answers(place) in (before.before and before.before.found, before.after.found)
    try:
        findings = verify(place / "index_data")
    except NoLibrary:
        findings = ["run `dossier index`"]
    assert all("run `dossier index`" in said or "`dossier rebuild`" in said for said in findings), findings
    if _read(place, "index/manifest.json") != _read(before.place, "index/manifest.json"):
        return "after the commit of the index"
    if documents(place) != documents(before.place):
        return "after the commit of the catalogue"
    log = "catalogue.sqlite-wal"
    began = _names(place) > _names(before.place) or _read(place, log) != _read(before.place, log)
    return "before a commit, while writing" if began else "before writing"


def _names(place: Path) -> set[str]:
    """The files of the index."""
    return {path.name for path in (place / "index_data" / "index").rglob("*")}


def _read(place: Path, name: str) -> bytes:
    try:
        return (place / "index_data" / name).read_bytes()
    except FileNotFoundError:
        return b""


def _gone(mark: str) -> bool:
    """Whether the run and all that it started end."""
    until = time.monotonic() + 10
    while readers_of(mark):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def _trial(folder: Path, before: Prepared, seconds: float | None = None, **environment: str) -> str | None:
    """Kill one run, after `seconds` or as the environment has it, and look at what is left; the phase, or None
    where it had ended by itself."""
    place = copy(before.place, folder)
    mark = f"KILLED_RUN={uuid.uuid4().hex}"
    name, value = mark.split("=")
    process = start(place, before.story, **{name: value}, **environment)
    try:
        process.communicate(timeout=PATIENCE if seconds is None else seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    if process.returncode == 0:
        return None
    assert process.returncode == -signal.SIGKILL
    assert _gone(mark)
    phase = _check_after_kill(place, before)
    finish(place, before.story, before.after)
    check_whole(place, before.story, before.after)
    return phase


def _at_random_times(folder: Path, before: Prepared, kills: int, seed: int) -> Counter[str]:
    """Kill so many runs, each in its share of the time that a run takes, from where the program has started."""
    lots = random.Random(seed)
    seconds = before.seconds
    phases: Counter[str] = Counter()
    for number in range(kills):
        phase, attempt = None, 0
        while phase is None:
            share = 0.2 + 0.8 * (number + lots.random()) / kills
            phase = _trial(folder / f"{number}-{attempt}", before, seconds=share * seconds)
            if phase is None:  # it came to its end before: the machine has become faster
                seconds, attempt = 0.85 * seconds, attempt + 1
        phases[phase] += 1
    return phases


def _at_chosen_calls(folder: Path, before: Prepared, kills: int, seed: int, shim: Path) -> Counter[str]:
    """Kill so many runs, each in its share of the calls by which a run changes the disk, and one more before and
    after each call that gives a file its name."""
    environment = {"LD_PRELOAD": str(shim)}
    whole = copy(before.place, folder / "whole")
    log = folder / "log"
    process = start(whole, before.story, DISK_ROOT=str(whole / "index_data"), DISK_LOG=str(log), **environment)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    calls = read_log(log)
    lots = random.Random(seed)
    chosen = {1 + int(len(calls) * (number + lots.random()) / kills) for number in range(kills)}
    for number, call in enumerate(calls, 1):
        if call.name == "rename":
            chosen |= {number, number + 1}
    phases: Counter[str] = Counter()
    for number in sorted(chosen):
        place = folder / str(number)
        phase = _trial(place, before, DISK_ROOT=str(place / "index_data"), DISK_DIE=str(number), **environment)
        if phase is not None:
            phases[phase] += 1
    return phases


@pytest.mark.slow
@pytest.mark.parametrize("name", STORIES)
def test_at_random_times(
    tmp_path: Path,
    prepared: Callable[[str], Prepared],
    name: str,
    record_property: Callable[[str, object], None],
) -> None:
    phases = _at_random_times(tmp_path, prepared(name), BY_TIME, seed=len(name))
    record_property("killed", dict(phases))
    assert phases.total() == BY_TIME


@pytest.mark.slow
@pytest.mark.parametrize("name", STORIES)
def test_at_chosen_calls(
    tmp_path: Path,
    prepared: Callable[[str], Prepared],
    name: str,
    shim: Path,
    record_property: Callable[[str, object], None],
) -> None:
    phases = _at_chosen_calls(tmp_path, prepared(name), BY_CALL, len(name), shim)
    record_property("killed", dict(phases))
    assert phases.total() >= BY_CALL - 2


def test_a_few_kills(tmp_path: Path, prepared: Callable[[str], Prepared]) -> None:
    """The quick form of the above."""
    assert _at_random_times(tmp_path, prepared("a tag is given"), 2, seed=1).total() == 2


@pytest.mark.slow
def test_a_stream_that_was_being_read(tmp_path: Path, prepared: Callable[[str], Prepared], shim: Path) -> None:
    """What a killed run has read of standard input is gone after the next run, whatever that reads."""
    before = prepared("records come through a pipe")
    place = copy(before.place, tmp_path / "copy")
    data_dir = place / "index_data"
    process = start(place, before.story, LD_PRELOAD=str(shim), DISK_ROOT=str(data_dir), DISK_DIE="7")
    process.communicate(timeout=PATIENCE)
    assert process.returncode == -signal.SIGKILL
    assert any(name.endswith(".part") for name in strays(data_dir))
    assert dossier(place, "index", "files").returncode == 0
    assert strays(data_dir) == []
