"""A web page's bytes as an Extraction: main content, metadata, links.

Rule: trafilatura's main content is the text, unless it is not to be believed (see `html_select`); then
the text is everything visible but the page's chrome. Content never raises: a file that is no
page, or has no text, gets the status and the sentence that say so.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path

import bs4
import trafilatura
from bs4 import BeautifulSoup
from bs4.element import Tag

from ingest.charset import decode_html
from ingest.document import Extraction, Status
from ingest.html_content import Block, all_blocks, sections, trafilatura_blocks, visible_blocks
from ingest.html_select import select

MEDIA_TYPE = "text/html"
#: Deeper trees than this go past trafilatura, which recurses.
MAX_DEPTH = 400
#: From this many words of running text that are not in the content, a warning says so.
LEFT_OUT = 500
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")

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
    blocks, engine, warning = content_blocks(decoded.text, soup)
    if warning:
        warnings.append(warning)
    pages, outline = sections(blocks)
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


def content_blocks(text: str, soup: BeautifulSoup) -> tuple[list[Block], str, str]:
    """The page's content in reading order, the engine that found it, and a warning where text was left out."""
    visible = visible_blocks(soup)
    if _depth(soup) <= MAX_DEPTH:
        for thorough in (False, True):
            selection = select(main_blocks(text, thorough=thorough), visible)
            if selection is not None:
                words = selection.left_out
                warning = f"{words} words beside the main content were left out" if words > LEFT_OUT else ""
                return list(selection.blocks), f"trafilatura {trafilatura.__version__}", warning
    return visible or all_blocks(soup), f"beautifulsoup4 {bs4.__version__}", ""


def main_blocks(text: str, *, thorough: bool) -> list[Block]:
    """Trafilatura's main content; none where it finds none or fails.

    thorough: also compare with its other extractors and prefer precision; it finds some pages' text that the
    quick way misses, and loses their headings.
    """
    html = _XML_DECLARATION.sub("", text)  # lxml refuses a string that names an encoding
    try:
        found = trafilatura.bare_extraction(
            html, include_comments=False, fast=not thorough, favor_precision=thorough
        )
    except Exception:  # it documents no set of errors; whatever it is, the page's visible text is still there
        return []
    body = getattr(found, "body", None)
    return trafilatura_blocks(body) if body is not None else []


def _depth(soup: BeautifulSoup) -> int:
    deepest = 0
    stack: list[tuple[Tag, int]] = [(soup, 0)]
    while stack:
        tag, depth = stack.pop()
        deepest = max(deepest, depth)
        stack.extend((child, depth + 1) for child in tag.contents if isinstance(child, Tag))
    return deepest
