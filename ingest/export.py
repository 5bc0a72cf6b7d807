"""The documents of the catalogue as JSON Lines records, in the form that `ingest.jsonl` reads back.

Rules: a record holds what a library cannot find out again from it: the metadata as resolved (who said what is not
kept), and the text page by page. What follows from the text (mentions of regions) or from the file (path, size,
hash) is left out, and so are keys without a value. What library pages only list is no document to hand on. Records
are ordered by `_id`, so that two exports compare line by line, and an export that is read into another library and
exported from there gives the same bytes.

`_id` is the document's id or, for one that came from a JSON Lines file, the id it has there, unless two exported
documents would share it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from ingest.catalogue import Catalogue
from ingest.document import Document

_AT_ONCE = 200  # documents whose records are in memory together


def export_records(catalogue: Catalogue, ids: Iterable[str] | None = None) -> Iterator[dict[str, Any]]:
    """A record for each of these documents, or for all; ids that are in no file now are passed over."""
    live = catalogue.live_ids() if ids is None else (id_ for id_ in ids if catalogue.has_paths(id_))
    listed = set(catalogue.listed_ids())
    names = _names(catalogue, [id_ for id_ in live if id_ not in listed])
    ordered = sorted(names, key=names.__getitem__)
    for start in range(0, len(ordered), _AT_ONCE):
        for document in catalogue.documents(ordered[start : start + _AT_ONCE]).values():
            yield _record(catalogue, document, names[document.id])


def _names(catalogue: Catalogue, ids: list[str]) -> dict[str, str]:
    """{document id: `_id`}, every `_id` only once."""
    own = {
        row.document_id: row.path.removeprefix(f"{row.container}#")
        for row in catalogue.files()
        if row.kind == "record" and row.document_id is not None
    }
    names = {id_: own.get(id_, id_) for id_ in ids}
    shared = Counter(names.values())
    return {id_: name if shared[name] == 1 else id_ for id_, name in names.items()}


def _record(catalogue: Catalogue, document: Document, name: str) -> dict[str, Any]:
    values: dict[str, Any] = {
        "title": document.title,
        "summary": document.summary,
        "publisher": document.publisher,
        "authors": list(document.authors),
        "published": document.published,
        "language": document.language,
        "source_url": document.source_url,
        "media_type": document.media_type,
        "tags": list(document.tags),
        "regions": list(document.regions),
    }
    record = {"_id": name, **{key: value for key, value in values.items() if value}}
    pages = _pages(catalogue, document)
    if len(pages) == 1 and isinstance(pages[0], str):
        record["text"] = pages[0]
    else:
        record["pages"] = pages
    return record


def _pages(catalogue: Catalogue, document: Document) -> list[str | dict[str, str]]:
    """The texts of the pages from page 1 on; a page that could not be read is an empty one, so that the numbers
    of the others stay theirs."""
    pages: list[str | dict[str, str]] = []
    for page in catalogue.pages(document.id):
        pages += [""] * (page.number - 1 - len(pages))
        pages.append({"text": page.text, "label": page.label} if page.label else page.text)
    return pages
