"""The text of a tree of HTML as blocks in reading order.

Rule: a block is what a browser sets on lines of its own (paragraph, heading, list item, table row, paragraph of a
`<pre>`); words of different blocks never run together, cells of a row are parted by " | ", links side by side by
a space. One line break is a line within the block, two begin a new one. Trees are walked without recursion, since
pages nest deeper than Python's stack; what is open is kept in stacks and counters, so depth costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from lxml import etree

from ingest.html_chrome import UNSEEN, class_names, is_chrome
from ingest.html_tree import Tag

_BLOCK_NAMES = (
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li main "
    "menu nav ol optgroup option p pre search section summary table tbody tfoot thead title tr ul"
)
_BLOCK = frozenset(_BLOCK_NAMES.split())
_LINES = frozenset(("li", "tr", "dd", "dt"))
_HEADING = {f"h{level}": level for level in range(1, 7)}
#: Blocks that hold text; any other block is a container.
_LEAVES_NAMES = (
    "p h1 h2 h3 h4 h5 h6 li ul ol dl dt dd pre blockquote table tbody thead tfoot tr caption hr figure figcaption"
)
_LEAVES = frozenset(_LEAVES_NAMES.split())
_CONTAINERS = _BLOCK - _LEAVES
_CELL = frozenset(("td", "th"))
_BOLD = frozenset(("b", "strong"))
_CELL_MARK, _BREAK = "\x1f", "\x1e"  # ours while blocks are cut; the page's own are dropped
_NO_MARKS = dict.fromkeys((0, 0x1E, 0x1F))
_MARK = re.compile("[\x00\x1e\x1f]")

_TRAFILATURA_NAMES = {"item": "li", "list": "ul", "row": "tr", "lb": "br", "quote": "blockquote", "code": "span"}


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its text, the heading level (0 for none), whether it is one line of a list or table, how many
    of its characters are link text, the container it lies in: one name per element, and one per kind of
    element (tag and class of the two nearest containers, empty where neither has a class); the element that set
    it apart, its links as (text, href), and the text of the bold run it begins with."""

    text: str
    level: int = 0
    line: bool = False
    link_chars: int = 0
    container: int = 0
    kind: str = ""
    tag: str = ""
    links: tuple[tuple[str, str], ...] = ()
    lead: str = ""


#: ("open", tag, class of a container), ("open", "a", href), ("close", tag, ""), ("text", string, "").
Event = tuple[str, str, str]


def visible_blocks(page: Tag) -> list[Block]:
    """Blocks of everything a reader sees, without the page's chrome."""
    root = page.find("body") or page
    return list(_Cutter().blocks(_tag_events(root, skip_chrome=True)))


def all_blocks(root: Tag) -> list[Block]:
    """Blocks of everything a reader sees, chrome and all."""
    return list(_Cutter().blocks(_tag_events(root, skip_chrome=False)))


def child_blocks(nodes: Iterable[Tag | str]) -> list[Block]:
    """Blocks of some neighbouring nodes of a page, elements and strings, without chrome."""
    return list(_Cutter().blocks(chain.from_iterable(map(_node_events, nodes))))


def trafilatura_blocks(body: etree._Element) -> list[Block]:
    """Blocks of the tree that `trafilatura.bare_extraction` returns as `body`."""
    return list(_Cutter().blocks(_lxml_events(body)))


def _tag_events(root: Tag, *, skip_chrome: bool) -> Iterator[Event]:
    """Walk without recursion: pages nest deeper than Python's stack."""
    stack: list[tuple[Tag, Iterator[Tag | str]]] = [(root, iter(root.contents))]
    yield _opening(root)
    while stack:
        tag, children = stack[-1]
        for child in children:
            if isinstance(child, Tag):
                if child.name in UNSEEN or (skip_chrome and is_chrome(child)):
                    continue
                if child.attrs:
                    yield _opening(child)
                else:
                    yield "open", child.name, ""
                stack.append((child, iter(child.contents)))
                break
            yield "text", child, ""
        else:
            yield "close", tag.name, ""
            stack.pop()


def _opening(tag: Tag) -> Event:
    name = tag.name
    if name == "a":
        return "open", name, tag.get("href")
    return "open", name, class_names(tag) if name in _CONTAINERS else ""


