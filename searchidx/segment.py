"""How one segment lies on disk, and how it is read with nothing but the standard library.

Rule: the layout is defined here alone, for writing and for reading. A segment is two files of the form `magic,
sections, footer (JSON), CRC-32 of the footer (4 bytes), its length (8 bytes), magic`; the footer names the file
itself (one put in the place of another is seen), each section's offset and length and the CRC-32 of all that
precedes it. Numbers are little-endian. The footer's
checksum is tested when a file is opened, so its tables can be trusted; that of the content only by `check`, which
reads all of it.

`NAME.doc`, per document (numbers count from 0 within the segment):
    ids          8 bytes each, the document id
    len:FIELD    4 bytes each, exact number of tokens of each text field
    page_index   4 bytes each, n+1 of them: where the document's pages begin in the next two
    page_start   4 bytes each, position in `text` of the page's first token
    page_number  4 bytes each, the physical page number
`NAME.pst`, per field, for its terms in byte order:
    FIELD:blob, FIELD:ends   the terms' UTF-8 bytes, joined, and where each ends (4 bytes each)
    FIELD:df, FIELD:cf       document and collection frequency of each (4 bytes each)
    FIELD:at                 where each posting list begins in `postings` (8 bytes each, one more than terms)
    postings                 the posting lists

A posting list is one byte of width codes, then arrays: document gaps, frequencies, positions (for each document
the first as it is, the others as gaps). A width code is 0, 1, 2 for 1, 2, 4 bytes an item and 3 for "left out":
frequencies are left out when all are 1, positions in fields that have none. Fixed widths decode with one
`frombytes` and one `accumulate`, both in C, which is what makes a search from a cold shell fast without NumPy.
"""

from __future__ import annotations

import json
import mmap
import sys
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ingest.errors import IndexDamaged

#: The endings of the two files of a segment.
DOCUMENTS, POSTINGS = SUFFIXES = (".doc", ".pst")
MAGIC = b"DOSSIER1"
FORMAT = 2
_TYPECODES = "BHI"
_LEFT_OUT = 3
_TAIL = 4 + 8 + len(MAGIC)


def packed(values: Iterable[int], width: int = 2) -> bytes:
    """The integers as little-endian bytes; width is an index into 1, 2, 4 bytes."""
    items = array(_TYPECODES[width], values)
    if sys.byteorder == "big":
        items.byteswap()
    return items.tobytes()


def unpacked(data: bytes | memoryview, width: int = 2) -> array[int]:
    """The inverse of `packed`."""
    items = array(_TYPECODES[width])
    items.frombytes(data)
    if sys.byteorder == "big":
        items.byteswap()
    return items


def _width(largest: int) -> int:
    return 0 if largest < 1 << 8 else 1 if largest < 1 << 16 else 2


