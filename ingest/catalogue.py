"""The catalogue: the truth about the library, from which every index is derived.

Rules: all writing happens inside `transaction()`; a transaction that changed a document in a way the index must
know makes the revision grow by one and gives each changed document that number. Whatever touches a document's
claims or paths only notes its id: when the transaction ends, one place resolves its metadata anew and sees
whether anything changed, so that a claim that alters nothing costs no reindexing. A document whose last path is
gone is marked removed and kept until `purge`; what the user said about it is kept for good, so that it is there
again when the file comes back.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.catalogue_files import FileRow, path_key
from ingest.catalogue_read import CatalogueReader
from ingest.catalogue_schema import LOG_NAME, connect
from ingest.catalogue_values import page_sum
from ingest.closing import Closing
from ingest.disk_errors import catalogue_refusal
from ingest.document import (
    ID_LENGTH,
    LISTED_TYPE,
    MULTI_FIELDS,
    SINGLE_FIELDS,
    Claim,
    Extraction,
    Source,
    Status,
)
from ingest.errors import DossierError

if TYPE_CHECKING:
    from ingest.metadata import Fields

__all__ = ["Catalogue", "FileRow", "now"]

#: The note that says that sketches are new since twins were looked for.
TWINS_DUE = "twins_due"
_OPENING = 400  # characters of text that may serve as a title
#: SQLite begins its log anew when nobody reads from it, which beside searches without a gap is never. From this
#: size on (bytes) a commit waits for such a moment, so long (milliseconds).
_LONG_LOG = 16 << 20
_LOG_PATIENCE = 250


class _Fresh:
    """A document that the open transaction made, all of which is known without asking the database: no other has
    said anything about it yet."""

    def __init__(self, claims: tuple[Claim, ...], opening: str, page_count: int) -> None:
        self.claims = claims
        self.opening = opening
        self.page_count = page_count
        self.paths: dict[str, None] = {}


def now() -> str:
    """The time as the catalogue writes it: UTC, to the second, ISO 8601."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Catalogue(CatalogueReader, Closing):
    """The catalogue of one library; use it as a context manager. See `CatalogueReader` for what can be read."""

    def __init__(self, connection: sqlite3.Connection, data_dir: Path) -> None:
        super().__init__(connection, data_dir)
        self._touched: dict[str, None] = {}  # documents whose claims or paths may have changed, in order
        self._new_text: set[str] = set()
        self._sketched: set[str] = set()
        self._fresh: dict[str, _Fresh] = {}
        self._long_log = _LONG_LOG

    @classmethod
    def open(cls, data_dir: Path, *, write: bool = False, create: bool = False) -> Catalogue:
        """Open the catalogue in `data_dir`; `create` makes folder and file where absent and implies `write`.

        Raises NoLibrary where there is none, DossierError where it is damaged or newer than this program.
        """
        return cls(connect(data_dir, write=write or create, create=create), data_dir)

    def close(self) -> None:
        """Close the connection; what was not committed is lost."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: commits at the end, rolls back when the block raises. Not to be nested.

        Raises LibraryBusy where another process holds the database for longer than ten seconds, DossierError where
        the disk refuses.
        """
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise self._unwritable(error) from error
        try:
            yield
            self._settle()
        except BaseException as error:
            with suppress(sqlite3.OperationalError):  # SQLite may have rolled it back already
                self._db.execute("ROLLBACK")
            if isinstance(error, sqlite3.OperationalError):
                raise self._unwritable(error) from error
            raise
        else:
            self._commit()
        finally:
            self._touched.clear()
            self._new_text.clear()
            self._sketched.clear()
            self._fresh.clear()

    def _commit(self) -> None:
        try:
            self._db.execute("COMMIT")
        except sqlite3.OperationalError as error:
            with suppress(sqlite3.OperationalError):  # SQLite may have rolled it back already
                self._db.execute("ROLLBACK")
            raise self._unwritable(error) from error
        self._shorten_log()

    def _shorten_log(self) -> None:
        """Empty SQLite's log where it has become long, unless a search that goes on needs it."""
        log = self.data_dir / LOG_NAME
        with suppress(OSError):
            if log.stat().st_size < self._long_log:
                return
            (before,) = self._db.execute("PRAGMA busy_timeout").fetchone()
            self._db.execute(f"PRAGMA busy_timeout = {_LOG_PATIENCE}")
            try:
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except (
                sqlite3.OperationalError
            ):  # the disk is full: the log itself is safe, and so is what was committed
                pass
            finally:
                self._db.execute(f"PRAGMA busy_timeout = {before}")
            # Where a search stays open, to wait with each commit would only make these slow.
            self._long_log = max(_LONG_LOG, 2 * log.stat().st_size)

    def _unwritable(self, error: sqlite3.Error) -> DossierError:
        return catalogue_refusal(error, self.data_dir) or DossierError(
            f"The catalogue in {self.data_dir} cannot be written ({error}): run `dossier verify`."
        )

    # -- documents

    def put_document(self, extraction: Extraction, sha256: str) -> str:
        """Store what was extracted from the content with this hash (64 hexadecimal digits) and return its id.

        Replaces text, entries and the file's own claims of an earlier extraction of the same content; what
        users, sidecars and listings say stays. Attach a path in the same transaction: a document without one
        counts as removed.
        """
        document_id = sha256[:ID_LENGTH]
        known = self._db.execute("SELECT 1 FROM documents WHERE id = ?", (document_id,)).fetchone() is not None
        self._db.execute(
            "INSERT INTO documents (id, sha256, media_type, status, reason, page_count, engine, outline, links,"
            " warnings, added_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
            " sha256 = excluded.sha256, media_type = excluded.media_type, status = excluded.status,"
            " reason = excluded.reason, page_count = excluded.page_count, engine = excluded.engine,"
            " outline = excluded.outline, links = excluded.links, warnings = excluded.warnings",
            (
                document_id,
                sha256,
                extraction.media_type,
                extraction.status,
                extraction.reason,
                len(extraction.pages),
                extraction.engine,
                _json([[entry.level, entry.title, entry.page] for entry in extraction.outline]),
                _json(extraction.links),
                _json(extraction.warnings),
                now(),
            ),
        )
        for table, which in (
            (
                ("pages", "document_id = ?"),
                ("entries", "listing_id = ?"),
                ("claims", "document_id = ? AND origin = '' AND source <> 'user'"),
            )
            if known
            else ()
        ):
            self._db.execute(f"DELETE FROM {table} WHERE {which}", (document_id,))
        self._db.executemany(
            "INSERT INTO pages (document_id, number, label, text, quality, crc) VALUES (?, ?, ?, ?, ?, ?)",
            (
                (document_id, page.number, page.label, page.text, page.quality, page_sum(page.text, page.label))
                for page in extraction.pages
            ),
        )
        self._insert_claims(document_id, extraction.claims, "")
        self._db.executemany(
            "INSERT INTO entries (listing_id, position, href, title, summary, publisher, published, tags, regions)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (document_id, position, entry.href, entry.title, entry.summary, entry.publisher, entry.published,
                 _json(entry.tags), _json(entry.regions))
                for position, entry in enumerate(extraction.entries)
            ),
        )  # fmt: skip
        self._new_text.add(document_id)
        self._touch(document_id)
        if extraction.sketch is not None:
            if not self._sketched:
                self.set_note(TWINS_DUE, "1")
            self.put_sketch(document_id, extraction.sketch)
        self._fresh.pop(document_id, None)
        if not known:
            opening = next((page.text for page in extraction.pages if page.text), "")[:_OPENING]
            self._fresh[document_id] = _Fresh(extraction.claims, opening.partition("\0")[0], len(extraction.pages))
        return document_id

    def mark_removed(self, document_id: str) -> None:
        """Take all paths from a document, which makes it removed."""
        for (path,) in self._db.execute("SELECT path FROM files WHERE document_id = ?", (document_id,)).fetchall():
            self.detach_path(path)

    def purge(self, up_to_revision: int) -> int:
        """Forget documents removed at or before a revision, once an index of that revision is published; the
        number forgotten. What users said about them is kept."""
        gone = self._db.execute(
            "SELECT id FROM documents WHERE removed_revision <= ? AND removed_revision > ?",
            (up_to_revision, self.purged_revision),
        ).fetchall()
        for (document_id,) in gone:
            if not self.has_user_values(document_id):
                self._db.execute("DELETE FROM documents WHERE id = ?", (document_id,))
                continue
            self._db.execute("DELETE FROM pages WHERE document_id = ?", (document_id,))
            self._db.execute("DELETE FROM entries WHERE listing_id = ?", (document_id,))
            self._db.execute("DELETE FROM claims WHERE document_id = ? AND source <> 'user'", (document_id,))
        if up_to_revision > self.purged_revision:
            self.set_note("purged_revision", str(up_to_revision))
        return len(gone)

    # -- files

    def put_file(self, row: FileRow) -> None:
        """Store the row of a file, new or known; `row.document_id` says whose path it is, if any."""
        before = self._db.execute("SELECT document_id FROM files WHERE path = ?", (row.path,)).fetchone()
        seen = now()
        self._db.execute(
            "INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (path) DO UPDATE SET"
            " raw = excluded.raw, kind = excluded.kind, container = excluded.container, size = excluded.size,"
            " mtime_ns = excluded.mtime_ns, sha256 = excluded.sha256, media_type = excluded.media_type,"
            " status = excluded.status, reason = excluded.reason, document_id = excluded.document_id,"
            " engine = excluded.engine, last_seen = excluded.last_seen",
            (row.path, row.raw, row.kind, row.container, row.size, row.mtime_ns, row.sha256, row.media_type,
             row.status, row.reason, row.document_id, row.engine, row.first_seen or seen, seen),
        )  # fmt: skip
        if before is not None and before[0] is not None and before[0] != row.document_id:
            self._detached(row.path, before[0])
        if row.document_id is not None:
            self._touch(row.document_id)
            if row.document_id in self._fresh:
                self._fresh[row.document_id].paths[row.path] = None

    def attach_path(
        self, path: Path | str, document_id: str, *, size: int = 0, mtime_ns: int = 0, container: str | None = None
    ) -> None:
        """Say that the file at `path` (a path in the file system, or a catalogue path) holds a document."""
        key, raw = path_key(path, self.root) if isinstance(path, Path) else (path, None)
        status, reason, media_type, engine, sha256 = self._db.execute(
            "SELECT status, reason, media_type, engine, sha256 FROM documents WHERE id = ?", (document_id,)
        ).fetchone()
        kind = "document" if container is None else "record"
        self.put_file(
            FileRow(key, size, mtime_ns, Status(status), reason, sha256, document_id, media_type, kind, container,
                    raw, engine)
        )  # fmt: skip

    def detach_path(self, path: str) -> None:
        """Forget a file; its document is removed with its last path."""
        row = self._db.execute("SELECT document_id FROM files WHERE path = ?", (path,)).fetchone()
        self._db.execute("DELETE FROM files WHERE path = ?", (path,))
        if row is not None and row[0] is not None:
            self._detached(path, row[0])

    def seen(self, paths: Iterable[str]) -> None:
        """Note that these files were found as they are known."""
        time = now()
        self._db.executemany("UPDATE files SET last_seen = ? WHERE path = ?", ((time, path) for path in paths))

    # -- claims

    def set_claims(self, document_id: str, source: Source, origin: str, claims: Iterable[Claim]) -> None:
        """Replace what one origin says about a document: for sidecars and folder rules the path they speak of,
        for listings the id of the listing document."""
        claims = list(claims)
        if not claims and origin and document_id in self._fresh:
            return
        held = self._db.execute(
            "SELECT field, value FROM claims WHERE document_id = ? AND source = ? AND origin = ?"
            " ORDER BY position",
            (document_id, source, origin),
        ).fetchall()
        if held == [(claim.field, claim.value) for claim in claims]:
            return
        self._db.execute(
            "DELETE FROM claims WHERE document_id = ? AND source = ? AND origin = ?", (document_id, source, origin)
        )
        self._insert_claims(document_id, claims, origin)
        self._touch(document_id)

    def add_user_value(self, document_id: str, field: str, value: str) -> bool:
        """Give a document a value that the user set; a single field is replaced. Whether that is news."""
        _check_field(field)
        held = self._user_values(document_id, field)
        same = [row for row in held if _same_value(field, row[1], value)]
        if any(not denied for _, _, denied in same) and field in MULTI_FIELDS:
            return False
        obsolete = held if field in SINGLE_FIELDS else same
        self._db.executemany("DELETE FROM claims WHERE rowid = ?", ((row[0],) for row in obsolete))
        self._insert_claims(document_id, [Claim(field, value, Source.USER)], "")
        self._touch(document_id)
        return [(value, 0)] != [(row[1], row[2]) for row in obsolete]

    def remove_user_value(self, document_id: str, field: str, value: str) -> bool:
        """Take a value away from a document: of a set also one that a file or listing gives it, of a single
        field only what the user set. Whether it had it."""
        _check_field(field)
        others = field in MULTI_FIELDS and _said_by_others(self.claims(document_id), field, value)
        own = [row for row in self._user_values(document_id, field) if _same_value(field, row[1], value)]
        if any(denied for _, _, denied in own) or not (own or others):
            return False
        self._db.executemany("DELETE FROM claims WHERE rowid = ?", ((row[0],) for row in own))
        if others:
            self._insert_claims(document_id, [Claim(field, value, Source.USER)], "", denied=True)
        self._touch(document_id)
        return True

    def carry_user_values(self, old_id: str, new_id: str) -> None:
        """Give a document that replaces another one at its path what the user had said about that one."""
        self._db.execute(
            "INSERT INTO claims SELECT ?, field, value, source, position, origin, denied, pages FROM claims AS old"
            " WHERE document_id = ? AND source = 'user' AND NOT EXISTS (SELECT 1 FROM claims WHERE document_id = ?"
            " AND source = 'user' AND field = old.field AND value = old.value)",
            (new_id, old_id, new_id),
        )
        self._fresh.pop(new_id, None)
        self._touch(new_id)

    def put_listed(self, sha256: str) -> str:
        """Have a record for something that is only listed, by the hash that names it, and return its id. It is in
        the library for as long as an entry of a library page leads to it (`hold_entry`)."""
        document_id = sha256[:ID_LENGTH]
        self._db.execute(
            "INSERT OR IGNORE INTO documents (id, sha256, media_type, status, added_at) VALUES (?, ?, ?, ?, ?)",
            (document_id, sha256, LISTED_TYPE, Status.LISTED, now()),
        )
        self._touch(document_id)
        return document_id

    def hold_entry(self, listing_id: str, position: int, document_id: str | None) -> None:
        """Say which document the entry of a library page (position from 0) leads to. Where it led to a record of
        something that was only listed and is held now, what the user said of that is said of the document."""
        (before,) = self._db.execute(
            "SELECT document_id FROM entries WHERE listing_id = ? AND position = ?", (listing_id, position)
        ).fetchone()
        if before == document_id:
            return
        self._db.execute(
            "UPDATE entries SET document_id = ? WHERE listing_id = ? AND position = ?",
            (document_id, listing_id, position),
        )
        if before is None or document_id is None:
            return
        if self._is_listed(before) and not self._is_listed(document_id):
            self.carry_user_values(before, document_id)

    def touch_listed(self) -> None:
        """See anew, when the transaction ends, which library pages name what is only listed."""
        for document_id in self.listed_ids():
            self._touch(document_id)

    def fields(self, document_id: str) -> Fields:
        """The metadata of a document as resolved now, also within a transaction that changes it."""
        return self._fields(document_id, self.paths(document_id))

    def put_sketch(self, document_id: str, sketch: bytes) -> None:
        """Keep what tells whether the text of a document is nearly that of another (`ingest.twins`)."""
        self._db.execute(
            "INSERT OR REPLACE INTO sketches (document_id, sketch) VALUES (?, ?)", (document_id, sketch)
        )
        self._sketched.add(document_id)

    def drop_sketches(self) -> int:
        """Forget the sketches of documents that are in no file any more; how many there were."""
        return self._db.execute(
            "DELETE FROM sketches WHERE document_id NOT IN"
            " (SELECT document_id FROM files WHERE document_id IS NOT NULL)"
        ).rowcount

    def set_leaders(self, leaders: Iterable[tuple[str, str]]) -> None:
        """Say which documents are twins: (document, the one it is a twin of), instead of all said before."""
        pairs = [(leader, document_id) for document_id, leader in leaders]
        self._db.execute("UPDATE sketches SET leader = NULL WHERE leader IS NOT NULL")
        self._db.executemany("UPDATE sketches SET leader = ? WHERE document_id = ?", pairs)

    def set_note(self, key: str, value: str) -> None:
        """Remember something from one run to the next (see `note`); an empty value forgets it."""
        if value:
            self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))
        else:
            self._db.execute("DELETE FROM meta WHERE key = ?", (key,))

    def refresh_records(self, versions: str) -> None:
        """Resolve the metadata of every document anew if that was last done by another version of this program:
        its rules and its vocabulary of regions may differ. versions: what is installed now."""
        from ingest.metadata import VERSION

        versions += f", rules {VERSION}"
        if self.note("record_versions") != versions:
            for document_id in self.live_ids():
                self._touch(document_id)
            self.set_note("record_versions", versions)

    # -- inside

    def _detached(self, path: str, document_id: str) -> None:
        """What sidecars and folder rules said of a document because of this path holds no longer."""
        self._fresh.pop(document_id, None)
        self._db.execute("DELETE FROM claims WHERE document_id = ? AND origin = ?", (document_id, path))
        self._touch(document_id)

    def _is_listed(self, document_id: str) -> bool:
        row = self._db.execute("SELECT status FROM documents WHERE id = ?", (document_id,)).fetchone()
        return row is not None and row[0] == Status.LISTED

    def _touch(self, document_id: str) -> None:
        self._touched[document_id] = None

    def _insert_claims(
        self, document_id: str, claims: Iterable[Claim], origin: str, *, denied: bool = False
    ) -> None:
        self._fresh.pop(document_id, None)
        self._db.executemany(
            "INSERT INTO claims VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (document_id, claim.field, claim.value, claim.source, position, origin, int(denied), claim.pages)
                for position, claim in enumerate(claims)
            ),
        )

    def _user_values(self, document_id: str, field: str) -> list[tuple[int, str, int]]:
        return self._db.execute(
            "SELECT rowid, value, denied FROM claims WHERE document_id = ? AND source = 'user' AND field = ?",
            (document_id, field),
        ).fetchall()

    def _settle(self) -> None:
        """Resolve the touched documents and, where one differs from before, start a revision."""
        revision = self.revision + 1
        changed = False
        stale = [(document_id,) for document_id in self._new_text - self._sketched]
        self._db.executemany("DELETE FROM sketches WHERE document_id = ?", stale)
        news: list[tuple[str, int, str]] = []
        for document_id in self._touched:
            fresh = self._fresh.get(document_id)
            if fresh is not None:
                record, removed, paths = "", None, sorted(fresh.paths)
            else:
                row = self._db.execute(
                    "SELECT record, removed_revision FROM documents WHERE id = ?", (document_id,)
                ).fetchone()
                if row is None:
                    continue
                record, removed = row
                paths = self.paths(document_id)
            if not paths:
                if removed is None:
                    self._db.execute(
                        "UPDATE documents SET removed_revision = ? WHERE id = ?", (revision, document_id)
                    )
                    changed = True
                continue
            fields = self._fields(document_id, paths) if fresh is None else _resolved(fresh, paths)
            resolved = _json({"paths": paths, **{name: getattr(fields, name) for name in fields.__slots__}})
            if resolved != record or removed is not None or document_id in self._new_text:
                news.append((resolved, revision, document_id))
                changed = True
        self._db.executemany(
            "UPDATE documents SET record = ?, revision = ?, removed_revision = NULL WHERE id = ?", news
        )
        if changed:
            self.set_note("revision", str(revision))

    def _fields(self, document_id: str, paths: list[str]) -> Fields:
        rows = self._db.execute(
            "SELECT field, value, source, pages, denied FROM claims WHERE document_id = ?"
            " ORDER BY position, rowid",
            (document_id,),
        ).fetchall()
        opening = self._db.execute(
            "SELECT substr(text, 1, ?) FROM pages WHERE document_id = ? AND text <> '' ORDER BY number LIMIT 1",
            (_OPENING, document_id),
        ).fetchone()
        (page_count,) = self._db.execute(
            "SELECT page_count FROM documents WHERE id = ?", (document_id,)
        ).fetchone()
        from ingest.metadata import resolve

        return resolve(
            [
                Claim(field, value, Source(source), pages)
                for field, value, source, pages, denied in rows
                if not denied
            ],
            paths,
            opening=opening[0] if opening else "",
            page_count=page_count,
            denied={(field, value) for field, value, *_, denied in rows if denied},
        )


def _resolved(fresh: _Fresh, paths: list[str]) -> Fields:
    from ingest.metadata import resolve

    return resolve(fresh.claims, paths, opening=fresh.opening, page_count=fresh.page_count)


def _same_value(field: str, one: str, other: str) -> bool:
    from ingest.metadata import same_value  # not loaded by a search, which only reads

    return same_value(field, one, other)


def _said_by_others(claims: Iterable[Claim], field: str, value: str) -> bool:
    """Whether anything but the user's own claim of this field gives a document the value: a file, a listing, for a
    region also a tag."""
    from ingest.metadata import region_of

    for claim in claims:
        if claim.field == field:
            said = None if claim.source in (Source.USER, Source.DETECTED) else claim.value
        else:
            said = region_of(claim) if field == "region" else None
        if said is not None and _same_value(field, said, value):
            return True
    return False


def _check_field(field: str) -> None:
    if field not in SINGLE_FIELDS and field not in MULTI_FIELDS:
        raise ValueError(f"no metadata field is called {field!r}")


#: Made once: `json.dumps` makes one for each call with settings like these.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def _json(value: object) -> str:
    return _ENCODER.encode(value)
