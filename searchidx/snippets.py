"""Snippets: the passages of a document that show why it matches, with their page numbers.

Rule: passages are chosen from the positions of the matches alone; only the pages they lie on are read and
tokenised, so the cost does not grow with the document. What is highlighted is what matched, at its place.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.catalogue_read import CatalogueReader
from ingest.document import Document, Page
from searchidx.analysis import Token, index_tokens, is_cjk_single
from searchidx.leaf import Leaf
from searchidx.matching import Text
from searchidx.results import Snippet
from searchidx.snapshot import OpenSegment

#: A passage reaches over at most this many words, and about this many characters are shown.
WINDOW = 30
LENGTH = 240
#: How far an end of the passage is moved to fall on the bound of a sentence.
_REACH = 90
_SENTENCE_END = re.compile(r"[.!?。！？؟۔…]['\"’”»)]*(?=\s)|\n\s*\n|[。！？]")


@dataclass(frozen=True, slots=True)
class _Match:
    """One occurrence in the text: its positions, which leaf it belongs to, and what that is worth.

    singles: characters of unspaced scripts that were asked for alone, see `_ranges`.
    """

    positions: tuple[int, ...]
    leaf: int
    worth: float
    singles: frozenset[str]


def snippets(
    texts: Sequence[tuple[Text, float]],
    segment: OpenSegment,
    doc: int,
    document: Document,
    catalogue: CatalogueReader,
    count: int,
) -> tuple[Snippet, ...]:
    """Up to `count` passages, best first. texts: what was searched for, with the weight (idf) of each.

    Where nothing of the query stands in the text (a match in the title, an image-only document, filters alone)
    the one passage is the summary or the beginning of the text, without highlights.
    """
    if count < 1:
        return ()
    starts, numbers = segment.data.pages(doc)
    matches = [
        _Match(span, index, worth, _singles(text.leaf))
        for index, (text, worth) in enumerate(texts)
        if any(field.name == "text" for field in text.leaf.fields)
        for span in text.leaf.spans(segment, "text", doc)
    ]
    if not matches or not starts:
        return _opening(document, catalogue)
    matches.sort(key=lambda match: match.positions)
    by_page: dict[int, list[_Match]] = {}
    for match in matches:
        by_page.setdefault(bisect_right(starts, match.positions[0]) - 1, []).append(match)
    passages = [(worth, page, window) for page, on_page in by_page.items() for worth, window in _windows(on_page)]
    passages.sort(key=lambda item: (-item[0], item[1]))
    found: list[Snippet] = []
    taken: list[tuple[int, int, int]] = []
    for _, index, window in passages:
        first, last = window[0].positions[0], window[-1].positions[-1]
        if any(page == index and first <= end and start <= last for page, start, end in taken):
            continue
        page = catalogue.page(document.id, numbers[index])
        if page is None:
            continue
        taken.append((index, first - WINDOW // 2, last + WINDOW // 2))
        found.append(_passage(page, starts[index], window, by_page[index], document))
        if len(found) == count:
            break
    return tuple(found) or _opening(document, catalogue)


def highlight(
    text: str, texts: Sequence[Text], segment: OpenSegment, doc: int, name: str
) -> list[tuple[int, int]]:
    """The character ranges of a short field (title, summary) that matched."""
    spans = [(span, _singles(item.leaf)) for item in texts for span in item.leaf.spans(segment, name, doc)]
    return _ranges(index_tokens(text), spans, 0) if spans else []


def _singles(leaf: Leaf) -> frozenset[str]:
    return frozenset(slot.typed for slot in leaf.slots if is_cjk_single(slot.typed))


def _windows(matches: Sequence[_Match]) -> list[tuple[float, Sequence[_Match]]]:
    """(worth, matches) of the stretches that begin at each match and reach over at most WINDOW words.

    A stretch is worth the sum of what its different words are worth, a little more for repetitions and for words
    close together.
    """
    found = []
    end = 0
    for start, first in enumerate(matches):
        end = max(end, start + 1)
        while end < len(matches) and matches[end].positions[-1] - first.positions[0] < WINDOW:
            end += 1
        window = matches[start:end]
        different = {match.leaf: match.worth for match in window}
        spread = window[-1].positions[-1] - first.positions[0]
        repeated = sum(match.worth for match in window) - sum(different.values())
        worth = sum(different.values()) * (1 + 0.3 * (1 - spread / WINDOW)) + 0.1 * min(repeated, 10.0)
        found.append((worth, window))
    return found


def _passage(
    page: Page, page_start: int, window: Sequence[_Match], on_page: Sequence[_Match], document: Document
) -> Snippet:
    tokens = index_tokens(page.text)
    first = window[0].positions[0] - page_start
    last = min(window[-1].positions[-1] - page_start, len(tokens) - 1)
    if not 0 <= first < len(tokens):  # the page was read anew since, or the index is damaged
        return _snippet(page, 0, min(LENGTH, len(page.text)), [], document)
    start, end = _bounds(page.text, tokens, first, last)
    ranges = _ranges(tokens, [(match.positions, match.singles) for match in on_page], page_start)
    return _snippet(page, start, end, ranges, document)


def _bounds(text: str, tokens: Sequence[Token], first: int, last: int) -> tuple[int, int]:
    """Where to begin and end: around the matches, on the bounds of sentences where these are near."""
    inner_start, inner_end = tokens[first].start, tokens[last].end
    spare = max(0, LENGTH - (inner_end - inner_start))
    earliest = max(0, inner_start - spare // 2)
    low = max(0, earliest - _REACH)
    breaks = [low + match.end() for match in _SENTENCE_END.finditer(text[low:inner_start])]
    if low == 0:
        breaks.insert(0, 0)
    near = [place for place in breaks if place >= earliest] or breaks[-1:]
    start = near[0] if near else _word_start(text, tokens, earliest)
    latest = min(len(text), max(inner_end, start + LENGTH))
    ends = [inner_end + match.end() for match in _SENTENCE_END.finditer(text[inner_end : latest + _REACH])]
    if len(text) <= latest + _REACH:
        ends.append(len(text))
    near = [place for place in ends if place <= latest] or ends[:1]
    end = near[-1] if near else _word_end(text, tokens, latest)
    return start, max(end, inner_end)


def _word_start(text: str, tokens: Sequence[Token], place: int) -> int:
    index = bisect_right(tokens, place, key=lambda token: token.end)
    return tokens[index].start if index < len(tokens) else len(text)


def _word_end(text: str, tokens: Sequence[Token], place: int) -> int:
    index = bisect_right(tokens, place, key=lambda token: token.end) - 1
    return tokens[index].end if index >= 0 else 0


def _ranges(
    tokens: Sequence[Token], spans: Sequence[tuple[tuple[int, ...], frozenset[str]]], base: int
) -> list[tuple[int, int]]:
    """Character ranges of the positions in the spans; neighbours within one span become one range.

    Beside each span stand the characters of unspaced scripts that it was found by alone: the term there is a pair
    that begins with the character, which alone is marked.
    """
    ranges: list[tuple[int, int]] = []
    for span, singles in spans:
        previous = None
        for position in span:
            index = position - base
            if not 0 <= index < len(tokens):
                previous = None
                continue
            token = tokens[index]
            end = token.start + 1 if token.term[:1] in singles and len(token.term) == 2 else token.end
            if previous is not None and position == previous + 1:
                ranges[-1] = (ranges[-1][0], max(ranges[-1][1], end))
            else:
                ranges.append((token.start, end))
            previous = position
    ranges.sort()
    merged: list[tuple[int, int]] = []
    for start, end in ranges:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _snippet(page: Page, start: int, end: int, ranges: Sequence[tuple[int, int]], document: Document) -> Snippet:
    """Cut out [start, end) with white space as single spaces, and carry the highlights over."""
    text = page.text
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    shown: list[str] = []
    places: list[int] = []  # for each character of the passage, where it lies in what is shown
    length = 0
    for char in text[start:end]:
        places.append(length)
        if char.isspace():
            if shown and shown[-1] == " ":
                places[-1] = length - 1
                continue
            shown.append(" ")
        else:
            shown.append(char)
        length += 1
    places.append(length)
    marks = tuple(
        (places[max(low, start) - start], places[min(high, end) - start])
        for low, high in ranges
        if low < end and high > start
    )
    number = page.number if document.media_type == "application/pdf" else None
    return Snippet("".join(shown), marks, number, page.label)


def _opening(document: Document, catalogue: CatalogueReader) -> tuple[Snippet, ...]:
    if document.summary:
        return (Snippet(" ".join(document.summary.split())),)
    for page in catalogue.pages(document.id):
        if page.text.strip():
            cut = page.text[:LENGTH]
            end = len(cut) if len(page.text) <= LENGTH else max(cut.rfind(" "), LENGTH // 2)
            return (_snippet(page, 0, end, [], document),)
    return ()
