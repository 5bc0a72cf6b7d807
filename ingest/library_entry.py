"""One entry of a page that lists resources: which of its lines is the title, the summary, the imprint, the tags.

Rule: labelled lines say what they are ("TAGS: Asia", "Publisher: ILO"); a line of only "Read more", "DOWNLOAD",
"PDF" is an action, its link leads to the resource; a short line with a date is the imprint, what stands beside
the date is the publisher; the first heading, or link on a line of its own, or bold or linked beginning of a line
is the title; the longer lines that are left are the summary. The entry's href is the first file, else what
"download" leads to, else the title's link, else "read more".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from ingest.document import ListingEntry
from ingest.html_blocks import Block
from ingest.html_dates import find_date, read_date
from ingest.html_labels import field_values, read_label
from ingest.html_metadata import resolved

SUMMARY_WORDS = 5
IMPRINT_WORDS = 14
PUBLISHER_WORDS = 8
MAX_TITLE = 300

_FILE = re.compile(r"\.(?:pdf|docx?|odt|rtf|epub|pptx?|xlsx?|csv|txt|zip)$", re.IGNORECASE)
_FETCH_WORDS = r"downloads?|télécharger|telecharger|descargar|baixar|herunterladen|скачать|تحميل|下载|epub|docx?"
_GET = rf"{_FETCH_WORDS}|get|view|open"
_KIND = (
    r"pdf|docx?|word|epub|file|report|publication|document|full (?:text|report)|text|here|now|rapport|informe"
    r"|документ"
)
_MORE = (
    r"read (?:more|on|article|the (?:full )?report|full (?:report|article))|more|learn more|see more|details"
    r"|continue reading|find out more|lire (?:la suite|plus)|en savoir plus|leer más|ver más|weiterlesen|подробнее"
    r"|читать далее|المزيد"
)
_SIZE = r"(?:\d+(?:[.,]\d+)?\s*(?:k|m|kilo|mega)?(?:b|o|bytes)|\d+\s*pages?)"
_TAIL = r"[\s\W]*"
_GET_LINE = re.compile(
    rf"^{_TAIL}(?:(?:{_GET})(?:{_TAIL}(?:the|as|le|la|el))?(?:{_TAIL}(?:{_KIND}))*|(?:{_KIND})(?:{_TAIL}(?:{_GET}))?)"
    rf"(?:{_TAIL}{_SIZE})*{_TAIL}$",
    re.IGNORECASE,
)
_MORE_LINE = re.compile(rf"^{_TAIL}(?:{_MORE}){_TAIL}$", re.IGNORECASE)
_FETCH = re.compile(rf"(?<!\w)(?:{_FETCH_WORDS})(?!\w)", re.IGNORECASE)
_PDF_WORD = re.compile(r"(?<!\w)PDF(?!\w)")
_IMPRINT_NOISE = re.compile(
    r"\b(?:published|publication|publisher|posted|updated|source|date|year|by|on|in)\b\s*:?"
    rf"|(?<!\w)(?:PDF|Word|EPUB)(?!\w)|{_SIZE}",
    re.IGNORECASE,
)
_IMPRINT_FIRST = re.compile(r"^(?P<imprint>[^.]{2,70}?[\s,(]+(?:1[5-9]|20)\d\d\)?)(?:[.:;,]\s+|\s+[–—-]\s+|$)")
_BY = re.compile(r"^(?:published|publié|publicado)?\s*(?:by|par|por)\s+(?P<who>[^\W\d_].{1,80})$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """What an entry says; hrefs as written."""

    title: str
    words: int
    href: str | None = None
    summary: str = ""
    publisher: str = ""
    published: str = ""
    tags: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    texts: frozenset[str] = frozenset()  # its blocks as the page has them
    file: bool = False  # its href leads to a file, or it says so

    @property
    def shows_resource(self) -> bool:
        """Whether a file or tags show that it is a resource."""
        return (self.file and self.href is not None) or bool(self.tags or self.regions)

    @property
    def is_described(self) -> bool:
        """Whether it links to something and says more of it than a menu would."""
        return self.href is not None and bool(self.summary or self.published or self.publisher)

    def as_listing_entry(self, base: str | None) -> ListingEntry:
        """The entry as the pipeline takes it, its href against the page's `<base>`."""
        href = resolved(self.href, base) if self.href else None
        return ListingEntry(
            href,
            self.title,
            self.summary or None,
            self.publisher or None,
            self.published or None,
            self.tags,
            self.regions,
        )


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    links: tuple[tuple[str, str], ...]
    level: int
    lead: str
    tag: str

    @property
    def is_link(self) -> bool:
        """Whether the line is one link and nothing else."""
        return len(self.links) == 1 and self.links[0][0].strip(" .:–—-»›") == self.text.strip(" .:–—-»›")


