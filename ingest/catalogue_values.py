"""Values of the catalogue as they are read: each is looked at before it is believed.

Rule: a value that Dossier would not have written raises ValueError with a few words on what it is; who reads the
catalogue makes a sentence of it (`CatalogueReader._trust`). Page texts carry a checksum, because SQLite has none:
a changed letter in a text would else be shown, searched and quoted.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from types import NoneType
from typing import Any

#: The types that a value of the resolved metadata may have (`ingest.metadata.Fields`, and the paths).
_ONE_TEXT = frozenset({"title", "summary", "publisher", "published", "language", "source_url"})
_TEXTS = frozenset({"paths", "authors", "tags", "regions", "region_mentions", "regions_named"})
_STR = frozenset({str})
_DECODER = json.JSONDecoder()
Types = Sequence[tuple[type, ...]]
TEXT, INTEGER, REAL, BLOB = (str,), (int,), (float, int), (bytes,)
MAYBE_TEXT, MAYBE_INTEGER, MAYBE_BLOB = (str, NoneType), (int, NoneType), (bytes, NoneType)


def page_sum(text: str, label: str | None) -> int:
    """The CRC-32 of a page's label and text."""
    return zlib.crc32(text.encode(), zlib.crc32((label or "").encode()))


def typed(row: Sequence[Any], types: Types) -> None:
    """Raise ValueError unless each value has one of the types at its place."""
    if len(row) == len(types) and all(map(isinstance, row, types)):
        return  # as nearly always, and every row of the catalogue comes by here
    for value, allowed in zip(row, types, strict=True):
        if not isinstance(value, allowed):
            raise ValueError(f"a value is {type(value).__name__} where {allowed[0].__name__} is expected")


def record_fields(text: str) -> dict[str, Any]:
    """The fields of a `record`, lists as tuples. Raises ValueError."""
    record = _loaded(text)
    if not isinstance(record, dict):
        raise ValueError("a record is no object")
    fields: dict[str, Any] = {}
    for name, value in record.items():
        if name in _TEXTS:
            fields[name] = _texts(value)
        elif name not in _ONE_TEXT:
            raise ValueError("a record has a field that there is not")
        elif type(value) is str or (value is None and name != "title"):
            fields[name] = value
        else:
            raise ValueError(f"a value is {type(value).__name__} where str is expected")
    published = fields.get("published")
    if published is not None and not published[:4].isdecimal():
        raise ValueError("a record has a date without a year")
    return fields


def texts(text: str) -> tuple[str, ...]:
    """A JSON list of texts. Raises ValueError."""
    return _texts(_loaded(text))


def outline(text: str) -> tuple[tuple[int, str, int | None], ...]:
    """A JSON list of (level, title, page). Raises ValueError."""
    entries = _loaded(text)
    if not isinstance(entries, list) or not all(isinstance(entry, list) for entry in entries):
        raise ValueError("an outline is no list")
    for entry in entries:
        typed(entry, (INTEGER, TEXT, MAYBE_INTEGER))
    return tuple(map(tuple, entries))


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not _STR.issuperset(map(type, value)):
        raise ValueError("what should be a list of texts is none")
    return tuple(value)


def _loaded(text: str) -> object:
    try:
        value, end = _DECODER.raw_decode(text)  # half of the time of what follows, which says what is wrong
        return value if end == len(text) else json.loads(text)
    except RecursionError as error:
        raise ValueError("JSON is nested too deep") from error
