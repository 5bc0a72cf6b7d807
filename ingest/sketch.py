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

SKETCH = 128
SHORTEST = 32
_MASK = 2**64 - 1
#: Words whose hashes are remembered from text to text; when there are so many, all are forgotten.
_REMEMBERED = 100_000
_UNSPACED = re.compile("[\u2e80-\u9fff\uac00-\ud7af]")
_SPACED_WORD = re.compile(r"\w+")  # the same where there is nothing unspaced, and several times as fast
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
        words.extend(map(_hashes.__getitem__, (_WORD if unspaced else _SPACED_WORD).findall(page.lower())))
    stretches = set(_sums(words))
    if len(stretches) < SHORTEST:
        return array("Q")
    smallest = stretches
    if len(stretches) > 8 * SKETCH:  # the smallest lie below this but once in many texts: the rest need no sorting
        most = _MASK * 2 * SKETCH // len(stretches)
        few = {value for value in stretches if value <= most}
        smallest = few if len(few) >= SKETCH else stretches
    return array("Q", sorted(smallest)[:SKETCH])


def _sums(words: array[int]) -> array[int]:
    """For each stretch of four words a, b, c, d the sum a + 3b + 5c + 7d modulo 2**64: as random as the hashes
    are, and the factors tell the order of the words.

    All sums are made at once: the hashes lie side by side in one large number, 128 bits apart, so that no sum runs
    into the next.
    """
    count = len(words)
    lanes = array("Q", bytes(16 * count))
    lanes[::2] = words
    if sys.byteorder == "big":
        lanes.byteswap()
    row = int.from_bytes(lanes.tobytes(), "little")
    row += 3 * (row >> 128) + 5 * (row >> 256) + 7 * (row >> 384)
    lanes = array("Q", row.to_bytes(16 * count, "little"))
    if sys.byteorder == "big":
        lanes.byteswap()
    return lanes[: 2 * max(0, count - 3) : 2]


def resemblance(one: Sketch, other: Sketch) -> float:
    """The share of the stretches of both texts that stand in both, from 0 to 1."""
    either = sorted({*one, *other})
    if len(one) == SKETCH or len(other) == SKETCH:
        either = either[:SKETCH]
    both = set(one).intersection(other)
    return sum(map(both.__contains__, either)) / len(either) if either else 0.0
