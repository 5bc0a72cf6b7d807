"""Words that begin alike: what stemming leaves apart and a reader would still connect.

Rule: two stems of one language are alike when what they share at their beginning is long beside their lengths,

    2 * (shared - 1) / (length of one + length of the other) >= ALIKE

which is about the Dice similarity of their letter trigrams, and needs only a short range of the sorted dictionary:
*proposal* and *proposition*, *parliament* and *parliamentary*, *выполнил* and *выполнено*. It is no synonym and
decides nothing about matching: such words only count a little where the word itself, or another, matched.
Numbers, words of fewer than four letters and unspaced scripts have none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from math import ceil

from searchidx.analysis import is_unspaced
from searchidx.snapshot import OpenSegment, Snapshot

ALIKE = 0.5
_SHORTEST = 4
_SHORTEST_OTHER = 3


def alike(stems: Collection[str], snapshot: Snapshot) -> tuple[str, ...]:
    """The stems of the library that begin like one of these and are none of them, sorted."""
    found = {other for stem in stems for segment in snapshot.segments for other in _like(stem, segment)}
    return tuple(sorted(found.difference(stems)))


def _like(stem: str, segment: OpenSegment) -> Iterator[str]:
    word, slash, language = stem.partition("/")
    if len(word) < _SHORTEST or word[0].isdigit() or is_unspaced(word):
        return
    # The shortest beginning that could do: the other word is at least as long as what is shared.
    prefix = word[: ceil((ALIKE * len(word) + 2) / (2 - ALIKE))]
    for other in segment.stems(prefix):
        base, other_slash, other_language = other.partition("/")
        if (
            (slash, language) == (other_slash, other_language)
            and len(base) >= _SHORTEST_OTHER
            and 2 * (_shared(word, base) - 1) >= ALIKE * (len(word) + len(base))
        ):
            yield other


def _shared(one: str, two: str) -> int:
    length = 0
    for a, b in zip(one, two, strict=False):
        if a != b:
            break
        length += 1
    return length
