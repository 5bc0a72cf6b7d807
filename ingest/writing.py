"""From what a worker says about a file to rows of the catalogue.

Rules: everything that follows from one file alone is written in one transaction with it, its document, its path,
what its sidecar says; so a run may end after any file. What can only be seen when all files are read (libraries'
pages and what they list, what the user said of a document that another one replaced) is noted as unfinished in
the same transaction, and the run that gets to its end does it, this one or the next.
"""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from contextlib import ExitStack
from dataclasses import replace
from types import TracebackType
from typing import Self

from ingest.archives import Member
from ingest.catalogue import Catalogue, FileRow
from ingest.changes import Change, Ledger
from ingest.described import describe, link_listings
from ingest.discover import Found
from ingest.document import INDEXED, LEFT_ALONE, Extraction, Status
from ingest.extractors import CONTAINERS
from ingest.jsonl import BadLine, Record
from ingest.report import Tally
from ingest.settings import FolderRule
from ingest.sidecar import Sidecars
from ingest.twins import find_twins
from ingest.worker_process import Done

BATCH_FILES = 200
BATCH_SECONDS = 2.0
_LINES_NAMED = 10
_UNFINISHED = "unfinished"
_BEFORE = "before"


class Batches:
    """The transactions of a run: one is open from a `begin` until it is due. Leaving it by an error rolls the open
    one back."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._open: ExitStack | None = None
        self._files = 0
        self._since = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._open is not None:
            self._open.__exit__(kind, error, trace)

    def begin(self) -> None:
        """Make sure that a transaction is open."""
        if self._open is None:
            self._open = ExitStack()
            self._open.enter_context(self._catalogue.transaction())
            self._files, self._since = 0, time.monotonic()

    def end_if_due(self, files: int = 0) -> None:
        """Count `files` more, and commit where they or their time are enough."""
        self._files += files
        if self._open is not None and (
            self._files >= BATCH_FILES or time.monotonic() - self._since >= BATCH_SECONDS
        ):
            self._open.close()
            self._open = None


class Writer:
    """Writes the files of one run; to be called inside a transaction."""

    def __init__(
        self,
        catalogue: Catalogue,
        ledger: Ledger,
        tally: Tally,
        sidecars: Sidecars,
        rules: tuple[FolderRule, ...],
        conditions: str,
    ) -> None:
        self._catalogue = catalogue
        self._ledger = ledger
        self._tally = tally
        self._sidecars = sidecars
        self._rules = rules
        self._conditions = conditions
        self._bad_lines: dict[str, list[BadLine]] = defaultdict(list)
        self._bad_counts: Counter[str] = Counter()
        self._bad_members: dict[str, list[str]] = defaultdict(list)
        self._lines: dict[str, set[str]] = defaultdict(set)
        unfinished = catalogue.note(_UNFINISHED)
        #: (document that was at a path, document there now) whose user values are to be carried over.
        self._replaced: list[list[str]] = json.loads(unfinished or "[]")
        self._noted = bool(unfinished)

    def line(self, container: str, line: Record | BadLine) -> None:
        """Write one line of the JSON Lines file `container`."""
        if isinstance(line, BadLine):
            self._bad_counts[container] += 1
            if len(self._bad_lines[container]) < _LINES_NAMED:  # a file may have millions of them
                self._bad_lines[container].append(line)
            return
        path = f"{container}#{line.id}"
        self._lines[container].add(path)
        row = FileRow(path, 0, 0, Status.OK, sha256=line.sha256, kind="record", container=container)
        self._content(row, line.extraction)

    def member(self, container: str, member: Member) -> None:
        """Write one member of the archive `container`."""
        path = f"{container}/{member.name}"
        self._lines[container].add(path)
        row = FileRow(path, member.size, 0, Status.OK, sha256=member.sha256, container=container)
        written = self._content(row, member.extraction)
        if written.status not in INDEXED | LEFT_ALONE:
            self._bad_members[container].append(member.name)

    def file(self, path: str, found: Found, done: Done) -> None:
        """Write how a file (or a JSON Lines file or archive, after what it holds) has ended."""
        if done.extraction is not None and done.extraction.media_type in CONTAINERS:
            self._container(path, found, done.sha256, done.extraction)
        else:
            row = FileRow(path, found.size, found.mtime_ns, Status.OK, raw=found.raw, sha256=done.sha256)
            self._content(row, done.extraction)

    def sidecar(self, path: str, found: Found) -> None:
        """Write the row of a sidecar, once all that it says has been read."""
        problems = self._sidecars.problems.get(found.path, [])
        status = Status.PARTIAL if problems else Status.OK
        self._catalogue.put_file(
            FileRow(
                path,
                found.size,
                found.mtime_ns,
                status,
                " ".join(problems),
                kind="sidecar",
                raw=found.raw,
                engine=self._engine(status),
            )
        )

    def finish(self) -> None:
        """Draw the consequences that need all files."""
        for old_id, new_id in self._replaced:
            if not self._catalogue.has_paths(old_id):
                self._catalogue.carry_user_values(old_id, new_id)
        if self._noted or self._tally.counts["removed"]:
            link_listings(self._catalogue)
            self._catalogue.set_note(_UNFINISHED, "")
        find_twins(self._catalogue)

    def _container(self, path: str, found: Found, sha256: str | None, extraction: Extraction) -> None:
        """The end of a JSON Lines file or archive: documents that it no longer holds are removed."""
        bad, count = self._bad_lines.pop(path, []), self._bad_counts.pop(path, 0)
        members = self._bad_members.pop(path, [])
        lines = self._lines.pop(path, set())
        if extraction.status is Status.OK:
            if bad:
                named = "; ".join(f"line {line.line}: {line.reason}" for line in bad)
                more = f"; and {count - len(bad)} more" if count > len(bad) else ""
                extraction = replace(
                    extraction, status=Status.PARTIAL, reason=f"{count} line(s) not read: {named}{more}"
                )
            if members:
                named = ", ".join(members[:_LINES_NAMED]) + (", ..." if len(members) > _LINES_NAMED else "")
                extraction = replace(
                    extraction, status=Status.PARTIAL, reason=f"{len(members)} of its files not read: {named}"
                )
            for gone in self._ledger.records_of(path):
                if gone not in lines:
                    self._catalogue.detach_path(gone)
                    self._ledger.forget(gone)
                    self._tally.counts["removed"] += 1
        row = FileRow(
            path,
            found.size,
            found.mtime_ns,
            extraction.status,
            extraction.reason,
            sha256,
            media_type=extraction.media_type,
            kind="container",
            raw=found.raw,
            engine=self._engine(extraction.status),
        )
        self._put(row)
        self._tally.tell(row)

    def _content(self, row: FileRow, extraction: Extraction | None) -> FileRow:
        """Write one document's file: `row` has its path and hash; `extraction` is None for a known content. The
        row as it was written."""
        old = self._ledger.rows.get(row.path)
        if extraction is not None and extraction.status is Status.UNREADABLE and old is not None:
            # What was read of it before stays, until it can be read again or is gone.
            row = replace(old, status=Status.UNREADABLE, reason=extraction.reason)
            self._put(row)
            self._tally.tell(row)
            return row
        change, before = (None, old) if row.sha256 is None else self._ledger.settle(row.path, row.sha256)
        row = self._as_judged(row) if extraction is None else self._stored(row, extraction, change, before)
        row = replace(row, engine=self._engine(row.status))
        if change is Change.MOVED and before is not None:
            self._catalogue.detach_path(before.path)
            row = replace(row, first_seen=before.first_seen)
        self._count(row, change)
        if extraction is not None and old is not None and change is Change.CHANGED:
            self._succeed(row.path, old.document_id, row.document_id)
        self._put(row)
        self._tally.tell(row)
        return row

    def _as_judged(self, row: FileRow) -> FileRow:
        judged = self._ledger.judged(row.sha256 or "")
        if judged is None:
            raise ValueError(f"{row.path} was passed over as known, but its content is not")
        return _like(row, judged)

    def _stored(
        self, row: FileRow, extraction: Extraction, change: Change | None, before: FileRow | None
    ) -> FileRow:
        """Store what was extracted, if there is something to find in it."""
        self._tally.counts["extracted"] += 1
        self._tally.counts["pages"] += len(extraction.pages)
        indexed = extraction.status in INDEXED and (row.size > 0 or row.kind == "record")
        if not indexed and change is Change.TOUCHED and before is not None and before.document_id is not None:
            return _like(row, before)  # a second try went worse than the first
        return replace(
            row,
            status=extraction.status,
            reason=extraction.reason,
            media_type=extraction.media_type,
            document_id=self._catalogue.put_document(extraction, row.sha256) if indexed and row.sha256 else None,
        )

    def _count(self, row: FileRow, change: Change | None) -> None:
        if change in (Change.MOVED, Change.TOUCHED):
            same_line = change is Change.TOUCHED and row.kind == "record"
            self._tally.counts["unchanged" if same_line else change.value] += 1
        elif row.document_id is None:
            self._tally.counts["unreadable"] += row.status not in LEFT_ALONE
        elif change is not None:
            self._tally.counts[change.value] += 1

    def _succeed(self, path: str, old_id: str | None, new_id: str | None) -> None:
        """Remember which document another one takes the place of, also when a version that could not be read
        lies between the two."""
        key = f"{_BEFORE} {path}"
        old_id = old_id or self._catalogue.note(key)
        if not old_id or not self._catalogue.has_user_values(old_id):
            return
        self._catalogue.set_note(key, old_id if new_id is None else "")
        if new_id is not None:
            self._replaced.append([old_id, new_id])
            self._noted = False

    def _put(self, row: FileRow) -> None:
        self._catalogue.put_file(row)
        describe(self._catalogue, [row], self._sidecars, self._rules)
        if not self._noted:
            self._catalogue.set_note(_UNFINISHED, json.dumps(self._replaced))
            self._noted = True
        self._ledger.note(row)

    def _engine(self, status: Status) -> str:
        return "" if status is Status.OK else self._conditions


def _like(row: FileRow, other: FileRow) -> FileRow:
    """`row`, which has the content of `other`, faring as that did."""
    return replace(
        row,
        status=other.status,
        reason=other.reason,
        media_type=other.media_type,
        document_id=other.document_id,
    )
