"""Documents that say nearly the same in other bytes: a page saved twice, a report with another cover.

Rules: two documents are twins where at least SAME of all the stretches of four words that stand in one of them
stand in both, as their sketches tell (`ingest.sketch`); texts too short for a sketch have no twins. Each document
is held against leaders only, the first added of those that are alike, so every member of a group is like its
leader, and a chain of small changes never joins two different texts.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from itertools import pairwise

from ingest.catalogue import TWINS_DUE, Catalogue
from ingest.sketch import Sketch, resemblance, sketch

SAME = 0.9
#: Two texts that share SAME have so many of so many smallest hashes in common, but for one pair in a million.
_PROBES = 8
_COMMON = 2
#: The hashes of a library are looked through in so many parts, a power of two: this bounds the memory.
_PARTS = 16


def find_twins(catalogue: Catalogue) -> None:
    """Make the sketches that are missing from the texts in the catalogue, and group its documents anew where that
    may change a group. To be called inside a transaction."""
    new = catalogue.unsketched()
    for document_id in new:
        own = sketch(page.text for page in catalogue.pages(document_id))
        catalogue.put_sketch(document_id, array("Q", own).tobytes())
    if catalogue.drop_sketches() or new or catalogue.note(TWINS_DUE):
        shared = shared_probes(own for _, own in _stored(catalogue))
        catalogue.set_leaders(leaders(_stored(catalogue), shared))
        catalogue.set_note(TWINS_DUE, "")


def _stored(catalogue: Catalogue) -> Iterator[tuple[str, Sketch]]:
    return ((document_id, array("Q", packed)) for document_id, packed in catalogue.sketches())


def shared_probes(sketches: Iterable[Sketch]) -> set[int]:
    """The hashes that more than one document is looked up by: few, and only they can lead from one to another, so
    that a large library is not held in memory for the documents that are like no other."""
    probes = array("Q")
    for own in sketches:
        probes.extend(own[:_PROBES])
    shared: set[int] = set()
    for part in range(_PARTS):
        some = sorted([value for value in probes if value % _PARTS == part])
        shared.update([one for one, other in pairwise(some) if one == other])
    return shared


def leaders(sketches: Iterable[tuple[str, Sketch]], shared: Container[int]) -> Iterator[tuple[str, str]]:
    """(document, its leader) of each document that is the twin of an earlier one.

    sketches: (document, sketch), in the order in which the documents were added. shared: what `shared_probes` says
    of them.
    """
    leading: dict[str, Sketch] = {}
    by_hash: dict[int, list[str]] = {}
    for document, own in sketches:
        probes = [value for value in own[:_PROBES] if value in shared]
        if len(probes) < _COMMON:
            continue
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