def _node_events(node: Tag | str) -> Iterable[Event]:
    return _tag_events(node, skip_chrome=True) if isinstance(node, Tag) else (("text", node, ""),)


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


class _Cutter:
    """Cuts the events of one tree into blocks."""

    def __init__(self) -> None:
        self._buffer: list[str] = []
        self._open: list[str] = []
        self._levels: list[int] = []
        self._containers: list[tuple[int, str, str]] = [(0, "", "")]  # number, own kind, kind with its parent's
        self._opened = self._pres = 0
        self._hrefs: list[str] = []
        self._link_start = 0
        self._links: list[tuple[str, str]] = []
        self._bold_start: int | None = None
        self._lead = ""
        self._after_link = False

    def blocks(self, events: Iterable[Event]) -> Iterator[Block]:
        """The blocks, in the order in which they end."""
        for what, value, extra in events:
            opens = what == "open"
            if what == "text":
                self._buffer.append(value.translate(_NO_MARKS) if _MARK.search(value) else value)
            elif value == "br":
                self._buffer.extend(_BREAK if opens else "")
            elif value in _CELL:
                self._buffer.append(_CELL_MARK)
            elif value == "a":
                self._link(extra, opens)
            elif value in _BOLD:
                self._bold(opens)
            elif value in _BLOCK:
                if self._buffer:
                    yield from self._flush()
                self._block(value, extra, opens)
            self._after_link = what == "close" and value == "a"
        if self._buffer:
            yield from self._flush()

    def _link(self, href: str, opens: bool) -> None:
        if opens:
            if self._after_link:
                self._buffer.append(" ")  # set apart by style on the page; their words are not one word
            self._hrefs.append(href)
            self._link_start = len(self._buffer)
        elif self._hrefs:
            self._end_link()
            self._hrefs.pop()

    def _end_link(self) -> None:
        text = _clean("".join(self._buffer[self._link_start :]).replace(_BREAK, " "))
        if text and self._hrefs[-1]:
            self._links.append((text, self._hrefs[-1]))
        self._link_start = len(self._buffer)

    def _bold(self, opens: bool) -> None:
        if opens and self._bold_start is None and not "".join(self._buffer).strip():
            self._bold_start = len(self._buffer)
        elif not opens and self._bold_start is not None and not self._lead:
            self._lead = _clean("".join(self._buffer[self._bold_start :]).replace(_BREAK, " "))

    def _block(self, name: str, classes: str, opens: bool) -> None:
        self._pres += (name == "pre") * (1 if opens else -1)
        if not opens:
            self._open.pop()
            if name in _CONTAINERS:
                self._containers.pop()
            if name in _HEADING:
                self._levels.pop()
            return
        self._opened += 1
        self._open.append(name)
        if name in _CONTAINERS:
            own, parent = (f"{name}.{classes}" if classes else ""), self._containers[-1][1]
            self._containers.append((self._opened, own, f"{parent}/{own}" if own or parent else ""))
        if name in _HEADING:
            self._levels.append(_HEADING[name])

    def _flush(self) -> Iterator[Block]:
        if self._hrefs:
            self._end_link()
        raw, links, lead = "".join(self._buffer), tuple(self._links), self._lead
        self._buffer.clear()
        self._links.clear()
        self._link_start, self._bold_start, self._lead = 0, None, ""
        if raw.isspace():  # what stands between most elements; the marks are space, too
            return
        level = self._levels[-1] if self._levels else 0
        if level:
            texts = [_clean(raw.replace(_BREAK, " "))]
        else:
            texts = list(_paragraphs(raw.replace("\n", _BREAK) if self._pres else raw))
        line = not level and any(tag in _LINES for tag in self._open[-4:])
        container, _, kind = self._containers[-1]
        for text in filter(None, texts):
            own = links if len(texts) == 1 else tuple(link for link in links if link[0] in text)
            chars = sum(len(words) for words, _ in own)
            tag = self._open[-1] if self._open else ""
            yield Block(text, level, line, chars, container, kind, tag, own, lead if text.startswith(lead) else "")


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
    if _CELL_MARK not in raw:
        return " ".join(raw.split())
    cells = (" ".join(cell.split()) for cell in raw.split(_CELL_MARK))
    return " | ".join(cell for cell in cells if cell)
