"""What of a document goes into the index: its texts, by field, and its whole values.

Rule: everything a query can ask of a document is decided here, from the catalogue's record alone. The tokens of
all pages form one position space, so a phrase may run over a page break; values of `labels` lie `LABEL_GAP`
positions apart, so a phrase never runs from one tag into the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import chain
from typing import Any

from ingest.document import Document, short_type
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
    if begins_with_title(document) and all(claim.field != "title" for claim in document.claims):
        return ""
    return document.title


def begins_with_title(document: Document) -> bool:
    """Whether the text of a document begins with its title, so that `own_title` asks who says it."""
    opening = next((page.text for page in document.pages if page.text.strip()), "")
    words = document.title.count(" ") + 1  # as many as can matter: the text may be long
    return " ".join(opening.split(None, words)[:words]).startswith(document.title)


def filter_values(document: Document) -> dict[str, list[str]]:
    """The values of the filter fields but `id`, in the form that queries are compared with."""
    return {name: list(make(getattr(document, source))) for name, (source, make) in FILTERS.items()}


def value_key(value: str) -> str:
    """The form in which whole values compare: folded, with single spaces."""
    return " ".join(fold(value).split())


@lru_cache(maxsize=1_024)
def region_key(value: str) -> str:
    """The key of a region in the vocabulary, or the folded value where it is none of them."""
    region = resolve(value)
    return region.key if region else value_key(value)


def _values(value: str | None) -> list[str]:
    return [value_key(value or "")]


def _regions_and_above(regions: Iterable[str]) -> list[str]:
    own = list(map(region_key, regions))
    return [*own, *chain.from_iterable(map(_above, own))]


@lru_cache(maxsize=1_024)
def _above(key: str) -> tuple[str, ...]:
    region = resolve(key)
    return ancestors(region.key) if region else ()


#: Of each filter field but `id`: which attribute of a document it is made from, and how.
FILTERS: dict[str, tuple[str, Callable[[Any], Iterable[str]]]] = {
    "path": ("paths", lambda paths: map(fold, paths)),
    "tag": ("tags", lambda tags: map(value_key, tags)),
    "region": ("regions", _regions_and_above),
    "region_itself": ("regions", lambda regions: map(region_key, regions)),
    "region_mention": ("regions_named", _regions_and_above),
    "lang": ("language", _values),
    "type": ("media_type", lambda media_type: [short_type(media_type)]),
    "publisher": ("publisher", _values),
    "year": ("published", lambda published: [f"{int(published[:4]):04d}" if published else ""]),
    "title_key": ("title", _values),
    "tag_shown": ("tags", list),
    "region_shown": ("regions", list),
    "publisher_shown": ("publisher", lambda publisher: [publisher or ""]),
}
