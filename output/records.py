"""The result types as plain mappings, the one place that names the fields of every machine format.

Rule: keys come in a fixed order and are always all there (null or [] where nothing is known); fields are added
to the contract of `docs/output.md`, never renamed or taken away. JSON prints these mappings, CSV their columns.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ingest.document import Document
    from searchidx.results import FacetValue, Hit, SearchResult

#: The columns of a hit in a table, in order; `hit_row` fills them.
HIT_COLUMNS = (
    "rank",
    "score",
    "id",
    "title",
    "path",
    "page",
    "snippet",
    "tags",
    "regions",
    "publisher",
    "year",
    "language",
    "type",
)


def number(value: float, digits: int = 4) -> float | None:
    """A float short enough to be the same on every machine; None (JSON has no NaN) where it is not finite."""
    return round(value, digits) if math.isfinite(value) else None


def hit_row(hit: Hit) -> dict[str, Any]:
    """A hit as one flat row: the best snippet only. Lists stay lists; the format says how they are joined."""
    return {
        "rank": hit.rank,
        "score": number(hit.score),
        "id": hit.id,
        "title": hit.title,
        "path": hit.path,
        "page": hit.page,
        "snippet": hit.snippet,
        "tags": list(hit.tags),
        "regions": list(hit.regions),
        "publisher": hit.publisher,
        "year": hit.year,
        "language": hit.language,
        "type": hit.type,
    }


def hit_record(hit: Hit) -> dict[str, Any]:
    """A hit with everything that is known of it."""
    return {
        "rank": hit.rank,
        "score": number(hit.score),
        "id": hit.id,
        "title": hit.title,
        "title_highlights": [list(mark) for mark in hit.title_highlights],
        "path": hit.path,
        "paths": list(hit.paths),
        "page": hit.page,
        "snippets": [
            {
                "page": snippet.page,
                "label": snippet.label,
                "text": snippet.text,
                "highlights": [list(mark) for mark in snippet.highlights],
            }
            for snippet in hit.snippets
        ],
        "tags": list(hit.tags),
        "regions": list(hit.regions),
        "publisher": hit.publisher,
        "year": hit.year,
        "language": hit.language,
        "type": hit.type,
        "status": hit.status,
        "summary": hit.summary,
        "source_url": hit.source_url,
        "duplicates": [{"id": duplicate.id, "path": duplicate.path} for duplicate in hit.duplicates],
    }


def search_record(result: SearchResult) -> dict[str, Any]:
    """A search with its hits and what belongs to them."""
    record: dict[str, Any] = {
        "query": result.query,
        "interpreted": result.interpreted,
        "total": result.total,
        "took_ms": number(result.took_ms, 2),
        "offset": result.offset,
        "hits": [hit_record(hit) for hit in result.hits],
        "facets": facets_record(result.facets),
        "suggestions": list(result.suggestions),
        "warnings": list(result.warnings),
        "collapsed": result.collapsed,
    }
    if result.explanation is not None:
        record["explanation"] = result.explanation
    return record


def facets_record(facets: Mapping[str, Sequence[FacetValue]]) -> dict[str, Any]:
    """Counts by facet name, as trees."""

    def tree(value: FacetValue) -> dict[str, Any]:
        return {"value": value.value, "count": value.count, "children": [tree(child) for child in value.children]}

    return {name: [tree(value) for value in values] for name, values in facets.items()}


#: The columns of a facet value in a table; level 0 is the top of the tree, where parent is null.
FACET_COLUMNS = ("facet", "value", "count", "level", "parent")


def facet_rows(facets: Mapping[str, Sequence[FacetValue]]) -> Iterator[dict[str, Any]]:
    """The same counts as rows, each parent before its children."""

    def below(name: str, value: FacetValue, level: int, parent: str | None) -> Iterator[dict[str, Any]]:
        yield {"facet": name, "value": value.value, "count": value.count, "level": level, "parent": parent}
        for child in value.children:
            yield from below(name, child, level + 1, value.value)

    for name, values in facets.items():
        for value in values:
            yield from below(name, value, 0, None)


def document_record(document: Document) -> dict[str, Any]:
    """A document with its pages and with who says what about it."""
    return {
        "id": document.id,
        "title": document.title,
        "paths": list(document.paths),
        "type": document.type,
        "media_type": document.media_type,
        "status": str(document.status),
        "reason": document.reason,
        "summary": document.summary,
        "publisher": document.publisher,
        "authors": list(document.authors),
        "published": document.published,
        "year": document.year,
        "language": document.language,
        "tags": list(document.tags),
        "regions": list(document.regions),
        "region_mentions": list(document.region_mentions),
        "source_url": document.source_url,
        "page_count": document.page_count,
        "extraction": document.extraction,
        "pages": [
            {"number": page.number, "label": page.label, "quality": number(page.quality), "text": page.text}
            for page in document.pages
        ],
        "claims": [
            {"field": claim.field, "value": claim.value, "source": str(claim.source)} for claim in document.claims
        ],
    }
