"""Who says what about a document, and what became of it.

Rule: every claim is a row, also one that lost to a more trusted source, one that says what another said already,
and one that the user took away; so for each value that is shown, and for each that one misses, it can be seen why.
"""

from __future__ import annotations

from typing import NamedTuple

from ingest.catalogue import Catalogue
from ingest.document import MULTI_FIELDS, SINGLE_FIELDS, Document, Source
from ingest.metadata import region_name, region_of, same_value, understood

SHOWN = "shown"
_TAKEN_AWAY = "taken away by the user"


class Row(NamedTuple):
    """A claim.

    origin: the file that the sidecar or folder rule speaks of, the library page, or "". pages: of a mention, how
    many pages name the region. outcome: SHOWN, or why the value is not shown.
    """

    field: str
    value: str
    source: Source
    origin: str
    pages: int | None
    outcome: str


def provenance(catalogue: Catalogue, document: Document) -> list[Row]:
    """The rows of a document, by field, each field's most trusted source first."""
    rows: list[Row] = []
    shown: set[tuple[str, str]] = set()
    for claim, origin, denied in catalogue.all_claims(document.id):
        field, value = claim.field, claim.value
        if field == "region" and claim.source is Source.DETECTED:
            outcome = SHOWN if region_name(value) in document.region_mentions else "named on too few pages"
            rows.append(Row("mention", value, claim.source, origin, claim.pages, outcome))
            continue
        if denied:
            outcome = _TAKEN_AWAY
        elif field in SINGLE_FIELDS:
            outcome = _single(document, shown, field, value)
        else:
            outcome = _one_of(document, shown, field, value)
        rows.append(Row(field, value, claim.source, origin, None, outcome))
        region = region_of(claim) if field == "tag" and outcome != _TAKEN_AWAY else None
        if region is not None:
            outcome = _one_of(document, shown, "region", region)
            named = "shown: the tag names it" if outcome == SHOWN else outcome
            rows.append(Row("region", region, claim.source, origin, None, named))
    order = (*SINGLE_FIELDS, *MULTI_FIELDS, "mention")
    return sorted(rows, key=lambda row: order.index(row.field))


def _single(document: Document, shown: set[tuple[str, str]], field: str, value: str) -> str:
    result = understood(field, value)
    if result is None:
        return "not understood"
    if result != getattr(document, field):
        return "another source is trusted more"
    if (field, result) in shown:
        return "said already"
    shown.add((field, result))
    return SHOWN


def _one_of(document: Document, shown: set[tuple[str, str]], field: str, value: str) -> str:
    held = {"author": document.authors, "tag": document.tags, "region": document.regions}[field]
    found = next((one for one in held if same_value(field, one, value)), None)
    if found is None:
        return _TAKEN_AWAY
    if (field, found) in shown:
        return "said already"
    shown.add((field, found))
    return SHOWN
