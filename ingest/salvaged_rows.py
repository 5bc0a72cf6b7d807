"""Which table a row is of that was found in a damaged catalogue, and whether it can be believed.

Rule: a row belongs to a table when its values have the number and the types of that table's columns and say what
that table's rows say (ids and hashes are hexadecimal, statuses and sources are ours, a text matches its checksum).
Anything else is dropped: a value that reads wrong is worse than one that is missing, which can be counted.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import NoneType

from ingest import catalogue_values as values
from ingest.document import MULTI_FIELDS, SINGLE_FIELDS, Source, Status
from ingest.sqlite_pages import Row, Value

_ID = re.compile(r"[0-9a-f]{16}")
_HASH = re.compile(r"[0-9a-f]{64}")
_FIELDS = frozenset({*SINGLE_FIELDS, *MULTI_FIELDS})
_TYPES: dict[str, tuple[type, ...]] = {"TEXT": (str,), "INTEGER": (int,), "REAL": (float, int), "BLOB": (bytes,)}


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a catalogue. columns: (name, the types of its values) in order; required: how many of them a row
    has at least (a column that was added later is missing in older rows); rowid: the column that is the row's
    number, if any. insert: takes the row's number, unless a column is that, and the values."""

    name: str
    columns: tuple[tuple[str, tuple[type, ...]], ...]
    required: int
    rowid: str | None
    insert: str = field(repr=False)

    def fits(self, row: Row) -> dict[str, Value] | None:
        """The row's values by column, where it is a row of this table."""
        given = row.values
        if not self.required <= len(given) <= len(self.columns):
            return None
        found: dict[str, Value] = {}
        for (name, types), value in zip(self.columns, given, strict=False):
            if name == self.rowid:
                if value is not None:
                    return None
                value = row.rowid  # noqa: PLW2901
            if not isinstance(value, types):
                return None
            found[name] = value
        for name, _ in self.columns[len(given) :]:
            found[name] = None
        return found if _CREDIBLE.get(self.name, _anything)(found) else None


def tables(connection: sqlite3.Connection) -> list[Table]:
    """The tables of a sound catalogue."""
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    return [_table(connection, name) for (name,) in names]


def _table(connection: sqlite3.Connection, name: str) -> Table:
    columns: list[tuple[str, tuple[type, ...]]] = []
    keys = []
    for _, column, declared, not_null, _, key in connection.execute(f"PRAGMA table_info({name})"):
        types = _TYPES[declared]
        columns.append((column, types if not_null or key else (*types, NoneType)))
        keys += [(column, declared)] if key else []
    required = len(columns)
    while NoneType in columns[required - 1][1]:
        required -= 1
    rowid = keys[0][0] if len(keys) == 1 and keys[0][1] == "INTEGER" else None
    named = [*(["rowid"] if rowid is None else []), *(column for column, _ in columns)]
    marks = ", ".join("?" * len(named))
    insert = f"INSERT OR IGNORE INTO {name} ({', '.join(named)}) VALUES ({marks})"
    return Table(name, tuple(columns), required, rowid, insert)


# -- what rows of each table say


def _anything(_: Mapping[str, Value]) -> bool:
    return True


def _is(pattern: re.Pattern[str], value: Value) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _meta(row: Mapping[str, Value]) -> bool:
    return not _is(_HASH, row["key"])


def _document(row: Mapping[str, Value]) -> bool:
    named = _is(_ID, row["id"]) and str(row["sha256"]).startswith(str(row["id"]))
    return named and row["status"] in _STATUSES


def _file(row: Mapping[str, Value]) -> bool:
    hashed = row["sha256"] is None or _is(_HASH, row["sha256"])
    document = row["document_id"] is None or _is(_ID, row["document_id"])
    return bool(row["path"]) and hashed and document and row["status"] in _STATUSES


def _claim(row: Mapping[str, Value]) -> bool:
    return _is(_ID, row["document_id"]) and row["source"] in _SOURCES and row["field"] in _FIELDS


def _page(row: Mapping[str, Value]) -> bool:
    if not _is(_ID, row["document_id"]):
        return False
    label, crc = row["label"], row["crc"]
    return crc is None or values.page_sum(str(row["text"]), None if label is None else str(label)) == crc


def _entry(row: Mapping[str, Value]) -> bool:
    try:
        values.texts(str(row["tags"]))
        values.texts(str(row["regions"]))
    except ValueError:
        return False
    return _is(_ID, row["listing_id"])


def _sketch(row: Mapping[str, Value]) -> bool:
    return _is(_ID, row["document_id"])


def _by_hash(row: Mapping[str, Value]) -> bool:
    return _is(_HASH, row["sha256"])


_STATUSES = frozenset(status.value for status in Status)
_SOURCES = frozenset(source.value for source in Source)
_CREDIBLE: dict[str, Callable[[Mapping[str, Value]], bool]] = {
    "meta": _meta,
    "documents": _document,
    "files": _file,
    "claims": _claim,
    "pages": _page,
    "entries": _entry,
    "sketches": _sketch,
    "ocr_pages": _by_hash,
    "forgotten": _by_hash,
}


def claim_in_index(entry: Sequence[Value]) -> tuple[str, str, int] | None:
    """(document, source, rowid) where an entry of an index is one of `claims_document`."""
    if len(entry) == 3 and _is(_ID, entry[0]) and entry[1] in _SOURCES and isinstance(entry[2], int):
        return str(entry[0]), str(entry[1]), entry[2]
    return None
