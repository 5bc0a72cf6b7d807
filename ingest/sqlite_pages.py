"""Rows out of a SQLite file that SQLite cannot read any more: page by page, from the bytes of the file.

Rules: no SQL of the file is run and no tree is walked, so that a damaged page costs its own rows and no others.
Every page that is a leaf of a table is read, unless the file says that it is free (what was deleted does not come
back); a row is given whole or not at all. Of a write-ahead log the frames count that SQLite would count. Which
table a row is of, the caller has to see from its values. The format: https://www.sqlite.org/fileformat2.html
(1.3 header, 1.5 free pages, 1.6 trees and cells, 2.1 records, 4 the log).
"""

from __future__ import annotations

import os
import struct
import sys
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ingest.closing import Closing

Value = int | float | str | bytes | None

_TABLE_LEAF, _INDEX_LEAF, _INDEX_INNER = 0x0D, 0x0A, 0x02
_USUAL_PAGE = 4096
_FILE_HEADER = 100  # bytes at the beginning of the first page
_LOG_HEADER, _FRAME_HEADER = 32, 24
_LOG_MAGIC = 0x377F0682  # with little-endian checksums; one more: big-endian ones
_WIDTHS = (0, 1, 2, 3, 4, 6, 8)  # bytes of an integer, by serial type


class Row(NamedTuple):
    """A row of a table, or (rowid 0) an entry of an index."""

    rowid: int
    values: tuple[Value, ...]


