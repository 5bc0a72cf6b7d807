"""What others say about documents in the catalogue: sidecars, rules for folders, and library pages.

Rule: these claims are derived from files and settings, so they are always made anew from them and compared with
what stands in the catalogue; nothing is extracted for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from ingest.catalogue import Catalogue, FileRow
from ingest.catalogue_files import path_key
from ingest.document import Claim, ListingEntry, Source
from ingest.ignore import path_pattern
from ingest.settings import FolderRule
from ingest.sidecar import Sidecars


def describe(
    catalogue: Catalogue, rows: Iterable[FileRow], sidecars: Sidecars, rules: Sequence[FolderRule]
) -> None:
    """Give the documents of these files what sidecars and folder rules say of their paths."""
    for row in rows:
        if row.document_id is None:
            continue
        if row.kind == "document":
            claims = sidecars.claims(catalogue.file_path(row.path))
            catalogue.set_claims(row.document_id, Source.SIDECAR, row.path, claims)
        catalogue.set_claims(row.document_id, Source.FOLDER, row.path, _folder_claims(row.path, rules))


def _folder_claims(path: str, rules: Sequence[FolderRule]) -> list[Claim]:
    claims = []
    for rule in rules:
        pattern = rule.match.rstrip("/")
        if path_pattern(pattern).fullmatch(path) or path_pattern(pattern + "/**").fullmatch(path):
            claims += [Claim("region", region, Source.FOLDER) for region in rule.regions]
            claims += [Claim("tag", tag, Source.FOLDER) for tag in rule.tags]
    return claims


def link_listings(catalogue: Catalogue) -> None:
    """Hold what library pages list against the files of the catalogue: an entry whose link leads to one gives
    its document the entry's values; the others stay entries without a document."""
    said: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for listing in catalogue.listings():
        from ingest.library_page import resolve_href

        for position, (entry, held) in enumerate(list(catalogue.entries(listing.id))):
            target = None
            for page in listing.paths:
                place = resolve_href(entry.href, catalogue.file_path(page)) if entry.href else None
                target = target or (_document_at(catalogue, place) if place else None)
            if target == listing.id:
                target = None
            if target != held:
                catalogue.hold_entry(listing.id, position, target)
            if target is not None:
                said[target, listing.id] += _entry_claims(entry)
    for document_id, origin in catalogue.claim_origins(Source.LISTING):
        said.setdefault((document_id, origin), [])
    for (document_id, origin), claims in said.items():
        catalogue.set_claims(document_id, Source.LISTING, origin, claims)


def _document_at(catalogue: Catalogue, place: Path) -> str | None:
    row = catalogue.file(path_key(place, catalogue.root)[0])
    return row.document_id if row is not None else None


def _entry_claims(entry: ListingEntry) -> list[Claim]:
    singles = {
        "title": entry.title,
        "summary": entry.summary,
        "publisher": entry.publisher,
        "published": entry.published,
    }
    return [
        *(Claim(field, value, Source.LISTING) for field, value in singles.items() if value),
        *(Claim("tag", tag, Source.LISTING) for tag in entry.tags),
        *(Claim("region", region, Source.LISTING) for region in entry.regions),
    ]
