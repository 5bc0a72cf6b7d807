"""Snippets: the passages of a document that show why it matches, with their page numbers.

Rule: passages are chosen from the positions of the matches; only the pages they lie on, and those of SPARE more
candidates, are read and tokenised. In a document full of matches only the LIKELY pages that have most of what was
asked are looked at closely, so the cost hardly grows with the document. Of passages that are nearly as good, one
in sentences is preferred to headings, tables of contents and lists of sources. A passage is the text of the
document with white space as single spaces; it leaves out a heading or the rest of a paragraph in which nothing
matched, and a heading it needs is set apart from what follows by SEPARATOR. What is highlighted is what matched,
at its place.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import nsmallest
from itertools import pairwise

from ingest.catalogue_read import CatalogueReader
from ingest.document import Document, Page
from searchidx.analysis import is_cjk_single
from searchidx.leaf import Leaf
from searchidx.matching import Text
from searchidx.results import Snippet
from searchidx.snapshot import OpenSegment
from searchidx.word_bounds import WordBounds

#: A passage reaches over at most this many words, and about this many characters are shown.
WINDOW = 30
LENGTH = 240
#: How far an end of the passage is moved to fall on the bound of a sentence.
_REACH = 90
#: So many more passages than are shown are compared, on so many pages.
SPARE = 2
LIKELY = 40
#: What a passage that does not read as sentences is worth beside one that does.
_NO_PROSE = 0.75
#: A passage shorter than this goes on into the next paragraph.
_SHORT = 80
_SENTENCE_END = re.compile(r"[.!?。！？؟۔…]['\"’”»)]*(?=\s)|[。！？]")
#: The end of a paragraph, or of a short line without a full stop before a long one: a heading.
_PARAGRAPH_END = re.compile(r"\n\s*\n|(?<![^\n])[^\n]{1,80}(?<![.!?:;,])\n(?=[^\W\d_][^\n]{120})")
#: Stands for a line break behind a heading, unless a match goes across.
SEPARATOR = " · "
_DIGIT = re.compile(r"\d")
_LEADERS = re.compile(r"\.{4,}|(?:\. ){4,}|…{2,}|_{4,}")


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
    by_page: dict[int, dict[int, list[tuple[int, ...]]]] = {}
    for index, (text, _) in enumerate(texts):
        if any(field.name == "text" for field in text.leaf.fields):
            for page_index, spans in _by_page(text.leaf.spans(segment, "text", doc), starts):
                by_page.setdefault(page_index, {})[index] = spans
    if not by_page or not starts:
        return _opening(document, catalogue)
    worths = [worth for _, worth in texts]
    candidates: list[tuple[float, Snippet]] = []
    taken: list[tuple[int, int, int]] = []
    pages: dict[int, Page | None] = {}
    singles = [_singles(text.leaf) for text, _ in texts]
    for worth, index, first, last in _passages(by_page, worths):
        if len(candidates) >= count and worth <= sorted(found for found, _ in candidates)[-count]:
            break  # nothing that follows could be better than what is there
        if any(page == index and first <= end and start <= last for page, start, end in taken):
            continue
        if index not in pages:
            pages[index] = catalogue.page(document.id, numbers[index])
        page = pages[index]
        if page is None:
            continue
        taken.append((index, first - WINDOW // 2, last + WINDOW // 2))
        ranges = [(span, singles[leaf]) for leaf, spans in by_page[index].items() for span in spans]
        snippet = _passage(page, starts[index], (first, last), ranges, document)
        candidates.append((worth if _is_prose(snippet.text) else worth * _NO_PROSE, snippet))
        if len(candidates) == count + SPARE:
            break
    candidates.sort(key=lambda item: -item[0])
    return tuple(snippet for _, snippet in candidates[:count]) or _opening(document, catalogue)


def highlight(
    text: str, texts: Sequence[Text], segment: OpenSegment, doc: int, name: str
) -> list[tuple[int, int]]:
    """The character ranges of a short field (title, summary) that matched."""
    spans = [(span, _singles(item.leaf)) for item in texts for span in item.leaf.spans(segment, name, doc)]
    return _ranges(WordBounds(text), spans, 0) if spans else []


def _singles(leaf: Leaf) -> frozenset[str]:
    return frozenset(slot.typed for slot in leaf.slots if is_cjk_single(slot.typed))


def _by_page(spans: list[tuple[int, ...]], starts: Sequence[int]) -> Iterator[tuple[int, list[tuple[int, ...]]]]:
    """(index of a page, the spans that begin on it); a page that has many is cut out whole."""
    first = 0
    while first < len(spans):
        page = bisect_right(starts, spans[first][0]) - 1
        end = bisect_left(spans, (starts[page + 1],), first) if page + 1 < len(starts) else len(spans)
        yield page, spans[first:end]
        first = end


def _passages(
    by_page: Mapping[int, Mapping[int, list[tuple[int, ...]]]], worths: Sequence[float]
) -> Iterator[tuple[float, int, int, int]]:
    """(worth, page, first position, last position) of the passages of the LIKELY pages, best first."""
    likely: Iterable[int] = by_page
    if len(by_page) > LIKELY:
        most = {page: sum(worths[leaf] for leaf in leaves) for page, leaves in by_page.items()}
        likely = nsmallest(LIKELY, by_page, key=lambda page: (-most[page], page))
    found: list[tuple[float, int, int, int]] = []
    for page in likely:
        matches = sorted((span, leaf) for leaf, spans in by_page[page].items() for span in spans)
        found += [(-worth, page, first, last) for worth, first, last in _windows(matches, worths)]
    found.sort()
    return ((-negative, page, first, last) for negative, page, first, last in found)


def _windows(
    matches: Sequence[tuple[tuple[int, ...], int]], worths: Sequence[float]
) -> Iterator[tuple[float, int, int]]:
    """(worth, first position, last position) of the stretches that begin at each match and reach over at most
    WINDOW words. matches: positions of each, and which of the things that were looked for it is.

    A stretch is worth the sum of what its different words are worth, a little more for repetitions and for words
    close together.
    """
    held = [0] * len(worths)
    different = everything = 0.0
    end, count = 0, len(matches)
    for start, (positions, leaf) in enumerate(matches):
        low = positions[0]
        while end < count and (end == start or matches[end][0][-1] - low < WINDOW):
            other = matches[end][1]
            if not held[other]:
                different += worths[other]
            held[other] += 1
            everything += worths[other]
            end += 1
        last = matches[end - 1][0][-1]
        repeated = everything - different
        nearness = 1 + 0.3 * (1 - (last - low) / WINDOW)
        yield different * nearness + (0.1 * repeated if repeated < 10.0 else 1.0), low, last
        held[leaf] -= 1
        everything -= worths[leaf]
        if not held[leaf]:
            different -= worths[leaf]


def _is_prose(text: str) -> bool:
    """Whether a passage reads as sentences: no heading, no row of dots or figures, no list of sources."""
    dots = "..." in text or ". ." in text or "…" in text or "__" in text
    return bool(
        text.count(";") < 3
        and len(_DIGIT.findall(text)) * 6 < len(text)
        and _SENTENCE_END.search(f"{text} ")
        and not (dots and _LEADERS.search(text))
    )


def _passage(
    page: Page,
    page_start: int,
    window: tuple[int, int],
    spans: Sequence[tuple[tuple[int, ...], frozenset[str]]],
    document: Document,
) -> Snippet:
    words = WordBounds(page.text)
    first = window[0] - page_start
    last = min(window[1] - page_start, len(words) - 1)
    if not 0 <= first < len(words):  # the page was read anew since, or the index is damaged
        return _snippet(page, 0, min(LENGTH, len(page.text)), [], document)
    start, end = _bounds(page.text, words, first, last)
    low, high = page_start + words.ending_by(start), page_start + words.ending_by(end)
    shown = [(span, singles) for span, singles in spans if span[-1] >= low and span[0] <= high]
    return _snippet(page, start, end, _ranges(words, shown, page_start), document)


def _bounds(text: str, words: WordBounds, first: int, last: int) -> tuple[int, int]:
    """Where to begin and end: around the matches, on the bounds of sentences where these are near."""
    inner_start, inner_end = words.start(first), words.end(last)
    spare = max(0, LENGTH - (inner_end - inner_start))
    earliest = max(0, inner_start - spare // 2)
    low = max(0, earliest - _REACH)
    breaks = _sentence_ends(text, low, inner_start)
    if low == 0:
        breaks.insert(0, 0)
    paragraphs = [match.end() for match in _paragraph_ends(text, low, inner_start)]
    if paragraphs:
        breaks = [paragraphs[-1], *(place for place in breaks if place > paragraphs[-1])]
    near = [place for place in breaks if place >= earliest] or breaks[-1:]
    start = near[0] if near else _word_start(text, words, earliest)
    latest = min(len(text), max(inner_end, start + LENGTH))
    ends = _sentence_ends(text, inner_end, latest + _REACH)
    if len(text) <= latest + _REACH:
        ends.append(len(text))
    near = [place for place in ends if place <= latest] or ends[:1]
    end = near[-1] if near else _word_end(words, latest)
    if near and end - start < LENGTH // 2:  # one short sentence: the next one too, though it is long
        end = next((place for place in ends if place > end), end)
    for match in _paragraph_ends(text, inner_end, end):
        if match.end() - start >= _SHORT:
            end = match.end()
            break
    return start, max(end, inner_end)


def _sentence_ends(text: str, low: int, high: int) -> list[int]:
    """Where sentences end between two places. A full stop before a small letter or a digit (`No. 5`) ends none."""
    found = []
    for match in _SENTENCE_END.finditer(text, low, min(high, len(text))):
        after = text[match.end() : match.end() + 3].lstrip()[:1]
        if not (match.group().startswith(".") and (after.islower() or after.isdigit())):
            found.append(match.end())
    return found


def _paragraph_ends(text: str, low: int, high: int) -> Iterator[re.Match[str]]:
    return _PARAGRAPH_END.finditer(text, low, high) if text.find("\n", low, high) >= 0 else iter(())


def _word_start(text: str, words: WordBounds, place: int) -> int:
    index = words.ending_by(place)
    return words.start(index) if index < len(words) else len(text)


def _word_end(words: WordBounds, place: int) -> int:
    index = words.ending_by(place) - 1
    return words.end(index) if index >= 0 else 0


def _ranges(
    words: WordBounds, spans: Sequence[tuple[tuple[int, ...], frozenset[str]]], base: int
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
            if not 0 <= index < len(words):
                previous = None
                continue
            start, end = words.start(index), words.end(index)
            if singles:
                term = words.term(index)
                end = start + 1 if term[:1] in singles and len(term) == 2 else end
            if previous is not None and position == previous + 1:
                ranges[-1] = (ranges[-1][0], max(ranges[-1][1], end))
            else:
                ranges.append((start, end))
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
    ends = (len(text[: match.end()].rstrip()) for match in _paragraph_ends(text, start, end))
    apart = [
        place
        for place in ends
        if text[place:end].lstrip()[:1].isalnum()
        and text[place - 1 : place].isalnum()
        and not any(low < place < high for low, high in ranges)
    ]
    pieces = list(pairwise((start, *apart, end)))
    shown = [" ".join(text[low:high].split()) for low, high in pieces]
    as_long = not apart and len(shown[0]) == end - start

    def place_of(character: int) -> int:
        if as_long:  # every stretch of white space was one sign, and is
            return character - start
        piece = bisect_right(apart, character - 1)
        before = text[pieces[piece][0] : character]
        here = " ".join(before.split())
        gap = bool(here) and before[-1].isspace()
        return sum(len(shown[i]) + len(SEPARATOR) for i in range(piece)) + len(here) + gap

    marks = tuple(
        (place_of(max(low, start)), place_of(min(high, end))) for low, high in ranges if low < end and high > start
    )
    number = page.number if document.media_type == "application/pdf" else None
    return Snippet(SEPARATOR.join(shown), marks, number, page.label)


def _opening(document: Document, catalogue: CatalogueReader) -> tuple[Snippet, ...]:
    if document.summary:
        return (Snippet(" ".join(document.summary.split())),)
    for page in catalogue.pages(document.id):
        if page.text.strip():
            cut = page.text[:LENGTH]
            end = len(cut) if len(page.text) <= LENGTH else max(cut.rfind(" "), LENGTH // 2)
            return (_snippet(page, 0, end, [], document),)
    return ()
