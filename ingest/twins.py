"""Documents that say nearly the same in other bytes: a page saved twice, a report with another cover.

Rules: two documents are twins where at least SAME of all the stretches of four words that stand in one of them
stand in both. That share (the resemblance) is estimated from a sketch of each text, the SKETCH smallest of the
hashes of its stretches: the smallest of two sketches together are a fair sample of all stretches of both. Of texts
with fewer stretches the sketch is all of them, and the share exact. Texts of fewer than SHORTEST stretches have no
twins: they are too little to tell. Each document is held against leaders only, the first added of those that are
alike, so every member of a group is like its leader, and a chain of small changes never joins two different texts.

Source: Broder, "On the resemblance and containment of documents" (1997): the sample of the smallest hashes.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from heapq import nsmallest

from ingest.catalogue import Catalogue

SAME = 0.9
SKETCH = 128
SHORTEST = 32
_MASK = 2**64 - 1
#: Two texts that share SAME have so many of so many smallest hashes in common, but for one pair in a million.
_PROBES = 8
_COMMON = 2
_WORD = re.compile("[^\\W\u2e80-\u9fff\uac00-\ud7af]+|[\u2e80-\u9fff\uac00-\ud7af]")

Sketch = Sequence[int]


def find_twins(catalogue: Catalogue) -> None:
    """Make the sketches that are missing from the texts in the catalogue, and group its documents anew where that
    may change a group. To be called inside a transaction."""
    new = catalogue.unsketched()
    for document_id in new:
        own = sketch(page.text for page in catalogue.pages(document_id))
        catalogue.put_sketch(document_id, array("Q", own).tobytes())
    if catalogue.drop_sketches() or new:
        stored = ((document_id, array("Q", packed)) for document_id, packed in catalogue.sketches())
        catalogue.set_leaders(leaders(stored))


def sketch(pages: Iterable[str]) -> Sketch:
    """The sketch of a text, ascending; empty where it is too short to have twins."""
    hashed: dict[str, int] = {}
    words = []
    for page in pages:
        for word in _WORD.findall(page.lower()):
            if word not in hashed:
                digest = blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
                hashed[word] = int.from_bytes(digest)
            words.append(hashed[word])
    # A sum of hashes is as random as they are; the factors tell the order of the words.
    stretches = {
        (a + 3 * b + 5 * c + 7 * d) & _MASK
        for a, b, c, d in zip(words, words[1:], words[2:], words[3:], strict=False)
    }
    return array("Q", nsmallest(SKETCH, stretches) if len(stretches) >= SHORTEST else ())


def resemblance(one: Sketch, other: Sketch) -> float:
    """The share of the stretches of both texts that stand in both, from 0 to 1."""
    either = sorted({*one, *other})
    if len(one) == SKETCH or len(other) == SKETCH:
        either = either[:SKETCH]
    both = set(one).intersection(other)
    return sum(map(both.__contains__, either)) / len(either) if either else 0.0


def leaders(sketches: Iterable[tuple[str, Sketch]]) -> Iterator[tuple[str, str]]:
    """(document, its leader) of each document that is the twin of an earlier one. sketches: (document, sketch), in
    the order in which the documents were added."""
    leading: dict[str, Sketch] = {}
    by_hash: dict[int, list[str]] = {}
    for document, own in sketches:
        if not own:
            continue
        probes = own[:_PROBES]
        common = Counter(leader for value in probes for leader in by_hash.get(value, ()))
        likely = (leader for leader, count in common.items() if count >= _COMMON)
        close = ((resemblance(own, leading[leader]), leader) for leader in likely)
        share, leader = max(close, default=(0.0, ""), key=lambda found: found[0])
        if share >= SAME:
            yield document, leader
            continue
        leading[document] = own
        for value in probes:
            by_hash.setdefault(value, []).append(document)
