"""The part of the catalogue that knows what was read in pictures of pages (the catalogue's friend: it uses its
connection).

Rules: what a page gave is kept by the hash of its file's content, so that a copy, a move or another reading of the
same file finds it again, with the engine and languages it was read with; it is forgotten when the catalogue
forgets the document. The table is made when it is first needed: a library in which nothing was ever read from
pictures is as an older Dossier wrote it, and an older Dossier still opens one in which it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ingest.catalogue import Catalogue
from ingest.catalogue_values import page_sum
from ingest.document import Claim, Extraction, Page, Source, Status

#: Text of a lower quality than this is noise, and worth another reading from the picture of the page.
NOISE_BELOW = 0.5
_TABLE = """
CREATE TABLE IF NOT EXISTS ocr_pages (
    sha256 TEXT NOT NULL,
    page INTEGER NOT NULL,
    engine TEXT NOT NULL,
    languages TEXT NOT NULL,
    text TEXT NOT NULL DEFAULT '',
    confidence REAL NOT NULL DEFAULT 0,
    failed TEXT NOT NULL DEFAULT '',
    missing INTEGER NOT NULL DEFAULT 0,
    shown INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (sha256, page)
)
"""
_LIVE = "d.removed_revision IS NULL AND d.media_type = 'application/pdf'"


class Kept(NamedTuple):
    """What a page gave: engine "tesseract 5.3.0", languages "eng+fra", raw text, confidence 0 to 1, why there is
    no text, whether that is for want of data for `languages`, whether its text is the page's in the library."""

    page: int
    engine: str
    languages: str
    text: str
    confidence: float
    failed: str
    missing: bool
    shown: bool


@dataclass(frozen=True, slots=True)
class Scanned:
    """A document with pages that show no text, or noise: its id, hash, a path (and the path of the archive that
    is in, if any) and those pages' numbers."""

    id: str
    sha256: str
    path: str
    container: str | None
    pages: tuple[int, ...]


class OcrPages:
    """Reads and writes `ocr_pages`, and puts what stands there into documents. Writing is to be done inside the
    catalogue's `transaction()`."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._db = catalogue._db

    def exist(self) -> bool:
        """Whether anything was ever kept."""
        row = self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'ocr_pages'").fetchone()
        return row is not None

    def prepare(self) -> None:
        """Make the table where it is absent, and forget what belongs to no document any more."""
        self._db.execute(_TABLE)
        self._db.execute(
            "DELETE FROM ocr_pages WHERE sha256 NOT IN"
            " (SELECT sha256 FROM documents JOIN pages ON document_id = documents.id)"
        )

    def scanned(self) -> Iterator[Scanned]:
        """Every PDF with pages that show no text or noise, or of which some were read from pictures before."""
        rows = self._db.execute(
            "SELECT d.id, d.sha256, group_concat(p.number) FROM documents d JOIN pages p ON p.document_id = d.id"
            f" WHERE {_LIVE} AND d.status IN (?, ?, ?) AND (p.text = '' OR p.quality < ? OR EXISTS"
            " (SELECT 1 FROM ocr_pages o WHERE o.sha256 = d.sha256 AND o.page = p.number))"
            " GROUP BY d.number ORDER BY d.number",
            (Status.OK, Status.PARTIAL, Status.IMAGE_ONLY, NOISE_BELOW),
        ).fetchall()
        for id_, sha256, pages in rows:
            place = self._db.execute(
                "SELECT path, container FROM files WHERE document_id = ? AND kind <> 'record'"
                " ORDER BY container IS NOT NULL, path",
                (id_,),
            ).fetchone()
            if place is not None:
                yield Scanned(id_, sha256, place[0], place[1], tuple(sorted(map(int, pages.split(",")))))

    def kept(self, sha256: str) -> dict[int, Kept]:
        """What is kept of a content, by page number."""
        rows = self._db.execute(
            "SELECT page, engine, languages, text, confidence, failed, missing, shown FROM ocr_pages"
            " WHERE sha256 = ? ORDER BY page",
            (sha256,),
        )
        return {row[0]: Kept(*row) for row in rows}

    def keep(self, sha256: str, page: Kept) -> None:
        """Keep what a page gave, instead of what it gave before."""
        self._db.execute(
            "INSERT INTO ocr_pages (sha256, page, engine, languages, text, confidence, failed, missing, shown)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sha256, page) DO UPDATE SET"
            " engine = excluded.engine, languages = excluded.languages, text = excluded.text,"
            " confidence = excluded.confidence, failed = excluded.failed, missing = excluded.missing",
            (sha256, *page),
        )

    def unshown(self) -> list[tuple[str, str]]:
        """(id, hash) of documents whose text was read anew from the file since pages of it were read from
        pictures, or of which a run was ended before it could put them in."""
        return self._db.execute(
            f"SELECT d.id, d.sha256 FROM documents d WHERE {_LIVE} AND d.engine NOT LIKE '%tesseract%' AND EXISTS"
            " (SELECT 1 FROM ocr_pages o WHERE o.sha256 = d.sha256 AND o.failed = '')"
            " AND EXISTS (SELECT 1 FROM pages p WHERE p.document_id = d.id)"
        ).fetchall()

    def language(self, document_id: str) -> tuple[str | None, bool]:
        """The language of a document (ISO 639-1) where one is known, and whether it is only detected."""
        row = self._db.execute("SELECT record FROM documents WHERE id = ?", (document_id,)).fetchone()
        language = json.loads(row[0]).get("language")
        said = {claim.source for claim in self._catalogue.claims(document_id) if claim.field == "language"}
        return language, said <= {Source.DETECTED}

    def put(self, document_id: str, reading: Extraction, shown: set[int]) -> None:
        """Store another reading of a document: its pages' text, status, warnings, engine, and what was detected
        in the text (language, regions); all else that is known of it stays. shown: pages read from pictures."""
        self._db.execute(
            "UPDATE documents SET status = ?, reason = ?, engine = ?, warnings = ? WHERE id = ?",
            (reading.status, reading.reason, reading.engine, json.dumps(reading.warnings), document_id),
        )
        self._db.execute(
            "UPDATE files SET status = ?, reason = ? WHERE document_id = ?",
            (reading.status, reading.reason, document_id),
        )
        self._db.executemany(
            "UPDATE pages SET text = ?, label = ?, quality = ?, crc = ? WHERE document_id = ? AND number = ?",
            (
                (page.text, page.label, page.quality, page_sum(page.text, page.label), document_id, page.number)
                for page in reading.pages
            ),
        )
        sha256 = self._db.execute("SELECT sha256 FROM documents WHERE id = ?", (document_id,)).fetchone()[0]
        self._db.execute("UPDATE ocr_pages SET shown = 0 WHERE sha256 = ?", (sha256,))
        self._db.executemany(
            "UPDATE ocr_pages SET shown = 1 WHERE sha256 = ? AND page = ?", ((sha256, page) for page in shown)
        )
        self._db.execute(
            "DELETE FROM claims WHERE document_id = ? AND source = 'detected' AND origin = ''"
            " AND field IN ('language', 'region')",
            (document_id,),
        )
        self._catalogue._insert_claims(document_id, _detected(reading.claims), "")
        self._catalogue._new_text.add(document_id)
        self._catalogue._touch(document_id)

    def pages(self, document_id: str) -> list[Page]:
        """The document's pages as the library shows them now."""
        return list(self._catalogue.pages(document_id))


def _detected(claims: tuple[Claim, ...]) -> list[Claim]:
    return [claim for claim in claims if claim.source is Source.DETECTED and claim.field in ("language", "region")]
