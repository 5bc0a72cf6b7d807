"""Which tags (or regions) the documents have, how many have each, and who says so.

Rule: values that compare equal are one value, shown in its most frequent spelling; only what a document's resolved
record holds counts, so a value that the user took away is not in use.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ingest.catalogue import Catalogue
from ingest.curation import Field, values
from ingest.document import TRUST, Source
from ingest.metadata import region_of
from ingest.text import fold


@dataclass(frozen=True, slots=True)
class ValueInUse:
    """A value, the number of documents that have it, who says it (the most trusted first), and how else it is
    written in the library."""

    value: str
    documents: int
    sources: tuple[Source, ...]
    spellings: tuple[str, ...] = ()


def values_in_use(catalogue: Catalogue, field: Field) -> list[ValueInUse]:
    """The values of a field, the most frequent first, then by name."""
    spellings: dict[str, Counter[str]] = {}
    sources: dict[str, set[Source]] = {}
    for document in catalogue.documents(list(catalogue.live_ids())).values():
        held = {_key(value): value for value in values(document, field)}
        if not held:
            continue
        for key, value in held.items():
            spellings.setdefault(key, Counter())[value] += 1
        for claim in catalogue.claims(document.id):
            said = region_of(claim) if field == "region" else claim.value if claim.field == field else None
            key = _key(said or "")
            if key in held:
                sources.setdefault(key, set()).add(claim.source)
    found = []
    for key, counts in spellings.items():
        shown, *others = sorted(counts, key=lambda value: (-counts[value], value))
        who = tuple(sorted(sources.get(key, ()), key=TRUST.__getitem__))
        found.append(ValueInUse(shown, counts.total(), who, tuple(others)))
    return sorted(found, key=lambda item: (-item.documents, fold(item.value), item.value))


def _key(value: str) -> str:
    return " ".join(fold(value).split())
