"""Which regions a librarian may want to give a document, from how often its text names them.

Rule: this suggests and never sets. A region is worth a suggestion if the document may be about it (it is among its
`region_mentions`), the text names it often enough, and no region that the document has says it already (itself, or
one that lies in it). Times are counted in the stored text with
`ingest.mentions`, not read from the record, which only says that a region is mentioned.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ingest.catalogue import Catalogue
from ingest.document import Document
from ingest.mentions import count_mentions
from ingest.regions import ancestors, get, resolve

#: How often a text must name a region, and how many regions are suggested for one document.
LEAST_TIMES = 3
MOST = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A region (display name) for a document: named `times` times, on `pages` of its pages."""

    document: Document
    region: str
    times: int
    pages: int


def suggestions(
    catalogue: Catalogue,
    documents: Iterable[Document] | None = None,
    *,
    least: int = LEAST_TIMES,
    most: int = MOST,
) -> Iterator[Suggestion]:
    """Suggestions for the given documents, or for all that have no region; those of one document follow each
    other, the region that is named most often first."""
    if documents is None:
        everything = catalogue.documents(list(catalogue.live_ids()))
        documents = [document for document in everything.values() if not document.regions]
    for document in documents:
        if document.region_mentions:
            yield from _of(catalogue, document, least, most)


def _of(catalogue: Catalogue, document: Document, least: int, most: int) -> Iterator[Suggestion]:
    times: dict[str, int] = {}
    pages: dict[str, int] = {}
    for page in catalogue.pages(document.id):
        for key, count in count_mentions(page.text, document.language).items():
            times[key] = times.get(key, 0) + count
            pages[key] = pages.get(key, 0) + 1
    said: set[str] = set()
    for value in document.regions:
        region = resolve(value)
        if region is not None:
            said |= {region.key, *ancestors(region.key)}
    about = {region.key for name in document.region_mentions if (region := resolve(name))}
    often = [key for key, count in times.items() if count >= least and key in about - said]
    often.sort(key=lambda key: (-times[key], -pages[key], key))
    for key in often[:most]:
        yield Suggestion(document, get(key).name, times[key], pages[key])
