"""Which blocks of a page are its content.

Rule: trafilatura's main content is the content, checked against what a reader sees, so that a page never silently
holds less than it should. It is not believed where
- most of it is not among the visible blocks (it took a hidden dialog or a banner),
- it has less than `THIN` words of running text and less than half of the visible words (a hub or listing page),
- more running text than it has lies between the page's first-level heading and its last block, left out.
A plain page, with hardly any chrome and few links, needs no guess: all that is visible is content.
Where the main content is believed, a visible block of running text that lies in the same container as it, or in
one of the same kind (the second half of an article after an advertisement), is put back. The numbers are measured
in benchmarks/html_extraction.py; docs/html.md has the results.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.html_blocks import Block

SHINGLE = 4
#: A block is running text from this many words, where at most this share of its characters is link text.
PROSE_WORDS = 10
PROSE_LINK_SHARE = 0.25
#: An article has at least this many words of running text.
THIN = 60
#: A plain page: at most these shares of its words are chrome and of its characters are link text. A short page may
#: have more of both, since a few links weigh more there.
PLAIN_CHROME, PLAIN_LINK_SHARE = 0.015, 0.1
SHORT_PAGE, SHORT_CHROME, SHORT_LINK_SHARE = 200, 0.25, 0.25
#: What is put back must be this share of the main content, or it is a caption, a note, a disclaimer.
RESCUE_SHARE = 0.15


@dataclass(frozen=True, slots=True)
class Selection:
    """The content blocks in reading order, and the words of running text on the page that are not in them."""

    blocks: tuple[Block, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class _Seen:
    """A visible block with what the rules ask about it."""

    block: Block
    words: int
    prose: bool
    inside: bool  # among the main content


def select(main: Sequence[Block], visible: Sequence[Block]) -> Selection | None:
    """The content of a page by its main content, or None where that is not to be believed."""
    main_words = sum(len(_words(block)) for block in main)
    if not main_words:
        return None
    known = _shingles(main)
    seen = [_look(block, known) for block in visible]
    visible_words = sum(item.words for item in seen)
    found = sum(item.words for item in seen if item.inside)
    if found < 0.5 * main_words:
        # Our own idea of what is visible can be the wrong one; then it holds next to nothing.
        return None if visible_words > 0.25 * main_words else Selection(tuple(main))
    prose = sum(len(_words(block)) for block in main if is_prose(block))
    if prose < THIN and main_words < 0.5 * visible_words:
        return None
    kept = _put_back(seen, main_words)
    if _gap(seen, kept) > sum(item.words for item, keep in zip(seen, kept, strict=True) if keep):
        return None
    left_out = sum(item.words for item, keep in zip(seen, kept, strict=True) if item.prose and not keep)
    structure_lost = any(item.inside and item.block.tag == "pre" for item in seen)
    if not any(block.level for block in main):
        kept = _with_headings(seen, kept)
        structure_lost = structure_lost or any(
            item.block.level and keep for item, keep in zip(seen, kept, strict=True)
        )
    if not structure_lost and kept == [item.inside for item in seen]:
        return Selection(tuple(main), left_out)
    return Selection(tuple(item.block for item, keep in zip(seen, kept, strict=True) if keep), left_out)


def is_plain(visible: Sequence[Block], everything: Sequence[Block]) -> bool:
    """Whether a page has hardly any chrome: with few links, that is a saved report or hand-made page, all of it
    content."""
    words, all_words = (_word_count(blocks) for blocks in (visible, everything))
    return words > 0 and words >= (1 - (SHORT_CHROME if words <= SHORT_PAGE else PLAIN_CHROME)) * all_words


def has_few_links(visible: Sequence[Block]) -> bool:
    """Whether a page has as few links as a plain one."""
    link_chars, chars = sum(block.link_chars for block in visible), sum(len(block.text) for block in visible)
    if link_chars > SHORT_LINK_SHARE * chars:
        return False
    return link_chars <= PLAIN_LINK_SHARE * chars or _word_count(visible) <= SHORT_PAGE


def _word_count(blocks: Sequence[Block]) -> int:
    return sum(len(_words(block)) for block in blocks)


def is_prose(block: Block) -> bool:
    """Whether the block reads as running text rather than as a label or a menu."""
    return len(_words(block)) >= PROSE_WORDS and block.link_chars <= PROSE_LINK_SHARE * len(block.text)


def holds(blocks: Sequence[Block], texts: Sequence[str]) -> float:
    """The share of the texts that are found in the blocks (1.0 where there are no texts)."""
    known = _shingles(blocks)
    return sum(_is_inside(_words_of(text), known) for text in texts) / len(texts) if texts else 1.0


def _put_back(seen: Sequence[_Seen], main_words: int) -> list[bool]:
    """Which blocks are content: those of the main content, and running text from where that lies."""
    homes = {item.block.container for item in seen if item.inside and item.prose}
    kinds = {item.block.kind for item in seen if item.inside and item.prose} - {""}
    back = [
        not item.inside and item.prose and (item.block.container in homes or item.block.kind in kinds)
        for item in seen
    ]
    words = sum(item.words for item, is_back in zip(seen, back, strict=True) if is_back)
    enough = words >= RESCUE_SHARE * main_words
    return [item.inside or (is_back and enough) for item, is_back in zip(seen, back, strict=True)]


def _with_headings(seen: Sequence[_Seen], kept: Sequence[bool]) -> list[bool]:
    """The kept blocks, and the headings right above one of them: some of trafilatura's ways lose headings."""
    result = list(kept)
    for index in range(len(seen) - 2, -1, -1):
        block = seen[index].block
        if block.level > 1 and result[index + 1] and block.link_chars <= PROSE_LINK_SHARE * len(block.text):
            result[index] = True
    return result


def _gap(seen: Sequence[_Seen], kept: Sequence[bool]) -> int:
    """Words of running text that are not kept, from the first-level heading above the content to its end."""
    places = [index for index, item in enumerate(seen) if kept[index] and item.prose]
    if not places:
        return 0
    start = places[0]
    titles = [index for index in range(start) if seen[index].block.level == 1]
    start = titles[-1] if titles else start
    return sum(seen[i].words for i in range(start, places[-1]) if seen[i].prose and not kept[i])


def _look(block: Block, known: set[tuple[str, ...]]) -> _Seen:
    words = _words(block)
    return _Seen(block, len(words), is_prose(block), _is_inside(words, known))


def _words(block: Block) -> list[str]:
    return _words_of(block.text)


def _words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _shingles(blocks: Sequence[Block]) -> set[tuple[str, ...]]:
    """All runs of SHINGLE words, and each block as a whole (for blocks shorter than that)."""
    found: set[tuple[str, ...]] = set()
    for block in blocks:
        words = _words(block)
        found.update(_runs(words))
        found.add(tuple(words))
    return found


def _runs(words: list[str]) -> list[tuple[str, ...]]:
    return [tuple(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1))]


def _is_inside(words: list[str], known: set[tuple[str, ...]]) -> bool:
    if len(words) < SHINGLE:
        return tuple(words) in known
    runs = _runs(words)
    return sum(run in known for run in runs) >= 0.7 * len(runs)
