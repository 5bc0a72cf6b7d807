"""The XMP packet of a PDF, found without reading the rest of the file.

Rule: follow the file's own table of objects to its catalog and to the stream that `/Metadata` names (ISO 32000-1,
7.5 and 14.3.2), and read nothing else. Whatever is unusual on the way (encryption, a broken table, a filter other
than Flate, an object that is not where the table says) is not guessed at: the answer is None, and a thorough
reader has to be asked, unless nothing in the file is called `/Metadata` or packed out of sight.
"""

from __future__ import annotations

import mmap
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

#: An XMP packet above this is not metadata.
MAX_BYTES = 2_000_000
#: What a table or a stream of objects may unpack to, how deep values may nest and how many tokens one may have;
#: tables that one file may have.
_MAX_UNPACKED = 32_000_000
_MAX_DEPTH = 20
_MAX_TOKENS = 50_000
_MAX_TABLES = 200

# Possessive: nothing is tried twice, however much space or comment a file has.
_SPACE = rb"(?:[\x00\t\n\f\r ]++|%[^\r\n]*+)*+"
_WORD = rb"[^\x00\t\n\f\r ()<>\[\]{}/%]"
_TOKEN = re.compile(_SPACE + rb"(<<|>>|\[|\]|\(|<[0-9A-Fa-f\x00\t\n\f\r ]*>|/" + _WORD + rb"*|" + _WORD + rb"+)")
_OBJECT = re.compile(_SPACE + rb"(\d{1,10})[\x00\t\n\f\r ]+\d{1,5}[\x00\t\n\f\r ]+obj\b")
_REFERENCE = re.compile(rb"[\x00\t\n\f\r ]+\d{1,5}[\x00\t\n\f\r ]+R(?!" + _WORD + rb")")
_STREAM = re.compile(_SPACE + rb"stream(?:\r\n|\n)")
_END_OF_STREAM = re.compile(rb"[\r\n]{0,2}endstream")
_IN_STRING = re.compile(rb"\\.|[()]", re.DOTALL)
_WHERE = re.compile(rb"startxref[\x00\t\n\f\r ]+(\d{1,12})")
_TABLE = re.compile(_SPACE + rb"xref[\x00\t\n\f\r ]+")
_SECTION = re.compile(rb"(\d{1,10})[ \t]+(\d{1,10})[ \t]*(?:\r\n|\n|\r)")
_ENTRY = re.compile(rb"(\d{10}) (\d{5}) ([nf])[ \r\n]{2}")
_TRAILER = re.compile(_SPACE + rb"trailer")
_MAY_HAVE = re.compile(rb"/Metadata|/ObjStm|/Meta#")
_INTEGER = re.compile(rb"[+-]?\d+")

Value = Any
Bytes = bytes | mmap.mmap


class _Unusual(Exception):
    """Something that this module does not read."""


class _Reference(NamedTuple):
    number: int


class _Place(NamedTuple):
    """Where an object is: at an offset of the file, or (`stream` is not 0) inside the object of that number."""

    offset: int
    stream: int = 0


def catalog_xmp(path: Path) -> bytes | None:
    """The XMP packet that the catalog of the PDF at `path` names; empty where there is none (or one of more than
    `MAX_BYTES`), None where that cannot be told here. Raises OSError.
    """
    with path.open("rb") as file:
        try:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError:  # an empty file
            return b""
        with data:
            try:
                return _File(data).xmp()
            except (_Unusual, zlib.error):
                return None if _MAY_HAVE.search(data) else b""


