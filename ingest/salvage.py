"""Saving what still reads of a damaged catalogue.

Rules: the damaged file is only read, and is kept beside the new one under another name. What reads goes into a new
catalogue; what people said of documents comes first, because it stands nowhere else; what was read from files and
is lost in part is marked, so that the next `dossier index` reads these files again. Nothing is made up: a document
of which only its file, its pages or what people said is left keeps just that. The new catalogue has another uuid,
so no index made before is believed.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ingest import catalogue_values as values
from ingest.catalogue import Catalogue, now
from ingest.catalogue_ocr import OcrPages
from ingest.catalogue_schema import FILE_NAME
from ingest.document import Claim, Source
from ingest.durable import sync_directory
from ingest.errors import DossierError
from ingest.forgotten import TABLE as FORGOTTEN
from ingest.salvaged_rows import Table, claim_in_index, tables
from ingest.sqlite_pages import Row, SqlitePages, Value

#: Where the new catalogue is made; what an ended attempt left there is removed by the next.
_FOLDER = "salvage.tmp"
_REASON = "a part of it was lost when the catalogue was damaged"
_LOSS = "what was read from it was lost when the catalogue was damaged"


@dataclass(frozen=True, slots=True)
class Salvage:
    """What was saved. kept: rows by table; said: values that people gave documents, kept and lost (as far as that
    is known), said_again: tags and regions that were taken over from documents' records in the place of lost ones;
    pages_lost: pages of kept documents without text; again: files that `dossier index` will read again;
    unreadable: database pages and rows that do not read; damaged: where the damaged catalogue lies now."""

    kept: Mapping[str, int]
    said_kept: int
    said_lost: int
    said_again: int
    pages_lost: int
    again: int
    unreadable: int
    damaged: Path


@dataclass(slots=True)
class _Found:
    """What the reading of the damaged file found out besides the rows."""

    kept: Counter[str] = field(default_factory=Counter)
    unreadable: int = 0
    claims: dict[int, str] = field(default_factory=dict)  # by the index: rowid -> document
    said: dict[int, str] = field(default_factory=dict)  # the same, only what people said


def salvage(data_dir: Path) -> Salvage:
    """Put a new catalogue in the place of the damaged one in `data_dir`, with all that still reads. The caller
    holds the library's lock and makes the index anew.

    Raises DossierError where there is no file or nothing in it reads; then nothing is changed.
    """
    file = data_dir / FILE_NAME
    folder = data_dir / _FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(mode=0o700)
        with Catalogue.open(folder, create=True) as catalogue:
            OcrPages(catalogue).prepare()
            catalogue._db.execute(FORGOTTEN)
            found = _copy(file, catalogue._db)
            if not found.kept["documents"] and not found.kept["files"] and not found.kept["claims"]:
                raise DossierError(
                    f"nothing of {file} reads any more: restore it from a backup, or move it away with the index "
                    "beside it and run `dossier index`"
                )
            done = _complete(catalogue, found)
        return Salvage(*done, found.unreadable, _exchange(folder / FILE_NAME, file))
    except FileNotFoundError as error:
        raise DossierError(
            f"there is no catalogue {file} to save anything of: restore it from a backup"
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copy(file: Path, db: sqlite3.Connection) -> _Found:
    """Copy all rows that can be believed into the new catalogue's tables."""
    found = _Found()
    with SqlitePages(file) as pages:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("BEGIN IMMEDIATE")
        db.execute("DELETE FROM meta")
        known = tables(db)
        for row in pages.rows():
            _keep(db, known, row, found)
        found.unreadable += pages.unreadable
        for entry in pages.index_entries():
            claim = claim_in_index(entry.values)
            if claim is not None:
                found.claims[claim[2]] = claim[0]
                if claim[1] == Source.USER:
                    found.said[claim[2]] = claim[0]
        db.execute("COMMIT")
    return found


def _keep(db: sqlite3.Connection, known: list[Table], row: Row, found: _Found) -> None:
    for table in known:
        fits = table.fits(row)
        if fits is not None:
            given: list[Value] = [*fits.values()] if table.rowid else [row.rowid, *fits.values()]
            found.kept[table.name] += db.execute(table.insert, given).rowcount
            return
    # The file's own table of contents is the only table that has no rows here.
    found.unreadable += not (len(row.values) == 5 and row.values[0] in ("table", "index"))


