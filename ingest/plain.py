"""Plain text and Markdown files as extractions.

Rule: a form feed ends a page, as in the text of printed reports; Markdown is divided at its headings, which
become the labels. A longer stretch without either is divided between paragraphs, so that a snippet never has to
read a whole book. Nothing is left out and nothing is rewritten but line ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ingest.document import Claim, Extraction, OutlineEntry, Page, Source, Status
from ingest.opening import read_regular

ENGINE = "plain 1"
_LONGEST = 12_000  # characters of a page before it is divided
_HEADING = re.compile(r"^(#{1,6})\s+(\S.*)$")
_FENCE = re.compile(r"^\s*(?:```|~~~)")


def extract_plain(path: Path) -> Extraction:
    """A text file: its pages, no claims (its title is its file name)."""
    text = _read(path)
    pages = [part for sheet in text.split("\f") for part in _divided(sheet)]
    return _extraction("text/plain", [(None, part) for part in pages])


def extract_markdown(path: Path) -> Extraction:
    """A Markdown file: its sections; the first first-level heading is its title."""
    sections = list(_sections(_read(path)))
    parts = [(heading, part) for _, heading, text in sections for part in _divided(text)]
    outline = []
    page = 1
    for level, heading, text in sections:
        if heading:
            outline.append(OutlineEntry(level, heading, page))
        page += len(_divided(text))
    title = next((entry.title for entry in outline if entry.level == 1), None)
    claims = (Claim("title", title, Source.FILE),) if title else ()
    return _extraction("text/markdown", parts, claims, tuple(outline))


def decode(data: bytes) -> str:
    """Text of unknown encoding: by its byte order mark, else UTF-8, else Windows-1252 (which maps any byte)."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _read(path: Path) -> str:
    return re.sub(r"\r\n?", "\n", decode(read_regular(path)))


def _extraction(
    media_type: str,
    parts: list[tuple[str | None, str]],
    claims: tuple[Claim, ...] = (),
    outline: tuple[OutlineEntry, ...] = (),
) -> Extraction:
    empty = not any(text for _, text in parts)
    return Extraction(
        status=Status.EMPTY if empty else Status.OK,
        reason="the file holds no text" if empty else "",
        media_type=media_type,
        pages=tuple(Page(number, text, label) for number, (label, text) in enumerate(parts, start=1)),
        claims=claims,
        outline=outline,
        engine=ENGINE,
    )


def _sections(text: str) -> Iterator[tuple[int, str | None, str]]:
    """(level, heading, text with its heading) of each section; a "#" inside a code block is no heading."""
    level, heading, lines = 1, None, list[str]()
    in_code = False
    for line in text.split("\n"):
        in_code ^= bool(_FENCE.match(line))
        match = None if in_code else _HEADING.match(line)
        if match is None:
            lines.append(line)
            continue
        if heading is not None or any(line.strip() for line in lines):
            yield level, heading, "\n".join(lines)
        level = len(match.group(1))
        heading = match.group(2).rstrip("#").rstrip() or "#"
        lines = [heading]
    yield level, heading, "\n".join(lines)


def _divided(text: str) -> list[str]:
    parts = []
    start = 0
    while len(text) - start > _LONGEST:
        end = start + _LONGEST
        places = (text.rfind(separator, start, end) for separator in ("\n\n", "\n", " "))
        cut = next((place for place in places if place > start), end)
        parts.append(text[start:cut].strip())
        start = cut
    return [*parts, text[start:].strip()]
