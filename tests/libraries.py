"""Small libraries for tests: documents put into a catalogue without files, and the index made from it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from ingest.catalogue import Catalogue
from ingest.document import Claim, Extraction, Page, Source, Status
from searchidx.index import update


def record(
    *pages: str,
    title: str = "Untitled",
    tags: Sequence[str] = (),
    regions: Sequence[str] = (),
    media_type: str = "application/pdf",
    **single: str,
) -> Extraction:
    """A document as an extractor would hand it over; single: language, publisher, published, summary."""
    claims = [Claim("title", title, Source.PAGE)]
    claims += [Claim("tag", tag, Source.PAGE) for tag in tags]
    claims += [Claim("region", region, Source.PAGE) for region in regions]
    claims += [Claim(name, value, Source.PAGE) for name, value in single.items()]
    return Extraction(
        Status.OK,
        media_type=media_type,
        pages=tuple(Page(number, text) for number, text in enumerate(pages, 1)),
        claims=tuple(claims),
    )


def put(data_dir: Path, documents: dict[str, Extraction], removed: Iterable[str] = ()) -> dict[str, str]:
    """Add or replace documents at their paths and remove others, in one transaction; {path: id}."""
    ids = {}
    with Catalogue.open(data_dir, create=True) as catalogue, catalogue.transaction():
        for path in removed:
            catalogue.detach_path(path)
        for path, extraction in documents.items():
            sha = hashlib.sha256(repr((path, extraction)).encode("utf-8", "surrogatepass")).hexdigest()
            ids[path] = catalogue.put_document(extraction, sha)
            catalogue.attach_path(path, ids[path])
    return ids


def library(data_dir: Path, documents: dict[str, Extraction]) -> dict[str, str]:
    """A searchable library of these documents at these paths; {path: id}."""
    ids = put(data_dir, documents)
    update(data_dir)
    return ids
