"""Posting lists: in which documents a term occurs, how often, and where; and their form as bytes.

Rule: this is the plain-Python reading and writing of the form that docs/index-format.md describes under "A posting
list"; `native/postings.h` is the same in C, and the tests hold them equal.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from searchidx.sections import packed, unpacked

#: Documents in a block.
BLOCK = 128
LEFT_OUT = 3
_ROW = struct.Struct("<IIII")


class PostingList(NamedTuple):
    """Decoded postings of one term: document numbers ascending, and beside them frequencies and first positions.

    steps: all other positions as differences to the one before, document by document. ends[i]: the occurrences up
    to and with document i. firsts and ends are empty where the field has no positions.
    """

    docs: Sequence[int]
    freqs: Sequence[int]
    firsts: Sequence[int]
    steps: Sequence[int]
    ends: Sequence[int]

    def at(self, index: int) -> list[int]:
        """The positions in the document docs[index], ascending."""
        start = self.ends[index - 1] - index if index else 0
        return list(accumulate(self.steps[start : start + self.freqs[index] - 1], initial=self.firsts[index]))

    def runs(self) -> Iterator[list[int]]:
        """The positions in each document, ascending; none where the field has no positions."""
        start = 0
        for first, freq in zip(self.firsts, self.freqs if self.firsts else (), strict=True):
            yield list(accumulate(self.steps[start : start + freq - 1], initial=first))
            start += freq - 1

    @classmethod
    def of(cls, docs: Sequence[int], freqs: Sequence[int], runs: Iterable[Sequence[int]]) -> PostingList:
        """A list from the positions in each document; runs is empty where the field has no positions."""
        firsts: list[int] = []
        steps: list[int] = []
        for run in runs:
            firsts.append(run[0])
            steps += (b - a for a, b in pairwise(run))
        return cls(docs, freqs, firsts, steps, list(accumulate(freqs)) if firsts else ())


NO_POSTINGS = PostingList((), (), (), (), ())


def encode_postings(
    docs: Sequence[int],
    freqs: Sequence[int] | None = None,
    positions: Sequence[Sequence[int]] = (),
    length: Callable[[int], int] = lambda doc: 0,
) -> bytes:
    """One posting list as bytes.

    freqs: one a document, None: all 1. positions: one ascending sequence a document, or none at all. length: the
    length of the field in a document.
    """
    table, blocks = [], bytearray()
    previous = -1
    for first in range(0, len(docs), BLOCK):
        some = docs[first : first + BLOCK]
        times = freqs[first : first + BLOCK] if freqs else [1] * len(some)
        gaps = [b - a - 1 for a, b in pairwise((previous, *some))]
        placed = PostingList.of(some, times, positions[first : first + BLOCK])
        columns = (gaps, [] if max(times) == 1 else times, placed.firsts, placed.steps)
        widths = [_width(max(column)) if column else LEFT_OUT for column in columns]
        blocks.append(sum(width << 2 * place for place, width in enumerate(widths)))
        for column, width in zip(columns, widths, strict=True):
            if column:
                blocks += packed(column, width)
        previous = some[-1]
        table.append((previous, len(blocks), max(times), min(map(length, some))))
    rows = b"".join(_ROW.pack(*row) for row in table) if len(table) > 1 else b""
    return rows + bytes(blocks)


def decode_postings(data: bytes, df: int) -> PostingList:
    """The inverse of `encode_postings`; df is the number of documents.

    Raises ValueError where the bytes are not such a list.
    """
    blocks = -(-df // BLOCK)
    base = at = blocks * _ROW.size if blocks > 1 else 0
    view = memoryview(data)
    docs: list[int] = []
    freqs: list[int] = []
    firsts: list[int] = []
    steps: list[int] = []
    previous = -1
    for block in range(blocks):
        if at >= len(data):
            raise ValueError("a block is missing")
        count = min(BLOCK, df - block * BLOCK)
        codes = data[at]
        at += 1

        def take(place: int, number: int, codes: int = codes) -> Sequence[int]:
            nonlocal at
            width = codes >> 2 * place & 3
            if width == LEFT_OUT:
                return ()
            begin, at = at, at + (number << width)
            if at > len(data):
                raise ValueError("a block is cut off")
            return unpacked(view[begin:at], width)

        gaps = take(0, count)
        if not gaps:
            raise ValueError("a block without documents")
        docs += list(accumulate(gaps, lambda doc, gap: doc + gap + 1, initial=previous))[1:]
        times = take(1, count) or [1] * count
        freqs += times
        firsts += take(2, count)
        steps += take(3, sum(times) - count)
        previous = docs[-1]
        if blocks > 1 and _ROW.unpack_from(data, block * _ROW.size)[:2] != (previous, at - base):
            raise ValueError("a block is not what its table says")
    if at != len(data):
        raise ValueError(f"{len(data)} bytes where {at} are expected")
    if firsts and (len(firsts) != df or len(steps) != sum(freqs) - df):
        raise ValueError("positions are missing")
    return PostingList(docs, freqs, firsts, steps, list(accumulate(freqs)) if firsts else ())


def merged(lists: Sequence[PostingList]) -> PostingList:
    """The postings of several terms as of one; every list has positions, or none has."""
    if len(lists) == 1:
        return lists[0]
    times: dict[int, int] = {}
    places: dict[int, list[int]] = {}
    for found in lists:
        for doc, freq in zip(found.docs, found.freqs, strict=True):
            times[doc] = times.get(doc, 0) + freq
        for doc, run in zip(found.docs if found.firsts else (), found.runs(), strict=True):
            places[doc] = sorted(places[doc] + run) if doc in places else run
    docs = sorted(times)
    return PostingList.of(docs, [times[doc] for doc in docs], [places[doc] for doc in docs if doc in places])


def encode_varint(value: int) -> bytes:
    """7 bits a byte, the lowest first, the top bit set on all bytes but the last."""
    found = bytearray()
    while value >= 0x80:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)


def varints(data: bytes, at: int) -> Iterator[tuple[int, int]]:
    """(value, where the next begins) of varints that follow one another from `at` on.

    Raises ValueError where the bytes end.
    """
    while True:
        value = shift = 0
        while True:
            if at >= len(data) or shift > 63:
                raise ValueError("a number is cut off")
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        yield value, at


def _width(largest: int) -> int:
    return 0 if largest < 1 << 8 else 1 if largest < 1 << 16 else 2
