"""The text of a web page: blocks in reading order, then sections under their headings.

Rule: a block is what a browser sets on lines of its own (paragraph, heading, list item, table row, line of a
`<pre>`); words of different blocks never run together, cells of a row are parted by " | ". Two trees give
blocks: trafilatura's main content, and the page's own tree without what is not content (scripts, navigation,
page header and footer, asides, hidden parts, consent banners). A section is a heading with the blocks that
follow it; its text begins with the heading. A heading with nothing under it joins the next section, so no word
is lost and no section is empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PreformattedString, Tag
from lxml import etree

from ingest.document import OutlineEntry, Page

_BLOCK = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "frameset",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "header",
        "hgroup",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "optgroup",
        "option",
        "p",
        "pre",
        "search",
        "section",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "title",
        "tr",
        "ul",
    ]
)
_LINES = frozenset(("li", "tr", "dd", "dt"))
_HEADING = {f"h{level}": level for level in range(1, 7)}
#: Blocks that hold text; any other block is a container.
_LEAVES = frozenset(
    [
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "pre",
        "blockquote",
        "table",
        "tbody",
        "thead",
        "tfoot",
        "tr",
        "caption",
        "hr",
        "figure",
        "figcaption",
    ]
)
_CELL = frozenset(("td", "th"))
_CELL_MARK, _BREAK = "\x1f", "\x1e"  # ours while blocks are cut; the page's own are dropped
_NO_MARKS = dict.fromkeys((0, 0x1E, 0x1F))

#: Elements that hold no text a reader sees.
UNSEEN = frozenset(
    [
        "script",
        "style",
        "template",
        "noscript",
        "head",
        "svg",
        "math",
        "canvas",
        "object",
        "embed",
        "iframe",
        "audio",
        "video",
        "map",
        "select",
        "datalist",
        "button",
        "textarea",
        "input",
        "noframes",
    ]
)
_CHROME = frozenset(("nav", "header", "footer", "aside", "search"))
_CHROME_ROLES = frozenset(
    ("navigation", "banner", "contentinfo", "search", "menu", "menubar", "dialog", "alertdialog")
)
_CHROME_NAMES = re.compile(
    r"(?:^|\s)(?:(?:cookies?|consent|gdpr|onetrust|skip|breadcrumbs?|sharing|share|social|newsletter)(?:[-_]+"
    r"(?:bar|banner|notice|consent|message|popup|modal|overlay|law|policy|info|link|links|to-content|nav|media"
    r"|icons|buttons?|container|wrapper|sdk|signup|list))*"
    r"|(?:(?:site|page|main|global|primary|secondary|top|bottom|left|right)[-_]*)?"
    r"(?:nav|navbar|navigation|menu|footer|sidebar|masthead)|site-?header|page-?header|modal|popup|pagination|pager"
    r"|sr-only|screen-reader-text|visually-?hidden)(?=$|\s)",
    re.IGNORECASE,
)
_HIDDEN_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)

_TRAFILATURA_NAMES = {"item": "li", "list": "ul", "row": "tr", "lb": "br", "quote": "blockquote", "code": "span"}


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its text, the heading level (0 for none), whether it is one line of a list or table, how many
    of its characters are link text, and the container it lies in: one name per element, and one per kind of
    element (tag and class of the two nearest containers, empty where neither has a class)."""

    text: str
    level: int = 0
    line: bool = False
    link_chars: int = 0
    container: int = 0
    kind: str = ""


#: ("open", tag, class), ("close", tag, ""), ("text", string, "").
Event = tuple[str, str, str]


def visible_blocks(soup: BeautifulSoup) -> list[Block]:
    """Blocks of everything a reader sees, without the page's chrome."""
    root = soup.body or soup
    return list(_blocks(_soup_events(root, skip_chrome=True)))


def all_blocks(soup: BeautifulSoup | Tag) -> list[Block]:
    """Blocks of everything a reader sees, chrome and all."""
    return list(_blocks(_soup_events(soup, skip_chrome=False)))


def trafilatura_blocks(body: etree._Element) -> list[Block]:
    """Blocks of the tree that `trafilatura.bare_extraction` returns as `body`."""
    return list(_blocks(_lxml_events(body)))


def sections(blocks: Iterable[Block]) -> tuple[tuple[Page, ...], tuple[OutlineEntry, ...]]:
    """Pages numbered from 1, one per heading that has text, and the outline that points at them."""
    pages: list[Page] = []
    outline: list[tuple[int, str, int]] = []
    headings: list[Block] = []
    body: list[Block] = []

    def close() -> None:
        if headings or body:
            number = len(pages) + 1
            outline.extend((block.level, block.text, number) for block in headings)
            pages.append(Page(number, _join(headings + body), headings[-1].text if headings else None))
            headings.clear()
            body.clear()

    for block in blocks:
        if block.level:
            if body:
                close()
            headings.append(block)
        else:
            body.append(block)
    if headings and not body and pages:
        last = pages.pop()
        outline.extend((block.level, block.text, last.number) for block in headings)
        pages.append(Page(last.number, f"{last.text}\n\n{_join(headings)}", last.label))
    else:
        close()
    return tuple(pages), tuple(OutlineEntry(*entry) for entry in outline)


