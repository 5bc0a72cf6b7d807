"""The part of the catalogue that forgets documents for good (the catalogue's friend: it uses its connection).

Rules: a document is its content, so all its copies go together. Of a forgotten one nothing is kept but its hash,
so that the same bytes are not taken in again, and the paths of files that still lie where they were, so that
`dossier status` can say why they are passed over. What other documents say of it (a library page that lists it, a
report that is nearly the same) is their text and stays; `Leaving` names them. The table of hashes is made when it
is first needed. Between `take_out` and `overwrite` the catalogue carries a note, so that a run that was ended in
between is seen and can be finished.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.catalogue import Catalogue, now
from ingest.catalogue_read import CatalogueReader
from ingest.described import link_listings
from ingest.document import Document, Status
from ingest.errors import DossierError, LibraryBusy
from ingest.forgotten import TABLE, forgotten_ids, reason
from ingest.standard_input import FILE_NAME as STANDARD_INPUT
from ingest.standard_input import blank_line
from ingest.twins import find_twins

_PENDING = "erasing"
#: What `dossier forget` looks after in the data folder; anything else there is not Dossier's.
_OURS = ("catalogue.sqlite", "catalogue.sqlite-wal", "catalogue.sqlite-shm", "index", "write.lock", STANDARD_INPUT)
_TO_FINISH = "run `dossier forget --removed` to finish"


@dataclass(frozen=True, slots=True)
class Leaving:
    """A document that is to be forgotten, and who else speaks of it.

    files: its catalogue paths, with whether the file is there. twins: documents that say nearly the same.
    listings: catalogue paths of the library pages that list it. lists: how many entries it has where it is a
    library page itself. said: whether the user said anything of it.
    """

    document: Document
    sha256: str
    files: tuple[tuple[str, bool], ...]
    twins: tuple[Document, ...] = ()
    listings: tuple[str, ...] = ()
    lists: int = 0
    said: bool = False


def leaving(catalogue: CatalogueReader, names: Sequence[str]) -> list[Leaving]:
    """The documents of these ids, id prefixes or paths, each once. Raises DossierError for a name that is none, or
    of something that a library page only lists."""
    found: dict[str, Leaving] = {}
    for name in names:
        document = catalogue.document(name)
        if document is None:
            raise DossierError(f"no document has the id or path {name!r}: `dossier search` and `show` print them")
        if document.status is Status.LISTED:
            pages = ", ".join(document.paths)
            raise DossierError(f"{document.id} is no file, it is only listed on {pages}: forget that page instead")
        found[document.id] = _leaving(catalogue, document)
    return list(found.values())


def take_out(catalogue: Catalogue, documents: Sequence[Leaving]) -> None:
    """Take documents out of the library, and remember their hashes; to be called inside a transaction. Their text
    is there until `erase`, because the index still leads to it."""
    catalogue._db.execute(TABLE)
    for gone in documents:
        catalogue._db.execute("INSERT OR IGNORE INTO forgotten VALUES (?, ?)", (gone.sha256, now()))
        for path, there in gone.files:
            row = catalogue.file(path)
            if row is None:
                continue
            kept = there and not (row.container and Path(row.container).name == STANDARD_INPUT)
            if kept:
                catalogue.put_file(
                    replace(row, status=Status.FORGOTTEN, reason=reason(now()), document_id=None, engine="")
                )
            else:
                catalogue.detach_path(path)
            catalogue.set_note(f"before {path}", "")
    catalogue.set_note(_PENDING, now())
    link_listings(catalogue)
    find_twins(catalogue)


def erase(catalogue: Catalogue, revision: int) -> int:
    """Delete all that is kept of documents that left the library, once an index of `revision` without them is
    published; how many there were. What the user said of those that were not forgotten stays. To be called inside
    a transaction."""
    database = catalogue._db
    forgotten = forgotten_ids(catalogue)
    gone = database.execute("SELECT id FROM documents WHERE removed_revision <= ?", (revision,)).fetchall()
    for (id_,) in gone:
        if id_ in forgotten or not catalogue.has_user_values(id_):
            database.execute("DELETE FROM documents WHERE id = ?", (id_,))
            continue
        database.execute("DELETE FROM pages WHERE document_id = ?", (id_,))
        database.execute("DELETE FROM entries WHERE listing_id = ?", (id_,))
        database.execute("DELETE FROM claims WHERE document_id = ? AND source <> 'user'", (id_,))
        database.execute(
            "UPDATE documents SET reason = '', outline = '[]', links = '[]', warnings = '[]', record = '{}'"
            " WHERE id = ?",
            (id_,),
        )
    if _has_table(catalogue, "ocr_pages"):
        database.execute(
            "DELETE FROM ocr_pages WHERE sha256 NOT IN"
            " (SELECT sha256 FROM documents JOIN pages ON document_id = documents.id)"
        )
    for key, value in database.execute("SELECT key, value FROM meta WHERE key LIKE 'before %'").fetchall():
        if value in forgotten:
            catalogue.set_note(key, "")
    catalogue.set_note("purged_revision", str(max(revision, catalogue.purged_revision)))
    return len(gone)


def blank_standard_input(catalogue: CatalogueReader, documents: Iterable[Leaving]) -> None:
    """Overwrite the lines of these documents in the file that holds what came through standard input."""
    for gone in documents:
        if any(path.rpartition("#")[0].rpartition("/")[2] == STANDARD_INPUT for path, _ in gone.files):
            blank_line(catalogue.data_dir, gone.sha256)


def overwrite(catalogue: Catalogue) -> None:
    """Leave no byte of deleted rows in the catalogue's file or its log.

    SQLite overwrites what is deleted (`secure_delete`) in the log's pages; the first checkpoint carries that into
    the file. VACUUM writes the whole file anew without free pages, over the log's earlier content, and the second
    checkpoint cuts the log to nothing. Raises LibraryBusy while a search holds an older state, DossierError where
    the disk has no room.
    """
    database = catalogue._db
    try:
        _checkpoint(catalogue, "RESTART")
        database.execute("VACUUM")
        _checkpoint(catalogue, "TRUNCATE")
        # A note of a few bytes, deleted by the same rule: nothing of it is a document's.
        catalogue.set_note(_PENDING, "")
        _checkpoint(catalogue, "TRUNCATE")
    except sqlite3.OperationalError as error:
        raise DossierError(
            f"what is left of forgotten documents in {catalogue.data_dir} could not be overwritten ({error}): "
            f"make room, then {_TO_FINISH}"
        ) from error


def unfinished(catalogue: CatalogueReader) -> bool:
    """Whether documents were taken out whose text may not be overwritten yet."""
    return bool(catalogue.note(_PENDING))


def unknown_files(data_dir: Path) -> list[str]:
    """Names in the data folder that Dossier does not write, such as copies that somebody made."""
    return sorted(path.name for path in data_dir.iterdir() if path.name not in _OURS)


def allow_again(catalogue: Catalogue, name: str) -> list[str]:
    """Let a forgotten content in again: by its path, or by 6 digits or more of its id or hash. The paths known of
    it; the next run reads them. To be called inside a transaction. Raises DossierError where nothing of that name
    is forgotten."""
    database = catalogue._db
    database.execute(TABLE)
    hashes = _forgotten_of(catalogue, name)
    if len(hashes) != 1:
        many = f"fits {len(hashes)} forgotten documents: give more digits of the one you mean" if hashes else (
            "is no forgotten document: `dossier status` lists the files that are passed over"
        )  # fmt: skip
        raise DossierError(f"{name!r} {many}")
    (sha256,) = hashes
    database.execute("DELETE FROM forgotten WHERE sha256 = ?", (sha256,))
    rows = [row for row in catalogue.files() if row.sha256 == sha256 and row.status is Status.FORGOTTEN]
    for row in rows:
        catalogue.detach_path(row.path)
        if row.container is not None:  # is read again only where it looks changed
            database.execute("UPDATE files SET mtime_ns = -1 WHERE path = ?", (row.container,))
    return [row.path for row in rows]


def _leaving(catalogue: CatalogueReader, document: Document) -> Leaving:
    database = catalogue._db
    (sha256,) = database.execute("SELECT sha256 FROM documents WHERE id = ?", (document.id,)).fetchone()
    paths = [row.path for row in catalogue.files() if row.sha256 == sha256 or row.document_id == document.id]
    group = catalogue.twins()
    same = [id_ for id_, leader in group.items() if id_ != document.id and leader == group.get(document.id)]
    listings = database.execute(
        "SELECT DISTINCT path FROM entries JOIN files ON files.document_id = listing_id"
        " WHERE entries.document_id = ? AND listing_id <> ? ORDER BY path",
        (document.id, document.id),
    )
    (lists,) = database.execute("SELECT count(*) FROM entries WHERE listing_id = ?", (document.id,)).fetchone()
    return Leaving(
        document=document,
        sha256=sha256,
        files=tuple((path, catalogue.file_path(path).exists()) for path in paths),
        twins=tuple(catalogue.documents(same).values()),
        listings=tuple(path for (path,) in listings),
        lists=lists,
        said=catalogue.has_user_values(document.id),
    )


def _forgotten_of(catalogue: Catalogue, name: str) -> set[str]:
    from ingest.catalogue_files import in_library, path_key

    wanted = {name, path_key(in_library(Path(name), catalogue.root), catalogue.root)[0]}
    at_path = {row.sha256 for row in catalogue.files() if row.path in wanted and row.status is Status.FORGOTTEN}
    prefix = name.lower()
    if not at_path and len(prefix) >= 6 and not prefix.strip("0123456789abcdef"):
        rows = catalogue._db.execute(
            "SELECT sha256 FROM forgotten WHERE sha256 >= ? AND sha256 < ?", (prefix, prefix + "g")
        )
        return {sha256 for (sha256,) in rows}
    return {sha256 for sha256 in at_path if sha256 is not None}


def _checkpoint(catalogue: Catalogue, kind: str) -> None:
    busy = catalogue._db.execute(f"PRAGMA wal_checkpoint({kind})").fetchone()[0]
    if busy:
        raise LibraryBusy(
            f"the documents are out of the library in {catalogue.data_dir}, but a search that is still running "
            f"holds their text in the catalogue's log: when it has ended, {_TO_FINISH}"
        )


def _has_table(catalogue: CatalogueReader, name: str) -> bool:
    return catalogue._db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (name,)).fetchone() is not None
