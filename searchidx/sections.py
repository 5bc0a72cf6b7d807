"""A file of named sections, checked page by page as it is read.

Rule: no byte of a file is believed before the checksum of its page was compared, and each page is checked once per
process, when it is first needed; so damage is an error and never a wrong answer, and opening a file costs the same
however large it is. The form of the file is described in docs/index-format.md.
"""

from __future__ import annotations

import json
import mmap
import sys
import zlib
from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO

from ingest.errors import IndexDamaged

MAGIC = b"DOSSIER4"
FORMAT = 4
#: Bytes of the file that share a checksum.
PAGE = 1 << 14
ALIGNMENT = 8
_TAIL = 4 + 8 + len(MAGIC)
_TYPECODES = "BHI"


def packed(values: Iterable[int], width: int = 2) -> bytes:
    """The integers as little-endian bytes; width is an index into 1, 2, 4 bytes."""
    items = array(_TYPECODES[width], values)
    if sys.byteorder == "big":
        items.byteswap()
    return items.tobytes()


def data_of(numbers: array[int]) -> bytes | memoryview:
    """The 4-byte integers of an array as little-endian bytes, where they lie so without copying them."""
    return packed(numbers) if sys.byteorder == "big" else memoryview(numbers).cast("B")


def joined(terms: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Terms joined, and where each ends (packed)."""
    return b"".join(terms), packed(accumulate(map(len, terms)))


def unpacked(data: bytes | memoryview, width: int = 2) -> array[int]:
    """The inverse of `packed`."""
    items = array(_TYPECODES[width])
    items.frombytes(data)
    if sys.byteorder == "big":
        items.byteswap()
    return items


class SectionWriter:
    """Writes such a file. Call `finish` once, then it is complete."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._sections: dict[str, tuple[int, int]] = {}
        self._crcs = array("I")
        self._page = bytearray()  # what of the page under way is written, and not yet in the checksums
        self.offset = 0
        self.write(MAGIC)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Append bytes that belong to the section under way."""
        self._stream.write(data)
        self.offset += len(data)
        self._page += data
        whole = len(self._page) // PAGE * PAGE
        if whole:
            view = memoryview(self._page)
            self._crcs.extend(zlib.crc32(view[start : start + PAGE]) for start in range(0, whole, PAGE))
            view.release()
            del self._page[:whole]

    def begin(self) -> int:
        """Where the next section begins: at a multiple of ALIGNMENT."""
        self.write(bytes(-self.offset % ALIGNMENT))
        return self.offset

    def section(self, name: str, data: bytes | bytearray | memoryview) -> None:
        """Append a whole section."""
        start = self.begin()
        self.write(data)
        self.note(name, start)

    def note(self, name: str, start: int) -> None:
        """Name what has been written since `start` as a section."""
        self._sections[name] = (start, self.offset - start)

    def finish(self, **facts: object) -> None:
        """Write the checksums and the footer. facts: JSON values that the reader finds in `.facts`."""
        start = self.begin()
        if self._page:
            self._crcs.append(zlib.crc32(self._page))
        crcs = packed(self._crcs)
        self._sections["crcs"] = (start, len(crcs))
        footer = json.dumps(
            {"format": FORMAT, "sections": self._sections, "facts": facts, "crc": zlib.crc32(crcs)}
        ).encode()
        self._stream.write(
            crcs + footer + zlib.crc32(footer).to_bytes(4, "little") + len(footer).to_bytes(8, "little") + MAGIC
        )


class SectionFile:
    """A memory-mapped file written by `SectionWriter`. footer: its footer's checksum, which tells files apart.

    Raises FileNotFoundError when it is gone and IndexDamaged when it does not have the expected form.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with open(path, "rb") as stream:
            try:
                self.map = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
            except ValueError as error:  # an empty file cannot be mapped
                raise self.damaged("it is empty") from error
        try:
            self._read_footer()
        except BaseException:
            self.map.close()
            raise

    def _read_footer(self) -> None:
        data = self.map
        if len(data) < _TAIL + len(MAGIC) or data[-len(MAGIC) :] != MAGIC or data[: len(MAGIC)] != MAGIC:
            raise self.damaged("it is cut off, or no index file of this version")
        end = len(data) - _TAIL
        crc, length = (
            int.from_bytes(data[end : end + 4], "little"),
            int.from_bytes(data[end + 4 : end + 12], "little"),
        )
        begin = end - length
        if begin < len(MAGIC) or zlib.crc32(data[begin:end]) != crc:
            raise self.damaged("its footer does not read")
        self.footer = crc
        try:
            footer = json.loads(data[begin:end])
            if footer["format"] != FORMAT:
                raise IndexDamaged(
                    f"{self.path}: the index has format {footer['format']}, this version reads {FORMAT}: "
                    "run `dossier rebuild`"
                )
            self._sections: dict[str, tuple[int, int]] = {
                section: _place(place, begin) for section, place in footer["sections"].items()
            }
            self.facts: dict[str, object] = dict(footer["facts"])
            self.body, length = self._sections["crcs"]
            wanted = footer["crc"]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            # Its checksum is right: somebody made it so, or another version.
            raise self.damaged("its footer is not one that this version writes") from error
        if max(start + size for start, size in self._sections.values()) != begin:
            raise self.damaged("bytes are missing in it, or too many")
        self.crcs = data[self.body : self.body + length]
        if zlib.crc32(self.crcs) != wanted or length != 4 * -(-self.body // PAGE):
            raise self.damaged("its checksums do not read")
        self._checked = bytearray(length // 4)
        self._touch(0, len(MAGIC))

    def damaged(self, why: str) -> IndexDamaged:
        """The error that says so, with the next step."""
        return IndexDamaged(f"{self.path}: {why}: run `dossier rebuild` to make the index anew")

    def __contains__(self, name: str) -> bool:
        return name in self._sections

    def names(self) -> Iterable[str]:
        """The names of all sections."""
        return self._sections

    def place(self, name: str) -> tuple[int, int]:
        """(offset, length) of a section in the file; an absent one is empty."""
        start, length = self._sections.get(name, (0, 0))
        return start, length

    def read(self, name: str) -> bytes:
        """A whole section; an absent one is empty."""
        start, length = self._sections.get(name, (0, 0))
        self._touch(start, start + length)
        return self.map[start : start + length]

    def numbers(self, name: str) -> array[int]:
        """A whole section of 4-byte numbers; an absent one is empty."""
        data = self.read(name)
        if len(data) % 4:
            raise self.damaged(f"section {name} is no table of numbers")
        return unpacked(data)

    def slice(self, name: str, start: int, end: int) -> bytes:
        """Bytes start to end of a section."""
        base, length = self._sections.get(name, (0, 0))
        if not 0 <= start <= end <= length:
            raise self.damaged(f"section {name} is shorter than its table says")
        self._touch(base + start, base + end)
        return self.map[base + start : base + end]

    def _touch(self, start: int, end: int) -> None:
        """Check the pages of these bytes that were not checked yet."""
        for page in range(start // PAGE, -(-end // PAGE)):
            if not self._checked[page]:
                first = page * PAGE
                crc = zlib.crc32(self.map[first : min(first + PAGE, self.body)])
                if crc != int.from_bytes(self.crcs[4 * page : 4 * page + 4], "little"):
                    raise self.damaged("its content does not match its checksum")
                self._checked[page] = 1

    def check(self) -> None:
        """Read everything and compare with the checksums; raises IndexDamaged where they differ."""
        self._checked = bytearray(len(self._checked))
        self._touch(0, self.body)

    def close(self) -> None:
        """Release the mapping."""
        self.map.close()


def _place(place: object, end: int) -> tuple[int, int]:
    """A place in the file; raises ValueError for one that is none."""
    if not isinstance(place, list) or len(place) != 2:
        raise ValueError("a place is two numbers")
    start, length = place
    if type(start) is not int or type(length) is not int:
        raise ValueError("a place is two numbers")
    if length < 0 or not len(MAGIC) <= start <= end - length:
        raise ValueError("a section lies outside")
    return start, length
