"""Pages that list resources: a library's index, a search result, a shelf of downloads.

Rule: a list is a run of siblings built alike (list items, table rows, cards, definitions, headings or paragraphs
with what follows them) of which each reads as an entry: a title that is a heading, a link, or bold at its start,
and something that shows a resource. A file to download or a line of tags shows one wherever it stands; a title
with a summary, a date or a publisher does so only where such entries are most of what the page has to read, since
an article's "related stories" look the same. Where lists lie in one another, the inner one counts if the outer
one's members hold several entries each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.document import ListingEntry
from ingest.html_blocks import Block, all_blocks, child_blocks, visible_blocks
from ingest.html_chrome import UNSEEN, is_chrome
from ingest.html_select import is_prose
from ingest.html_tree import Tag, has_sign
from ingest.library_entry import Entry, label_cells, read_entry

#: Deeper elements hold no list; the walk is recursive.
MAX_DEPTH = 150
#: An entry's words; a longer member is a chapter.
MIN_WORDS, MAX_WORDS, MAX_CHARS = 2, 400, 6000
#: The share of the page's words that entries without a file or tags must hold together.
MOST = 0.5
#: The share of the page's words from which entries are its content.
MUCH = 0.3
#: The share of a list's members that must read as entries.
ALIKE = 0.6
#: Running text beside the entries, as a share of their words, up to which the entries are what the page is for.
BESIDE = 0.2
#: Without a file or tags, an entry is a title with a few lines; more is a section of an article.
TEASER_WORDS = 120
#: Titles have words; the names above the comments on an article are shorter than this.
TITLE_WORDS = 3

_MEMBERS = ("li", "article", "div", "section", "tr", "td", "a", "blockquote", "fieldset")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass(frozen=True, slots=True)
class _List:
    """Entries that stand together; `sure` where files or tags show that they are resources."""

    entries: tuple[Entry, ...]
    sure: bool


def listing_entries(page: Tag, base: str | None) -> tuple[ListingEntry, ...]:
    """The resources that a page lists, in its order; none for a page that is not a list.

    base: the page's `<base>` href, against which the entries' hrefs are resolved; None leaves them as written.
    """
    root = page.find("body") or page
    lists = _lists(root, 0)
    if not lists:
        return ()
    unsure = any(not found.sure for found in lists)
    main = unsure and _is_main(lists, visible_blocks(page))
    kept = [found for found in lists if found.sure or main]
    return tuple(entry.as_listing_entry(base) for found in kept for entry in found.entries)


def is_listing(entries: Sequence[ListingEntry], visible: Sequence[Block]) -> bool:
    """Whether the entries are much of what the page has to read (a few downloads are not)."""
    texts = (f"{entry.title} {entry.summary or ''} {entry.publisher or ''}" for entry in entries)
    words = sum(len(text.split()) for text in texts)
    return words > 0 and words >= MUCH * _count(visible)


def _is_main(lists: Sequence[_List], visible: Sequence[Block]) -> bool:
    """Whether the lists are what the page is for: most of its words, and little running text beside them."""
    listed = sum(entry.words for found in lists for entry in found.entries)
    words = _count(visible)
    known = {entry_text for found in lists for entry in found.entries for entry_text in entry.texts}
    beside = sum(len(block.text.split()) for block in visible if is_prose(block) and block.text not in known)
    return listed >= MOST * words and beside <= BESIDE * listed


def _lists(element: Tag, depth: int) -> list[_List]:
    """The lists in an element: its own, or those of its children, whichever tell more resources apart."""
    if element.signs < 2:
        return []
    children = [child for child in _elements(element) if child.name not in UNSEEN and not is_chrome(child)]
    inner = [found for child in children for found in _lists(child, depth + 1)] if depth < MAX_DEPTH else []
    own = [found for members in _groupings(element, children) if (found := _read(members)) is not None]
    best = max(own, key=lambda found: (found.sure, len(found.entries)), default=None)
    if best is None:
        return inner
    inside = sum(len(found.entries) for found in inner)
    better = inside >= 1.5 * len(best.entries) and (not best.sure or any(found.sure for found in inner))
    return inner if better else [best]


def _elements(element: Tag) -> list[Tag]:
    return [child for child in element.contents if isinstance(child, Tag)]


def _read(members: Sequence[Sequence[Block]]) -> _List | None:
    """The list that the members make, or None."""
    sized = [blocks for blocks in members if MIN_WORDS <= _count(blocks) <= MAX_WORDS]
    if len(sized) < 2:
        return None
    entries = [entry for blocks in sized if (entry := read_entry(blocks)) is not None]
    if len(entries) < 2 or len(entries) < ALIKE * len(sized):
        return None
    shown = [entry for entry in entries if entry.shows_resource]
    if len(shown) >= ALIKE * len(entries):
        return _List(tuple(entries), sure=True)
    teasers = [entry for entry in entries if entry.href and entry.words <= TEASER_WORDS]
    described = [entry for entry in teasers if entry.is_described]
    named = [entry for entry in teasers if len(entry.title.split()) >= TITLE_WORDS]
    if len(teasers) >= 3 and min(len(described), len(named), len(teasers)) >= ALIKE * len(entries):
        return _List(tuple(teasers), sure=False)
    return None


def _groupings(element: Tag, children: Sequence[Tag]) -> Iterator[list[list[Block]]]:
    """The ways to see the element's children as members of a list, each member as its blocks."""
    if element.name == "dl":
        yield _split(children, [child.name == "dt" for child in children])
        return
    names = [child.name for child in children]
    if len(names) < 2 and "hr" not in names:
        return
    for name in _MEMBERS:
        if names.count(name) < 2:
            continue
        same = [child for child in children if child.name == name]
        if name == "a":  # a card that is one link; a link in running text is no member
            same = [child for child in same if child.find(*_HEADINGS, "p", "div") is not None]
        if len(same) >= 2 and _may_be_entries([child] for child in same):
            yield _rows(same) if name == "tr" else [_member([child]) for child in same]
    for name in _HEADINGS:
        if names.count(name) >= 2:
            yield _split(children, [child.name == name for child in children])
    if "hr" in names:
        kept = {id(child) for child in children}
        nodes = [node for node in element.contents if not isinstance(node, Tag) or id(node) in kept]
        yield _split(nodes, [isinstance(node, Tag) and node.name == "hr" for node in nodes], first=True)
    if names.count("p") >= 2:
        yield _split(children, [child.name == "p" and _starts_entry(child) for child in children])
    if names.count("br") >= 4:
        yield [[block] for block in all_blocks(element)]


