"""What of a document goes into the index: its words with their positions, and its whole values.

Rule: everything a query can ask of a document is decided here, from the catalogue's record alone. The tokens of
all pages form one position space, so a phrase may run over a page break; values of `labels` lie `LABEL_GAP`
positions apart, so a phrase never runs from one tag into the next.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from ingest.document import Document
from ingest.regions import ancestors, resolve
from ingest.text import fold
from searchidx.analysis import index_tokens, stem
from searchidx.fields import stem_field

LABEL_GAP = 10

#: Most words of a document have come before; stemming one takes as long as a hundred look-ups.
_stem = lru_cache(maxsize=200_000)(stem)


def index_fields(document: Document) -> dict[str, object]:
    """The arguments of Whoosh's `add_document` for a document with its pages."""
    language = document.language
    fields: dict[str, object] = {"id": (document.id,)}
    texts = {
        "title": [own_title(document)],
        "summary": [document.summary or ""],
        "labels": [*document.tags, *document.regions, document.publisher or "", *document.authors],
        "text": [page.text for page in document.pages],
    }
    for name, parts in texts.items():
        words, starts = positions(parts, gap=LABEL_GAP if name == "labels" else 0)
        if name == "text":
            fields["pages"] = (starts, [page.number for page in document.pages])
        if words:
            fields[name] = words
            fields[stem_field(name)] = stem_positions(words, language)
    for name, values in filter_values(document).items():
        kept = [value for value in values if value]
        if kept:
            fields[name] = kept
    return fields


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


def positions(parts: Iterable[str], gap: int = 0) -> tuple[dict[str, list[int]], list[int]]:
    """{term: ascending positions} of the parts, one after the other with `gap` free positions between them, and
    the position at which each part begins."""
    found: dict[str, list[int]] = {}
    starts: list[int] = []
    position = 0
    for part in parts:
        starts.append(position)
        tokens = index_tokens(part)
        for token in tokens:
            at = found.get(token.term)
            if at is None:
                found[token.term] = [position]
            else:
                at.append(position)
            position += 1
        if tokens:
            position += gap
    return found, starts


def stem_positions(words: dict[str, list[int]], language: str | None) -> dict[str, list[int]]:
    """The positions of the stems of words in a text of this language."""
    found: dict[str, list[int]] = {}
    shared = set()
    for term, at in words.items():
        root = _stem(term, language)
        if root in found:
            found[root] = found[root] + at
            shared.add(root)
        else:
            found[root] = at
    for root in shared:
        found[root].sort()
    return found
