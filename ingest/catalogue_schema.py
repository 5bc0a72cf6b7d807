"""How the catalogue lies on disk: one SQLite file, its tables, and how it is opened.

Rules: `PRAGMA user_version` is the version of the tables; a newer one is refused with a sentence, never guessed
at, an older one is brought up to date by whoever opens it to write. Readers open with `mode=ro` and can never
change a byte; writers use write-ahead logging, so that a search goes on while `dossier index` writes.

Tables. `files`: a row for every file seen, also for those that are not read. `documents`: one row for each
content, with `record` (its resolved metadata as JSON, made by `ingest.metadata` whenever a claim or path
changes), `revision` (of its last change) and `removed_revision` (set when the last path is gone). `claims`: every
value with its source; `origin` is the sidecar, listing document or path it came from, `denied` marks what the
user took away, `pages` says on how many pages the text names a region. `pages`: the text. `entries`: what library
pages list, `document_id` where it is held, or the record that stands for it (`ingest.listed`). `sketches`: what
tells whether two texts are nearly the same (`ingest.twins`), `leader` the document whose twin it is, or none.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from ingest.durable import make_directory
from ingest.errors import DossierError, NoLibrary

FILE_NAME = "catalogue.sqlite"
VERSION = 2

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
"""
}


def connect(data_dir: Path, *, write: bool, create: bool) -> sqlite3.Connection:
    """An open connection to the catalogue in `data_dir`, in autocommit mode, its tables checked.

    Raises NoLibrary where there is none (and `create` is false), DossierError where it is newer than this
    program or no catalogue at all.
    """
    file = data_dir / FILE_NAME
    if create:
        make_data_dir(data_dir)
    elif not file.is_file():
        raise NoLibrary(
            f"There is no library in {data_dir}: make one with `dossier index FOLDER`, "
            "or say where it is with --data."
        )
    try:
        connection = _open(file, write=write)
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version == 0 and write:
            _create(connection)
        elif version == 0:
            connection.close()
            raise NoLibrary(f"The library in {data_dir} is empty: fill it with `dossier index FOLDER`.")
        elif version < VERSION and write:
            _upgrade(connection)
        elif version < VERSION:
            connection.close()
            raise DossierError(
                f"{file} was written by an earlier Dossier: run `dossier index` once to bring it up to date."
            )
        elif version != VERSION:
            connection.close()
            raise DossierError(
                f"{file} was written by a newer Dossier (its format is {version}, this program knows {VERSION}): "
                "update Dossier to read it."
            )
    except sqlite3.DatabaseError as error:
        raise DossierError(
            f"{file} cannot be opened as a catalogue ({error}): restore it from a backup, or move it away and "
            "run `dossier index` again."
        ) from error
    return connection


def make_data_dir(data_dir: Path) -> None:
    """Make the data folder where it is absent. Raises DossierError where that cannot be."""
    try:
        # The catalogue holds the text of every document: a new folder is its owner's alone.
        make_directory(data_dir)
    except OSError as error:
        raise DossierError(
            f"The data folder {data_dir} cannot be made ({error.strerror}): choose another one with --data."
        ) from error


def _open(file: Path, *, write: bool) -> sqlite3.Connection:
    uri = file.absolute().as_uri()
    if write:
        connection = sqlite3.connect(f"{uri}?mode=rwc", uri=True, isolation_level=None, timeout=10)
        connection.execute("PRAGMA journal_mode = WAL")
        # With NORMAL a power cut may take the last transactions back, after an index was published for them.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection
    # A WAL database needs its -shm file even to be read. Where nobody may make one (a library on read-only
    # media) and no log is waiting, the file cannot change under us and is opened as immutable.
    log = file.with_name(file.name + "-wal")
    fixed = not os.access(file.parent, os.W_OK) and not log.exists()
    option = "immutable=1" if fixed else "mode=ro"
    return sqlite3.connect(f"{uri}?{option}", uri=True, isolation_level=None, timeout=10)


def _create(connection: sqlite3.Connection) -> None:
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
        connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")


def _upgrade(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    # Another process may have done it while we waited for the write lock.
    for version in range(int(connection.execute("PRAGMA user_version").fetchone()[0]), VERSION):
        for statement in _UPGRADES[version].split(";"):
            if statement.strip():
                connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")
