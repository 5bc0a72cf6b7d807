"""A sketch of a text, from which can be told how much of it stands in another one.

Rule: the sketch is the SKETCH smallest of the hashes of the text's stretches of four words; of two texts, the
smallest of both sketches together are a fair sample of all stretches of both. Of texts with fewer stretches the
sketch is all of them, and what it tells exact. Texts of fewer than SHORTEST stretches are too little to tell.
Sketches are kept in the catalogue: other hashes would make them worthless.

Source: Broder, "On the resemblance and containment of documents" (1997): the sample of the smallest hashes.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence
from hashlib import blake2b

SKETCH = 128
SHORTEST = 32
_MASK = 2**64 - 1
#: Words whose hashes are remembered from text to text; when there are so many, all are forgotten.
_REMEMBERED = 100_000
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
    words = [_hashes[word] for page in pages for word in _WORD.findall(page.lower())]
    # A sum of hashes is as random as they are; the factors tell the order of the words.
    stretches = {
        (a + 3 * b + 5 * c + 7 * d) & _MASK
        for a, b, c, d in zip(words, words[1:], words[2:], words[3:], strict=False)
    }
    if len(stretches) < SHORTEST:
        return array("Q")
    # The smallest lie below this but once in many texts: the rest need not be sorted.
    few = [value for value in stretches if value <= _MASK * 2 * SKETCH // len(stretches)]
    smallest = sorted(few) if len(few) >= SKETCH else sorted(stretches)
    return array("Q", smallest[:SKETCH])


def resemblance(one: Sketch, other: Sketch) -> float:
    """The share of the stretches of both texts that stand in both, from 0 to 1."""
    either = sorted({*one, *other})
    if len(one) == SKETCH or len(other) == SKETCH:
        either = either[:SKETCH]
    both = set(one).intersection(other)
    return sum(map(both.__contains__, either)) / len(either) if either else 0.0