class SectionWriter:
    """Writes the container that both files of a segment use. Call `finish` once, then the file is complete."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._sections: dict[str, tuple[int, int]] = {}
        self._crc = 0
        self.offset = 0
        self.write(MAGIC)

    def write(self, data: bytes) -> None:
        """Append bytes that belong to the section under way."""
        self._stream.write(data)
        self._crc = zlib.crc32(data, self._crc)
        self.offset += len(data)

    def section(self, name: str, data: bytes) -> None:
        """Append a whole section."""
        start = self.offset
        self.write(data)
        self.note(name, start)

    def note(self, name: str, start: int) -> None:
        """Name what has been written since `start` as a section."""
        self._sections[name] = (start, self.offset - start)

    def finish(self, **facts: object) -> None:
        """Write the footer. facts: JSON values that the reader finds in `.facts`."""
        footer = json.dumps(
            {
                "format": FORMAT,
                "name": Path(self._stream.name).name,
                "sections": self._sections,
                "crc": self._crc,
                "facts": facts,
            }
        ).encode()
        self._stream.write(
            footer + zlib.crc32(footer).to_bytes(4, "little") + len(footer).to_bytes(8, "little") + MAGIC
        )


class SectionFile:
    """A memory-mapped file written by `SectionWriter`.

    Raises FileNotFoundError when it is gone and IndexDamaged when it does not have the expected form.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with open(path, "rb") as stream:
            try:
                self._map = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
            except ValueError as error:  # an empty file cannot be mapped
                raise self.damaged("it is empty") from error
        try:
            self._read_footer()
        except BaseException:
            self._map.close()
            raise

    def _read_footer(self) -> None:
        data = self._map
        if len(data) < _TAIL + len(MAGIC) or data[: len(MAGIC)] != MAGIC or data[-len(MAGIC) :] != MAGIC:
            raise self.damaged("it is cut off or not an index file")
        end = len(data) - _TAIL
        crc, length = (
            int.from_bytes(data[end : end + 4], "little"),
            int.from_bytes(data[end + 4 : end + 12], "little"),
        )
        self._body = end - length
        if self._body < len(MAGIC) or zlib.crc32(data[self._body : end]) != crc:
            raise self.damaged("its footer does not read")
        try:
            footer = json.loads(data[self._body : end])
            if footer["format"] != FORMAT:
                raise IndexDamaged(
                    f"{self.path}: the index has format {footer['format']}, this version reads {FORMAT}: "
                    "run `dossier rebuild`"
                )
            name = footer["name"]
            self._sections: dict[str, tuple[int, int]] = {
                section: self._place(*place) for section, place in footer["sections"].items()
            }
            self._crc: int = footer["crc"]
            self.facts: dict[str, int] = dict(footer["facts"])
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            # Its checksum is right: somebody made it so, or another version.
            raise self.damaged("its footer is not one that this version writes") from error
        if max((start + length for start, length in self._sections.values()), default=len(MAGIC)) != self._body:
            raise self.damaged("bytes are missing in it, or too many")
        if name != self.path.name:
            raise self.damaged("it is another file of an index under this name")

    def _place(self, start: int, length: int) -> tuple[int, int]:
        if type(start) is not int or type(length) is not int:
            raise TypeError("a place is two numbers")
        if length < 0 or not len(MAGIC) <= start <= self._body - length:
            raise ValueError("a section lies outside")
        return start, length

    def damaged(self, why: str) -> IndexDamaged:
        """The error that says so, with the next step."""
        return IndexDamaged(f"{self.path}: {why}: run `dossier rebuild` to make the index anew")

    def __contains__(self, name: str) -> bool:
        return name in self._sections

    def names(self) -> Iterator[str]:
        """The names of all sections."""
        return iter(self._sections)

    def read(self, name: str) -> bytes:
        """A whole section; an absent one is empty."""
        start, length = self._sections.get(name, (0, 0))
        return self._map[start : start + length]

    def numbers(self, name: str) -> array[int]:
        """A whole section of 4-byte numbers; an absent one is empty."""
        data = self.read(name)
        if len(data) % 4:
            raise self.damaged(f"section {name} is no table of numbers")
        return unpacked(data)

    def slice(self, name: str, start: int, end: int) -> bytes:
        """Bytes start to end of a section."""
        base, length = self._sections[name]
        if not 0 <= start <= end <= length:
            raise self.damaged(f"section {name} is shorter than its table says")
        return self._map[base + start : base + end]

    def check(self) -> None:
        """Read everything and compare with the checksum; raises IndexDamaged where they differ."""
        crc = 0
        for start in range(0, self._body, 1 << 20):
            crc = zlib.crc32(self._map[start : min(start + (1 << 20), self._body)], crc)
        if crc != self._crc:
            raise self.damaged("its content does not match its checksum")

    def close(self) -> None:
        """Release the mapping."""
        self._map.close()


class PostingList(NamedTuple):
    """Decoded postings of one term: document numbers ascending, frequencies beside them, and packed positions.

    ends[i] is where the positions of document i end in `positions`; both are empty where the field has none.
    """

    docs: Sequence[int]
    freqs: Sequence[int]
    positions: Sequence[int]
    ends: Sequence[int]

    def at(self, index: int) -> list[int]:
        """The positions in the document docs[index], ascending."""
        start = self.ends[index - 1] if index else 0
        return list(accumulate(self.positions[start : self.ends[index]]))


