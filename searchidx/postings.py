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
#: The widths in bits that a code stands for, and the code of a column that is not there.
WIDTHS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 20, 32)
ABSENT = 15
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
        columns = (gaps, [freq - 1 for freq in times], placed.firsts if positions else None, placed.steps)
        codes = [ABSENT if column is None else _code(max(column, default=0)) for column in columns]
        blocks += sum(code << 4 * place for place, code in enumerate(codes)).to_bytes(2, "little")
        for column, code in zip(columns, codes, strict=True):
            if column:
                blocks += pack(column, WIDTHS[code])
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
        if at + 2 > len(data):
            raise ValueError("a block is missing")
        count = min(BLOCK, df - block * BLOCK)
        codes = [data[at] & 15, data[at] >> 4, data[at + 1] & 15, data[at + 1] >> 4]
        at += 2

        def take(place: int, number: int, codes: Sequence[int] = codes) -> Sequence[int]:
            nonlocal at
            if codes[place] == ABSENT:
                raise ValueError("a block without its documents, frequencies or steps")
            width = WIDTHS[codes[place]]
            begin, at = at, at + (number * width + 7) // 8
            if at > len(data) or (place == 3 and number and not width):
                raise ValueError("a block is cut off")
            return unpack(view[begin:at], number, width)

        docs += list(accumulate(take(0, count), lambda doc, gap: doc + gap + 1, initial=previous))[1:]
        times = [freq + 1 for freq in take(1, count)]
        freqs += times
        if codes[2] != ABSENT:
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


def pack(numbers: Sequence[int], width: int) -> bytes:
    """A column of numbers of so many bits each, the lowest bit first; the last byte is filled up with zeros."""
    if width in (8, 16, 32):
        return packed(numbers, width.bit_length() - 4)
    held = 0
    for place, number in enumerate(numbers):
        held |= number << place * width
    return held.to_bytes((len(numbers) * width + 7) // 8, "little")


def unpack(data: bytes | memoryview, count: int, width: int) -> Sequence[int]:
    """The inverse of `pack`."""
    if width in (8, 16, 32):
        return unpacked(data, width.bit_length() - 4)
    held = int.from_bytes(data, "little")
    mask = (1 << width) - 1
    return [held >> shift & mask for shift in range(0, count * width, width)] if width else [0] * count


def _code(largest: int) -> int:
    return next(code for code, width in enumerate(WIDTHS) if largest >> width == 0)
