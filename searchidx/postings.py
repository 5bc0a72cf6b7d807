"""Posting lists: in which documents a term occurs, how often, and where; and their form as bytes.

Rule: this is the plain-Python reading and writing of the form that docs/index-format.md describes under "A posting
list"; `native/postings.h` is the same in C, and the tests hold them equal.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from searchidx.sections import packed, unpacked

#: Documents in a block.
BLOCK = 128
LEFT_OUT = 3
_ROW = struct.Struct("<IIII")


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
        flat: list[int] = []
        for run in positions[first : first + BLOCK]:
            flat += (run[0], *(b - a for a, b in pairwise(run)))
        gap_width = _width(max(gaps))
        freq_width = LEFT_OUT if max(times) == 1 else _width(max(times))
        position_width = _width(max(flat)) if positions else LEFT_OUT
        blocks.append(gap_width | freq_width << 2 | position_width << 4)
        blocks += packed(gaps, gap_width)
        if freq_width != LEFT_OUT:
            blocks += packed(times, freq_width)
        if position_width != LEFT_OUT:
            blocks += packed(flat, position_width)
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
    positions: list[int] = []
    previous = -1
    for block in range(blocks):
        if at >= len(data):
            raise ValueError("a block is missing")
        count = min(BLOCK, df - block * BLOCK)
        codes = data[at]
        at += 1

        def take(width: int, number: int) -> Sequence[int]:
            nonlocal at
            begin, at = at, at + (number << width)
            if at > len(data):
                raise ValueError("a block is cut off")
            return unpacked(view[begin:at], width)

        if codes & 3 == LEFT_OUT:
            raise ValueError("a block without documents")
        gaps = take(codes & 3, count)
        some = list(accumulate(gaps, lambda doc, gap: doc + gap + 1, initial=previous))[1:]
        times = [1] * count if codes >> 2 & 3 == LEFT_OUT else take(codes >> 2 & 3, count)
        if codes >> 4 & 3 != LEFT_OUT:
            positions += take(codes >> 4 & 3, sum(times))
        docs += some
        freqs += times
        previous = docs[-1]
        if blocks > 1 and _ROW.unpack_from(data, block * _ROW.size)[:2] != (previous, at - base):
            raise ValueError("a block is not what its table says")
    if at != len(data):
        raise ValueError(f"{len(data)} bytes where {at} are expected")
    if not positions:
        return PostingList(docs, freqs, (), ())
    return PostingList(docs, freqs, positions, list(accumulate(freqs)))


def merged(lists: Sequence[PostingList]) -> PostingList:
    """The postings of several terms as of one; every list has positions, or none has."""
    if len(lists) == 1:
        return lists[0]
    places = sorted(
        (doc, number, index) for number, found in enumerate(lists) for index, doc in enumerate(found.docs)
    )
    docs: list[int] = []
    freqs: list[int] = []
    runs: list[list[int]] = []
    for doc, number, index in places:
        found = lists[number]
        at = found.at(index) if found.ends else []
        if docs and docs[-1] == doc:
            freqs[-1] += found.freqs[index]
            runs[-1] += at
        else:
            docs.append(doc)
            freqs.append(found.freqs[index])
            runs.append(at)
    if not docs or not lists[0].ends:
        return PostingList(docs, freqs, (), ())
    positions: list[int] = []
    for run in runs:
        run.sort()
        positions += (run[0], *(b - a for a, b in pairwise(run)))
    return PostingList(docs, freqs, positions, list(accumulate(freqs)))


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
