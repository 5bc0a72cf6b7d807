"""One writer at a time, and a second one is told who the first is.

Rule: whoever changes a library holds an operating-system lock on `write.lock` in its data folder; the system
releases it when the process ends, however it ends. The text in the file only informs (process, host, command,
since when): it never decides, so a stale one cannot block anybody, and where the disk has no room for it the lock
is held without it.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from ingest.catalogue_schema import make_data_dir
from ingest.disk_errors import refusals
from ingest.errors import LibraryBusy

FILE_NAME = "write.lock"
#: Seconds to wait for another process that writes; `--wait` sets it.
patience = 0.0
#: Where Windows locks: past any text, because a locked byte cannot be read by the one who is refused.
_LOCKED_BYTE = 1 << 30


@contextmanager
def write_lock(data_dir: Path, command: str | None = None) -> Iterator[None]:
    """Hold the library's write lock; `command` (default: this process's) is shown to whoever is refused.

    Makes the data folder where it is absent. Raises LibraryBusy where another process holds the lock, and still
    does after `patience` seconds, DossierError where the folder cannot be written.
    """
    end = time.monotonic() + patience
    make_data_dir(data_dir)
    with refusals(data_dir):
        # Append mode: opening must not empty the file, which holds the other process's text. Unbuffered: what a
        # full disk refuses must not be tried again when the file is closed.
        lock = (data_dir / FILE_NAME).open("ab+", buffering=0)
    with lock as file:
        while not _lock(file):
            if time.monotonic() < end:
                time.sleep(0.1)
                continue
            raise LibraryBusy(f"The library in {data_dir} is being written by {_holder(file)}: try again later.")
        command = command or " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])
        said = {"pid": os.getpid(), "host": socket.gethostname(), "command": command, "since": int(time.time())}
        with suppress(OSError):
            file.truncate(0)
            file.write(json.dumps(said).encode())
        try:
            yield
        finally:
            with suppress(OSError):
                file.truncate(0)
            _unlock(file)


def _holder(file: BinaryIO) -> str:
    file.seek(0)
    with suppress(ValueError, KeyError, TypeError):
        said = json.load(file)
        since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(said["since"]))
        return f"process {said['pid']} on {said['host']} (`{said['command']}`, since {since})"
    return "another process"


if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> bool:
        file.seek(_LOCKED_BYTE)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(file: BinaryIO) -> None:
        file.seek(_LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(file: BinaryIO) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _unlock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
