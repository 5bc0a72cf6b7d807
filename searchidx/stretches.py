"""Which stretches of a document's positions show best what was searched for.

Rule: a stretch begins at an occurrence and reaches over at most WINDOW words of one page. It is worth the sum of
what its different words are worth, a little more for repetitions and for words close together. In a document
full of occurrences only the LIKELY pages that have most of what was asked are looked at closely, so the cost
hardly grows with the document. The compiled kernel does the same (native/stretches.h); the tests hold the two
equal.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import nsmallest
from typing import NamedTuple

#: A stretch reaches over at most this many words, and others keep half as far away from it.
WINDOW = 30
#: So many pages are looked at closely.
LIKELY = 40

#: The positions of the words of one occurrence.
Span = tuple[int, ...]


class Stretch(NamedTuple):
    """A stretch: what it is worth, its page (position of the first word, physical number), and its positions."""

    worth: float
    start: int
    number: int
    first: int
    last: int


def best_stretches(
    spans: Sequence[Sequence[Span]],
    worths: Sequence[float],
    starts: Sequence[int],
    numbers: Sequence[int],
    count: int,
) -> list[Stretch]:
    """The best `count` stretches that keep apart, best first.

    spans, worths: the occurrences of each leaf, ascending, and what one is worth. starts, numbers: for each page
    of the document the position of its first word and its physical number.
    """
    if not starts:
        return []
    by_page: dict[int, dict[int, Sequence[Span]]] = {}
    for leaf, found in enumerate(spans):
        for page, some in _by_page(found, starts):
            by_page.setdefault(page, {})[leaf] = some
    chosen: list[tuple[float, int, int, int]] = []
    for stretch in _ranked(by_page, worths):
        if len(chosen) == count:
            break
        _, page, first, last = stretch
        half = WINDOW // 2
        if not any(
            page == other and first <= end + half and begin - half <= last for _, other, begin, end in chosen
        ):
            chosen.append(stretch)
    return [Stretch(-negative, starts[page], numbers[page], first, last) for negative, page, first, last in chosen]


def _by_page(spans: Sequence[Span], starts: Sequence[int]) -> Iterator[tuple[int, Sequence[Span]]]:
    """(index of a page, the spans that begin on it); a page that has many is cut out whole."""
    first = 0
    while first < len(spans):
        page = bisect_right(starts, spans[first][0]) - 1
        end = bisect_left(spans, (starts[page + 1],), first) if page + 1 < len(starts) else len(spans)
        yield page, spans[first:end]
        first = end


def _ranked(
    by_page: Mapping[int, Mapping[int, Sequence[Span]]], worths: Sequence[float]
) -> list[tuple[float, int, int, int]]:
    """(negative worth, page, first position, last position) of the stretches of the LIKELY pages, best first."""
    likely: Iterable[int] = by_page
    if len(by_page) > LIKELY:
        most = {page: sum(worths[leaf] for leaf in leaves) for page, leaves in by_page.items()}
        likely = nsmallest(LIKELY, by_page, key=lambda page: (-most[page], page))
    found: list[tuple[float, int, int, int]] = []
    for page in likely:
        matches = sorted((span, leaf) for leaf, spans in by_page[page].items() for span in spans)
        found += [(-worth, page, first, last) for worth, first, last in _windows(matches, worths)]
    found.sort()
    return found


def _windows(matches: Sequence[tuple[Span, int]], worths: Sequence[float]) -> Iterator[tuple[float, int, int]]:
    """(worth, first position, last position) of the stretches that begin at each match. matches: positions of
    each, and which of the leaves it is of."""
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
