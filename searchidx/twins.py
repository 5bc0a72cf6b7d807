"""Documents that say nearly the same as others, in one result list.

Rule: of the matching documents of a group the first in the order of the list is shown, and the others are named
beside it. What matches is decided before: a document is never folded into one that a filter leaves out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ingest.frozen import Frozen
from searchidx.ranking import Matched, Ranked
from searchidx.snapshot import OpenSegment, Snapshot


class Groups(Frozen):
    """named: document id -> name of its group, for those that have one; places: where these stand in the index."""

    named: Mapping[str, str]
    places: Mapping[OpenSegment, Sequence[tuple[str, int]]]

    @classmethod
    def of(cls, named: Mapping[str, str], snapshot: Snapshot) -> Groups:
        """The groups as far as the index has their documents."""
        return cls(
            named,
            {
                segment: [(id_, doc) for id_ in named for doc in segment.postings("id", id_).docs]
                for segment in snapshot.segments
            },
        )


class Twins:
    """The groups of the matching documents."""

    def __init__(self, groups: Groups, matched: Matched) -> None:
        self._groups = groups.named
        self._members: dict[str, list[str]] = {}
        if groups.named:
            for segment, documents in matched:
                for id_, doc in groups.places.get(segment, ()):
                    if is_matched(documents, doc):
                        self._members.setdefault(groups.named[id_], []).append(id_)
        #: How many matching documents are not shown because another of their group is.
        self.folded = sum(len(ids) - 1 for ids in self._members.values())

    def first(self, ranked: Sequence[Ranked]) -> list[Ranked]:
        """The ranked documents without those that come after another of their group."""
        if not self.folded:
            return list(ranked)
        seen: set[str] = set()
        kept = []
        for item in ranked:
            group = self._groups.get(item[1])
            if group is None or group not in seen:
                kept.append(item)
            if group is not None:
                seen.add(group)
        return kept

    def others(self, document_id: str) -> list[str]:
        """The other matching documents of a document's group, by id."""
        members = self._members.get(self._groups.get(document_id, ""), ())
        return sorted(id_ for id_ in members if id_ != document_id)


def is_matched(documents: set[int] | bytes, doc: int) -> bool:
    """Whether a document is among those that match."""
    if isinstance(documents, bytes):
        return bool(documents[doc >> 3] >> (doc & 7) & 1)
    return doc in documents