class _File:
    """The tables of one file, the newest first."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        self._tables: list[_Table] = []
        self._unpacked: dict[int, tuple[dict[int, int], bytes]] = {}
        found = list(_WHERE.finditer(data, max(0, len(data) - 2048)))
        if not found:
            raise _Unusual
        waiting, seen = [int(found[-1][1])], set[int]()
        while waiting:
            position = waiting.pop()
            if position in seen or len(seen) == _MAX_TABLES:
                raise _Unusual
            seen.add(position)
            table = self._table(position)
            if b"/Encrypt" in table.trailer:
                raise _Unusual
            self._tables.append(table)
            waiting += [_whole(table.trailer[key]) for key in (b"/Prev", b"/XRefStm") if key in table.trailer]

    def xmp(self) -> bytes:
        """See `catalog_xmp`."""
        root = next((table.trailer[b"/Root"] for table in self._tables if b"/Root" in table.trailer), None)
        catalog, _ = self._object(root)
        if not isinstance(catalog, dict):
            raise _Unusual
        if catalog.get(b"/Metadata") is None:
            return b""
        metadata, position = self._object(catalog[b"/Metadata"])
        if metadata is None:
            return b""
        packet = self._stream(metadata, position)
        return packet if len(packet) <= MAX_BYTES else b""

    def _object(self, reference: Value) -> tuple[Value, int]:
        """The object that a reference means, and the offset in the file behind it (0: not in the file itself)."""
        if not isinstance(reference, _Reference):
            raise _Unusual
        place = next((place for table in self._tables if (place := table.find(reference.number))), None)
        if place is None:
            raise _Unusual
        if place.stream:
            return self._packed(place.stream, reference.number), 0
        start = _OBJECT.match(self._data, place.offset)
        if start is None or int(start[1]) != reference.number:
            raise _Unusual
        return _value(self._data, start.end())

    def _packed(self, stream: int, number: int) -> Value:
        """An object of an object stream (ISO 32000-1, 7.5.7)."""
        if stream not in self._unpacked:
            about, position = self._object(_Reference(stream))
            if not isinstance(about, dict) or about.get(b"/Type") != b"/ObjStm" or b"/Extends" in about:
                raise _Unusual
            content = self._stream(about, position)
            count, first = _whole(about.get(b"/N")), _whole(about.get(b"/First"))
            numbers = content[:first].split(None, 2 * count)[: 2 * count]
            if len(numbers) != 2 * count or not all(map(bytes.isdigit, numbers)):
                raise _Unusual
            places = {int(numbers[i]): first + int(numbers[i + 1]) for i in range(0, 2 * count, 2)}
            self._unpacked[stream] = places, content
        places, content = self._unpacked[stream]
        if number not in places:
            raise _Unusual
        return _value(content, places[number])[0]

    def _stream(self, about: Value, position: int) -> bytes:
        """The content of the stream whose dictionary ends at `position`."""
        start = _STREAM.match(self._data, position) if isinstance(about, dict) and position else None
        if start is None:
            raise _Unusual
        length = about.get(b"/Length")
        length = _whole(self._object(length)[0] if isinstance(length, _Reference) else length)
        end = start.end() + length
        if not length or not _END_OF_STREAM.match(self._data, end):
            raise _Unusual
        content = self._data[start.end() : end]
        filters = about.get(b"/Filter")
        if filters in (None, []):
            return content
        parameters = about.get(b"/DecodeParms")
        if isinstance(parameters, list) and len(parameters) == 1:
            parameters = parameters[0]
        if filters not in (b"/FlateDecode", [b"/FlateDecode"]) or not isinstance(parameters, dict | None):
            raise _Unusual
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(content, _MAX_UNPACKED)
        if not unpacking.eof:
            raise _Unusual
        return _unpredicted(content, parameters or {})

    def _table(self, position: int) -> _Table:
        """The table of objects at an offset: a plain one (ISO 32000-1, 7.5.4) or a stream (7.5.8)."""
        plain = _TABLE.match(self._data, position)
        if plain is None:
            start = _OBJECT.match(self._data, position)
            about, behind = _value(self._data, start.end()) if start else (None, 0)
            if not isinstance(about, dict) or about.get(b"/Type") != b"/XRef":
                raise _Unusual
            return _PackedTable(about, self._stream(about, behind))
        sections = []
        position = plain.end()
        while (section := _SECTION.match(self._data, position)) is not None:
            first, count = int(section[1]), int(section[2])
            sections.append((first, count, section.end()))
            position = section.end() + 20 * count
        trailer = _TRAILER.match(self._data, position)
        about = _value(self._data, trailer.end())[0] if trailer else None
        if not isinstance(about, dict):
            raise _Unusual
        return _PlainTable(about, self._data, sections)


class _Table:
    """One table of objects and its trailer."""

    def __init__(self, trailer: dict[bytes, Value]) -> None:
        self.trailer = trailer

    def find(self, number: int) -> _Place | None:
        """Where the object of this number is; None where the table does not say."""
        raise NotImplementedError


class _PlainTable(_Table):
    def __init__(self, trailer: dict[bytes, Value], data: mmap.mmap, sections: list[tuple[int, int, int]]) -> None:
        super().__init__(trailer)
        self._data, self._sections = data, sections

    def find(self, number: int) -> _Place | None:
        for first, count, position in self._sections:
            if first <= number < first + count:
                entry = _ENTRY.match(self._data, position + 20 * (number - first))
                if entry is None:
                    raise _Unusual
                return _Place(int(entry[1])) if entry[3] == b"n" else None
        return None


class _PackedTable(_Table):
    def __init__(self, trailer: dict[bytes, Value], content: bytes) -> None:
        super().__init__(trailer)
        self._content = content
        widths = trailer.get(b"/W")
        if not isinstance(widths, list) or len(widths) != 3:
            raise _Unusual
        self._widths = [_whole(width) for width in widths]
        index = trailer.get(b"/Index") or [0, trailer.get(b"/Size")]
        if not isinstance(index, list) or len(index) % 2:
            raise _Unusual
        self._sections = [(_whole(index[i]), _whole(index[i + 1])) for i in range(0, len(index), 2)]

    def find(self, number: int) -> _Place | None:
        before = 0
        for first, count in self._sections:
            if first <= number < first + count:
                kind, second, _ = self._entry(before + number - first)
                if kind == 1:
                    return _Place(second)
                if kind == 2 and second:
                    return _Place(0, second)
                return None
            before += count
        return None

    def _entry(self, place: int) -> tuple[int, ...]:
        position = place * sum(self._widths)
        fields = []
        for width in self._widths:
            fields.append(int.from_bytes(self._content[position : position + width]))
            position += width
        if position > len(self._content):
            raise _Unusual
        return tuple(fields if self._widths[0] else [1, *fields[1:]])


def _unpredicted(content: bytes, parameters: dict[bytes, Value]) -> bytes:
    """Undo the PNG predictor "Up" or none at all (ISO 32000-1, 7.4.4.4), which is what tables are packed with."""
    predictor = parameters.get(b"/Predictor", 1)
    if predictor == 1:
        return content
    columns = _whole(parameters.get(b"/Columns", 1))
    if _whole(predictor) < 10 or {b"/Colors", b"/BitsPerComponent"} & parameters.keys() or not columns:
        raise _Unusual
    rows = []
    above = bytes(columns)
    for start in range(0, len(content), columns + 1):
        row = content[start + 1 : start + 1 + columns]
        if content[start] == 2:
            row = bytes((one + other) & 255 for one, other in zip(row, above, strict=False))
        elif content[start] != 0:
            raise _Unusual
        rows.append(row)
        above = row
    return b"".join(rows)


def _whole(value: Value) -> int:
    if not isinstance(value, int) or value < 0:
        raise _Unusual
    return value


def _value(data: Bytes, position: int) -> tuple[Value, int]:
    """The value (dictionary, list, name with its slash, number, reference; other kinds are None) that begins at a
    position, and the position behind it."""
    budget = iter(range(_MAX_TOKENS))
    return _read(data, *_next(data, position, budget), budget, 0)


def _next(data: Bytes, position: int, budget: Iterator[int]) -> tuple[bytes, int]:
    token = _TOKEN.match(data, position)
    if token is None or next(budget, None) is None:
        raise _Unusual
    return token[1], token.end()


def _read(data: Bytes, token: bytes, position: int, budget: Iterator[int], depth: int) -> tuple[Value, int]:
    if depth > _MAX_DEPTH:
        raise _Unusual
    if token in (b"<<", b"["):
        closing = b">>" if token == b"<<" else b"]"
        items: list[Value] = []
        while True:
            token, position = _next(data, position, budget)
            if token == closing:
                break
            item, position = _read(data, token, position, budget, depth + 1)
            items.append(item)
        if closing == b"]":
            return items, position
        if len(items) % 2 or not all(isinstance(key, bytes) for key in items[::2]):
            raise _Unusual
        return dict(zip(items[::2], items[1::2], strict=True)), position
    if token == b"(":
        return None, _behind_string(data, position)
    if _INTEGER.fullmatch(token):
        reference = _REFERENCE.match(data, position)
        return (_Reference(int(token)), reference.end()) if reference else (int(token), position)
    if token.startswith(b"/"):
        if b"#" in token:
            raise _Unusual
        return token, position
    if token in (b">>", b"]"):
        raise _Unusual
    return None, position


def _behind_string(data: Bytes, position: int) -> int:
    depth = 1
    for mark in _IN_STRING.finditer(data, position):
        depth += {b"(": 1, b")": -1}.get(mark[0], 0)
        if not depth:
            return mark.end()
    raise _Unusual
