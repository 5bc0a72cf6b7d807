"""What has happened to a file: is it new, changed, moved, a copy, or only touched.

Rule: content decides. A known content at a new path, while a path it had is gone, has moved; while its paths are
all there, it is a copy. The same content at the same path was only touched. The same rules serve the run that
writes and the one that only says what it would do.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum

from ingest.catalogue_files import FileRow
from ingest.document import Status
from ingest.forgotten import reason


class Change(StrEnum):
    """The values are the names of the numbers in `ingest.report.IngestReport`."""

    ADDED = "added"
    CHANGED = "changed"
    MOVED = "moved"
    COPIED = "copied"
    TOUCHED = "touched"


class Ledger:
    """What the catalogue knew when the run began, kept up as it goes. `missing`: rows of files that are gone and
    have not turned up elsewhere. forgotten: hashes of contents that are not wanted, with when that was said."""

    def __init__(
        self,
        rows: Iterable[FileRow],
        missing: Mapping[str, FileRow],
        *,
        retry: bool,
        conditions: str,
        forgotten: Mapping[str, str] | None = None,
    ) -> None:
        self.rows = {row.path: row for row in rows}
        self.missing = dict(missing)
        #: A forgotten content is one that is known, and fares as its status says, wherever it turns up.
        self.forgotten = frozenset(forgotten or ())
        self._judged = {
            sha256: FileRow("", 0, 0, Status.FORGOTTEN, reason(when), sha256)
            for sha256, when in (forgotten or {}).items()
        }
        self._by_size: dict[int, set[str]] = defaultdict(set)
        self._records: set[str] = set()
        self._places: Counter[str] = Counter()
        self._gone: dict[str, list[str]] = defaultdict(list)
        for row in self.rows.values():
            if row.sha256 is None:
                continue
            if row.path in self.missing:
                self._gone[row.sha256].append(row.path)
            else:
                self._places[row.sha256] += 1
            if row.status is Status.OK or (not retry and row.engine == conditions):
                self._judge(row, row.sha256)

    def known(self, size: int) -> frozenset[str]:
        """Hashes of contents of this many bytes that need not be read again."""
        return self.forgotten.union(self._by_size.get(size, ()))

    def known_contents(self) -> frozenset[str]:
        """Hashes of all contents of files that need not be read again."""
        return self.forgotten.union(*self._by_size.values())

    def known_records(self) -> frozenset[str]:
        """Hashes of JSON Lines records that need not be read again."""
        return self.forgotten.union(self._records)

    def judged(self, sha256: str) -> FileRow | None:
        """How a known content fared: the row of a file that has it."""
        return self._judged.get(sha256)

    def settle(self, path: str, sha256: str) -> tuple[Change, FileRow | None]:
        """What happened to the file at `path`, which has this content now, and the row of the file that it was
        before (of the old place where it moved, None where it is new)."""
        old = self.rows.get(path)
        if old is not None and old.sha256 == sha256:
            return Change.TOUCHED, old
        if old is not None and old.sha256 is not None:
            self._places[old.sha256] -= 1
        copies = self._places[sha256]
        self._places[sha256] += 1
        if self._gone[sha256]:
            return Change.MOVED, self.missing.pop(self._gone[sha256].pop(0))
        if old is not None:
            return Change.CHANGED, old
        return (Change.COPIED if copies else Change.ADDED), None

    def note(self, row: FileRow) -> None:
        """Take in a row that was written, so that later files with the same content need no reading."""
        self.rows[row.path] = row
        if row.sha256 is not None:
            self._judge(row, row.sha256)

    def records_of(self, container: str) -> list[str]:
        """Paths of the documents that a JSON Lines file or archive is known to hold."""
        return [row.path for row in self.rows.values() if row.container == container]

    def forget(self, path: str) -> None:
        """Take out the row of a record that its file no longer holds."""
        del self.rows[path]

    def _judge(self, row: FileRow, sha256: str) -> None:
        if row.kind == "record":
            self._records.add(sha256)
        elif row.kind == "document":
            self._by_size[row.size].add(sha256)
        self._judged.setdefault(sha256, row)
