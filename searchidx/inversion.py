"""From tokens to posting lists, and from the lists of several segments to those of one: in plain Python.

Rule: this is what `native/inverter.c` does, with the same functions; it is used where that was not compiled, and
the tests hold the two equal, byte for byte. Tables go in and out as little-endian bytes (u32 unless said
otherwise), as docs/index-format.md describes them; posting lists are handed to `write` as they are made, in
pieces of any size.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, groupby, pairwise
from operator import itemgetter
from typing import NamedTuple

from searchidx.postings import PostingList, decode_postings, encode_postings, encode_varint, varints
from searchidx.sections import joined, packed, unpacked

Write = Callable[[bytes], object]
Data = bytes | memoryview

#: In the place of a token: the next ones stand `gap` positions further on.
GAP = 0xFFFFFFFF
#: In the place of a new document number: the document is dropped.
DROPPED = 0xFFFFFFFF


class Inverted(NamedTuple):
    """at: u64, one more than terms, where each term's lists begin in what was written; df: its documents."""

    at: bytes
    df: bytes


class Merged(NamedTuple):
    """The terms that are left: their bytes joined, where each ends, the numbers of their stems, then as above."""

    blob: bytes
    ends: bytes
    stems: bytes
    at: bytes
    df: bytes


class Stems(NamedTuple):
    """The sections `stem`, `stem_blob`, `stem_ends`, `stem_first` and `stem_entries`."""

    stem: bytes
    blob: bytes
    ends: bytes
    first: bytes
    entries: bytes


def invert(
    order: Data, fields: Sequence[tuple[Data, Data, Data]], gap: int, heads: bool, base: int, write: Write
) -> Inverted:
    """Write the posting lists of collected documents.

    order: the numbers of the terms, in the order in which their lists are written. fields: for each field the
    terms of all documents one after the other, where each document's end, and the documents' lengths. heads:
    words, whose lists have positions and a head; without, there is one field of values, each once a document, and
    no lengths. base: where in the section the first byte will stand.
    """
    found: defaultdict[int, list[dict[int, list[int]]]] = defaultdict(lambda: [{} for _ in fields])
    lengths = [unpacked(length) for *_, length in fields]
    for field, (terms, ends, _) in enumerate(fields):
        tokens = unpacked(terms)
        start = 0
        for doc, end in enumerate(unpacked(ends)):
            position = 0
            for term in tokens[start:end]:
                if term == GAP:
                    position += gap
                    continue
                found[term][field].setdefault(doc, []).append(position)
                position += 1
            start = end
    out = _Out(base, write)
    for term in unpacked(order):
        lists = []
        for number, runs in enumerate(found[term]):
            docs = list(runs)
            if heads:
                freqs = list(map(len, runs.values()))
                data = encode_postings(docs, freqs, list(runs.values()), lengths[number].__getitem__)
                lists.append((len(docs), sum(freqs), data))
            else:
                lists.append((len(docs), len(docs), encode_postings(docs)))
        out.add(lists, len(set().union(*found[term])), heads)
    return Inverted(out.offsets(), packed(out.dfs))


class _Out:
    """Lists as they are written."""

    def __init__(self, base: int, write: Write) -> None:
        self._write = write
        self._at = [base]
        self.dfs: list[int] = []

    def add(self, lists: Sequence[tuple[int, int, bytes]], df: int, heads: bool) -> None:
        """lists: (df, cf, bytes) for each field; df: of all fields."""
        data = b"".join(data for *_, data in lists)
        if heads:
            bits = sum(1 << field for field, (count, *_) in enumerate(lists) if count)
            numbers = [(count, cf, len(part)) for count, cf, part in lists if count]
            data = bytes((bits,)) + b"".join(encode_varint(n) for row in numbers for n in row) + data
        self._write(data)
        self._at.append(self._at[-1] + len(data))
        self.dfs.append(df)

    def offsets(self) -> bytes:
        return b"".join(at.to_bytes(8, "little") for at in self._at)


def union(dictionaries: Sequence[tuple[Data, Data, Data]]) -> tuple[bytes, bytes, list[bytes]]:
    """Sorted dictionaries (blob, ends) as one: its blob and ends.

    With each come numbers of terms in it, which are given back as they are in all. Raises ValueError where there
    is no such term.
    """
    streams = [
        [(term, number) for term in _split(blob, ends)] for number, (blob, ends, _) in enumerate(dictionaries)
    ]
    terms: list[bytes] = []
    numbers: list[list[int]] = [[] for _ in dictionaries]
    for term, number in heapq.merge(*streams):
        if not terms or terms[-1] != term:
            terms.append(term)
        numbers[number].append(len(terms) - 1)
    try:
        uses = [
            packed(map(new.__getitem__, unpacked(old)))
            for new, (*_, old) in zip(numbers, dictionaries, strict=True)
        ]
    except IndexError as error:
        raise ValueError("a term beyond its dictionary") from error
    return *joined(terms), uses


