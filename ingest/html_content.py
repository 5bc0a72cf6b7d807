"""The content of a web page in sections under their headings.

Rule: trafilatura's main content is the text, unless it is not to be believed (see `html_select`); then it is
everything visible but the page's chrome. Of a page that lists resources it is that without asking: trafilatura
looks for an article. A section is a heading with the blocks that follow it; its text begins with the heading. A
heading with nothing under it joins the next section (the last one joins the section before it), so no word is lost
and no section is empty.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

import trafilatura
from lxml import etree
from lxml.html import HtmlElement

from ingest.document import OutlineEntry, Page
from ingest.html_blocks import Block, all_blocks, trafilatura_blocks
from ingest.html_select import has_few_links, is_plain, select
from ingest.html_tree import Tag

#: Deeper trees than this go past trafilatura, which recurses.
MAX_DEPTH = 400
#: From this many words of running text that are not in the content, a warning says so.
LEFT_OUT = 500
_LXML = f"lxml {'.'.join(map(str, etree.LXML_VERSION[:3]))}"

for _library in ("trafilatura", "htmldate"):  # what they log of a page is in its warnings and status
    logging.getLogger(_library).setLevel(logging.CRITICAL)


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


def content_blocks(
    tree: HtmlElement | None, page: Tag, visible: list[Block], *, listing: bool
) -> tuple[list[Block], str, str]:
    """The page's content in reading order, the engine that found it, and a warning where text was left out.

    tree: the page for trafilatura (`library_tree`). listing: whether it is a list of resources first of all.
    """
    root = page.find("body") or page
    if (visible and listing) or (has_few_links(visible) and is_plain(visible, all_blocks(root))):
        return visible, _LXML, ""
    if tree is not None and _depth(page) <= MAX_DEPTH:
        for thorough in (False, True):
            selection = select(main_blocks(tree, thorough=thorough), visible)
            if selection is not None:
                words = selection.left_out
                warning = f"{words} words beside the main content were left out" if words > LEFT_OUT else ""
                return list(selection.blocks), f"trafilatura {trafilatura.__version__}", warning
    return visible or all_blocks(root), _LXML, ""


def library_tree(text: str) -> HtmlElement | None:
    """The page as trafilatura and htmldate take it, which they copy before they change it; None where they would
    not read it."""
    try:
        return trafilatura.load_html(text)
    except Exception:  # it documents no set of errors, and fails on what is no page
        return None


def main_blocks(tree: HtmlElement, *, thorough: bool) -> list[Block]:
    """Trafilatura's main content; none where it finds none or fails.

    thorough: also compare with its other extractors and prefer precision; it finds some pages' text that the
    quick way misses, and loses their headings.
    """
    try:
        found = trafilatura.bare_extraction(
            tree, include_comments=False, fast=not thorough, favor_precision=thorough
        )
    except Exception:  # it documents no set of errors; whatever it is, the page's visible text is still there
        return []
    body = getattr(found, "body", None)
    return trafilatura_blocks(body) if body is not None else []


def _depth(page: Tag) -> int:
    deepest = 0
    stack: list[tuple[Tag, int]] = [(page, 0)]
    while stack:
        tag, depth = stack.pop()
        deepest = max(deepest, depth)
        stack.extend((child, depth + 1) for child in tag.contents if isinstance(child, Tag))
    return deepest


def _join(blocks: list[Block]) -> str:
    parts: list[str] = []
    for index, block in enumerate(blocks):
        if index:
            parts.append("\n" if block.line and blocks[index - 1].line else "\n\n")
        parts.append(block.text)
    return "".join(parts)