def _split(children: Sequence[Tag | str], starts: Sequence[bool], *, first: bool = False) -> list[list[Block]]:
    """Runs of children that begin at the starts. first: what stands before the first start is a member, too."""
    runs: list[list[Tag | str]] = [[]] if first else []
    for child, is_start in zip(children, starts, strict=True):
        if is_start:
            runs.append([])
        if runs:
            runs[-1].append(child)
    return [_member(run) for run in runs] if _may_be_entries(runs) else []


def _may_be_entries(members: Iterable[Sequence[Tag | str]]) -> bool:
    """Whether at least two of the members have a link or a label, as entries do, which is seen without cutting
    them into blocks."""
    signs = (any(node.signs if isinstance(node, Tag) else has_sign(node) for node in nodes) for nodes in members)
    return sum(signs) >= 2


def _member(nodes: Sequence[Tag | str]) -> list[Block]:
    """The blocks of a member; none where it is too long for an entry, which is seen without cutting all of it."""
    chars = sum(node.chars if isinstance(node, Tag) else len(node) for node in nodes)
    return child_blocks(nodes) if chars <= MAX_CHARS else []


def _starts_entry(paragraph: Tag) -> bool:
    blocks = child_blocks([paragraph])
    if not blocks:
        return False
    block = blocks[0]
    line = block.text.split("\n")[0]
    return bool(block.lead) or any(line.startswith(text) and len(text.split()) > 1 for text, _ in block.links)


def _rows(rows: Sequence[Tag]) -> list[list[Block]]:
    """Table rows; where the first row is a head, its words label the cells of the others."""
    cells = [[cell for cell in _elements(row) if cell.name in ("td", "th")] for row in rows]
    head: list[str] = []
    if cells[0] and all(cell.name == "th" for cell in cells[0]):
        head = [" ".join(cell.text(" ").split()) for cell in cells[0]]
        cells = cells[1:]
    else:
        above = rows[0].find_previous("thead")
        table = rows[0].find_parent("table")
        if above is not None and table is not None and above.find_parent("table") is table:
            head = [" ".join(cell.text(" ").split()) for cell in above.find_all("td", "th")]
    return [label_cells([child_blocks([cell]) for cell in row], head) for row in cells]


def _count(blocks: Sequence[Block]) -> int:
    return sum(len(block.text.split()) for block in blocks)
