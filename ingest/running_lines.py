"""Running headers, footers and page numbers: lines that repeat at the edge of page after page.

Rule: an edge is the first four or the last four lines of a page. A line at an edge is running when
- the same words (case and spacing aside) stand at the same edge of page after page, or of every other page, one
  page in five being allowed to be without, on at least three pages and two in five of all (less may be the rows
  that tables in a long document end with); or
- with numbers masked it repeats, and on four in five of those pages one of its numbers (arabic, or a roman numeral
  alone) differs from the page's number by an amount that is the same on at least three pages and on a quarter of
  all pages;
and when no more than one line that is not running stands between it and the edge.
Running lines are removed, except where they first occur, so that a title printed only as a running header is
still found; a line that holds a page number and at most words such as "page" and "of" is removed everywhere.
A line that occurs once is never removed.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Container, Sequence

EDGE_LINES = 4
MIN_PAGES = 3
DENSITY = 0.8
SHARE_OF_PAGES = 0.4
_OTHER_LINES_OUTSIDE = 1

_NUMBER = re.compile(r"\d+")
_ROMAN = re.compile(r"[ivxlc]{1,7}")
_FOLIO_WORD = re.compile(
    r"page|pages|pg|p|pp|of|de|sur|von|seite|página|pagina|pág|pag|стр|страница|из|صفحة|صفحه|من|第|页|頁|共"
)
_WORD = re.compile(r"[^\W\d_]+")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


def remove_running_lines(pages: Sequence[str]) -> list[str]:
    """Return the pages (lines separated by a newline) without their running headers, footers and numbers."""
    if len(pages) < MIN_PAGES:
        return list(pages)
    lines = [page.split("\n") for page in pages]
    places: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)  # (edge, key) -> (page, line)
    for page, on_page in enumerate(lines):
        for edge, line in _edges(on_page):
            key = _same_words(on_page[line])
            places[(edge, key)].append((page, line))
            masked = _masked(key)
            if masked != key:
                places[(edge + "#", masked)].append((page, line))
    running: dict[tuple[int, int], tuple[str, str]] = {}  # (page, line) -> what repeats there
    for (edge, key), found in places.items():
        numbered = edge.endswith("#")
        for place in _numbered(found, lines) if numbered else _repeated(found, len(lines)):
            running.setdefault(place, (edge, key))
    firsts: dict[tuple[str, str], tuple[int, int]] = {}
    removed: set[tuple[int, int]] = set()
    for place in sorted(running):
        if not _at_edge(place, lines, running):
            continue
        repeats = running[place]
        if firsts.setdefault(repeats, place) != place or (repeats[0].endswith("#") and _is_folio(repeats[1])):
            removed.add(place)
    return [
        "\n".join(line for number, line in enumerate(on_page) if (page, number) not in removed)
        for page, on_page in enumerate(lines)
    ]


def _at_edge(place: tuple[int, int], lines: Sequence[Sequence[str]], running: Container[tuple[int, int]]) -> bool:
    """Whether hardly anything but running lines stands between the line and the top or the bottom of its page."""
    page, number = place
    last = len(lines[page])
    for outside in (range(number), range(number + 1, last)):
        others = sum(1 for n in outside if lines[page][n].strip() and (page, n) not in running)
        if others <= _OTHER_LINES_OUTSIDE and len(outside) < 2 * EDGE_LINES:
            return True
    return False


def _edges(lines: Sequence[str]) -> list[tuple[str, int]]:
    """The (edge, line number) pairs of a page's first and last lines with text; a short page's belong to both."""
    with_text = [number for number, line in enumerate(lines) if line.strip()]
    return [("top", n) for n in with_text[:EDGE_LINES]] + [("bottom", n) for n in with_text[-EDGE_LINES:]]


def _same_words(line: str) -> str:
    return " ".join(line.casefold().split())


def _masked(key: str) -> str:
    return "#" if _ROMAN.fullmatch(key) else _NUMBER.sub("#", key)


def _is_folio(masked: str) -> bool:
    return all(_FOLIO_WORD.fullmatch(word) for word in _WORD.findall(masked))


def _repeated(found: list[tuple[int, int]], page_count: int) -> set[tuple[int, int]]:
    """The places in runs of pages: each page (or every other one), hardly any left out, and enough of them."""
    needed = max(MIN_PAGES, SHARE_OF_PAGES * page_count)
    pages = sorted({page for page, _ in found})
    kept: set[int] = set()
    for step in (1, 2):
        # A line on left pages only is a run of every other page: look at pages of one parity at a time.
        for parity in range(step):
            run: list[int] = []
            for page in [page for page in pages if page % step == parity] + [page_count + 10 * step]:
                if run and page - run[-1] > 2 * step:
                    if len(run) >= MIN_PAGES and len(run) >= DENSITY * ((run[-1] - run[0]) // step + 1):
                        kept.update(run)
                    run = []
                run.append(page)
    return {place for place in found if place[0] in kept} if len(kept) >= needed else set()


def _numbered(found: list[tuple[int, int]], lines: Sequence[Sequence[str]]) -> set[tuple[int, int]]:
    """The places whose number moves with the page's own number, if it does so on most of the pages."""
    pages = {page for page, _ in found}
    if len(pages) < MIN_PAGES:
        return set()
    needed = max(MIN_PAGES, len(lines) // 4)
    offsets = {place: {value - place[0] for value in _numbers(lines[place[0]][place[1]])} for place in found}
    counts = Counter(offset for own in offsets.values() for offset in own)
    # Two, because a preface numbered with roman numerals is followed by pages that start again at 1.
    steady = {offset for offset, count in counts.most_common(2) if count >= needed}
    moving = {place for place, own in offsets.items() if own & steady}
    return moving if len({page for page, _ in moving}) >= DENSITY * len(pages) else set()


def _numbers(line: str) -> list[int]:
    key = _same_words(line)
    if _ROMAN.fullmatch(key):
        return [_roman(key)]
    return [int(digits) for digits in _NUMBER.findall(key) if len(digits) <= 5]


def _roman(numeral: str) -> int:
    values = [_ROMAN_VALUES[letter] for letter in numeral]
    following = [*values[1:], 0]
    return sum(-value if value < after else value for value, after in zip(values, following, strict=True))
