"""Opening files that somebody else may have put there, or may be changing.

Rules: what is opened is a regular file, or nothing. A pipe would be waited for without end and a device may do
something by being opened, so they are refused before, and, because a name can come to mean something else between
two looks at it, asked again of what was opened; opening never waits. A file that people write by hand (a sidecar,
a list of patterns) has a size above which it is something else. A link leads out where what it finally means lies
in none of the places that were named.
"""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Iterable
from pathlib import Path

#: Said of what is in a folder and is neither a file nor a folder.
NO_FILE = "not a file but a device, pipe or socket"


def open_regular(path: Path) -> io.BufferedReader:
    """The file at `path`, open for reading bytes. Raises OSError, also for what is no regular file."""
    _check(os.stat(path), path)
    never_wait = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)  # neither exists on Windows
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | never_wait)
    try:
        _check(os.fstat(descriptor), path)
        return open(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_regular(path: Path, most: int | None = None) -> bytes:
    """The bytes of the file at `path`. Raises OSError, also where it has more than `most` bytes."""
    with open_regular(path) as file:
        data = file.read() if most is None else file.read(most + 1)
    if most is not None and len(data) > most:
        raise OSError(errno.EFBIG, f"more than the {most / 2**20:g} MiB that such a file may have", str(path))
    return data


def leads_out(path: Path, places: Iterable[str]) -> str | None:
    """Where a link finally leads, if that is in none of `places` (real paths); None where it stays in one."""
    real = os.path.realpath(path)
    return (
        None if any(real == place or real.startswith(place.rstrip(os.sep) + os.sep) for place in places) else real
    )


def _check(status: os.stat_result, path: Path) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, NO_FILE, str(path))