NO_POSTINGS = PostingList((), (), (), ())


def encode_postings(docs: Sequence[int], freqs: Sequence[int], positions: Sequence[Sequence[int]]) -> bytes:
    """One posting list as bytes. positions: one ascending sequence a document, or empty for a field without."""
    gaps = [docs[0], *(b - a for a, b in pairwise(docs))]
    gap_width = _width(max(gaps))
    freq_width = _LEFT_OUT if max(freqs) == 1 else _width(max(freqs))
    position_width = _LEFT_OUT
    flat: list[int] = []
    if positions:
        for run in positions:
            flat.append(run[0])
            flat.extend(b - a for a, b in pairwise(run))
        position_width = _width(max(flat))
    parts = [bytes((gap_width | freq_width << 2 | position_width << 4,)), packed(gaps, gap_width)]
    if freq_width != _LEFT_OUT:
        parts.append(packed(freqs, freq_width))
    if position_width != _LEFT_OUT:
        parts.append(packed(flat, position_width))
    return b"".join(parts)


def decode_postings(data: bytes, df: int, cf: int) -> PostingList:
    """The inverse of `encode_postings`; df and cf are the term's document and collection frequency.

    Raises ValueError where the bytes are not as many as these ask for.
    """
    if not data:
        raise ValueError("no bytes")
    codes = data[0]
    view = memoryview(data)
    width = codes & 3
    if width == _LEFT_OUT:
        raise ValueError("no documents")
    end = 1 + (df << width)
    docs = list(accumulate(unpacked(view[1:end], width)))
    width = codes >> 2 & 3
    freqs: Sequence[int]
    if width == _LEFT_OUT:
        freqs = [1] * df
    else:
        start, end = end, end + (df << width)
        freqs = unpacked(view[start:end], width)
    width = codes >> 4 & 3
    start, end = end, end + (cf << width if width != _LEFT_OUT else 0)
    if end != len(data):
        raise ValueError(f"{len(data)} bytes where {end} are expected")
    if width == _LEFT_OUT:
        return PostingList(docs, freqs, (), ())
    return PostingList(docs, freqs, unpacked(view[start:end], width), list(accumulate(freqs)))


class FieldTerms:
    """The sorted terms of one field of a segment."""

    def __init__(self, file: SectionFile, field: str, documents: int) -> None:
        self._file = file
        self._documents = documents
        self._blob = file.read(f"{field}:blob")
        self._ends = file.numbers(f"{field}:ends")
        self._df = file.numbers(f"{field}:df")
        self._cf = file.numbers(f"{field}:cf")
        self._at_name = f"{field}:at"
        if not len(self._ends) == len(self._df) == len(self._cf):
            raise file.damaged(f"the tables of {field} do not fit each other")

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, ordinal: int) -> bytes:
        if ordinal < 0 or ordinal >= len(self._ends):
            raise IndexError(ordinal)
        start = self._ends[ordinal - 1] if ordinal else 0
        return self._blob[start : self._ends[ordinal]]

    def text(self, ordinal: int) -> str:
        """The term with this ordinal, as text."""
        try:
            return self[ordinal].decode()
        except UnicodeDecodeError as error:
            raise self._file.damaged("a term does not read") from error

    def find(self, term: bytes) -> int:
        """The ordinal of the term, or -1."""
        ordinal = bisect_left(self, term)
        return ordinal if ordinal < len(self) and self[ordinal] == term else -1

    def starting_with(self, prefix: bytes) -> range:
        """The ordinals of the terms that begin with the bytes."""
        first = bisect_left(self, prefix)
        # 0xff cannot occur in UTF-8, so this sorts behind every term that begins with the prefix
        return range(first, bisect_left(self, prefix + b"\xff", lo=first))

    def document_frequency(self, ordinal: int) -> int:
        """In how many documents of the segment the term occurs, deleted ones included."""
        return self._df[ordinal]

    def collection_frequency(self, ordinal: int) -> int:
        """How often the term occurs in the segment, deleted documents included."""
        return self._cf[ordinal]

    def postings(self, ordinal: int) -> PostingList:
        """Read and decode one posting list."""
        ends = self._file.slice(self._at_name, 8 * ordinal, 8 * ordinal + 16)
        start, end = int.from_bytes(ends[:8], "little"), int.from_bytes(ends[8:], "little")
        data = self._file.slice("postings", start, end)
        try:
            found = decode_postings(data, self._df[ordinal], self._cf[ordinal])
        except ValueError as error:
            raise self._file.damaged("a posting list does not read") from error
        if found.docs[-1] >= self._documents or (found.ends and found.ends[-1] != self._cf[ordinal]):
            raise self._file.damaged("a posting list is not of this segment")
        return found


