"""A disk that is full, sick, read-only, forbidden or gone: one sentence on standard error, exit status 2, no
traceback; the library answers as before, is not locked, and the same command works once the disk does."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from command_line import command
from crash_collection import Story
from crash_library import (
    PATIENCE,
    Prepared,
    answers,
    check_whole,
    copy,
    dossier,
    finish,
    prepare,
    start,
    state,
)
from disk_replay import build_shim, read_log

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="disks are made sick by Linux's means")

STORY, TAG, ANEW = "a bit of everything", "a tag is given", "the index is made anew"
#: Calls of a run by kind that fail (see disk_shim.c), with the error that a disk gives.
SICK = {
    "write": (errno.EIO, errno.ENOSPC),
    "fsync": (errno.EIO,),
    "rename": (errno.EIO, errno.ENOSPC),
    "open": (errno.ENOSPC, errno.EACCES),
    "truncate": (errno.EIO,),
    "unlink": (errno.EIO,),
}
_MS_RDONLY, _MS_REMOUNT = 1, 32
_LIBC = ctypes.CDLL(None, use_errno=True)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Prepared]:
    """The library before a story, by its name; made when it is first asked for."""
    folder = tmp_path_factory.getbasetemp() / "prepared"
    folder.mkdir(exist_ok=True)
    return partial(prepare, folder)


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shim that has calls fail."""
    made = build_shim(tmp_path_factory.mktemp("shim"))
    if made is None:
        pytest.skip("there is no C compiler")
    return made