class Part(NamedTuple):
    """What of a segment is merged.

    blob, ends: its sorted terms; stems: the numbers of their stems in the dictionary of all parts, b"" for values;
    at: u64, where their lists begin; postings: the section of posting lists; df: of values, else b""; documents:
    the new number of each document, or DROPPED.
    """

    blob: Data
    ends: Data
    stems: Data
    at: Data
    postings: Data
    df: Data
    documents: Data


def merge(parts: Sequence[Part], lengths: Sequence[Data], base: int, write: Write) -> Merged:
    """Write the posting lists of several segments as those of one, without dropped documents, and without terms
    that occur in none.

    lengths: of each text field, those of the new documents; empty for values. The new document numbers of a part
    are greater than those of the part before. Raises ValueError where a list is not one.
    """
    tables = [unpacked(length) for length in lengths]
    fields = max(1, len(tables))
    terms: list[bytes] = []
    stems: list[int] = []
    out = _Out(base, write)
    streams = [_entries(number, part) for number, part in enumerate(parts)]
    for (term, stem), same in groupby(heapq.merge(*streams), key=itemgetter(0, 1)):
        rows_of: list[list[tuple[int, int, list[int]]]] = [[] for _ in range(fields)]
        for _, _, number, ordinal in same:
            renumbered = unpacked(parts[number].documents)
            for field, postings in _lists(parts[number], ordinal, bool(tables)):
                for index, doc in enumerate(postings.docs):
                    if doc >= len(renumbered):
                        raise ValueError("a document is beyond the last")
                    if renumbered[doc] != DROPPED:
                        run = postings.at(index) if postings.ends else []
                        rows_of[field].append((renumbered[doc], postings.freqs[index], run))
        having = {doc for rows in rows_of for doc, *_ in rows}
        if not having:
            continue
        terms.append(term)
        stems.append(stem)
        lists = []
        for field, rows in enumerate(rows_of):
            docs, freqs, runs = [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]
            if tables:
                data = encode_postings(docs, freqs, runs, tables[field].__getitem__)
            else:
                data = encode_postings(docs)
            lists.append((len(docs), sum(freqs), data))
        out.add(lists, len(having), bool(tables))
    return Merged(*joined(terms), packed(stems) if tables else b"", out.offsets(), packed(out.dfs))


def gather_stems(numbers: Data, blob: Data, ends: Data) -> Stems:
    """The tables of stems. numbers: of each entry, its stem in the sorted dictionary (blob, ends), of which only
    what is used is kept."""
    old = unpacked(numbers)
    used = sorted(set(old))
    new = {number: place for place, number in enumerate(used)}
    dictionary = _split(blob, ends)
    having: list[list[int]] = [[] for _ in used]
    for entry, number in enumerate(old):
        having[new[number]].append(entry)
    return Stems(
        packed(new[number] for number in old),
        *joined([dictionary[number] for number in used]),
        packed(accumulate(map(len, having), initial=0)),
        packed(entry for members in having for entry in members),
    )


def stem_documents(
    first: Data, entries: Data, at: Data, postings: Data, documents: int, begin: int, end: int
) -> bytes:
    """How many documents have any of the entries of a stem, for the stems from begin to end.

    first, entries: the tables of stems. at, postings: the entries' lists. documents: of the segment. Raises
    ValueError where a list is not one.
    """
    part = Part(b"", b"", b"", at, postings, b"", b"")
    bounds = unpacked(first[4 * begin : 4 * end + 4])
    members = unpacked(entries)
    dfs = []
    for start, stop in pairwise(bounds):
        docs = {doc for e in members[start:stop] for _, found in _lists(part, e, True) for doc in found.docs}
        if docs and max(docs) >= documents:
            raise ValueError("a document is beyond the last")
        dfs.append(len(docs))
    return packed(dfs)


def _entries(number: int, part: Part) -> Iterator[tuple[bytes, int, int, int]]:
    stems = unpacked(part.stems)
    for ordinal, term in enumerate(_split(part.blob, part.ends)):
        yield term, stems[ordinal] if stems else 0, number, ordinal


def _lists(part: Part, ordinal: int, heads: bool) -> Iterator[tuple[int, PostingList]]:
    """(field, postings) of a term."""
    start, end = (int.from_bytes(part.at[8 * n : 8 * n + 8], "little") for n in (ordinal, ordinal + 1))
    data = bytes(part.postings[start:end])
    if not heads:
        yield 0, decode_postings(data, unpacked(part.df[4 * ordinal : 4 * ordinal + 4])[0])
        return
    if not data:
        raise ValueError("an entry without lists")
    numbers = varints(data, 1)
    rows = []
    at = 1
    for field in range(8):
        if data[0] >> field & 1:
            (df, _), (_, _), (size, at) = next(numbers), next(numbers), next(numbers)
            rows.append((field, df, size))
    for field, df, size in rows:
        yield field, decode_postings(data[at : at + size], df)
        at += size
    if at != len(data):
        raise ValueError("lists of another size than their head says")


def _split(blob: Data, ends: Data) -> list[bytes]:
    data = bytes(blob)
    found = []
    start = 0
    for end in unpacked(ends):
        found.append(data[start:end])
        start = end
    return found
