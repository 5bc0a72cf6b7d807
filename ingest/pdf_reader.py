"""What both PDF engines offer to `ingest.pdf`, so that it need not know which one reads.

Rule: a reader is one open file. It numbers pages from 1, returns text as the engine gives it (raw, lines ended
by a newline of any kind), and may raise anything on a damaged page: `ingest.pdf` turns that into a status.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ingest.document import OutlineEntry, Status

#: Bookmarks beyond these numbers are not read: no real report has them, hostile files do.
MAX_OUTLINE_ENTRIES = 5_000
MAX_OUTLINE_DEPTH = 12


class CannotOpen(Exception):
    """The engine does not open the file; `status` is CORRUPT, ENCRYPTED or TOO_MANY_PAGES, `why` a sentence."""

    def __init__(self, status: Status, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


@dataclass(frozen=True, slots=True)
class SizedLine:
    """A line of the first page: its text and the height of its letters in points (1/72 inch)."""

    text: str
    size: float


@dataclass(frozen=True, slots=True)
class PageText:
    """The raw text of a page, and whether it runs across the page's columns (`columns`)."""

    text: str
    across_columns: bool = False


@dataclass(frozen=True, slots=True)
class PageContent:
    """What a page shows: text, a picture of a page (scanned, or letters drawn as shapes), anything at all."""

    text: bool
    picture: bool
    anything: bool


class PdfReader(Protocol):
    """One open PDF."""

    engine: str

    @property
    def page_count(self) -> int:
        """The number of pages."""
        ...

    def page_text(self, number: int) -> PageText:
        """The raw text of page `number`."""
        ...

    def page_label(self, number: int) -> str | None:
        """The label of page `number` ("xii"), None where the file gives none."""
        ...

    def page_content(self, number: int) -> PageContent:
        """What page `number` shows, whether or not text can be read from it."""
        ...

    def outline(self) -> tuple[OutlineEntry, ...]:
        """The bookmarks in reading order."""
        ...

    def info(self) -> dict[str, str]:
        """The document information dictionary (ISO 32000-1, 14.3.3): Title, Author, CreationDate, ..."""
        ...

    def first_page_lines(self) -> list[SizedLine]:
        """The lines of page 1 with their sizes, in reading order."""
        ...

    def close(self) -> None:
        """Release the file."""
        ...