def is_chrome(tag: Tag) -> bool:
    """Whether the element is page furniture: navigation, page header or footer, banner, or hidden."""
    if tag.name in _CHROME:
        # A header or footer within an article belongs to it: it holds the title or the notes.
        return tag.name not in ("header", "footer") or tag.find_parent(("article", "main", "section")) is None
    attributes = tag.attrs
    if not attributes:
        return False
    if "hidden" in attributes or str(attributes.get("aria-hidden", "")).lower() == "true":
        return True
    if str(attributes.get("role", "")).lower() in _CHROME_ROLES:
        return True
    if _HIDDEN_STYLE.search(str(attributes.get("style", ""))):
        return True
    names = _class(tag)
    return tag.name not in ("body", "main", "article", "html") and bool(
        _CHROME_NAMES.search(f"{names} {attributes.get('id', '')}")
    )


def _join(blocks: list[Block]) -> str:
    parts: list[str] = []
    for index, block in enumerate(blocks):
        if index:
            parts.append("\n" if block.line and blocks[index - 1].line else "\n\n")
        parts.append(block.text)
    return "".join(parts)


def _soup_events(root: Tag, *, skip_chrome: bool) -> Iterator[Event]:
    """Walk without recursion: pages nest deeper than Python's stack."""
    stack: list[tuple[Tag, Iterator[object]]] = [(root, iter(root.contents))]
    yield "open", root.name, _class(root)
    while stack:
        tag, children = stack[-1]
        for child in children:
            if isinstance(child, Tag):
                if child.name in UNSEEN or (skip_chrome and is_chrome(child)):
                    continue
                yield "open", child.name, _class(child)
                stack.append((child, iter(child.contents)))
                break
            if isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
                yield "text", child, ""
        else:
            yield "close", tag.name, ""
            stack.pop()


def _class(tag: Tag) -> str:
    names = tag.attrs.get("class", "")
    return " ".join(names) if isinstance(names, list) else str(names)


def _lxml_events(root: etree._Element) -> Iterator[Event]:
    for moment, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if moment in ("comment", "pi"):
            if element.tail:
                yield "text", element.tail, ""
            continue
        name = str(element.tag)
        if name == "head":
            name = element.get("rend") or "h2"
        elif name == "cell":
            name = "th" if element.get("role") == "head" else "td"
        name = _TRAFILATURA_NAMES.get(name, name)
        if moment == "start":
            yield "open", name, ""
            if element.text:
                yield "text", element.text, ""
        else:
            yield "close", name, ""
            if element is not root and element.tail:
                yield "text", element.tail, ""


def _blocks(events: Iterable[Event]) -> Iterator[Block]:
    """Cut the events into blocks; what is open is kept in stacks and counters, so depth costs nothing."""
    buffer: list[str] = []
    open_blocks: list[str] = []
    levels: list[int] = []
    containers: list[tuple[int, str, str]] = [(0, "", "")]  # its number, its own kind, with its parent's
    links = pres = link_chars = opened = 0

    def flush() -> Iterator[Block]:
        nonlocal link_chars
        raw = "".join(buffer)
        buffer.clear()
        chars, link_chars = link_chars, 0
        container, _, kind = containers[-1]
        if levels:
            if text := _clean(raw.replace(_BREAK, " ")):
                yield Block(text, levels[-1], False, chars, container, kind)
            return
        line = any(tag in _LINES for tag in open_blocks[-4:])
        for paragraph in _paragraphs(raw.replace("\n", _BREAK) if pres else raw):
            yield Block(paragraph, 0, line, chars, container, kind)
            chars = 0

    after_link = False
    for what, value, names in events:
        if what == "text":
            buffer.append(value.translate(_NO_MARKS))
            if links:
                link_chars += len(value.strip())
        elif value == "br":
            if what == "open":
                buffer.append(_BREAK)
        elif value in _CELL:
            buffer.append(_CELL_MARK)
        elif value == "a":
            links += 1 if what == "open" else -1
            if what == "open" and after_link:
                buffer.append(" ")  # links side by side are set apart by style; their words are not one word
        elif value in _BLOCK:
            yield from flush()
            step = 1 if what == "open" else -1
            pres += step * (value == "pre")
            if what == "open":
                opened += 1
                open_blocks.append(value)
                if value not in _LEAVES:
                    own = f"{value}.{names}" if names else ""
                    parent = containers[-1][1]
                    containers.append((opened, own, f"{parent}/{own}" if own or parent else ""))
                if value in _HEADING:
                    levels.append(_HEADING[value])
            else:
                open_blocks.pop()
                if value not in _LEAVES:
                    containers.pop()
                if value in _HEADING:
                    levels.pop()
        after_link = what == "close" and value == "a"
    yield from flush()


def _paragraphs(raw: str) -> Iterator[str]:
    """Split at two or more line breaks; one break is a line within the paragraph."""
    lines: list[str] = []
    for part in raw.split(_BREAK):
        if text := _clean(part):
            lines.append(text)
        elif lines:
            yield "\n".join(lines)
            lines = []
    if lines:
        yield "\n".join(lines)


def _clean(raw: str) -> str:
    cells = (" ".join(cell.split()) for cell in raw.split(_CELL_MARK))
    return " | ".join(cell for cell in cells if cell)
