"""What others say about documents in the catalogue: sidecars, rules for folders, and library pages.

Rule: these claims are derived from files and settings, so they are always made anew from them; what stands in the
catalogue is only replaced where it differs, and nothing is extracted for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import unquote

from ingest.catalogue import Catalogue, FileRow
from ingest.catalogue_files import path_key
from ingest.document import ID_LENGTH, Claim, ListingEntry, Source, Status
from ingest.forgotten import forgotten_entries, forgotten_ids
from ingest.ignore import path_pattern
from ingest.listed import address, name_of
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
    its document the entry's values; for the others there are records of their own (`ingest.listed`), but for what
    is forgotten."""
    said: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    listings = catalogue.listings()
    names = {row.path.rpartition("/")[2] for row in catalogue.files()} if listings else set()
    unwanted = forgotten_ids(catalogue)
    for listing_id, paths in listings.items():
        led_to_unwanted = forgotten_entries(catalogue, listing_id, unwanted)
        page = catalogue.fields(listing_id)
        places = [catalogue.file_path(path) for path in paths]
        for position, (entry, _) in enumerate(list(catalogue.entries(listing_id))):
            target = _target(catalogue, entry.href, places, names) if entry.href else None
            if target in unwanted or (target is None and position in led_to_unwanted):
                continue
            claims = _entry_claims(entry)
            if target == listing_id or (entry.href or "").startswith("#"):
                target = None  # it is a part of the page
            elif target is None:
                link = address(entry.href, page.source_url, paths)
                target = catalogue.put_listed(name_of(entry, link, paths))
                # Title and summary are the page's own words, and in its language.
                own = {"source_url": link, "language": page.language}
                claims += [Claim(field, value, Source.LISTING) for field, value in own.items() if value]
            catalogue.hold_entry(listing_id, position, target)
            if target is not None:
                said[target, listing_id] += claims
    for document_id, origin in catalogue.claim_origins(Source.LISTING):
        said.setdefault((document_id, origin), [])
    for (document_id, origin), claims in said.items():
        catalogue.set_claims(document_id, Source.LISTING, origin, claims)
    catalogue.touch_listed()


def _target(catalogue: Catalogue, href: str, pages: Sequence[Path], names: set[str]) -> str | None:
    """The document that a link on a page (whose file may lie in several places) leads to; a link into the web
    counts as leading to the file of its name beside the page only where there is just one. names: of all files,
    so that folders are not looked through for a file that is nowhere."""
    from ingest.hrefs import guess_href, resolve_href

    def is_held(place: Path) -> bool:
        return _document_at(catalogue, place) is not None

    for page in pages:
        for place in resolve_href(href, page, is_held):
            return _document_at(catalogue, place)
    if names.isdisjoint(_last_names(href)):
        return None
    guessed = {_document_at(catalogue, place) for page in pages for place in guess_href(href, page)} - {None}
    return guessed.pop() if len(guessed) == 1 else None


def _last_names(href: str) -> tuple[str, str]:
    name = href.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]
    return name, unquote(name)


def _document_at(catalogue: Catalogue, place: Path) -> str | None:
    row = catalogue.file(path_key(place, catalogue.root)[0])
    if row is not None and row.status is Status.FORGOTTEN:
        return (row.sha256 or "")[:ID_LENGTH]
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