def _ended(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    """How it ended: the exit status, and the sentence on standard error."""
    _, err = process.communicate(timeout=PATIENCE)
    return process.returncode, err.decode()


def _one_sentence(said: str) -> None:
    (line,) = said.splitlines()
    assert line.startswith("dossier: ")
    assert "Traceback" not in line
    assert "backup" not in line  # nothing is lost, so nothing is to be restored


def _refused(before: Prepared, place: Path, **environment: str) -> str:
    """Run the story's command, which is refused; what it said."""
    status, said = _ended(start(place, before.story, **environment))
    assert status == 2, said
    _one_sentence(said)
    return said


def _check_after(before: Prepared, place: Path) -> None:
    """The library answers, and the same command finishes the work."""
    assert answers(place) in (before.before and before.before.found, before.after.found)
    finish(place, before.story, before.after)
    check_whole(place, before.story, before.after)


def _sick(before: Prepared, place: Path, shim: Path, call: str, number: int, error: int) -> bool:
    """A run in which the disk fails from the n-th such call on; whether the run had to give up."""
    environment = {"LD_PRELOAD": str(shim), "DISK_ROOT": str(place / "index_data")}
    status, said = _ended(start(place, before.story, **environment, DISK_FAIL=f"{call}:{number}:{error}"))
    if status == 0:  # what failed was not needed, such as emptying the lock's text
        assert state(place) == before.after
    else:
        assert status == 2, said
        _one_sentence(said)
        assert os.strerror(error) in said or "SQL" in said or "disk" in said
    _check_after(before, place)
    return status == 2


def _counted(before: Prepared, folder: Path, shim: Path) -> dict[str, int]:
    """How many calls of each kind a run makes."""
    whole, log = copy(before.place, folder / "whole"), folder / "log"
    environment = {"LD_PRELOAD": str(shim), "DISK_ROOT": str(whole / "index_data"), "DISK_LOG": str(log)}
    assert _ended(start(whole, before.story, **environment))[0] == 0
    names = [call.name.replace("create", "open") for call in read_log(log)]
    return {name: names.count(name) for name in SICK}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a first run", STORY, ANEW])
@pytest.mark.parametrize("call", SICK)
def test_a_sick_disk(
    tmp_path: Path, prepared: Callable[[str], Prepared], shim: Path, name: str, call: str
) -> None:
    before = prepared(name)
    count = _counted(before, tmp_path, shim)[call]
    gave_up = 0
    for error in SICK[call]:
        for number in sorted({1, 2, count // 2, count} - {0}):
            if number <= count:
                gave_up += _sick(
                    before, copy(before.place, tmp_path / f"{error}-{number}"), shim, call, number, error
                )
    assert gave_up or call in ("truncate", "unlink", "open")


def test_a_disk_on_which_nothing_can_be_made_sure(
    tmp_path: Path, prepared: Callable[[str], Prepared], shim: Path
) -> None:
    """The quick form of the above."""
    before = prepared(ANEW)
    assert _sick(before, copy(before.place, tmp_path / "copy"), shim, "fsync", 1, errno.EIO)


@pytest.mark.slow
def test_files_that_may_not_grow(tmp_path: Path, prepared: Callable[[str], Prepared]) -> None:
    before = prepared(TAG)
    place = copy(before.place, tmp_path / "copy")
    limit = "import resource as r; r.setrlimit(r.RLIMIT_FSIZE, (4096, 4096))"
    status, said = _ended(_after(limit, place, before.story))
    assert status == 2
    _one_sentence(said)
    assert "File too large" in said or "look after that disk" in said  # SQLite only tells that writing failed
    _check_after(before, place)


@contextmanager
def _small_disk(place: Path, kilobytes: int) -> Iterator[None]:
    """A disk of this size at `place`, which holds what was there."""
    kept = place.with_name("kept")
    place.rename(kept)
    place.mkdir()
    if _LIBC.mount(b"tmpfs", bytes(place), b"tmpfs", 0, f"size={kilobytes}k".encode()):
        place.rmdir()
        kept.rename(place)
        pytest.skip("only root may mount a small disk")
    try:
        shutil.copytree(kept, place, dirs_exist_ok=True)
        yield
    finally:
        _LIBC.umount2(bytes(place), 2)


@pytest.mark.parametrize(
    ("name", "room"),
    [(TAG, 0), *(pytest.param(STORY, room, marks=pytest.mark.slow) for room in (0, 20, 60, 100))],
)
def test_a_full_disk(tmp_path: Path, prepared: Callable[[str], Prepared], name: str, room: int) -> None:
    before = prepared(name)
    place = copy(before.place, tmp_path / "copy")
    data_dir = place / "index_data"
    with _small_disk(data_dir, 8192):
        ballast = data_dir / "catalogue.sqlite-ballast"
        ballast.write_bytes(bytes(1024 * (shutil.disk_usage(data_dir).free // 1024 - room)))
        said = _refused(before, place)
        assert "make room" in said
        assert dossier(place, "search", "kiln").returncode == 0
        assert answers(place) == before.before.found  # type: ignore[union-attr]
        ballast.unlink()
        _check_after(before, place)


def test_a_read_only_disk(tmp_path: Path, prepared: Callable[[str], Prepared]) -> None:
    before = prepared(TAG)
    place = copy(before.place, tmp_path / "copy")
    data_dir = place / "index_data"
    with _small_disk(data_dir, 8192):
        assert _LIBC.mount(b"tmpfs", bytes(data_dir), b"tmpfs", _MS_REMOUNT | _MS_RDONLY, b"") == 0
        for arguments in (["index", "files"], ["rebuild"], ["tag", "add", "new", "--query", "kiln"]):
            status, said = _ended(start(place, Story(lambda _: None, tuple(arguments))))
            assert status == 2
            _one_sentence(said)
            assert "Read-only file system" in said
        assert answers(place) == before.before.found  # type: ignore[union-attr]
        found = dossier(place, "--quiet", "search", "kiln")
        assert (found.returncode, found.stderr) == (0, b"")


@pytest.mark.slow
def test_a_disk_that_became_read_only_in_the_midst_of_a_run(
    tmp_path: Path, prepared: Callable[[str], Prepared], shim: Path
) -> None:
    """A killed run leaves the catalogue's log behind; it is read where nothing can be written, too."""
    before = prepared(STORY)
    place = copy(before.place, tmp_path / "copy")
    data_dir = place / "index_data"
    environment = {"LD_PRELOAD": str(shim), "DISK_ROOT": str(data_dir)}
    calls = sum(_counted(before, tmp_path, shim).values())
    with _small_disk(data_dir, 8192):
        status, _ = _ended(start(place, before.story, **environment, DISK_DIE=str(calls // 2)))
        assert status == -signal.SIGKILL
        assert (data_dir / "catalogue.sqlite-wal").stat().st_size
        assert _LIBC.mount(b"tmpfs", bytes(data_dir), b"tmpfs", _MS_REMOUNT | _MS_RDONLY, b"") == 0
        assert answers(place) == before.before.found  # type: ignore[union-attr]


#: Takes from a process, also root's, what lets root write and read everything (capabilities(7): CAP_DAC_OVERRIDE
#: and CAP_DAC_READ_SEARCH; prctl(2): PR_CAPBSET_DROP).
_UNPRIVILEGED = "import ctypes; c = ctypes.CDLL(None); c.prctl(24, 1, 0, 0, 0); c.prctl(24, 2, 0, 0, 0)"


def _after(preparation: str, place: Path, story: Story) -> subprocess.Popen[bytes]:
    """Run the story's command in a process that was prepared by some Python."""
    return subprocess.Popen(
        [
            *(sys.executable, "-c", f"{preparation}; import os, sys; os.execv(sys.argv[1], sys.argv[1:])"),
            *command("--data", str(place / "index_data"), *story.command),
        ],
        cwd=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.mark.slow
@pytest.mark.parametrize("what", [".", "index", "catalogue.sqlite", "write.lock"])
def test_what_may_not_be_written(tmp_path: Path, prepared: Callable[[str], Prepared], what: str) -> None:
    before = prepared(TAG)
    place = copy(before.place, tmp_path / "copy")
    data_dir = place / "index_data"
    for name in ("catalogue.sqlite-wal", "catalogue.sqlite-shm"):  # what readers leave would do for a writer, too
        (data_dir / name).unlink(missing_ok=True)
    target = data_dir / what
    mode = target.stat().st_mode
    target.chmod(0o500 if target.is_dir() else 0o400)
    status, said = _ended(_after(_UNPRIVILEGED, place, before.story))
    search, _ = _ended(_after(_UNPRIVILEGED, place, Story(lambda _: None, ("search", "kiln"))))
    target.chmod(mode)
    assert status == 2
    _one_sentence(said)
    assert str(data_dir) in said
    assert "may write" in said
    assert search == 0
    _check_after(before, place)


@pytest.mark.slow
def test_files_that_have_gone(tmp_path: Path, prepared: Callable[[str], Prepared]) -> None:
    """A drive with the documents that is not connected costs no document."""
    before = prepared(ANEW)
    place = copy(before.place, tmp_path / "copy")
    (place / "files").rename(place / "elsewhere")
    _, said = _ended(start(place, Story(lambda _: None, ("--quiet", "index", "files"))))
    _one_sentence(said)
    assert "connect the drive" in said
    assert answers(place) == before.after.found
    (place / "elsewhere").rename(place / "files")
    _check_after(before, place)


@pytest.mark.slow
def test_a_library_that_goes_away_in_the_midst_of_a_run(
    tmp_path: Path, prepared: Callable[[str], Prepared]
) -> None:
    before = prepared(STORY)
    place = copy(before.place, tmp_path / "copy")
    process = start(place, before.story)
    until = time.monotonic() + PATIENCE
    while not (place / "index_data" / "write.lock").read_bytes() and time.monotonic() < until:
        time.sleep(0.01)
    (place / "index_data").rename(place / "gone")
    status, said = _ended(process)
    assert status == 2
    _one_sentence(said)
    shutil.rmtree(place / "index_data", ignore_errors=True)
    (place / "gone").rename(place / "index_data")
    _check_after(before, place)
