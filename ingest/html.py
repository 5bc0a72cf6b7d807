"""A web page's bytes as an Extraction: main content, metadata, links.

Rule: trafilatura's main content is the text, unless it is much less than what a reader sees (see
`_choose`); then the text is everything visible but the page's chrome. Content never raises: a file that is no
page, or has no text, gets the status and the sentence that say so.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path

import trafilatura
from bs4 import BeautifulSoup

from ingest.charset import decode_html
from ingest.document import Extraction, Status
from ingest.html_content import Block, all_blocks, sections, trafilatura_blocks, visible_blocks, word_count

MEDIA_TYPE = "text/html"
#: Deeper trees than this go past trafilatura, which recurses.
MAX_DEPTH = 400
#: Trafilatura's text must hold this share of the visible words.
MIN_SHARE = 0.35

_OTHER_FORMATS = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP or Office file"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x1f\x8b", "gzip-compressed data"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
)

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


def extract_html(path: Path) -> Extraction:
    """Read a saved web page (.html, .htm, .xhtml). Never raises for what is in the file, or that it is gone."""
    try:
        data = path.read_bytes()
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
            return Extraction(
                Status.CORRUPT, f"The file is named a web page but holds {what}.", media_type=media_type
            )
    decoded = decode_html(data)
    warnings = [decoded.warning] if decoded.warning else []
    soup = parse(decoded.text)
    visible = visible_blocks(soup)
    chosen, engine = _choose(decoded.text, soup, visible)
    pages, outline = sections(chosen)
    status = Status.OK if pages else Status.EMPTY
    reason = "" if pages else "The page has no text that a reader would see."
    return Extraction(
        status,
        reason,
        media_type=media_type,
        pages=pages,
        outline=outline,
        engine=engine,
        warnings=tuple(warnings),
    )


def parse(text: str) -> BeautifulSoup:
    """The page's tree. bs4 over lxml: its parser target builds trees of any depth and loses no text on the way."""
    return BeautifulSoup(text, "lxml", huge_tree=True)


def _choose(text: str, soup: BeautifulSoup, visible: list[Block]) -> tuple[list[Block], str]:
    main = main_blocks(text, soup)
    if word_count(main) >= MIN_SHARE * word_count(visible):
        return main, f"trafilatura {trafilatura.__version__}"
    return visible or all_blocks(soup), "beautifulsoup4"


def main_blocks(text: str, soup: BeautifulSoup) -> list[Block]:
    """Trafilatura's main content, or no blocks where it finds none or fails on the page."""
    if _depth(soup) > MAX_DEPTH:
        return []
    html = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    try:
        found = trafilatura.bare_extraction(html, include_comments=False, fast=True)
    except (Exception, RecursionError):  # the library documents no set of errors; its failure means our fallback
        return []
    return trafilatura_blocks(found.body) if found is not None and found.body is not None else []


def _depth(soup: BeautifulSoup) -> int:
    depth = deepest = 0
    stack = [(soup, 0)]
    while stack:
        tag, depth = stack.pop()
        deepest = max(deepest, depth)
        stack.extend((child, depth + 1) for child in tag.contents if hasattr(child, "contents"))
    return deepest
