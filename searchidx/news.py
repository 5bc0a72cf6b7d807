"""What is new among the matches of a search.

Rule: new is a document that the catalogue added or changed (its text, its metadata, its place) after a revision
and up to the one that the open index answers for; what the index does not know yet is news of a later time. So
nothing is told twice and nothing left out when the index is behind the catalogue.
"""

from __future__ import annotations

from dataclasses import replace

from searchidx.library import Library
from searchidx.results import SearchRequest, SearchResult

#: So many snippets cost about as much as one more search.
_GAP = 40


def news(library: Library, request: SearchRequest, since: int | None) -> tuple[SearchResult, int]:
    """(the result with only the documents that are new since a revision, all of them; how many match in all).

    since None: all are new. Ranks and total count the new ones; limit and offset of the request do not apply.
    Raises what a search raises.
    """
    request = replace(request, limit=None, offset=0, facets=False)
    changed = library.catalogue.changed_since
    fresh = set(changed(-1 if since is None else since)) - set(changed(library.snapshot.manifest.revision))
    found = library.search(replace(request, snippets=0))
    new = [hit for hit in found if hit.id in fresh]
    if request.snippets:
        pages = _windows([hit.rank for hit in new])
        asked = (replace(request, offset=first - 1, limit=last - first + 1) for first, last in pages)
        new = [hit for page in asked for hit in library.search(page) if hit.id in fresh]
    hits = tuple(replace(hit, rank=rank) for rank, hit in enumerate(new, 1))
    return replace(found, hits=hits, total=len(hits)), found.total


def _windows(ranks: list[int]) -> list[tuple[int, int]]:
    """(first, last) of the stretches in which ranks lie: a few new documents among thousands that match must not
    cost the snippets of all."""
    windows: list[tuple[int, int]] = []
    for rank in ranks:
        if windows and rank - windows[-1][1] <= _GAP:
            windows[-1] = (windows[-1][0], rank)
        else:
            windows.append((rank, rank))
    return windows
