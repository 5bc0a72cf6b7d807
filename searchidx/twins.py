"""Documents that say nearly the same as others, in one result list.

Rule: of the matching documents of a group the first in the order of the list is shown, and the others are named
beside it. What matches is decided before: a document is never folded into one that a filter leaves out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from searchidx.facets import Matched
from searchidx.snapshot import OpenSegment

Ranked = tuple[float, str, OpenSegment, int]


class Twins:
    """The groups of the matching documents. groups: document id -> name of its group, for those that have one."""

    def __init__(self, groups: Mapping[str, str], matched: Matched) -> None:
        self._groups = groups
        self._members: dict[str, list[str]] = {}
        if groups:
            for segment, docs in matched:
                for id_ in map(segment.data.document_id, docs):
                    if id_ in groups:
                        self._members.setdefault(groups[id_], []).append(id_)
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
