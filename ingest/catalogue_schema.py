"""How the catalogue lies on disk: one SQLite file, its tables, and how it is opened.

Rules: `PRAGMA user_version` is the version of the tables; a newer one is refused with a sentence, never guessed
at, an older one is brought up to date by whoever opens it to write. Readers open with `mode=ro` and can never
change a byte; writers use write-ahead logging, so that a search goes on while `dossier index` writes.

Tables. `files`: a row for every file seen, also for those that are not read. `documents`: one row for each
content, with `record` (its resolved metadata as JSON, made by `ingest.metadata` whenever a claim or path
changes), `revision` (of its last change) and `removed_revision` (set when the last path is gone). `claims`: every
value with its source; `origin` is the sidecar, listing document or path it came from, `denied` marks what the
user took away, `pages` says on how many pages the text names a region. `pages`: the text, with a checksum.
`entries`: what library pages list, `document_id` where it is held, or the record that stands for it
(`ingest.listed`). `sketches`: what tells whether two texts are nearly the same (`ingest.twins`), `leader` the
document whose twin it is, or none.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from ingest.catalogue_connection import Connection
from ingest.catalogue_values import page_sum
from ingest.disk_errors import catalogue_refusal
from ingest.durable import make_directory
from ingest.errors import CatalogueDamaged, DossierError, NoLibrary
from ingest.permissions import require_private

FILE_NAME = "catalogue.sqlite"
#: What was committed and is not in the file yet: SQLite's write-ahead log.
LOG_NAME = f"{FILE_NAME}-wal"
VERSION = 3
#: In the file's header, so that it is known for what it is ("DOSS").
APPLICATION_ID = 0x444F5353

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE documents (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    sha256 TEXT NOT NULL,
    media_type TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    page_count INTEGER NOT NULL DEFAULT 0,
    engine TEXT NOT NULL DEFAULT '',
    outline TEXT NOT NULL DEFAULT '[]',
    links TEXT NOT NULL DEFAULT '[]',
    warnings TEXT NOT NULL DEFAULT '[]',
    record TEXT NOT NULL DEFAULT '{}',
    revision INTEGER NOT NULL DEFAULT 0,
    removed_revision INTEGER,
    added_at TEXT NOT NULL
);
CREATE INDEX documents_revision ON documents (revision);
CREATE INDEX documents_removed ON documents (removed_revision) WHERE removed_revision IS NOT NULL;
CREATE TABLE files (
    path TEXT PRIMARY KEY,
    raw BLOB,
    kind TEXT NOT NULL,
    container TEXT,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    sha256 TEXT,
    media_type TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    document_id TEXT REFERENCES documents (id),
    engine TEXT NOT NULL DEFAULT '',
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL
);
CREATE INDEX files_document ON files (document_id) WHERE document_id IS NOT NULL;
CREATE INDEX files_sha256 ON files (sha256) WHERE sha256 IS NOT NULL;
CREATE INDEX files_container ON files (container) WHERE container IS NOT NULL;
CREATE TABLE claims (
    document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    source TEXT NOT NULL,
    position INTEGER NOT NULL DEFAULT 0,
    origin TEXT NOT NULL DEFAULT '',
    denied INTEGER NOT NULL DEFAULT 0,
    pages INTEGER
);
CREATE INDEX claims_document ON claims (document_id, source);
CREATE INDEX claims_origin ON claims (origin) WHERE origin <> '';
CREATE TABLE pages (
    document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    label TEXT,
    text TEXT NOT NULL,
    quality REAL NOT NULL DEFAULT 1,
    crc INTEGER,
    PRIMARY KEY (document_id, number)
);
CREATE TABLE entries (
    listing_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    href TEXT,
    title TEXT NOT NULL,
    summary TEXT,
    publisher TEXT,
    published TEXT,
    tags TEXT NOT NULL DEFAULT '[]',
    regions TEXT NOT NULL DEFAULT '[]',
    document_id TEXT,
    PRIMARY KEY (listing_id, position)
);
CREATE INDEX entries_document ON entries (document_id) WHERE document_id IS NOT NULL;
CREATE TABLE sketches (
    document_id TEXT PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    sketch BLOB NOT NULL,
    leader TEXT
);
CREATE INDEX sketches_leader ON sketches (leader) WHERE leader IS NOT NULL;
"""

#: What makes the tables of a version into those of the next.
_UPGRADES = {
    1: """
ALTER TABLE claims ADD COLUMN pages INTEGER;
CREATE INDEX entries_document ON entries (document_id) WHERE document_id IS NOT NULL;
CREATE TABLE sketches (
    document_id TEXT PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    sketch BLOB NOT NULL,
    leader TEXT
);
CREATE INDEX sketches_leader ON sketches (leader) WHERE leader IS NOT NULL;
""",
    2: """
ALTER TABLE pages ADD COLUMN crc INTEGER;
UPDATE pages SET crc = page_sum(text, label);
""",
}
_STATEMENTS = frozenset(map(str.strip, _TABLES.split(";")))
#: The tables that every catalogue has; others are made when they are first needed.
TABLES = tuple(part.split(maxsplit=1)[0] for part in _TABLES.split("CREATE TABLE")[1:])


