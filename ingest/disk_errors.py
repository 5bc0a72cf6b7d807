"""What a disk refuses, in one sentence.

Rule: a full, failing, read-only or forbidden disk is not a damaged library, and nobody is told to restore a
backup for it. Writing that fails leaves the state before it whole, so the sentence says that, and to run the
command again once the cause is gone.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.errors import DossierError, LibraryBusy, NoLibrary

_AGAIN = "then run the command again; until then the library answers as before."
_FULL = f"make room on that disk, {_AGAIN}"
_FORBIDDEN = f"see that you may write there, {_AGAIN}"
_SICK = f"look after that disk, {_AGAIN}"
_STEPS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: f"let files grow larger there (`ulimit -f`), {_AGAIN}",
    errno.EROFS: _FORBIDDEN,
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.ENOENT: f"see where it has gone, such as a drive that is not connected, {_AGAIN}",
}
_SQLITE_STEPS = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _FORBIDDEN,
    sqlite3.SQLITE_PERM: _FORBIDDEN,
    sqlite3.SQLITE_CANTOPEN: _FORBIDDEN,
    sqlite3.SQLITE_IOERR: _SICK,
}


def refusal(error: OSError, place: Path) -> DossierError:
    """The sentence for a file or folder in `place` that cannot be written."""
    where = error.filename2 or error.filename or place
    said = error.strerror or str(error)
    return DossierError(f"{where} cannot be written ({said}): {_STEPS.get(error.errno or 0, _SICK)}")


@contextmanager
def refusals(place: Path) -> Iterator[None]:
    """Raise DossierError for what the disk refuses while something in `place` is written."""
    try:
        yield
    except BrokenPipeError:  # whoever listened to the progress has gone, which is no matter of the disk
        raise
    except OSError as error:
        raise refusal(error, place) from error


def catalogue_refusal(error: sqlite3.Error, data_dir: Path) -> DossierError | None:
    """The sentence for what SQLite was refused by the disk or by another process; None where it is something else,
    such as damage (codes: https://www.sqlite.org/rescode.html)."""
    code = getattr(error, "sqlite_errorcode", 0)
    if code == sqlite3.SQLITE_READONLY_ROLLBACK:
        # A catalogue has a rollback journal only until it is made; after that it has a write-ahead log.
        return NoLibrary(f"The library in {data_dir} was not made to the end: run `dossier index FOLDER`.")
    primary = code & 0xFF
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LibraryBusy(f"Another process is writing the catalogue in {data_dir}: try again when it is done.")
    if primary not in _SQLITE_STEPS:
        return None
    return DossierError(f"The catalogue in {data_dir} cannot be used ({error}): {_SQLITE_STEPS[primary]}")
