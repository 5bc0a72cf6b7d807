"""One writer at a time, and a second one is told who the first is.

Rule: whoever changes a library holds an operating-system lock on `write.lock` in its data folder; the system
releases it when the process ends, however it ends. The text in the file only informs (process, host, command,
since when): it never decides, so a stale one cannot block anybody.
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
from typing import IO

from ingest.catalogue_schema import make_data_dir
from ingest.errors import DossierError, LibraryBusy

FILE_NAME = "write.lock"
#: Where Windows locks: past any text, because a locked byte cannot be read by the one who is refused.
_LOCKED_BYTE = 1 << 30


@contextmanager
def write_lock(data_dir: Path, command: str | None = None) -> Iterator[None]:
    """Hold the library's write lock; `command` (default: this process's) is shown to whoever is refused.

    Makes the data folder where it is absent. Raises LibraryBusy at once where another process holds the lock.
    """
    make_data_dir(data_dir)
    try:
        # Append mode: opening must not empty the file, which holds the other process's text.
        lock = (data_dir / FILE_NAME).open("a+", encoding="utf-8")
    except OSError as error:
        raise DossierError(
            f"The library in {data_dir} cannot be written ({error.strerror}): check the folder's permissions."
        ) from error
    with lock as file:
        if not _lock(file):
            raise LibraryBusy(f"The library in {data_dir} is being written by {_holder(file)}: try again later.")
        file.truncate(0)
        command = command or " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])
        json.dump(
            {"pid": os.getpid(), "host": socket.gethostname(), "command": command, "since": int(time.time())}, file
        )
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)
            _unlock(file)


def _holder(file: IO[str]) -> str:
    file.seek(0)
    with suppress(ValueError, KeyError, TypeError):
        said = json.load(file)
        since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(said["since"]))
        return f"process {said['pid']} on {said['host']} (`{said['command']}`, since {since})"
    return "another process"


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[str]) -> bool:
        file.seek(_LOCKED_BYTE)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(file: IO[str]) -> None:
        file.seek(_LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(file: IO[str]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _unlock(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
