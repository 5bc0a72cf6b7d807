"""The passage around matches as it is shown: where it begins and ends, and what is marked in it.

Rule: a passage is the text of the page with white space as single spaces; it begins and ends on the bounds of
sentences where these are near, leaves out a heading or the rest of a paragraph in which nothing matched, and a
heading it needs is set apart from what follows by SEPARATOR. What is marked is what matched, at its place. The
compiled kernel does the same (native/passage.h) for texts in Latin, Greek and Cyrillic letters; the tests hold the
two equal.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from searchidx.stretches import Span
from searchidx.word_bounds import WordBounds

#: About this many characters are shown.
LENGTH = 240
#: How far an end of the passage is moved to fall on the bound of a sentence.
REACH = 90
#: A passage shorter than this goes on into the next paragraph.
SHORT = 80
_SENTENCE_END = re.compile(r"[.!?。！？؟۔…]['\"’”»)]*(?=\s)|[。！？]")
#: The end of a paragraph, or of a short line without a full stop before a long one: a heading.
_PARAGRAPH_END = re.compile(r"\n\s*\n|(?<![^\n])[^\n]{1,80}(?<![.!?:;,])\n(?=[^\W\d_][^\n]{120})")
#: Stands for a line break behind a heading, unless a match goes across.
SEPARATOR = " · "
_DIGIT = re.compile(r"\d")
_LEADERS = re.compile(r"\.{4,}|(?:\. ){4,}|…{2,}|_{4,}")

#: An occurrence, and the characters of unspaced scripts that it was found by alone: the term there is a pair that
#: begins with the character, which alone is marked.
Found = tuple[Span, frozenset[str]]
Marks = tuple[tuple[int, int], ...]


def passage(text: str, start: int, first: int, last: int, spans: Sequence[Found]) -> tuple[str, Marks, bool]:
    """What is shown of a page's text for the positions [first, last], the character ranges marked in it, and
    whether it reads as sentences.

    start: the position of the page's first word. spans: what was found in the document.
    """
    words = WordBounds(text)
    if not start <= first < start + len(words):  # the page was read anew since, or the index is damaged
        return _shown(text, 0, min(LENGTH, len(text)), ())
    begin, end = _bounds(text, words, first - start, min(last - start, len(words) - 1))
    low, high = start + words.ending_by(begin), start + words.ending_by(end)
    near = [found for found in spans if found[0][0] >= start and found[0][-1] >= low and found[0][0] <= high]
    return _shown(text, begin, end, _ranges(words, near, start))


def beginning(text: str) -> str:
    """The beginning of a text, as it is shown where nothing in it matched."""
    cut = text[:LENGTH]
    end = len(cut) if len(text) <= LENGTH else max(cut.rfind(" "), LENGTH // 2)
    return _shown(text, 0, end, ())[0]


def marks(text: str, spans: Sequence[Found]) -> Marks:
    """The character ranges of what was found in a short text (a title)."""
    return tuple(_ranges(WordBounds(text), spans, 0))


def _bounds(text: str, words: WordBounds, first: int, last: int) -> tuple[int, int]:
    """Where to begin and end: around the matches, on the bounds of sentences where these are near."""
    inner_start, inner_end = words.start(first), words.end(last)
    spare = max(0, LENGTH - (inner_end - inner_start))
    earliest = max(0, inner_start - spare // 2)
    low = max(0, earliest - REACH)
    breaks = _sentence_ends(text, low, inner_start)
    if low == 0:
        breaks.insert(0, 0)
    paragraphs = [match.end() for match in _paragraph_ends(text, low, inner_start)]
    if paragraphs:
        breaks = [paragraphs[-1], *(place for place in breaks if place > paragraphs[-1])]
    near = [place for place in breaks if place >= earliest] or breaks[-1:]
    start = near[0] if near else _word_start(text, words, earliest)
    latest = min(len(text), max(inner_end, start + LENGTH))
    ends = _sentence_ends(text, inner_end, latest + REACH)
    if len(text) <= latest + REACH:
        ends.append(len(text))
    near = [place for place in ends if place <= latest] or ends[:1]
    end = near[-1] if near else _word_end(words, latest)
    if near and end - start < LENGTH // 2:  # one short sentence: the next one too, though it is long
        end = next((place for place in ends if place > end), end)
    for match in _paragraph_ends(text, inner_end, end):
        if match.end() - start >= SHORT:
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


def _ranges(words: WordBounds, spans: Sequence[Found], base: int) -> list[tuple[int, int]]:
    """Character ranges of the positions in the spans; neighbours within one span become one range."""
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


def _shown(text: str, start: int, end: int, ranges: Sequence[tuple[int, int]]) -> tuple[str, Marks, bool]:
    """Cut out [start, end) with white space as single spaces, and carry the marks over."""
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

    marked = tuple(
        (place_of(max(low, start)), place_of(min(high, end))) for low, high in ranges if low < end and high > start
    )
    passage = SEPARATOR.join(shown)
    return passage, marked, _is_prose(passage)


def _is_prose(text: str) -> bool:
    """Whether a passage reads as sentences: no heading, no row of dots or figures, no list of sources."""
    dots = "..." in text or ". ." in text or "…" in text or "__" in text
    return bool(
        text.count(";") < 3
        and len(_DIGIT.findall(text)) * 6 < len(text)
        and _SENTENCE_END.search(f"{text} ")
        and not (dots and _LEADERS.search(text))
    )
