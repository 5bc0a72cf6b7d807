"""How much one document may hand over.

Rule: a reader's limits are on what it costs to read; these are on what comes of it, which the catalogue has to
keep and every search to carry. More pages than the limit, or more text than any book has, is told as a status, and
nothing of it is kept. Of values, listed resources and links only the first are kept, and a warning says so; one
value is cut where it is longer than a summary could be. No real document comes near.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from ingest.document import Extraction, Status

#: Characters of all pages: some thirty thousand of them, full.
MOST_CHARACTERS = 2**26
MOST_VALUES, MOST_ENTRIES, MOST_LINKS, MOST_HEADINGS = 1_000, 10_000, 50_000, 10_000
LONGEST_VALUE = 20_000

T = TypeVar("T")


def bounded(extraction: Extraction, most_pages: int) -> Extraction:
    """The extraction within these bounds."""
    if len(extraction.pages) > most_pages:
        reason = f"it has {len(extraction.pages):,} pages or sections, more than the limit of {most_pages:,}"
        return Extraction(Status.TOO_MANY_PAGES, reason, extraction.media_type)
    characters = sum(len(page.text) for page in extraction.pages)
    if characters > MOST_CHARACTERS:
        reason = (
            f"it has {characters:,} characters of text, more than the {MOST_CHARACTERS:,} that one document may"
        )
        return Extraction(Status.TOO_LARGE, reason, extraction.media_type)
    told: list[str] = []

    def first(values: tuple[T, ...], most: int, what: str) -> tuple[T, ...]:
        if len(values) > most:
            told.append(f"of {len(values):,} {what} only the first {most:,} were kept")
        return values[:most]

    claims = first(extraction.claims, MOST_VALUES, "values that it states of itself")
    if any(len(claim.value) > LONGEST_VALUE for claim in claims):
        claims = tuple(replace(claim, value=claim.value[:LONGEST_VALUE]) for claim in claims)
    entries = first(extraction.entries, MOST_ENTRIES, "resources that it lists")
    links = first(extraction.links, MOST_LINKS, "links")
    outline = first(extraction.outline, MOST_HEADINGS, "headings")
    warnings = (*extraction.warnings, *told)
    return replace(extraction, claims=claims, entries=entries, links=links, outline=outline, warnings=warnings)
