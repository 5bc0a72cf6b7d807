"""A web page's bytes as an Extraction: content in sections, metadata, listed resources, links.

Rule: nothing in a file makes this raise. A file that is no page, or a page without text, gets the status and the
sentence that say so; what was read with a loss says it in the warnings.
"""

from __future__ import annotations

import re
from pathlib import Path

from ingest.charset import Decoded, decode_html
from ingest.document import Claim, Extraction, Source, Status
from ingest.html_blocks import visible_blocks
from ingest.html_content import content_blocks, library_tree, sections
from ingest.html_metadata import base_of, detected_date, page_claims, resolved
from ingest.html_tree import Tag, parse
from ingest.library_page import is_listing, listing_entries
from ingest.opening import read_regular

MEDIA_TYPE = "text/html"
#: A file is noise where more than this share of its first characters is unreadable.
NOISE_SHARE, NOISE_WINDOW = 0.1, 65_536

_UNREADABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd]")
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")

_NO_TARGET = ("#", "javascript:", "mailto:", "tel:", "data:")
_OTHER_FORMATS = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP or Office file"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x1f\x8b", "gzip-compressed data"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
)


def extract_html(path: Path) -> Extraction:
    """Read a saved web page (.html, .htm, .xhtml). Never raises for what is in the file, or that it is gone."""
    try:
        data = read_regular(path)
    except OSError as error:
        reason = f"The file cannot be read: {error.strerror or error}."
        return Extraction(Status.UNREADABLE, reason, media_type=MEDIA_TYPE)
    return extract_html_bytes(data, name=path.name)


def extract_html_bytes(data: bytes, *, name: str = "") -> Extraction:
    """Extract a page from its bytes; `name` is the file's name, whose suffix .xhtml sets the media type."""
    media_type = "application/xhtml+xml" if name.lower().endswith((".xhtml", ".xht")) else MEDIA_TYPE
    if not data.strip(b"\x00 \t\r\n\f"):
        return Extraction(Status.EMPTY, "The file has no content.", media_type=media_type)
    for magic, what in _OTHER_FORMATS:
        if data.startswith(magic):
            reason = f"The file is named a web page but holds {what}; give it the right ending."
            return Extraction(Status.CORRUPT, reason, media_type=media_type)
    return extract_decoded(decode_html(data), media_type=media_type)


def extract_decoded(decoded: Decoded, *, media_type: str = MEDIA_TYPE, location: str = "") -> Extraction:
    """Extract a page from its text. location: the URL it was saved from, where that came with it."""
    if _is_noise(decoded.text):
        reason = "The file is named a web page but holds no readable text; save the page again."
        return Extraction(Status.CORRUPT, reason, media_type=media_type)
    text = _XML_DECLARATION.sub("", decoded.text)  # the parsers refuse a string that names an encoding
    page = parse(text)
    visible = visible_blocks(page)
    entries = listing_entries(page, base_of(page))
    tree = library_tree(text)
    blocks, engine, left_out = content_blocks(tree, page, visible, listing=is_listing(entries, visible))
    pages, outline = sections(blocks)
    claims, unread = page_claims(page, visible, labels=not any(entry.tags or entry.regions for entry in entries))
    if location.startswith(("http://", "https://")):
        claims.append(Claim("source_url", location, Source.PAGE))
    url = next((claim.value for claim in claims if claim.field == "source_url"), None)
    return Extraction(
        Status.OK if pages else Status.EMPTY,
        "" if pages else _why_empty(page),
        media_type=media_type,
        pages=pages,
        claims=(*claims, *detected_date(tree, url)),
        outline=outline,
        entries=entries,
        links=page_links(page),
        engine=engine,
        warnings=tuple(filter(None, (decoded.warning, left_out, *unread))),
    )


def page_links(page: Tag) -> tuple[str, ...]:
    """Where the page's links lead, once each, in order: as written, or against `<base>` where there is one."""
    base = base_of(page)
    hrefs = (link.get("href").strip() for link in page.find_all("a", "area"))
    kept = (resolved(href, base) for href in hrefs if href and not href.lower().startswith(_NO_TARGET))
    return tuple(dict.fromkeys(kept))


def _is_noise(text: str) -> bool:
    """Whether the beginning is full of characters that no page has: controls, and bytes that did not decode."""
    head = text[:NOISE_WINDOW]
    return len(_UNREADABLE.findall(head)) > NOISE_SHARE * len(head)


def _why_empty(page: Tag) -> str:
    if page.find("frame", "iframe") is not None:
        return "The page only frames other pages; index the framed files."
    if any(meta.get("http-equiv").lower() == "refresh" for meta in page.find_all("meta")):
        return "The page only leads on to another one; save that one."
    if page.find("script") is not None:
        return "The page builds its text by a script, which is not run; save it from a browser as a complete page."
    return "The page has no text that a reader would see."