class SegmentData:
    """A segment opened for reading: documents, lengths, pages, terms and postings."""

    def __init__(self, directory: Path, name: str) -> None:
        self.name = name
        self._docs = SectionFile(directory / f"{name}{DOCUMENTS}")
        try:
            self._posts = SectionFile(directory / f"{name}{POSTINGS}")
        except BaseException:
            self._docs.close()
            raise
        self._ids = self._docs.read("ids")
        self.doc_count = len(self._ids) // 8
        if self._docs.facts.get("documents") != self.doc_count:
            self.close()
            raise self._docs.damaged("it does not hold as many documents as it says")
        self._terms: dict[str, FieldTerms] = {}
        self._lengths: dict[str, array[int]] = {}
        self._page_index: array[int] | None = None

    def document_id(self, doc: int) -> str:
        """The id (16 hexadecimal digits) of a document number."""
        return self._ids[8 * doc : 8 * doc + 8].hex()

    def fields(self) -> list[str]:
        """The names of the fields that have terms."""
        return sorted(name[:-5] for name in self._posts.names() if name.endswith(":blob"))

    def terms(self, field: str) -> FieldTerms:
        """The term dictionary of a field; empty for a field without terms."""
        found = self._terms.get(field)
        if found is None:
            found = self._terms[field] = FieldTerms(self._posts, field, self.doc_count)
        return found

    def postings(self, field: str, term: str) -> PostingList:
        """The postings of a term, deleted documents included; empty where it does not occur."""
        terms = self.terms(field)
        # A lone surrogate (an odd byte on the command line) stands in no document: it is looked up and not found.
        ordinal = terms.find(term.encode("utf-8", "surrogatepass"))
        return NO_POSTINGS if ordinal < 0 else terms.postings(ordinal)

    def lengths(self, field: str) -> array[int]:
        """The number of tokens of a text field, one a document."""
        found = self._lengths.get(field)
        if found is None:
            found = self._docs.numbers(f"len:{field}")
            if not found:
                found = array("I", bytes(4 * self.doc_count))
            if len(found) != self.doc_count:
                raise self._docs.damaged(f"the lengths of {field} are not as many as the documents")
            self._lengths[field] = found
        return found

    def pages(self, doc: int) -> tuple[array[int], array[int]]:
        """(starts, numbers) of the document's pages: positions in `text`, and physical page numbers."""
        if self._page_index is None:
            self._page_index = self._docs.numbers("page_index")
            if len(self._page_index) != self.doc_count + 1:
                raise self._docs.damaged("its table of pages does not fit its documents")
        first, last = self._page_index[doc], self._page_index[doc + 1]
        return (
            unpacked(self._docs.slice("page_start", 4 * first, 4 * last)),
            unpacked(self._docs.slice("page_number", 4 * first, 4 * last)),
        )

    def check(self) -> None:
        """Verify checksums and decode every posting list; raises IndexDamaged at the first that is wrong."""
        self._docs.check()
        self._posts.check()
        for field in self.fields():
            terms = self.terms(field)
            for ordinal in range(len(terms)):
                terms.postings(ordinal)

    def close(self) -> None:
        """Release both files."""
        self._docs.close()
        self._posts.close()