@dataclass(slots=True)
class _Draft:
    title: str = ""
    title_href: str | None = None
    got: list[str] = field(default_factory=list)
    says_file: bool = False
    more: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    summary: list[str] = field(default_factory=list)
    values: dict[str, list[str]] = field(default_factory=dict)


def label_cells(cells: Sequence[Sequence[Block]], head: Sequence[str]) -> list[Block]:
    """A table row's blocks; a cell under a head that is a label ("Publisher") gets it as its beginning."""
    blocks: list[Block] = []
    for index, cell in enumerate(cells):
        name = head[index] if index < len(head) else ""
        label = read_label(f"{name}:") if name else None
        for place, block in enumerate(cell):
            text = f"{name}: {block.text}" if label and place == 0 else block.text
            blocks.append(replace(block, text=text, tag="td"))
    return blocks


def read_entry(blocks: Sequence[Block]) -> Entry | None:
    """The entry that the blocks make, or None where they have no title."""
    draft = _Draft()
    lines = _lines(blocks)
    headings = any(line.level for line in lines)
    for line in lines:
        draft.files += [href for _, href in line.links if _FILE.search(_path(href))]
        draft.says_file = draft.says_file or bool(_PDF_WORD.search(line.text))
        _read_line(line, draft, needs_heading=headings)
    if not any(ch.isalpha() for ch in draft.title) or len(draft.title) > MAX_TITLE:
        return None
    values = draft.values
    href = next(iter([*draft.files, *draft.got, *filter(None, [draft.title_href]), *draft.more]), None)
    return Entry(
        title=draft.title,
        words=sum(len(block.text.split()) for block in blocks),
        href=href,
        summary=" ".join(draft.summary),
        publisher=next(iter(values.get("publisher", [])), ""),
        published=next(iter(values.get("published", [])), ""),
        tags=tuple(dict.fromkeys(values.get("tag", []))),
        regions=tuple(dict.fromkeys(values.get("region", []))),
        texts=frozenset(block.text for block in blocks),
        file=bool(draft.files) or draft.says_file,
    )


def _read_line(line: _Line, draft: _Draft, *, needs_heading: bool) -> None:
    text = line.text
    hrefs = [href for _, href in line.links]
    if line.level:
        if not draft.title:
            draft.title, draft.title_href = text, next(iter(hrefs), None)
        return
    if _action(line, draft):
        return
    label = read_label(text)
    if label is not None and label[1]:
        _take_label(*label, line, draft)
        return
    if not draft.title and not needs_heading:
        title = _title_of(line)
        if title:
            draft.title, rest = title, text[len(title) :].lstrip(" .:;,–—-|").rstrip(" –—-|")
            draft.title_href = next((href for words, href in line.links if words in title or title in words), None)
            if rest and not _action(_with_text(line, rest), draft):
                _take_text(rest, draft)
            return
    _take_text(text, draft)


def _with_text(line: _Line, text: str) -> _Line:
    """The line with other words and the links that are in them."""
    return _Line(text, tuple(link for link in line.links if link[0] in text), 0, "", line.tag)


