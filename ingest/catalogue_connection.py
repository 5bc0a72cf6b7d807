"""The connection to the catalogue's SQLite file, wary of what it holds.

Rules: the file may be damaged, and it may come from anybody. What SQLite finds damaged while it reads becomes
`CatalogueDamaged`, whoever was reading. Nothing that a file brings along is run: it may hold plain tables and
plain indexes, and is refused where there is a view, trigger, virtual table, generated column or any expression
with a function in it (https://www.sqlite.org/security.html).
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, Self

from ingest.errors import CatalogueDamaged, LibraryBusy

#: What SQLite says of a file that is not what it was, or shorter than it should be.
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR_SHORT_READ})
#: KiB of the file that are kept: the inner pages of the trees of some hundred thousand documents, so that a search
#: reads little more than the pages with its hits (SQLite's own 2,000 take two to three times as long).
_CACHE = 32_000
#: How a statement fails: the second where SQLite quotes a damaged schema in what it says, which then is no text.
_SAID = (sqlite3.DatabaseError, UnicodeDecodeError)
_PLAIN_TABLE = r"(?si)CREATE TABLE \"?\w+\"?\s*\((?!.*\b(?:AS|GENERATED|CHECK|COLLATE)\b)(?!.*DEFAULT\s*\().*\)"
_PLAIN_INDEX = r"(?i)CREATE (?:UNIQUE )?INDEX \w+ ON \w+ \([\w, ]+\)(?: WHERE \w+ (?:IS NOT NULL|<> ''))?"


class Cursor(sqlite3.Cursor):
    """A cursor whose errors say that the catalogue is damaged, where it is."""

    connection: Connection

    def execute(self, sql: str, parameters: Any = (), /) -> Self:
        try:
            return super().execute(sql, parameters)
        except _SAID as error:
            raise self.connection.told(error) from error

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> Self:
        try:
            return super().executemany(sql, parameters)
        except _SAID as error:
            raise self.connection.told(error) from error

    def fetchone(self) -> Any:
        try:
            found = super().fetchone()
        except _SAID as error:
            raise self.connection.told(error) from error
        self.connection.require_unchanged()
        return found

    def fetchall(self) -> list[Any]:
        try:
            found = super().fetchall()
        except _SAID as error:
            raise self.connection.told(error) from error
        self.connection.require_unchanged()
        return found

    def __next__(self) -> Any:
        try:
            found = super().__next__()
        except StopIteration:
            self.connection.require_unchanged()
            raise
        except _SAID as error:
            raise self.connection.told(error) from error
        self.connection.require_unchanged()
        return found


class Connection(sqlite3.Connection):
    """A connection in autocommit mode to one catalogue file, which it names in its errors."""

    file: Path
    #: What tells the file from a changed one, where it is read without locks.
    _mark: tuple[int, ...] | None = None

    @classmethod
    def to(cls, file: Path, option: str) -> Connection:
        """Connect with an option of SQLite's URIs ("mode=ro", "mode=rwc", "immutable=1", which takes no locks)."""
        uri = f"{file.absolute().as_uri()}?{option}"
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=10, factory=cls)
        connection.file = file
        if option == "immutable=1":
            connection._mark = _mark(file)
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute(f"PRAGMA cache_size = -{_CACHE}")
        return connection

    def cursor(self, factory: Any = Cursor) -> Any:
        return super().cursor(factory)

    # SQLite's own of these two make a cursor that is not ours.

    def execute(self, sql: str, parameters: Any = (), /) -> Any:
        return self.cursor().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> Any:
        return self.cursor().executemany(sql, parameters)

    def require_unchanged(self) -> None:
        """Raise LibraryBusy where the file is read without locks and somebody has changed it."""
        if self._mark is not None and _mark(self.file) != self._mark:
            raise LibraryBusy(f"{self.file} was changed while it was read: try again.")

    def told(self, error: sqlite3.DatabaseError | UnicodeDecodeError) -> Exception:
        """The error as a person should see it: what is not about damage stays as it is."""
        self.require_unchanged()
        if isinstance(error, UnicodeDecodeError):
            return CatalogueDamaged(self.file, "a text in it is no text")
        code = getattr(error, "sqlite_errorcode", 0)
        if code in _DAMAGE or code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            return CatalogueDamaged(self.file, " ".join(str(error).split()))  # it quotes what may have lines
        if str(error).startswith(("no such column", "no such table", "no such index")):
            return CatalogueDamaged(self.file, error)  # our own statements name what there is
        if "decode to UTF-8" in str(error):
            return CatalogueDamaged(self.file, "a text in it is no text")
        return error

    def require_plain(self, tables: Iterable[str], ours: Collection[str]) -> None:
        """Raise CatalogueDamaged unless the file holds these tables and, like them, nothing but plain tables and
        plain indexes. ours: statements that are known to make such."""
        found = set()
        for kind, name, sql in self.execute("SELECT type, name, sql FROM sqlite_master"):
            own = isinstance(name, str) and name.startswith("sqlite_") and kind in ("table", "index")
            plain = {"table": _PLAIN_TABLE, "index": _PLAIN_INDEX}.get(kind, "")
            if not (own or (plain and isinstance(sql, str) and (sql in ours or re.fullmatch(plain, sql)))):
                raise CatalogueDamaged(self.file, f"it holds a {kind} {name!r} that Dossier did not make")
            if kind == "table":
                found.add(name)
        missing = sorted(set(tables) - found)
        if missing:
            raise CatalogueDamaged(self.file, f"it has no table {missing[0]!r}")


def _mark(file: Path) -> tuple[int, ...]:
    found = file.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns
