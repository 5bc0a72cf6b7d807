"""What a search gives back.

Rule: these types are the stable Python interface of a result; every output format prints them and nothing else
(`docs/output.md` names the same fields).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ingest.frozen import Frozen


class Snippet(Frozen):
    """A passage of a document: page number (None for web pages), its label or heading, the text, and the
    [start, end) character ranges of `text` that matched."""

    text: str
    highlights: tuple[tuple[int, int], ...] = ()
    page: int | None = None
    label: str | None = None


class Duplicate(Frozen):
    """A document that says nearly the same as a hit and stands in its place: id, and a path of it."""

    id: str
    path: str


class Hit(Frozen):
    """One document that matches. rank counts from 1 over all results, not from the offset."""

    rank: int
    score: float
    id: str
    title: str
    path: str
    paths: tuple[str, ...]
    page: int | None  # of the best snippet
    snippets: tuple[Snippet, ...]
    tags: tuple[str, ...]
    regions: tuple[str, ...]
    publisher: str | None
    year: int | None
    language: str | None
    type: str
    status: str = "ok"
    summary: str | None = None
    title_highlights: tuple[tuple[int, int], ...] = ()
    source_url: str | None = None
    duplicates: tuple[Duplicate, ...] = ()

    @property
    def snippet(self) -> str:
        """The text of the best snippet, or an empty string."""
        return self.snippets[0].text if self.snippets else ""


class FacetValue(Frozen):
    """A value, the number of matching documents that have it (or one below it), and what lies below it."""

    value: str
    count: int
    children: tuple[FacetValue, ...] = ()


class SearchRequest(Frozen):
    """A query and its filters, as the command line and the Python interface hand them over.

    any_word: words are ORed instead of ANDed. regions, tags, languages, types: several values of one of these
    are alternatives, different ones all apply. years: (low, high), both included, None is open.
    limit None: all. collapse: of matching documents that say nearly the same, only the first in order is a hit,
    and names the others. snippets: how many per hit, 0 for none. suggest: say what to try
    where nothing was found.
    """

    query: str = ""
    any_word: bool = False
    regions: tuple[str, ...] = ()
    region_mentions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    years: tuple[int | None, int | None] | None = None
    limit: int | None = 10
    offset: int = 0
    sort: str = "relevance"  # relevance | newest | oldest | title
    snippets: int = 1
    facets: bool = False
    explain: bool = False
    synonyms: bool = True
    collapse: bool = False
    suggest: bool = True


class SearchResult(Frozen):
    """The answer. total is exact and counts every match, not only the hits of this page. collapsed: how many of
    these are no hits of any page, because one that says nearly the same is."""

    query: str
    interpreted: str
    total: int
    took_ms: float
    offset: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[FacetValue, ...]] = {}
    suggestions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    explanation: dict[str, object] | None = None
    collapsed: int = 0

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __len__(self) -> int:
        return len(self.hits)
