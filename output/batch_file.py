"""A batch into a file that is whole or not there, and that an interruption does not cost.

Rule: rows go to FILE.partial; FILE appears, complete, by one rename at the end. Beside the partial file lies
FILE.partial.journal: after each query a line with how far its rows reach and the checksum up to there. Resuming
keeps the queries whose rows are proven whole, cuts off what is torn, and runs the others; the result has the
bytes an uninterrupted run would have. A journal of other queries or options is refused.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
    try:
        if path.exists() and not stat.S_ISREG(path.stat().st_mode):
            return _to_device(path, queries, run, encoder, resume)
        fingerprint = _fingerprint(queries, encoder, stamp)
        return _to_partial(path, queries, run, encoder, fingerprint, resume=resume)
    except OSError as error:
        kept = " What is done is kept; go on with --resume." if partial_path(path).exists() else ""
        raise DossierError(f"cannot write {path}: {error.strerror}.{kept}") from error


def partial_path(path: Path) -> Path:
    """Where the rows are until the file is complete."""
    return path.with_name(path.name + ".partial")


def _to_device(
    path: Path, queries: Sequence[BatchQuery], run: Run, encoder: BatchEncoder, resume: bool
) -> BatchTotals:
    """A pipe or a terminal cannot be renamed to, nor gone on with."""
    if resume:
        raise SettingsError(f"--resume needs a file to go on with, and {path} is none.")
    with path.open("wb") as stream:
        return write_batch(run(queries), encoder, stream)


@dataclass(slots=True)
class _Done:
    """What is proven: the length and checksum of the partial file, the journal's length, and per query
    (total, error)."""

    end: int = 0
    crc: int = 0
    journal_end: int = 0
    answers: list[tuple[int | None, str | None]] = field(default_factory=list)


def _to_partial(
    path: Path, queries: Sequence[BatchQuery], run: Run, encoder: BatchEncoder, fingerprint: str, *, resume: bool
) -> BatchTotals:
    partial = partial_path(path)
    journal_path = partial.with_name(partial.name + ".journal")
    done = _proven(partial, journal_path, fingerprint) if resume else None
    totals = BatchTotals()
    with partial.open("r+b" if done else "wb") as rows, journal_path.open("r+b" if done else "wb") as journal:
        if done is None:
            header = encoder.header()
            rows.write(header)
            rows.flush()
            end, crc = len(header), zlib.crc32(header)
            journal.write(_line({"batch": fingerprint, "end": end, "crc": crc}))
            journal.flush()
        else:
            end, crc = done.end, done.crc
            for file, length in ((rows, done.end), (journal, done.journal_end)):
                file.truncate(length)
                file.seek(length)
            for query, (total, error) in zip(queries, done.answers, strict=False):
                totals.add(query, total, error)
        for answer in run(queries[totals.queries :]):
            data = encoder.encode(answer)
            rows.write(data)
            rows.flush()
            end, crc = end + len(data), zlib.crc32(data, crc)
            journal.write(_line({"end": end, "crc": crc, "total": answer.total, "error": answer.error}))
            journal.flush()
            totals.add(answer.query, answer.total, answer.error)
        os.fsync(rows.fileno())
    os.replace(partial, path)
    _sync_folder(path.parent)
    journal_path.unlink()
    return totals


def _line(record: dict[str, Any]) -> bytes:
    return json.dumps(record).encode() + b"\n"


def _fingerprint(queries: Sequence[BatchQuery], encoder: BatchEncoder, stamp: str) -> str:
    """What must be the same for a run to be gone on with: the list, the format and its columns, the stamp."""
    told = (list(queries), encoder, stamp)
    return hashlib.sha256(repr(told).encode("utf-8", "surrogatepass")).hexdigest()


def _proven(partial: Path, journal_path: Path, fingerprint: str) -> _Done | None:
    """What an interrupted run left that is whole; None if that is nothing."""
    try:
        lines = journal_path.read_bytes().splitlines(keepends=True)
        rows = partial.open("rb")
    except FileNotFoundError:
        return None
    done = _Done()
    with rows:
        for line in lines:
            entry = _entry(line)
            if entry is None:
                break
            if done.journal_end == 0 and entry.get("batch") != fingerprint:
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