def _action(line: _Line, draft: _Draft) -> bool:
    """Take the line as a call to read or download, if it is one."""
    parts = [part for part in re.split(r"\s*[|·•]\s*|\s{2,}", line.text) if part]
    if not parts or not all(_GET_LINE.match(part) or _MORE_LINE.match(part) for part in parts):
        return False
    draft.says_file = draft.says_file or bool(_FETCH.search(line.text) and line.links)
    for words, href in line.links:
        (draft.more if _MORE_LINE.match(words) else draft.got).append(href)
    return True


def _take_label(name: str, rest: str, line: _Line, draft: _Draft) -> None:
    links = tuple(words for words, _ in line.links if words in rest)
    if name == "title":
        draft.title, draft.title_href = rest, next((href for words, href in line.links if words in rest), None)
    elif name == "summary":
        draft.summary.append(rest)
    elif name == "published":
        if date := read_date(rest):
            draft.values.setdefault("published", []).append(date)
    elif name == "publisher" and _imprint(rest, draft):
        return
    else:
        for field_name, value in field_values(name, rest, links):
            draft.values.setdefault(field_name, []).append(value)


def _take_text(text: str, draft: _Draft) -> None:
    first = _IMPRINT_FIRST.match(text)
    if first and len(text) > first.end() and _imprint(first["imprint"], draft):
        text = text[first.end() :].strip()
    elif _imprint(text, draft):
        return
    if by := _BY.match(text):
        draft.values.setdefault("publisher", []).append(by["who"].strip(" ."))
    elif len(text.split()) >= SUMMARY_WORDS:
        draft.summary.append(text)


def _imprint(text: str, draft: _Draft) -> bool:
    """Take the text as publisher and date, if it is that."""
    found = find_date(text)
    if found is None or len(text.split()) > IMPRINT_WORDS:
        return False
    date, (start, end) = found
    rest = _IMPRINT_NOISE.sub(" ", f"{text[:start]} {text[end:]}")
    rest = re.sub(r"\(\s*\)|\[\s*\]", " ", rest)
    rest = " ".join(rest.split()).strip(" ,.;:|()[]–—-·•/")
    if len(rest.split()) > PUBLISHER_WORDS:
        return False
    draft.values.setdefault("published", []).append(date)
    if any(ch.isalpha() for ch in rest):
        draft.values.setdefault("publisher", []).append(rest)
    return True


def _title_of(line: _Line) -> str:
    """The title at the beginning of the line, or ""."""
    if line.lead and len(line.lead) < MAX_TITLE and not read_label(line.lead):
        return line.lead
    if line.is_link:
        return line.text
    for words, _ in line.links:
        if line.text.startswith(words) and not _GET_LINE.match(words) and not _MORE_LINE.match(words):
            return words
    if line.tag in ("dt", "td") and len(line.text.split()) > 1 and find_date(line.text) is None:
        return line.text
    return ""


def _lines(blocks: Sequence[Block]) -> list[_Line]:
    """The blocks' lines and cells; a label that stands alone is joined with what is below it."""
    lines: list[_Line] = []
    pending = ""
    for block in blocks:
        for text in (part for line in block.text.split("\n") for part in _cells(line)):
            label = read_label(text)
            alone = (
                label is not None and not label[1] and (block.tag == "dt" or text.rstrip().endswith((":", "：")))
            )
            if alone:
                pending = text.rstrip(" :：")
                continue
            own = tuple(link for link in block.links if link[0] in text)
            joined = f"{pending}: {text}" if pending else text
            lines.append(
                _Line(joined, own, block.level, block.lead if text.startswith(block.lead) else "", block.tag)
            )
            pending = ""
    return lines


def _cells(line: str) -> list[str]:
    """The parts of a line between bars; a short line with a date is an imprint, whole: "ILO | 2004"."""
    parts = line.split(" | ")
    labelled = any((label := read_label(part)) is not None and label[1] for part in parts)
    imprint = (
        len(line.split()) <= IMPRINT_WORDS
        and find_date(line) is not None
        and find_date(parts[0]) != find_date(line)
    )
    return [line] if imprint and not labelled else parts


def _path(href: str) -> str:
    try:
        return urlsplit(href).path
    except ValueError:
        return ""
