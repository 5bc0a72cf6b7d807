"""Contents that are not to come back: the hashes of forgotten documents.

Rule: a hash stays until somebody lets its content in again (`ingest.forgetting`); a file with such a content is
hashed like any other and then passed over, with the status `forgotten`. The table is made when it is first needed,
so that reading it where it is absent finds nothing.
"""

from __future__ import annotations

from ingest.catalogue_read import CatalogueReader
from ingest.document import ID_LENGTH

TABLE = "CREATE TABLE IF NOT EXISTS forgotten (sha256 TEXT PRIMARY KEY, forgotten_at TEXT NOT NULL)"


def forgotten(catalogue: CatalogueReader) -> dict[str, str]:
    """{hash: when it was forgotten (UTC, ISO 8601)}."""
    if catalogue._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'forgotten'").fetchone() is None:
        return {}
    return dict(catalogue._db.execute("SELECT sha256, forgotten_at FROM forgotten").fetchall())


def forgotten_ids(catalogue: CatalogueReader) -> frozenset[str]:
    """The ids that these documents had."""
    return frozenset(sha256[:ID_LENGTH] for sha256 in forgotten(catalogue))


def forgotten_entries(catalogue: CatalogueReader, listing_id: str, ids: frozenset[str]) -> frozenset[int]:
    """Which entries (positions from 0) of a library page led to one of these documents."""
    if not ids:
        return frozenset()
    rows = catalogue._db.execute("SELECT position, document_id FROM entries WHERE listing_id = ?", (listing_id,))
    return frozenset(position for position, document_id in rows if document_id in ids)


def reason(when: str) -> str:
    """What is said of a file that is passed over."""
    return f"forgotten on {when[:10]} with `dossier forget`, and passed over since"
