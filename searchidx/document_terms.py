"""What of a document goes into the index: its texts, by field, and its whole values.

Rule: everything a query can ask of a document is decided here, from the catalogue's record alone. The tokens of
all pages form one position space, so a phrase may run over a page break; values of `labels` lie `LABEL_GAP`
positions apart, so a phrase never runs from one tag into the next.
"""

from __future__ import annotations

from collections.abc import Iterable

from ingest.document import Document
from ingest.regions import ancestors, resolve
from ingest.text import fold

LABEL_GAP = 10


def texts(document: Document) -> tuple[list[str], list[str], list[str], list[str]]:
    """What stands in each text field (as `searchidx.fields.TEXT_FIELDS` has them) of a document with its pages:
    parts that follow one another, those of `labels` LABEL_GAP positions apart."""
    return (
        [own_title(document)],
        [document.summary or ""],
        [*document.tags, *document.regions, document.publisher or "", *document.authors],
        [page.text for page in document.pages],
    )


def own_title(document: Document) -> str:
    """The title as a text that counts more than others, which the first words of a text without a title do not:
    they are shown in its place, and are searched where they stand."""
    if any(claim.field == "title" for claim in document.claims):
        return document.title
    opening = next((page.text for page in document.pages if page.text.strip()), "")
    return "" if " ".join(opening.split()).startswith(document.title) else document.title


def filter_values(document: Document) -> dict[str, list[str]]:
    """The values of the filter fields, in the form that queries are compared with."""
    own = [region_key(value) for value in document.regions]
    mentioned = [region_key(value) for value in document.regions_named]
    return {
        "path": [fold(path) for path in document.paths],
        "tag": [value_key(tag) for tag in document.tags],
        "region": [*own, *_above(own)],
        "region_itself": own,
        "region_mention": [*mentioned, *_above(mentioned)],
        "lang": [value_key(document.language or "")],
        "type": [document.type],
        "publisher": [value_key(document.publisher or "")],
        "year": [f"{document.year:04d}" if document.year is not None else ""],
        "title_key": [value_key(document.title)],
        "tag_shown": list(document.tags),
        "region_shown": list(document.regions),
        "publisher_shown": [document.publisher or ""],
    }


def value_key(value: str) -> str:
    """The form in which whole values compare: folded, with single spaces."""
    return " ".join(fold(value).split())


def region_key(value: str) -> str:
    """The key of a region in the vocabulary, or the folded value where it is none of them."""
    region = resolve(value)
    return region.key if region else value_key(value)


def _above(keys: Iterable[str]) -> list[str]:
    above: list[str] = []
    for key in keys:
        region = resolve(key)
        if region:
            above += ancestors(region.key)
    return above