def connect(data_dir: Path, *, write: bool, create: bool) -> Connection:
    """An open connection to the catalogue in `data_dir`, in autocommit mode, its tables checked.

    Raises NoLibrary where there is none (and `create` is false), CatalogueDamaged where it is damaged or emptied,
    DossierError where it is newer than this program or brings along more than tables.
    """
    file = data_dir / FILE_NAME
    if create:
        make_data_dir(data_dir)
    else:
        require_private(data_dir)
    _refuse_lost(file, absent_is_new=create)
    try:
        connection = _open(file, write=write)
        try:
            _bring_up(connection, write=write)
        except BaseException:
            connection.close()
            raise
    except sqlite3.DatabaseError as error:
        if refused := catalogue_refusal(error, data_dir):
            raise refused from error
        raise DossierError(
            f"{file} cannot be opened as a catalogue ({error}): restore it from a backup, or see what "
            "`dossier rebuild --salvage` can save of it."
        ) from error
    return connection


def _refuse_lost(file: Path, *, absent_is_new: bool) -> None:
    """An index is made from a catalogue: beside one, an absent or empty catalogue is no new library but a loss."""
    filled = (file.parent / "index" / "manifest.json").exists()
    there = file.is_file()
    if filled and (not there or not file.stat().st_size):
        raise DossierError(
            f"{file} is {'empty' if there else 'missing'}, though the index that was made from it is there: "
            f"restore it from a backup, or, to begin anew without what people said of documents, remove "
            f"{file.parent} and run `dossier index`"
        )
    if not there and not absent_is_new:
        raise NoLibrary(
            f"There is no library in {file.parent}: make one with `dossier index FOLDER`, "
            "or say where it is with --data."
        )


def _bring_up(connection: Connection, *, write: bool) -> None:
    """Make what is open a catalogue of this version, or raise."""
    file = connection.file
    # In this order: another process may be making it.
    bare = connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    new = bare and version == 0
    if new and write:
        _create(connection)
    elif new:
        raise NoLibrary(f"The library in {file.parent} is empty: fill it with `dossier index FOLDER`.")
    elif version > VERSION:
        raise DossierError(
            f"{file} was written by a newer Dossier (its format is {version}, this program knows {VERSION}): "
            "update Dossier to read it."
        )
    elif version == 0 or (version == VERSION and _application_id(connection) != APPLICATION_ID):
        raise CatalogueDamaged(file, "its header is not that of a catalogue")
    elif version < VERSION and not write:
        raise DossierError(
            f"{file} was written by an earlier Dossier: run `dossier index` once, or `dossier rebuild`, to bring "
            "it up to date."
        )
    connection.require_plain(TABLES if version == VERSION else (), _STATEMENTS)
    if version < VERSION and not new:
        _upgrade(connection)


def _application_id(connection: Connection) -> int:
    return int(connection.execute("PRAGMA application_id").fetchone()[0])


def make_data_dir(data_dir: Path) -> None:
    """Make the data folder where it is absent. Raises DossierError where that cannot be, and where others may
    write to it."""
    try:
        # The catalogue holds the text of every document: a new folder is its owner's alone.
        make_directory(data_dir)
    except OSError as error:
        raise DossierError(
            f"The data folder {data_dir} cannot be made ({error.strerror}): choose another one with --data."
        ) from error
    require_private(data_dir)


def _open(file: Path, *, write: bool) -> Connection:
    if write:
        connection = Connection.to(file, "mode=rwc")
        connection.execute("PRAGMA journal_mode = WAL")
        # With NORMAL a power cut may take the last transactions back, after an index was published for them.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        # What is deleted is overwritten, also where SQLite was built to leave it standing.
        connection.execute("PRAGMA secure_delete = ON")
        return connection
    # A WAL database needs its -shm file even to be read. Where we may not make one (read-only media, a library of
    # somebody else) and no log is waiting, the file is read without; the connection sees whether it is changed.
    log = file.with_name(LOG_NAME)
    fixed = not os.access(file.parent, os.W_OK) and not log.exists()
    return Connection.to(file, "immutable=1" if fixed else "mode=ro")


def _create(connection: Connection) -> None:
    import uuid

    connection.execute("BEGIN IMMEDIATE")
    # Another process may have made the tables while we waited for the write lock.
    if int(connection.execute("PRAGMA user_version").fetchone()[0]) == 0:
        for statement in _TABLES.split(";"):
            if statement.strip():
                connection.execute(statement)
        connection.executemany(
            "INSERT INTO meta VALUES (?, ?)",
            [("uuid", uuid.uuid4().hex), ("revision", "0"), ("purged_revision", "0")],
        )
        _mark(connection)
    connection.execute("COMMIT")


def expected_schema() -> dict[str, str]:
    """The statements that made the tables and indexes of a catalogue, by name, without white space (which differs
    where a later version added a column)."""
    found = {}
    for statement in filter(str.strip, _TABLES.split(";")):
        found[statement.split()[2]] = "".join(statement.split())
    return found


def _mark(connection: Connection) -> None:
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _upgrade(connection: Connection) -> None:
    connection.create_function("page_sum", 2, page_sum, deterministic=True)
    connection.execute("BEGIN IMMEDIATE")
    # Another process may have done it while we waited for the write lock.
    for version in range(int(connection.execute("PRAGMA user_version").fetchone()[0]), VERSION):
        for statement in _UPGRADES[version].split(";"):
            if statement.strip():
                connection.execute(statement)
    _mark(connection)
    connection.execute("COMMIT")
