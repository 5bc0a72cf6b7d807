"""Reading the catalogue: documents, pages, files, and what changed since a revision.

Rules: nothing here writes. A value that Dossier would not have written (the file is damaged, or was made by
somebody else) raises CatalogueDamaged, and so does a page whose text does not match its checksum. A document that
was removed can still be read (a search with the previous index needs its text) until it is purged; `live_ids` and
`changed_since` leave it out.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from ingest import catalogue_values as values
from ingest.catalogue_files import FileRow, file_path, in_library, library_root, path_key
from ingest.catalogue_schema import FILE_NAME
from ingest.document import INDEXED, TRUST, Claim, Document, ListingEntry, OutlineEntry, Page, Source, Status
from ingest.errors import CatalogueDamaged, DossierError

_CHUNK = 500  # below the 999 parameters that older SQLite allows
_SHORTEST_PREFIX = 6
#: So many pages are read at once, of all documents but those that have more of their own.
_PAGES_AT_ONCE = 2_000
_PAGE_COUNT = 4  # its place in the next
_DOCUMENT = "id, media_type, status, reason, page_count, engine, record"
_FILE = (
    "path, size, mtime_ns, status, reason, sha256, document_id, media_type, kind, container, raw, engine,"
    " first_seen, last_seen"
)
#: Far more than any file may have (`[limits] pages`).
_MOST_PAGES = 10_000_000
_PAGE = "number, text, label, quality, crc"
_TEXT, _MAYBE = values.TEXT, values.MAYBE_TEXT
_DOCUMENT_TYPES = (_TEXT, _TEXT, _TEXT, _TEXT, values.INTEGER, _TEXT, _TEXT)
_FILE_TYPES = (
    _TEXT,
    values.INTEGER,
    values.INTEGER,
    _TEXT,
    _TEXT,
    _MAYBE,
    _MAYBE,
    _TEXT,
    _TEXT,
    _MAYBE,
    values.MAYBE_BLOB,
) + (_TEXT,) * 3
_PAGE_TYPES = (values.INTEGER, _TEXT, _MAYBE, values.REAL, values.MAYBE_INTEGER)
_CLAIM_TYPES = (_TEXT, _TEXT, _TEXT, values.MAYBE_INTEGER)
_ENTRY_TYPES = (_MAYBE, _TEXT, *(_MAYBE,) * 3, _TEXT, _TEXT, _MAYBE)
#: By value: quicker than asking the class.
_STATUSES: dict[str, Status] = {status.value: status for status in Status}
_SOURCES: dict[str, Source] = {source.value: source for source in Source}
_INDEXED = "({})".format(", ".join(f"'{status}'" for status in sorted(INDEXED)))


#: Below this the text of a page (`ingest.textquality`) is worth a look: letters, words or spaces are lost in it.
LOW_QUALITY = 0.9


def _by_pages(rows: Sequence[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    """Rows of documents in groups that have few pages together, so that their texts fit into memory."""
    group: list[tuple[Any, ...]] = []
    pages = 0
    for row in rows:
        count = row[_PAGE_COUNT] if isinstance(row[_PAGE_COUNT], int) else 0
        if group and pages + count > _PAGES_AT_ONCE:
            yield group
            group, pages = [], 0
        group.append(row)
        pages += count
    if group:
        yield group


class Said(NamedTuple):
    """A claim; the path of the file that makes it, or that it was made for, "" where that is the document itself;
    and whether it is what the user took away."""

    claim: Claim
    origin: str
    denied: bool


class LowQuality(NamedTuple):
    """A document, how many of its pages read badly, and the worst of them (number from 1) with its quality."""

    document_id: str
    pages: int
    worst: int
    quality: float


class CatalogueReader:
    """The reading half of `ingest.catalogue.Catalogue`, which opens and closes it."""

    def __init__(self, connection: sqlite3.Connection, data_dir: Path) -> None:
        self._db = connection
        self.data_dir = data_dir
        #: Paths in the catalogue are relative to this folder.
        self.root = library_root(data_dir)

    # -- the library as a whole

    @property
    def uuid(self) -> str:
        """Names this catalogue; an index that carries another one was not made from it."""
        return self.note("uuid")

    @property
    def revision(self) -> int:
        """Grows by one with each committed transaction that changed what the index must know."""
        return self._number("revision")

    @property
    def purged_revision(self) -> int:
        """Removals up to this revision are forgotten: an index older than it must be rebuilt."""
        return self._number("purged_revision")

    def changed_since(self, revision: int) -> Iterator[str]:
        """Ids of live, indexed documents that changed after `revision`, in the order they were first added."""
        return self._ids(f"removed_revision IS NULL AND status IN {_INDEXED} AND revision > ?", revision)

    def removed_since(self, revision: int) -> Iterator[str]:
        """Ids of documents that left the library after `revision`, in the order they were first added: removed and
        not purged, or read anew with a status that is not indexed."""
        unindexed = f"removed_revision IS NULL AND revision > ?1 AND status NOT IN {_INDEXED}"
        return self._ids(f"removed_revision > ?1 OR ({unindexed})", revision)

    def live_ids(self) -> Iterator[str]:
        """Ids of all live, indexed documents, in the order they were first added."""
        return self.changed_since(-1)

    def note(self, key: str) -> str:
        """What was remembered under a key; empty where nothing was."""
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def hold(self) -> None:
        """From now on see the catalogue as it is, whatever others commit, until it is closed."""
        self._db.execute("BEGIN")
        self.note("revision")  # the first reading fixes what is seen

    # -- documents and pages

    def document(self, id_or_prefix_or_path: str, *, pages: bool = False) -> Document | None:
        """The document with this id, unambiguous id prefix (6 hexadecimal digits or more) or path, with its
        claims, and its pages if asked; None where there is none.

        A path is one of the catalogue's, or one that leads to the file from the current folder. Raises
        DossierError where a prefix fits several documents.
        """
        document_id = self._find(id_or_prefix_or_path.strip())
        if document_id is None:
            return None
        row = self._db.execute(f"SELECT {_DOCUMENT} FROM documents WHERE id = ?", (document_id,)).fetchone()
        return self._document(
            row,
            pages=tuple(self.pages(document_id)) if pages else (),
            claims=tuple(self.claims(document_id)),
        )

    def documents(self, ids: Sequence[str]) -> dict[str, Document]:
        """The documents of these ids, in their order, without pages and claims; unknown ids are left out."""
        found: dict[str, Document] = {}
        for start in range(0, len(ids), _CHUNK):
            chunk = ids[start : start + _CHUNK]
            marks = ", ".join("?" * len(chunk))
            rows = self._db.execute(f"SELECT {_DOCUMENT} FROM documents WHERE id IN ({marks})", list(chunk))
            by_id = {row[0]: self._document(row) for row in rows.fetchall()}
            found.update((id_, by_id[id_]) for id_ in chunk if id_ in by_id)
        return found

    def page_counts(self) -> dict[str, int]:
        """The number of pages of each document, live or not."""
        counts = dict(self._db.execute("SELECT id, page_count FROM documents").fetchall())
        with self._trust("the number of a document's pages"):
            values.typed(tuple(counts.values()), ((int,),) * len(counts))
        return counts

    def documents_with_text(
        self,
        ids: Sequence[str],
        *,
        pages_up_to: int = _MOST_PAGES,
        claimed: Callable[[Document], bool] = lambda document: True,
    ) -> Iterator[Document]:
        """The documents of these ids, in their order, with their pages and, of their claims, those of a title:
        what the index asks of many, in three queries for each 500, or for so many as have few pages together.
        Unknown ids are left out. claimed: whether the claims of a document are wanted."""
        for start in range(0, len(ids), _CHUNK):
            chunk = list(ids[start : start + _CHUNK])
            rows = self._among(f"SELECT {_DOCUMENT} FROM documents WHERE id IN", chunk)
            by_id = {row[0]: row for row in rows}
            for group in _by_pages([by_id[document_id] for document_id in chunk if document_id in by_id]):
                yield from self._with_text(group, pages_up_to, claimed)

    def _with_text(
        self, rows: Sequence[tuple[Any, ...]], pages_up_to: int, claimed: Callable[[Document], bool]
    ) -> Iterator[Document]:
        """The documents of these rows, in their order."""
        pages: dict[str, list[Page]] = {}
        found = self._among(
            f"SELECT document_id, {_PAGE} FROM pages WHERE number <= {pages_up_to:d} AND document_id IN",
            [row[0] for row in rows],
            "ORDER BY document_id, number",
        )
        for document_id, *page in found:
            pages.setdefault(document_id, []).append(self._page(document_id, page))
        documents = [self._document(row, tuple(pages.pop(row[0], ()))) for row in rows]
        claims: dict[str, list[Claim]] = {document.id: [] for document in documents if claimed(document)}
        found = self._among(
            "SELECT document_id, field, value, source, pages FROM claims WHERE field = 'title' AND NOT denied"
            " AND document_id IN",
            list(claims),
            "ORDER BY position, rowid",
        )
        for document_id, *claim in found:
            claims[document_id].append(self._claim(document_id, claim))
        for row, document in zip(rows, documents, strict=True):
            having = claims.get(document.id)
            yield self._document(row, document.pages, tuple(having)) if having else document

    def _among(self, statement: str, ids: Sequence[str], order: str = "") -> list[tuple[Any, ...]]:
        """The rows of a statement that ends in IN, for so many ids as one can take."""
        if not ids:
            return []
        rows: list[tuple[Any, ...]] = self._db.execute(
            f"{statement} ({', '.join('?' * len(ids))}) {order}", ids
        ).fetchall()
        return rows

    def page(self, document_id: str, number: int) -> Page | None:
        """One page (number from 1) of a document."""
        row = self._db.execute(
            f"SELECT {_PAGE} FROM pages WHERE document_id = ? AND number = ?", (document_id, number)
        ).fetchone()
        return self._page(document_id, row) if row else None

    def pages(self, document_id: str) -> Iterator[Page]:
        """The pages of a document, in order."""
        rows = self._db.execute(f"SELECT {_PAGE} FROM pages WHERE document_id = ? ORDER BY number", (document_id,))
        return (self._page(document_id, row) for row in rows)

    def unsketched(self) -> list[str]:
        """Ids of the documents with pages whose text was not compared with others since it was read."""
        rows = self._db.execute(
            "SELECT id FROM documents WHERE page_count > 0"
            " AND id IN (SELECT document_id FROM files WHERE document_id IS NOT NULL)"
            " AND id NOT IN (SELECT document_id FROM sketches) ORDER BY number"
        )
        return [str(document_id) for (document_id,) in rows]

    def sketches(self) -> Iterator[tuple[str, bytes]]:
        """(id, sketch) of all documents that have one, in the order they were first added, one after the other:
        nothing may be written before the last is taken."""
        return iter(
            self._db.execute("SELECT id, sketch FROM sketches JOIN documents ON id = document_id ORDER BY number")
        )

    def twins(self) -> dict[str, str]:
        """The documents that say nearly the same as others: id -> the id that names their group, which is the
        document of it that was first added."""
        rows = self._db.execute("SELECT document_id, leader FROM sketches WHERE leader IS NOT NULL").fetchall()
        return {leader: leader for _, leader in rows} | dict(rows)

    def low_quality(self) -> list[LowQuality]:
        """The live documents with pages whose text reads badly, those with most of them first, then the worst."""
        rows = self._db.execute(
            "SELECT document_id, count(*) AS low, pages.number, min(quality) AS worst FROM pages JOIN documents"
            " ON documents.id = document_id WHERE quality < ? AND removed_revision IS NULL GROUP BY document_id"
            " ORDER BY low DESC, worst, documents.number",
            (LOW_QUALITY,),
        )  # with min() in it, SQLite takes the other columns from the row that has the minimum
        return [LowQuality(*row) for row in rows]

    def claims(self, document_id: str) -> Iterator[Claim]:
        """Every claim about a document with its source, in the order made (what the user took away left out)."""
        rows = self._db.execute(
            "SELECT field, value, source, pages FROM claims WHERE document_id = ? AND NOT denied"
            " ORDER BY position, rowid",
            (document_id,),
        )
        return (self._claim(document_id, row) for row in rows)

    def all_claims(self, document_id: str) -> Iterator[Said]:
        """Every claim about a document, what the user took away among them, the most trusted source first."""
        rows = self._db.execute(
            "SELECT field, value, source, pages, origin, denied,"
            " (SELECT min(path) FROM files WHERE files.document_id = origin) FROM claims WHERE document_id = ?"
            " ORDER BY position, claims.rowid",
            (document_id,),
        ).fetchall()
        said = [(self._claim(document_id, row[:4]), *row[4:]) for row in rows]
        said.sort(key=lambda row: TRUST[row[0].source])
        for claim, origin, denied, page in said:
            yield Said(claim, str(page or origin), bool(denied))

    def outline(self, document_id: str) -> tuple[OutlineEntry, ...]:
        """The bookmarks or headings of a document."""
        with self._trust(f"the outline of document {document_id}"):
            return tuple(OutlineEntry(*entry) for entry in values.outline(self._column(document_id, "outline")))

    def links(self, document_id: str) -> tuple[str, ...]:
        """The links in a document, as its extractor resolved them."""
        with self._trust(f"the links of document {document_id}"):
            return values.texts(self._column(document_id, "links"))

    def warnings(self, document_id: str) -> tuple[str, ...]:
        """What the extractor of a document wants a person to know."""
        with self._trust(f"the warnings of document {document_id}"):
            return values.texts(self._column(document_id, "warnings"))

    def entries(self, listing_id: str) -> Iterator[tuple[ListingEntry, str | None]]:
        """What a library page lists, with the id of the document where the library holds it."""
        rows = self._db.execute(
            "SELECT href, title, summary, publisher, published, tags, regions, (SELECT id FROM documents"
            " WHERE id = entries.document_id AND status <> 'listed') FROM entries WHERE listing_id = ?"
            " ORDER BY position",
            (listing_id,),
        )
        for row in rows:
            with self._trust(f"an entry of document {listing_id}"):
                values.typed(row, _ENTRY_TYPES)
                href, title, summary, publisher, published, tags, regions, held = row
                entry = ListingEntry(
                    href, title, summary, publisher, published, values.texts(tags), values.texts(regions)
                )
            yield entry, held

    def listings(self) -> dict[str, list[str]]:
        """The library pages (documents that list others) that have files: id -> paths."""
        rows = self._db.execute(
            "SELECT document_id, path FROM files WHERE document_id IN (SELECT listing_id FROM entries)"
            " ORDER BY path"
        )
        found: dict[str, list[str]] = {}
        for document_id, path in rows:
            found.setdefault(document_id, []).append(path)
        return found

    def claim_origins(self, source: Source) -> Iterator[tuple[str, str]]:
        """Who speaks of which document: (document id, origin) of all claims from a source."""
        rows = self._db.execute(
            "SELECT DISTINCT document_id, origin FROM claims WHERE source = ? ORDER BY document_id, origin",
            (source,),
        )
        return iter([(str(document_id), str(origin)) for document_id, origin in rows.fetchall()])

    def has_user_values(self, document_id: str) -> bool:
        """Whether a user has said anything about this document (also where it is removed)."""
        row = self._db.execute(
            "SELECT 1 FROM claims WHERE document_id = ? AND source = 'user' LIMIT 1", (document_id,)
        ).fetchone()
        return row is not None

    def paths(self, document_id: str) -> list[str]:
        """The files that hold this document now; for one that is only listed, the library pages that name it."""
        rows = self._db.execute(
            "SELECT path FROM files WHERE document_id = ?1 UNION SELECT path FROM documents"
            " JOIN entries ON entries.document_id = documents.id JOIN files ON files.document_id = listing_id"
            " WHERE documents.id = ?1 AND documents.status = 'listed' ORDER BY path",
            (document_id,),
        )
        return [str(path) for (path,) in rows]

    def has_paths(self, document_id: str) -> bool:
        """Whether this document is in the library now."""
        return bool(self.paths(document_id))

    def listed_ids(self) -> list[str]:
        """Ids of the documents that library pages name and the library does not hold, as first seen."""
        return list(self._ids("removed_revision IS NULL AND status = 'listed' AND revision > ?", -1))

    # -- files

    def files(self) -> Iterator[FileRow]:
        """Every file seen, by path."""
        return self._files("1")

    def file(self, path: str) -> FileRow | None:
        """The row of a catalogue path."""
        return next(self._files("path = ?", path), None)

    def problems(self) -> Iterator[FileRow]:
        """Every file that is not `ok`, by path; each has a reason and a next step."""
        return self._files("status <> 'ok'")

    def status_counts(self) -> dict[Status, int]:
        """How many files (records of JSON Lines counted one by one, sidecars not at all) have each status."""
        rows = self._db.execute(
            "SELECT status, count(*) FROM files WHERE kind IN ('document', 'record') GROUP BY status"
        )
        with self._trust("the status of a file"):
            counts = {Status(status): int(count) for status, count in rows}
        return {status: counts[status] for status in Status if status in counts}

    def file_path(self, path: str) -> Path:
        """Where the file of a catalogue path lies in the file system; for a record the file that holds it."""
        row = self._db.execute("SELECT raw, container FROM files WHERE path = ?", (path,)).fetchone()
        raw, container = row or (None, None)
        return self.file_path(container) if container else file_path(path, self.root, raw)

    # -- inside

    def _ids(self, condition: str, revision: int) -> Iterator[str]:
        # A list, not a cursor: the caller may write while it walks through it.
        rows = self._db.execute(f"SELECT id FROM documents WHERE {condition} ORDER BY number", (revision,))
        return iter([str(row[0]) for row in rows.fetchall()])

    def _files(self, condition: str, *asked: str) -> Iterator[FileRow]:
        rows = self._db.execute(f"SELECT {_FILE} FROM files WHERE {condition} ORDER BY path", asked)
        for row in rows:
            with self._trust("what is said of a file"):
                values.typed(row, _FILE_TYPES)
                path, size, mtime_ns, status, *rest = row
                file = FileRow(path, size, mtime_ns, Status(status), *rest)
            yield file

    def _column(self, document_id: str, column: str) -> str:
        row = self._db.execute(f"SELECT {column} FROM documents WHERE id = ?", (document_id,)).fetchone()
        return str(row[0]) if row else "[]"

    def _number(self, key: str) -> int:
        with self._trust(f"its {key}"):
            return int(self.note(key))

    @contextmanager
    def _trust(self, what: str) -> Iterator[None]:
        """A ValueError in the block means that what was read there is not what Dossier wrote."""
        try:
            yield
        except ValueError as error:
            raise self._damaged(what, error) from error

    def _damaged(self, what: str, error: ValueError) -> CatalogueDamaged:
        return CatalogueDamaged(self.data_dir / FILE_NAME, f"{what}: {error}")

    # The next three are called for every row: an exception is made a sentence only where there is one.

    def _page(self, document_id: str, row: Sequence[Any]) -> Page:
        try:
            values.typed(row, _PAGE_TYPES)
            number, text, label, quality, crc = row
            if not 0 < number <= _MOST_PAGES:
                raise ValueError("no page has such a number")
            if crc is not None and values.page_sum(text, label) != crc:
                raise ValueError("its text does not match its checksum")
            return Page(number, text, label, quality)
        except ValueError as error:
            raise self._damaged(f"page {row[0]} of document {document_id}", error) from error

    def _claim(self, document_id: str, row: Sequence[Any]) -> Claim:
        try:
            values.typed(row, _CLAIM_TYPES)
            field, value, source, pages = row
            return Claim(field, value, _SOURCES.get(source) or Source(source), pages)
        except ValueError as error:
            raise self._damaged(f"what is said of document {document_id}", error) from error

    def _document(
        self, row: Sequence[Any], pages: tuple[Page, ...] = (), claims: tuple[Claim, ...] = ()
    ) -> Document:
        try:
            values.typed(row, _DOCUMENT_TYPES)
            id_, media_type, status, reason, page_count, engine, record = row
            # Paths and title are resolved when the transaction that stores a document ends.
            field = values.record_fields(record).get
            return Document(
                id=id_,
                paths=field("paths", ()),
                title=field("title", ""),
                media_type=media_type,
                status=_STATUSES.get(status) or Status(status),
                reason=reason,
                summary=field("summary"),
                publisher=field("publisher"),
                authors=field("authors", ()),
                published=field("published"),
                language=field("language"),
                tags=field("tags", ()),
                regions=field("regions", ()),
                region_mentions=field("region_mentions", ()),
                regions_named=field("regions_named", ()),
                source_url=field("source_url"),
                page_count=page_count,
                extraction=engine,
                pages=pages,
                claims=claims,
            )
        except ValueError as error:
            raise self._damaged(f"the record of document {row[0]}", error) from error

    def _find(self, name: str) -> str | None:
        stored = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")  # see `path_key`
        by_path = "SELECT document_id FROM files WHERE path = ? AND document_id IS NOT NULL"
        row = self._db.execute(by_path, (stored,)).fetchone()
        if row is not None:
            return str(row[0])
        if re.fullmatch(rf"[0-9a-fA-F]{{{_SHORTEST_PREFIX},64}}", name):
            prefix = name.lower()
            # "g" sorts after every hexadecimal digit.
            rows = self._db.execute(
                "SELECT id, record FROM documents WHERE id >= ? AND id < ? AND sha256 >= ? AND sha256 < ?"
                " ORDER BY id",
                (prefix[:16], prefix[:16] + "g", prefix, prefix + "g"),
            ).fetchall()
            if len(rows) > 1:
                with self._trust(f"the record of a document that {name} fits"):
                    records = [(id_, values.record_fields(record)) for id_, record in rows[:5]]
                named = ", ".join(f"{id_} ({record.get('title', '')})" for id_, record in records)
                raise DossierError(
                    f"{name} fits {len(rows)} documents: {named}. Give more digits of the one you mean."
                )
            if rows:
                return str(rows[0][0])
        row = self._db.execute(by_path, (path_key(in_library(Path(name), self.root), self.root)[0],)).fetchone()
        return None if row is None else str(row[0])
