"""A segment opened for reading, with nothing but the standard library.

Rule: this is the plain-Python reading of the layout that docs/index-format.md describes; the compiled kernel reads
the same. Words stand once in the index, as written; the lists of a stem are those of its words put together.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Protocol

from ingest.errors import IndexDamaged
from searchidx.fields import FILTER_FIELDS, TEXT_FIELD_NAMES, stem_field
from searchidx.postings import NO_POSTINGS, PostingList, decode_postings, merged, varints
from searchidx.sections import SectionFile, unpacked

#: The ending of a segment's file.
SUFFIX = ".seg"


class Terms(Protocol):
    """The sorted terms of one field, numbered from 0; a number may be a repetition of the one before."""

    def __len__(self) -> int: ...

    def __getitem__(self, ordinal: int) -> bytes: ...

    def text(self, ordinal: int) -> str:
        """The term with this number, as text."""

    def find(self, term: bytes) -> int:
        """The first number of the term, or -1."""

    def starting_with(self, prefix: bytes) -> range:
        """The numbers of the terms that begin with the bytes."""

    def among(self, ordinals: range) -> Iterator[str]:
        """The terms of these numbers that occur in the field, each once."""

    def occurs(self, ordinal: int) -> bool:
        """Whether the term with this first number occurs in the field."""

    def postings(self, ordinal: int) -> PostingList:
        """The postings of the term with this first number, deleted documents included."""


class _Dictionary:
    """Sorted terms: their bytes joined, and where each ends."""

    def __init__(self, file: SectionFile, blob: str, ends: str) -> None:
        self._file = file
        self._blob = file.read(blob)
        self._ends = file.numbers(ends)

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, ordinal: int) -> bytes:
        if ordinal < 0 or ordinal >= len(self._ends):
            raise IndexError(ordinal)
        start = self._ends[ordinal - 1] if ordinal else 0
        return self._blob[start : self._ends[ordinal]]

    def text(self, ordinal: int) -> str:
        try:
            return self[ordinal].decode()
        except UnicodeDecodeError as error:
            raise self._file.damaged("a term does not read") from error

    def find(self, term: bytes) -> int:
        ordinal = bisect_left(self, term)
        return ordinal if ordinal < len(self) and self[ordinal] == term else -1

    def starting_with(self, prefix: bytes) -> range:
        first = bisect_left(self, prefix)
        # 0xff cannot occur in UTF-8, so this sorts behind every term that begins with the prefix
        return range(first, bisect_left(self, prefix + b"\xff", lo=first))

    def among(self, ordinals: range) -> Iterator[str]:
        previous = b""
        for ordinal in ordinals:
            term = self[ordinal]
            if (term != previous or not term) and self.occurs(ordinal):
                previous = term
                yield self.text(ordinal)

    def occurs(self, ordinal: int) -> bool:
        return True


class _Values(_Dictionary):
    """The values of a filter field."""

    def __init__(self, file: SectionFile, field: str, documents: int) -> None:
        super().__init__(file, f"{field}:blob", f"{field}:ends")
        self._df = file.numbers(f"{field}:df")
        self._at = f"{field}:at"
        self._documents = documents

    def postings(self, ordinal: int) -> PostingList:
        start, end = _bounds(self._file, self._at, ordinal)
        return _decoded(self._file, start, end, self._df[ordinal], self._documents)


class _Words(_Dictionary):
    """The words of one text field."""

    def __init__(self, data: SegmentData, field: int, blob: str = "blob", ends: str = "ends") -> None:
        super().__init__(data.file, blob, ends)
        self._data = data
        self._field = field

    def entries(self, ordinal: int) -> range | array[int]:
        """The entries of the word with this first number."""
        last = ordinal + 1
        while last < len(self) and self[last] == self[ordinal]:
            last += 1
        return range(ordinal, last)

    def occurs(self, ordinal: int) -> bool:
        return any(self._data.entry_fields(entry) >> self._field & 1 for entry in self.entries(ordinal))

    def postings(self, ordinal: int) -> PostingList:
        lists = [self._data.entry_postings(entry, self._field) for entry in self.entries(ordinal)]
        lists = [found for found in lists if found.docs]
        return merged(lists) if lists else NO_POSTINGS


class _Stems(_Words):
    """The stems of one text field."""

    def __init__(self, data: SegmentData, field: int) -> None:
        super().__init__(data, field, "stem_blob", "stem_ends")
        self._first = data.file.numbers("stem_first")
        self._entries = data.file.numbers("stem_entries")

    def entries(self, ordinal: int) -> array[int]:
        return self._entries[self._first[ordinal] : self._first[ordinal + 1]]


class SegmentData:
    """A segment opened for reading: documents, lengths, pages, terms and postings."""

    def __init__(self, directory: Path, name: str) -> None:
        self.name = name
        self.file = SectionFile(directory / f"{name}{SUFFIX}")
        self.doc_count = self.file.place("ids")[1] // 8
        try:
            self._check_tables()
        except BaseException:
            self.file.close()
            raise
        self._terms: dict[str, Terms] = {}
        self._lengths: dict[str, array[int]] = {}

    def _check_tables(self) -> None:
        """Raise IndexDamaged where a table has not as many rows as it must: what reads them relies on that."""
        size = {name: self.file.place(name)[1] for name in self.file.names()}
        documents, entries, stems = self.doc_count, size.get("ends", 0) // 4, size.get("stem_ends", 0) // 4
        wanted = {
            "ids": 8 * documents,
            "page_index": 4 * documents + 4,
            **{f"len:{name}": 4 * documents for name in TEXT_FIELD_NAMES},
            **dict.fromkeys(("ends", "stem", "df", "stem_entries"), 4 * entries),
            "at": 8 * entries + 8,
            **dict.fromkeys(("stem_ends", "stem_df"), 4 * stems),
            "stem_first": 4 * stems + 4,
        }
        for field in FILTER_FIELDS:
            if f"{field}:ends" in size:
                values = size[f"{field}:ends"] // 4
                wanted |= {f"{field}:ends": 4 * values, f"{field}:df": 4 * values, f"{field}:at": 8 * values + 8}
        for name, rows in wanted.items():
            if size.get(name, 0) != rows:
                raise self.file.damaged(f"its table {name} has not as many rows as it must")
        if self.file.facts.get("documents") != documents:
            raise self.file.damaged("it does not hold as many documents as it says")
        tokens = self.file.facts.get("tokens")
        if not isinstance(tokens, dict) or not all(_is_total(tokens.get(name)) for name in TEXT_FIELD_NAMES):
            raise self.file.damaged("it does not say how many words it holds")
        self._totals = tokens

    def document_id(self, doc: int) -> str:
        """The id (16 hexadecimal digits) of a document number."""
        return self.file.slice("ids", 8 * doc, 8 * doc + 8).hex()

    def fields(self) -> list[str]:
        """The names of the fields that may have terms."""
        values = [field for field in FILTER_FIELDS if f"{field}:blob" in self.file]
        return [*TEXT_FIELD_NAMES, *map(stem_field, TEXT_FIELD_NAMES), *values]

    def terms(self, field: str) -> Terms:
        """The term dictionary of a field; empty for a field without terms.

        A text field has its words under its own name, and their stems under `stem_field(name)`.
        """
        found = self._terms.get(field)
        if found is None:
            if field in FILTER_FIELDS:
                found = _Values(self.file, field, self.doc_count)
            elif field in TEXT_FIELD_NAMES:
                found = _Words(self, TEXT_FIELD_NAMES.index(field))
            else:
                found = _Stems(self, [stem_field(name) for name in TEXT_FIELD_NAMES].index(field))
            self._terms[field] = found
        return found

    def postings(self, field: str, term: str) -> PostingList:
        """The postings of a term, deleted documents included; empty where it does not occur."""
        terms = self.terms(field)
        # A lone surrogate (an odd byte on the command line) stands in no document: it is looked up and not found.
        ordinal = terms.find(term.encode("utf-8", "surrogatepass"))
        return NO_POSTINGS if ordinal < 0 else terms.postings(ordinal)

    def value_tables(self, field: str) -> tuple[int, int]:
        """Where in the file the tables of a filter field lie: of its lists, and of its document frequencies."""
        return self.file.place(f"{field}:at")[0], self.file.place(f"{field}:df")[0]

    def document_frequencies(self, field: str) -> array[int]:
        """Of each value of a filter field, the number of documents that have it, deleted ones included."""
        return self.file.numbers(f"{field}:df")

    def entry_fields(self, entry: int) -> int:
        """A bit for each text field in which an entry occurs."""
        start, _ = _bounds(self.file, "at", entry)
        return self.file.slice("postings", start, start + 1)[0]

    def entry_postings(self, entry: int, field: int) -> PostingList:
        """The postings of an entry (a word and its stem) in a text field, by its number."""
        start, end = _bounds(self.file, "at", entry)
        fields = self.file.slice("postings", start, start + 1)[0]
        if not fields >> field & 1:
            return NO_POSTINGS
        # The head is short: a list's numbers take three varints of at most five bytes.
        head = self.file.slice("postings", start + 1, min(end, start + 1 + 15 * len(TEXT_FIELD_NAMES)))
        try:
            numbers = varints(head, 0)
            begin = df = size = at = 0
            for number in range(len(TEXT_FIELD_NAMES)):
                if fields >> number & 1:
                    found = (next(numbers)[0], next(numbers)[0], *next(numbers))
                    if number < field:
                        begin += found[2]
                    elif number == field:
                        df, _, size, _ = found
                    at = found[3]
        except ValueError as error:
            raise self.file.damaged("the head of a posting list does not read") from error
        begin += start + 1 + at
        return _decoded(self.file, begin, begin + size, df, self.doc_count)

    def lengths(self, field: str) -> array[int]:
        """The number of tokens of a text field, one a document."""
        found = self._lengths.get(field)
        if found is None:
            found = self._lengths[field] = self.file.numbers(f"len:{field}")
        return found

    def length(self, field: str, doc: int) -> int:
        """The number of tokens of a text field of one document."""
        return int.from_bytes(self.file.slice(f"len:{field}", 4 * doc, 4 * doc + 4), "little")

    def totals(self, field: str) -> tuple[int, int]:
        """(tokens, documents that have any) of a text field, deleted documents included."""
        total, having = self._totals[field]
        return total, having

    def pages(self, doc: int) -> tuple[array[int], array[int]]:
        """(starts, numbers) of the document's pages: positions in `text`, and physical page numbers."""
        first, last = unpacked(self.file.slice("page_index", 4 * doc, 4 * doc + 8))
        return (
            unpacked(self.file.slice("page_start", 4 * first, 4 * last)),
            unpacked(self.file.slice("page_number", 4 * first, 4 * last)),
        )

    def check(self) -> None:
        """Verify checksums and decode every posting list; raises IndexDamaged at the first that is wrong."""
        self.file.check()
        for entry in range(len(self.terms(TEXT_FIELD_NAMES[0]))):
            for field in range(len(TEXT_FIELD_NAMES)):
                self.entry_postings(entry, field)
        for name in FILTER_FIELDS:
            values = self.terms(name)
            for ordinal in range(len(values)):
                values.postings(ordinal)

    @cached_property
    def ids(self) -> bytes:
        """The ids of all documents, 8 bytes each."""
        return self.file.read("ids")

    def close(self) -> None:
        """Release the file."""
        self.file.close()


def footer_of(directory: Path, name: str) -> int:
    """What tells a segment's file from all others: the checksum of its footer. Raises IndexDamaged."""
    file = SectionFile(directory / f"{name}{SUFFIX}")
    file.close()
    return file.footer


def _is_total(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(type(number) is int for number in value)


def _bounds(file: SectionFile, section: str, ordinal: int) -> tuple[int, int]:
    ends = file.slice(section, 8 * ordinal, 8 * ordinal + 16)
    return int.from_bytes(ends[:8], "little"), int.from_bytes(ends[8:], "little")


def _decoded(file: SectionFile, start: int, end: int, df: int, documents: int) -> PostingList:
    try:
        found = decode_postings(file.slice("postings", start, end), df)
    except ValueError as error:
        raise file.damaged("a posting list does not read") from error
    if found.docs and found.docs[-1] >= documents:
        raise IndexDamaged(f"{file.path}: a posting list is not of this segment: run `dossier rebuild`")
    return found