class SqlitePages(Closing):
    """A SQLite file (and its log), read without SQLite. `unreadable`: pages and rows that were met and do not
    read, as far as `rows` and `index_entries` have come."""

    def __init__(self, file: Path) -> None:
        """Raises OSError where the file cannot be opened."""
        self._stream: BinaryIO = open(file, "rb")  # noqa: SIM115 - closed by `close`
        log = file.with_name(file.name + "-wal")
        self._size = _page_size(_read(self._stream, 0, _FILE_HEADER), log)
        self._logged = dict(_frames(log, self._size))
        stored = os.fstat(self._stream.fileno()).st_size
        self._count = max([-(-stored // self._size), *self._logged])
        header = self._page(1) or b""
        reserved = header[20] if len(header) > _FILE_HEADER and header.startswith(b"SQLite format 3\0") else 0
        self._usable = self._size - (reserved if self._size - reserved >= 480 else 0)
        self._free = self._free_pages(header)
        self.unreadable = 0

    def rows(self) -> Iterator[Row]:
        """The rows of all tables, of the file's own table of contents too, in the order of the pages."""
        return self._cells(_TABLE_LEAF)

    def index_entries(self) -> Iterator[Row]:
        """The entries of all indexes."""
        yield from self._cells(_INDEX_LEAF)
        yield from self._cells(_INDEX_INNER)

    def close(self) -> None:
        """Release the file."""
        self._stream.close()

    # -- inside

    def _page(self, number: int) -> bytes | None:
        """A page (from 1), None where it is not to be had."""
        logged = self._logged.get(number)
        if logged is not None:
            return logged
        page = _read(self._stream, (number - 1) * self._size, self._size)
        return page if len(page) == self._size else None

    def _free_pages(self, header: bytes) -> set[int]:
        free: set[int] = set()
        trunk = int.from_bytes(header[32:36], "big")
        while 0 < trunk <= self._count and trunk not in free:
            page = self._page(trunk)
            if page is None:
                break
            free.add(trunk)
            trunk, leaves = struct.unpack_from(">II", page)
            if leaves <= self._size // 4 - 2:
                free.update(struct.unpack_from(f">{leaves}I", page, 8))
        return free

    def _cells(self, kind: int) -> Iterator[Row]:
        for number in range(1, self._count + 1):
            if number in self._free:
                continue
            page = self._page(number)
            if page is None:
                self.unreadable += kind == _TABLE_LEAF
                continue
            start = _FILE_HEADER if number == 1 else 0
            if page[start] != kind:
                continue
            count = int.from_bytes(page[start + 3 : start + 5], "big")
            begin = start + (12 if kind == _INDEX_INNER else 8)
            for at in range(begin, begin + 2 * count, 2):
                try:
                    row = self._row(page, int.from_bytes(page[at : at + 2], "big"), kind)
                except (ValueError, IndexError, struct.error):
                    self.unreadable += 1
                else:
                    yield row

    def _row(self, page: bytes, at: int, kind: int) -> Row:
        if at < 8:
            raise ValueError("a cell in the header of its page")
        if kind == _INDEX_INNER:
            at += 4
        size, at = _varint(page, at)
        rowid = 0
        if kind == _TABLE_LEAF:
            rowid, at = _varint(page, at)
        return Row(rowid, _record(self._payload(page, at, size, whole_up_to=self._whole(kind))))

    def _whole(self, kind: int) -> int:
        """The largest payload that stands wholly on its page."""
        return self._usable - 35 if kind == _TABLE_LEAF else (self._usable - 12) * 64 // 255 - 23

    def _payload(self, page: bytes, at: int, size: int, *, whole_up_to: int) -> bytes:
        if not 0 < size <= self._usable * self._count:
            raise ValueError("a row as large as no row can be")
        if size <= whole_up_to:
            here = size
        else:
            least = (self._usable - 12) * 32 // 255 - 23
            here = least + (size - least) % (self._usable - 4)
            here = here if here <= whole_up_to else least
        parts = [page[at : at + here]]
        if len(parts[0]) != here:
            raise ValueError("a row that ends beyond its page")
        left = size - here
        following = int.from_bytes(page[at + here : at + here + 4], "big") if left else 0
        while left:
            more = self._page(following) if 0 < following <= self._count and following not in self._free else None
            if more is None:
                raise ValueError("the rest of a row is missing")
            parts.append(more[4 : 4 + min(left, self._usable - 4)])
            left -= len(parts[-1])
            following = int.from_bytes(more[:4], "big")
        return b"".join(parts)


def _read(stream: BinaryIO, at: int, size: int) -> bytes:
    try:
        stream.seek(at)
        return stream.read(size)
    except OSError:  # a sector that the disk does not give back
        return b""


def _page_size(header: bytes, log: Path) -> int:
    said = int.from_bytes(header[16:18], "big")
    said = 65536 if said == 1 else said
    if 512 <= said <= 65536 and said & (said - 1) == 0:
        return said
    try:
        with open(log, "rb") as stream:
            said = int.from_bytes(stream.read(12)[8:], "big")
    except OSError:
        return _USUAL_PAGE
    return said if 512 <= said <= 65536 and said & (said - 1) == 0 else _USUAL_PAGE


def _frames(log: Path, size: int) -> Iterator[tuple[int, bytes]]:
    """(page number, page) of the committed frames of a log, in order."""
    try:
        stream = open(log, "rb")  # noqa: SIM115 - closed below
    except OSError:
        return
    with stream:
        header = _read(stream, 0, _LOG_HEADER)
        if len(header) < _LOG_HEADER or int.from_bytes(header[:4], "big") & ~1 != _LOG_MAGIC:
            return
        big = bool(header[3] & 1)
        sums = _checksum(header[:24], (0, 0), big=big)
        if int.from_bytes(header[8:12], "big") != size or struct.pack(">II", *sums) != header[24:32]:
            return
        waiting: list[tuple[int, bytes]] = []
        at = _LOG_HEADER
        while True:
            frame = _read(stream, at, _FRAME_HEADER + size)
            at += _FRAME_HEADER + size
            if len(frame) < _FRAME_HEADER + size or frame[8:16] != header[16:24]:
                return
            sums = _checksum(frame[:8] + frame[_FRAME_HEADER:], sums, big=big)
            if struct.pack(">II", *sums) != frame[16:24]:
                return
            number, committed = struct.unpack_from(">II", frame)
            waiting.append((number, frame[_FRAME_HEADER:]))
            if committed:
                yield from waiting
                waiting.clear()


def _checksum(data: bytes, sums: tuple[int, int], *, big: bool) -> tuple[int, int]:
    words = array("I", data)
    if big == (sys.byteorder == "little"):
        words.byteswap()
    one, two = sums
    for even, odd in zip(words[::2], words[1::2], strict=True):
        one = (one + even + two) & 0xFFFFFFFF
        two = (two + odd + one) & 0xFFFFFFFF
    return one, two


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of 1 to 9 bytes, as a signed one of 64 bits, and where it ends."""
    value = 0
    for place in range(at, at + 8):
        byte = data[place]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place + 1
    value = value << 8 | data[at + 8]
    return value - (1 << 64) if value >> 63 else value, at + 9


def _record(payload: bytes) -> tuple[Value, ...]:
    end, at = _varint(payload, 0)
    types = []
    while at < end:
        kind, at = _varint(payload, at)
        types.append(kind)
    if at != end or at > len(payload):
        raise ValueError("the header of a row does not end where it says")
    values: list[Value] = []
    for kind in types:
        length = (kind - 12) // 2 if kind >= 12 else 8 if kind == 7 else _WIDTHS[kind] if 0 <= kind <= 6 else 0
        data = payload[at : at + length]
        at += length
        if len(data) != length:
            raise ValueError("a row is shorter than its header says")
        values.append(_value(kind, data))
    if at != len(payload):
        raise ValueError("a row is longer than its header says")
    return tuple(values)


def _value(kind: int, data: bytes) -> Value:
    if kind == 0:
        return None
    if 1 <= kind <= 6:
        return int.from_bytes(data, "big", signed=True)
    if kind == 7:
        number: float = struct.unpack(">d", data)[0]
        return number
    if kind in (8, 9):
        return kind - 8
    if kind < 12:
        raise ValueError("a type that SQLite does not use")
    return data.decode() if kind % 2 else data
