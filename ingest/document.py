"""What the pipeline hands on: pages, claims about a document, and how a file fared.

Rules: these types are frozen and can be pickled (they cross process borders). A document is its content: its
id is the first 16 hexadecimal digits of the SHA-256 of the file's bytes. Nothing is ever just "failed": a
`Status` says what happened, a reason says it in words, `next_step` says what a person can do. Every value of
the metadata is a `Claim` with the `Source` it came from.
"""

from __future__ import annotations

from enum import StrEnum

from ingest.frozen import Frozen

ID_LENGTH = 16


class Status(StrEnum):
    """How the extraction of a file ended; the value is what users see and what the catalogue stores."""

    OK = "ok"
    PARTIAL = "partial"  # some pages failed, the others are indexed
    IMAGE_ONLY = "image-only"  # pages, but no text layer
    EMPTY = "empty"  # read without error, nothing in it
    ENCRYPTED = "encrypted"  # needs a password we do not have
    CORRUPT = "corrupt"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out-of-memory"
    TOO_LARGE = "too-large"  # more bytes than the limit
    TOO_MANY_PAGES = "too-many-pages"
    UNSUPPORTED = "unsupported"  # a type we do not read
    UNREADABLE = "unreadable"  # permission denied, or gone while we read
    LISTED = "listed"  # no file: a library page names it, and the library does not hold it
    FORGOTTEN = "forgotten"  # the user had it erased, and does not want it back


#: Statuses whose document is in the index (an image-only report is still found by its title and tags).
INDEXED = frozenset({Status.OK, Status.PARTIAL, Status.IMAGE_ONLY, Status.EMPTY, Status.LISTED})

#: Statuses of files that are passed over, which is no problem.
LEFT_ALONE = frozenset({Status.UNSUPPORTED, Status.FORGOTTEN})


#: The media type of what has no file: only a library page names it.
LISTED_TYPE = "application/x-listed"


class Source(StrEnum):
    """Who says a value, from the most to the least trusted; the order of the members is the order of trust."""

    USER = "user"
    SIDECAR = "sidecar"
    PAGE = "page"  # JSON-LD, Dublin Core, meta tags of the page itself
    LISTING = "listing"  # a library page that lists the document
    FILE = "file"  # PDF Info and XMP
    FOLDER = "folder"
    DETECTED = "detected"


TRUST: dict[Source, int] = {source: rank for rank, source in enumerate(Source)}

#: Fields of which a document has one value (the most trusted wins); the others are sets and are united.
SINGLE_FIELDS = ("title", "summary", "publisher", "published", "language", "source_url")
MULTI_FIELDS = ("author", "tag", "region")


class Claim(Frozen):
    """One value of one metadata field (a name in SINGLE_FIELDS or MULTI_FIELDS) and who says it.

    pages: of a region that was detected in the text, on how many pages it is named.
    """

    field: str
    value: str
    source: Source
    pages: int | None = None


class Page(Frozen):
    """A page of a PDF or a section of a web page.

    number: physical page, or the section's place, from 1. label: the page label printed on it ("xii"), or the
    section's heading; None where there is none. text: as shown to people. quality: 0 (noise) to 1 (clean).
    """

    number: int
    text: str
    label: str | None = None
    quality: float = 1.0


class OutlineEntry(Frozen):
    """A bookmark of a PDF or a heading of a page: level from 1, page number from 1 or None."""

    level: int
    title: str
    page: int | None


class ListingEntry(Frozen):
    """One resource that a library page lists, as written there; `href` is already absolute or relative to it."""

    href: str | None
    title: str
    summary: str | None = None
    publisher: str | None = None
    published: str | None = None  # "2003", "2003-05" or "2003-05-21"
    tags: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()


class Extraction(Frozen):
    """What an extractor made of one file. Extractors return this for bad files too; they do not raise."""

    status: Status
    reason: str = ""  # one sentence for a person; empty when status is ok
    media_type: str = ""
    pages: tuple[Page, ...] = ()
    claims: tuple[Claim, ...] = ()
    outline: tuple[OutlineEntry, ...] = ()
    entries: tuple[ListingEntry, ...] = ()
    links: tuple[str, ...] = ()  # hrefs as written, resolved against <base> where the page has one
    engine: str = ""  # "pdfium 5.2.0", "trafilatura 2.0.0", ...
    warnings: tuple[str, ...] = ()
    sketch: bytes | None = None  # of the text (`ingest.sketch`), where it was made


class Document(Frozen):
    """A document as the catalogue holds it. `pages` is empty where only the record was asked for."""

    id: str
    paths: tuple[str, ...]
    title: str
    media_type: str
    status: Status
    reason: str = ""
    summary: str | None = None
    publisher: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None  # "2003", "2003-05" or "2003-05-21"
    language: str | None = None  # ISO 639-1
    tags: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()  # curated ones
    region_mentions: tuple[str, ...] = ()  # those named in the text that it may be about
    regions_named: tuple[str, ...] = ()  # all that are named in the text
    source_url: str | None = None
    page_count: int = 0
    extraction: str = ""  # the engine that read it
    pages: tuple[Page, ...] = ()
    claims: tuple[Claim, ...] = ()

    @property
    def year(self) -> int | None:
        """The year of publication, where known."""
        return int(self.published[:4]) if self.published else None

    @property
    def type(self) -> str:
        """The short name of the media type that `type:` and `--type` filter by."""
        return short_type(self.media_type)


def short_type(media_type: str) -> str:
    """'application/pdf' -> 'pdf', 'text/html' -> 'html', 'text/plain' -> 'text', ..."""
    names = {
        "application/pdf": "pdf",
        "text/html": "html",
        "application/xhtml+xml": "html",
        "text/plain": "text",
        "text/markdown": "markdown",
        LISTED_TYPE: "listed",
    }
    return names.get(media_type, media_type.rpartition("/")[2] or "unknown")