def _complete(catalogue: Catalogue, found: _Found) -> tuple[Mapping[str, int], int, int, int, int, int]:
    """Make a sound catalogue of the rows; (kept, said_kept, said_lost, said_again, pages_lost, again)."""
    db = catalogue._db
    with catalogue.transaction():
        records = _records(db)
        _number(catalogue)
        _restore_files(db, records)
        _restore_documents(db)
        lost = {rowid for rowid in found.claims if not _has_claim(db, rowid)}
        ids = [str(id_) for (id_,) in db.execute("SELECT id FROM documents ORDER BY number").fetchall()]
        said = {found.said[rowid] for rowid in lost if rowid in found.said}
        (kept,) = db.execute("SELECT count(*) FROM claims WHERE source = 'user'").fetchone()
        said_again = sum(_say_again(catalogue, one, records.get(one, {})) for one in ids if one in said)
        incomplete = {found.claims[rowid] for rowid in lost if rowid not in found.said}
        pages_lost, again = _mark(db, incomplete)
        for document_id in ids:
            catalogue._touch(document_id)
    db.execute("PRAGMA foreign_keys = ON")
    return dict(found.kept), kept, len(lost & found.said.keys()), said_again, pages_lost, again


def _records(db: sqlite3.Connection) -> dict[str, dict[str, object]]:
    """The metadata of each document as it was resolved before, where that reads."""
    records = {}
    for document_id, *columns in db.execute(
        "SELECT id, record, outline, links, warnings FROM documents"
    ).fetchall():
        record, outline, links, warnings = columns
        try:
            records[document_id] = values.record_fields(record)
            values.outline(outline)
            values.texts(links)
            values.texts(warnings)
        except ValueError:
            # Not even a page of it is believed to be all there is: it is read again.
            db.execute(
                "UPDATE documents SET record = '{}', outline = '[]', links = '[]', warnings = '[]', reason = ?"
                " WHERE id = ?",
                (_LOSS, document_id),
            )
    return records


def _number(catalogue: Catalogue) -> None:
    """Another uuid, and a revision after all that any row or note knows."""
    db = catalogue._db
    (highest,) = db.execute(
        "SELECT max(max(revision), max(coalesce(removed_revision, 0))) FROM documents"
    ).fetchone()
    said = catalogue.note("revision")
    revision = max(highest or 0, int(said) if said.isdecimal() else 0)
    purged = catalogue.note("purged_revision")
    catalogue.set_note("uuid", uuid.uuid4().hex)
    catalogue.set_note("revision", str(revision + 1))
    catalogue.set_note("purged_revision", purged if purged.isdecimal() and int(purged) <= revision else "0")
    catalogue.set_note("record_versions", "")


def _restore_files(db: sqlite3.Connection, records: Mapping[str, Mapping[str, object]]) -> None:
    """A document whose file's row is lost is still at the paths that its record names."""
    containers = {str(path) for (path,) in db.execute("SELECT path FROM files WHERE kind = 'container'")}
    for document_id, record in records.items():
        row = db.execute(
            "SELECT sha256, media_type FROM documents WHERE id = ? AND removed_revision IS NULL"
            " AND status <> 'listed'",
            (document_id,),
        ).fetchone()
        paths = record.get("paths", ())
        for path in paths if row is not None and isinstance(paths, tuple) else ():
            container = next((one for one in containers if path.startswith((f"{one}#", f"{one}/"))), None)
            db.execute(
                "INSERT OR IGNORE INTO files (path, kind, container, size, mtime_ns, sha256, media_type, status,"
                " reason, document_id, first_seen, last_seen) VALUES (?, ?, ?, 0, 0, ?, ?, 'partial', ?, ?, ?, ?)",
                (path, "record" if container else "document", container, *row, _REASON, document_id, now(), now()),
            )


