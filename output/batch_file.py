"""A batch into a file that is whole or not there, and that an interruption does not cost.

Rule: rows go to FILE.partial; FILE appears, complete, by one rename at the end. Beside the partial file lies
FILE.partial.journal: after each query a line with how far its rows reach and the checksum up to there. Resuming
keeps the queries whose rows are proven whole, cuts off what is torn, and runs the others; the result has the
bytes an uninterrupted run would have. A journal of other queries or options is refused, and so is a second run
into the same file while one is going on (where the system has file locks).
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from ingest.errors import DossierError, SettingsError
from output.batch_rows import BatchEncoder, BatchTotals, write_batch
from searchidx.batch import BatchAnswer
from searchidx.batch_queries import BatchQuery

Run = Callable[[Sequence[BatchQuery]], Iterator[BatchAnswer]]


def batch_to_file(
    path: Path,
    queries: Sequence[BatchQuery],
    run: Run,
    encoder: BatchEncoder,
    *,
    resume: bool = False,
    stamp: str = "",
) -> BatchTotals:
    """Run a batch into a file.

    run: answers the queries it is given, in order (`run_batch` or `run_batch_parallel` with their arguments).
    resume: go on where an interrupted run of the same batch stopped. stamp: says what else must be the same for
    that, such as the options and the revision of the library.
    Raises SettingsError if `resume` meets another batch's journal, DossierError if the file cannot be written.
    """
    path = Path(os.path.realpath(path))  # of a link, the file it points to is replaced
    if path.exists() and not stat.S_ISREG(path.stat().st_mode):
        return _to_device(path, queries, run, encoder, resume)
    totals = BatchTotals()
    batch = _fingerprint(queries, encoder, stamp)
    with _claimed(path) as journal:
        done = _proven(partial_path(path), journal, batch) if resume else None
        for query, (total, error) in zip(queries, done.answers if done else (), strict=False):
            totals.add(query, total, error)
        with _Output(path, journal, done) as out:
            if done is None:
                out.add(encoder.header(), {"batch": batch})
            for answer in run(queries[totals.queries :]):
                out.add(encoder.encode(answer), {"total": answer.total, "error": answer.error})
                totals.add(answer.query, answer.total, answer.error)
            out.finish()
    return totals


def partial_path(path: Path) -> Path:
    """Where the rows are until the file is complete."""
    return path.with_name(path.name + ".partial")


def _to_device(
    path: Path, queries: Sequence[BatchQuery], run: Run, encoder: BatchEncoder, resume: bool
) -> BatchTotals:
    """A pipe or a terminal cannot be renamed to, nor gone on with."""
    if resume:
        raise SettingsError(f"--resume needs a file to go on with, and {path} is none.")
    with _writing(path):
        stream = path.open("wb")
    with stream:
        return write_batch(run(queries), encoder, stream)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Say an error of writing in words; an error of searching is not ours and passes."""
    try:
        yield
    except OSError as error:
        kept = " What is done is kept; go on with --resume." if partial_path(path).exists() else ""
        raise DossierError(f"cannot write {path}: {error.strerror or error}.{kept}") from error


@contextmanager
def _claimed(path: Path) -> Iterator[BinaryIO]:
    """The journal, open at its begin, and ours alone until the file is complete or the run breaks off."""
    place = partial_path(path).with_name(partial_path(path).name + ".journal")
    with _writing(path):
        journal = place.open("a+b")
    with journal:
        # Another run may have finished, and taken its journal away, between our opening and our lock.
        if (
            not _lock(journal)
            or not place.exists()
            or not os.path.samestat(os.fstat(journal.fileno()), place.stat())
        ):
            raise DossierError(f"another batch is being written to {path}: wait for it, or choose another file.")
        journal.seek(0)
        yield journal
        if os.name == "posix":  # while the lock is held; elsewhere an open file cannot be taken away
            place.unlink()
    if os.name != "posix":
        place.unlink()


def _lock(file: BinaryIO) -> bool:
    """Whether the file could be locked for us; always, where there are no such locks."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a network file system without locks
        return True
    return True


@dataclass(slots=True)
class _Done:
    """What is proven: the length and checksum of the partial file, the journal's length, and per query
    (total, error)."""

    end: int = 0
    crc: int = 0
    journal_end: int = 0
    answers: list[tuple[int | None, str | None]] = field(default_factory=list)


class _Output:
    """The partial file and its journal, written in step."""

    def __init__(self, path: Path, journal: BinaryIO, done: _Done | None) -> None:
        self._path, self._journal = path, journal
        self._end, self._crc = (done.end, done.crc) if done else (0, 0)
        with _writing(path):
            self._rows = partial_path(path).open("r+b" if done else "wb")
            for file, length in ((self._rows, self._end), (journal, done.journal_end if done else 0)):
                file.truncate(length)
                file.seek(length)

    def __enter__(self) -> _Output:
        return self

    def __exit__(self, *_: object) -> None:
        with _writing(self._path):
            self._rows.close()

    def add(self, data: bytes, record: dict[str, Any]) -> None:
        """Rows first, then the line that vouches for them."""
        self._end, self._crc = self._end + len(data), zlib.crc32(data, self._crc)
        line = json.dumps({"end": self._end, "crc": self._crc, **record}).encode() + b"\n"
        with _writing(self._path):
            for file, content in ((self._rows, data), (self._journal, line)):
                file.write(content)
                file.flush()

    def finish(self) -> None:
        """The partial file becomes the file."""
        with _writing(self._path):
            os.fsync(self._rows.fileno())
            self._rows.close()
            os.replace(partial_path(self._path), self._path)
            _sync_folder(self._path.parent)


def _fingerprint(queries: Sequence[BatchQuery], encoder: BatchEncoder, stamp: str) -> str:
    """What must be the same for a run to be gone on with: the list, the format and its columns, the stamp."""
    told = (list(queries), encoder, stamp)
    return hashlib.sha256(repr(told).encode("utf-8", "surrogatepass")).hexdigest()


def _proven(partial: Path, journal: BinaryIO, batch: str) -> _Done | None:
    """What an interrupted run left that is whole; None if that is nothing."""
    if not partial.exists():
        return None
    done = _Done()
    with partial.open("rb") as rows:
        for line in journal:
            entry = _entry(line)
            if entry is None:
                break
            if done.journal_end == 0 and entry.get("batch") != batch:
                raise SettingsError(
                    f"{partial} is of a batch with other queries or options, or the library has changed since; "
                    f"without --resume the batch starts anew."
                )
            data = rows.read(entry["end"] - done.end)
            crc = zlib.crc32(data, done.crc)
            if done.end + len(data) != entry["end"] or crc != entry["crc"]:
                break
            if done.journal_end:
                done.answers.append((entry.get("total"), entry.get("error")))
            done.end, done.crc, done.journal_end = entry["end"], crc, done.journal_end + len(line)
    return done if done.journal_end else None


def _entry(line: bytes) -> dict[str, Any] | None:
    """A line of the journal; None for a torn one."""
    if not line.endswith(b"\n"):
        return None
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and {"end", "crc"} <= entry.keys() else None


def _sync_folder(folder: Path) -> None:
    """Make the rename survive a power cut, where the system can (a folder cannot be opened on Windows)."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
