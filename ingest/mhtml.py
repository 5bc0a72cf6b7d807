"""Web archives (.mhtml, .mht): the page inside, read as a page.

Rule: the page is the part that the archive's `start` parameter names (RFC 2557 and RFC 2387), else its first HTML
part; its encoding is the one in the part's header, its address the part's Content-Location. The other parts
(pictures, styles, frames) are not read.
"""

from __future__ import annotations

from email import message_from_bytes
from email.message import Message
from pathlib import Path

from ingest.charset import decode_html
from ingest.document import Extraction, Status
from ingest.html import MEDIA_TYPE, extract_decoded
from ingest.opening import read_regular

_PAGES = ("text/html", "application/xhtml+xml")


def extract_mhtml(path: Path) -> Extraction:
    """Read the page of a web archive. Never raises for what is in the file, or that it is gone."""
    try:
        data = read_regular(path)
    except OSError as error:
        reason = f"The file cannot be read: {error.strerror or error}."
        return Extraction(Status.UNREADABLE, reason, media_type=MEDIA_TYPE)
    if not data.strip():
        return Extraction(Status.EMPTY, "The file has no content.", media_type=MEDIA_TYPE)
    try:
        part = _page_part(message_from_bytes(data))
    except RecursionError:  # the parser of messages goes down with them
        reason = "The parts of the web archive lie too deep in one another; save the page again as HTML."
        return Extraction(Status.CORRUPT, reason, media_type=MEDIA_TYPE)
    if part is None:
        reason = "The web archive has no page in it; save the page again as HTML."
        return Extraction(Status.CORRUPT, reason, media_type=MEDIA_TYPE)
    body = part.get_payload(decode=True)
    content = body if isinstance(body, bytes) else b""
    if not content.strip():
        return Extraction(Status.EMPTY, "The page in the web archive has no content.", media_type=MEDIA_TYPE)
    decoded = decode_html(content, header=part.get_content_charset())
    return extract_decoded(decoded, location=str(part.get("Content-Location", "")).strip())


def _page_part(archive: Message) -> Message | None:
    pages = [part for part in archive.walk() if part.get_content_type() in _PAGES]
    start = archive.get_param("start")
    if isinstance(start, str):
        pages.sort(key=lambda part: str(part.get("Content-ID", "")).strip() != start.strip())
    return pages[0] if pages else None