def _restore_documents(db: sqlite3.Connection) -> None:
    """Rows for documents that files, pages or people speak of; what belongs to no document goes, and so does what
    was to be forgotten."""
    forgotten = "(SELECT substr(sha256, 1, 16) FROM forgotten)"
    db.execute(f"UPDATE files SET document_id = NULL WHERE document_id IN {forgotten}")
    db.execute(f"DELETE FROM claims WHERE document_id IN {forgotten}")
    db.execute(f"DELETE FROM documents WHERE id IN {forgotten}")
    db.execute(
        "INSERT OR IGNORE INTO documents (id, sha256, media_type, status, reason, added_at)"
        " SELECT document_id, sha256, media_type, 'partial', ?, first_seen FROM files"
        " WHERE document_id = substr(sha256, 1, 16)",
        (_LOSS,),
    )
    db.execute(
        # Until its file is met again, of such a document no more than its id is known.
        "INSERT OR IGNORE INTO documents (id, sha256, media_type, status, reason, added_at)"
        " SELECT DISTINCT document_id, document_id, '', 'partial', ?, ? FROM claims WHERE source = 'user'",
        (_LOSS, now()),
    )
    db.execute("UPDATE files SET document_id = NULL WHERE document_id NOT IN (SELECT id FROM documents)")
    for table, column in (("pages", "document_id"), ("claims", "document_id"), ("sketches", "document_id")):
        db.execute(f"DELETE FROM {table} WHERE {column} NOT IN (SELECT id FROM documents)")
    db.execute("DELETE FROM entries WHERE listing_id NOT IN (SELECT id FROM documents)")
    db.execute("UPDATE entries SET document_id = NULL WHERE document_id NOT IN (SELECT id FROM documents)")
    db.execute("UPDATE sketches SET leader = NULL WHERE leader NOT IN (SELECT document_id FROM sketches)")


def _has_claim(db: sqlite3.Connection, rowid: int) -> bool:
    return db.execute("SELECT 1 FROM claims WHERE rowid = ?", (rowid,)).fetchone() is not None


def _say_again(catalogue: Catalogue, document_id: str, record: Mapping[str, object]) -> int:
    """People said something of this document that does not read: the tags and regions that it had, and that nobody
    gives it now, are kept as said by them; how many. (What a file gives it comes back when that is read again.)"""
    given = catalogue.fields(document_id)
    missing = [
        Claim(name, value, Source.USER)
        for name, had, has in (
            ("tag", record.get("tags"), given.tags),
            ("region", record.get("regions"), given.regions),
        )
        for value in (had if isinstance(had, tuple) else ())
        if value not in has
    ]
    catalogue._insert_claims(document_id, missing, "")
    return len(missing)


def _mark(db: sqlite3.Connection, incomplete: set[str]) -> tuple[int, int]:
    """Have the files read again of which something is lost; (pages lost, files)."""
    (pages,) = db.execute(
        "SELECT sum(max(0, page_count - (SELECT count(*) FROM pages WHERE document_id = id))) FROM documents"
        " WHERE id IN (SELECT document_id FROM files)"
    ).fetchone()
    db.execute("CREATE TEMP TABLE again (id TEXT PRIMARY KEY)")
    db.execute(
        "INSERT INTO again SELECT id FROM documents WHERE reason = ?"
        " OR page_count > (SELECT count(*) FROM pages WHERE document_id = id)",
        (_LOSS,),
    )
    db.executemany("INSERT OR IGNORE INTO again VALUES (?)", ((document_id,) for document_id in incomplete))
    db.execute(
        "INSERT OR IGNORE INTO again SELECT document_id FROM files WHERE reason = ? AND document_id NOT NULL",
        (_REASON,),
    )
    # A file that failed under other conditions than today's (`engine`) is read again: so are these.
    partial = "status = 'partial', engine = '', reason = ?"
    for table, column in (("documents", "id"), ("files", "document_id")):
        db.execute(
            f"UPDATE {table} SET {partial} WHERE {column} IN (SELECT id FROM again) AND status <> 'listed'",
            (_REASON,),
        )
    db.execute(
        f"UPDATE files SET {partial} WHERE path IN"
        " (SELECT container FROM files WHERE document_id IN (SELECT id FROM again))",
        (_REASON,),
    )
    (files,) = db.execute("SELECT count(*) FROM files WHERE document_id IN (SELECT id FROM again)").fetchone()
    db.execute("DROP TABLE again")
    return int(pages or 0), int(files)


def _exchange(new: Path, file: Path) -> Path:
    """Put the new catalogue in its place; where the old one lies now. Its log goes with it: SQLite would else
    write it into the new file."""
    damaged = file.with_name(time.strftime(f"{file.name}.damaged-%Y%m%d-%H%M%S"))
    for ending in ("", "-wal"):
        source = file.with_name(file.name + ending)
        if source.exists():
            _second_name(source, damaged.with_name(damaged.name + ending))
    sync_directory(file.parent)
    for ending in ("-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)
    os.replace(new, file)
    sync_directory(file.parent)
    return damaged


def _second_name(file: Path, name: Path) -> None:
    """The file under another name too, so that there is no moment at which it has none."""
    try:
        os.link(file, name)
    except OSError:  # a file system without links, or a log that is in use
        shutil.copy2(file, name)
