"""A sketch of a text, from which can be told how much of it stands in another one.

Rule: the sketch is the SKETCH smallest of the hashes of the text's stretches of four words; of two texts, the
smallest of both sketches together are a fair sample of all stretches of both. Of texts with fewer stretches the
sketch is all of them, and what it tells exact. Texts of fewer than SHORTEST stretches are too little to tell.
Sketches are kept in the catalogue: other hashes would make them worthless.

Source: Broder, "On the resemblance and containment of documents" (1997): the sample of the smallest hashes.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Iterable, Sequence
from hashlib import blake2b

from ingest.textquality import beyond_ascii
from ingest.wordlist import words_of

SKETCH = 128
SHORTEST = 32
#: Words whose hashes are remembered from text to text; when there are so many, all are forgotten.
_REMEMBERED = 100_000
_UNSPACED = re.compile("[\u2e80-\u9fff\uac00-\ud7af]")
_WORD = re.compile("[^\\W\u2e80-\u9fff\uac00-\ud7af]+|[\u2e80-\u9fff\uac00-\ud7af]")

Sketch = Sequence[int]


class _Hashes(dict[str, int]):
    """Word -> 64 bits of BLAKE2b, made when first asked for."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _REMEMBERED:
            self.clear()
        digest = blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        self[word] = value = int.from_bytes(digest)
        return value


_hashes = _Hashes()


def sketch(pages: Iterable[str]) -> Sketch:
    """The sketch of a text, ascending; empty where it is too short to have twins."""
    words = array("Q")
    for page in pages:
        unspaced = not page.isascii() and _UNSPACED.search(beyond_ascii(page))
        words.extend(map(_hashes.__getitem__, _WORD.findall(page.lower()) if unspaced else words_of(page.lower())))
    count = max(0, len(words) - 3)
    sums = _sums(words)
    if count > 8 * SKETCH:  # the smallest lie below this but once in many texts: the rest need not be looked at
        few = _below(sums, count, 2 * SKETCH * 256 // count)
        if len(few) >= SKETCH:
            return array("Q", sorted(few)[:SKETCH])
    lanes = array("Q", sums)
    if sys.byteorder == "big":
        lanes.byteswap()
    stretches = set(lanes[: 2 * count : 2])
    return array("Q", sorted(stretches)[:SKETCH] if len(stretches) >= SHORTEST else ())


def _sums(words: array[int]) -> bytes:
    """For each stretch of four words a, b, c, d the sum a + 3b + 5c + 7d modulo 2**64, in 16 bytes of which the
    first 8 count, little end first: as random as the hashes are, and the factors tell the order of the words.

    All sums are made at once: the hashes lie side by side in one large number, 128 bits apart, so that no sum runs
    into the next.
    """
    lanes = array("Q", bytes(16 * len(words)))
    lanes[::2] = words
    if sys.byteorder == "big":
        lanes.byteswap()
    row = int.from_bytes(lanes.tobytes(), "little")
    row += 3 * (row >> 128) + 5 * (row >> 256) + 7 * (row >> 384)
    return row.to_bytes(16 * len(words), "little")


def _below(sums: bytes, count: int, most: int) -> set[int]:
    """Those of the first `count` sums whose highest byte is at most `most`: a pattern finds them some twenty times
    as fast as each could be looked at as a number."""
    pattern = re.compile(b"[\\x00-\\x%02x]" % most)
    places = (16 * match.start() for match in pattern.finditer(sums[7 : 16 * count : 16]))
    return {int.from_bytes(sums[place : place + 8], "little") for place in places}


def resemblance(one: Sketch, other: Sketch) -> float:
    """The share of the stretches of both texts that stand in both, from 0 to 1."""
    either = sorted({*one, *other})
    if len(one) == SKETCH or len(other) == SKETCH:
        either = either[:SKETCH]
    both = set(one).intersection(other)
    return sum(map(both.__contains__, either)) / len(either) if either else 0.0
