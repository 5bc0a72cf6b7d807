"""The compiled kernel cuts the same passages out of a page as plain Python, with the same marks, whatever signs,
line breaks and headings stand in it; and finds the same best stretches in a document full of matches."""

from __future__ import annotations

import random
from array import array
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from libraries import put, record

from searchidx import passage, stretches
from searchidx.index import update
from searchidx.library import Library
from searchidx.results import SearchRequest
from searchidx.snippets import LookedFor, _start
from searchidx.word_bounds import WordBounds

kernel = pytest.importorskip("searchidx._kernel", reason="the kernel was not compiled")

LONG = "a line that is long enough to be the first one of a paragraph, because it goes on and on " * 2
_words = "word|Word|été|Éric|l'enfant|d’un|U.N.'s|don't|42|3.5|No.|торговля|_x_|·|—|€|»".split("|")
_spaces = "| |  |\n|\n\n| \n \n|\t|\u00a0|\u2009|\u2028|\x1f|Heading\n|Rights of é:\n".split("|")
_signs = '. |! |? |… |; |, |. . . . . |......|……|____|." |.’ |.) |short sentence. |Another! |1 2 3 4 5 6 7 '.split(
    "|"
)
_limits = [
    "h" * 80 + "\n",
    "h" * 81 + "\n",
    "\n" + "l" * 120 + "\n",
    "\n" + "l" * 121 + "\n",
    "....",
    "...",
    ".   a",
    ".  a",
]
_piece = st.sampled_from([*_words, *_spaces, *_signs, *_limits, LONG, f"{LONG}\n", f"A Heading\n{LONG}"])
_page = st.lists(_piece, max_size=40).map("".join)


def both(text: str, start: int, first: int, last: int, spans: list[tuple[int, int]]) -> None:
    found = [(tuple(range(begin, begin + length)), frozenset[str]()) for begin, length in spans]
    plain = passage.passage(text, start, first, last, found)
    told = tuple((array("I", [begin]).tobytes(), length) for begin, length in spans)
    how = (passage.LENGTH, passage.REACH, passage.SHORT, passage.SEPARATOR, _start)
    compiled = kernel.passage(text, start, first, last, told, *how)
    if compiled is None:
        assert kernel.words(text) is None or not start <= first < start + len(WordBounds(text))
    else:
        assert compiled == plain
        assert kernel.marks(text, told, _start) == passage.marks(text, found)


@settings(max_examples=1000, deadline=None)
@given(
    text=_page,
    start=st.sampled_from([0, 7]),
    place=st.floats(0, 1, exclude_max=True),
    reach=st.integers(0, stretches.WINDOW),
    spans=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 4)), max_size=6),
)
@example(text="", start=0, place=0.0, reach=0, spans=[])
@example(text="人身 word", start=0, place=0.0, reach=0, spans=[(0, 1)])
@example(text="a" * 500, start=0, place=0.0, reach=3, spans=[(0, 2)])
@example(text=LONG + "\ud800", start=0, place=0.5, reach=3, spans=[(0, 2)])
def test_any_page_is_cut_the_same(
    text: str, start: int, place: float, reach: int, spans: list[tuple[int, int]]
) -> None:
    first = start + int(place * (len(WordBounds(text)) + 1))
    both(text, start, first, first + reach, [(begin + start, length) for begin, length in spans])


def test_a_page_of_prose_is_cut_the_same_everywhere() -> None:
    rng = random.Random(3)
    words = ["debt", "bondage", "of", "the", "children", "l'enfant", "Été", "U.N.", "2014"]
    text = "".join(
        rng.choice(words) + rng.choice([" ", " ", " ", ", ", ". ", ".\n", "\n\n", "; "]) for _ in range(600)
    )
    for first in range(600):
        both(text, 0, first, first + rng.randint(0, 29), [(rng.randint(0, 599), 1), (first, 2)])


def test_every_limit_is_the_same() -> None:
    texts = [
        f"First of all.\n{'h' * heading}{end}\n{'l' * line} {'and on '.join(['', 'it goes '])}\nto the end"
        for heading in range(77, 83)
        for line in (118, 119, 120, 121, 122)
        for end in ("", ",")
    ]
    texts += [
        f"One{sign}{gap}{after} and more of it. Two."
        for sign in ".!…"
        for gap in ("", " ", "  ", "   ")
        for after in "aA1é"
    ]
    texts += [
        f"Chapter {sign * times} 12 is here. And so on."
        for sign in (".", ". ", "…", "_", ";", "1 ")
        for times in range(1, 9)
    ]
    texts += [
        f"{'w' * before}. {'x' * middle} and {'y' * behind}. Then."
        for before in (60, 88, 91, 120)
        for middle in (28, 30, 31, 119, 120, 121)
        for behind in (28, 30, 31, 119)
    ]
    for text in texts:
        for first in range(len(WordBounds(text))):
            both(text, 0, first, first, [(first, 1)])


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), pages=st.integers(1, 60), count=st.integers(1, 6))
def test_the_best_stretches_are_the_same(
    tmp_path_factory: pytest.TempPathFactory, seed: int, pages: int, count: int
) -> None:
    rng = random.Random(seed)
    words = ["debt", "debts", "bond", "kiln", "filler", "the"]
    texts = [" ".join(rng.choices(words, k=rng.choice([0, 1, 5, 80]))) for _ in range(pages)]
    folder: Path = tmp_path_factory.mktemp("library")
    put(folder, {"a.pdf": record(*texts)})
    update(folder)
    with Library.open(folder) as library:
        scorer = library._prepared(SearchRequest(query='debt "bond kiln" kiln "the the"', any_word=True))[-1]
        looked_for = LookedFor(scorer.worths())
        (segment,) = library.snapshot.segments
        assert segment.kernel is not None
        limits = (stretches.WINDOW, stretches.LIKELY, 1_000_000)
        told, best = segment.kernel.stretches(looked_for.words(segment), looked_for.worths, 3, 0, count, *limits)
        spans = looked_for.spans(segment, "text", 0)
        places = [[(first, length) for first in memoryview(starts).cast("I")] for starts, length in told]
        assert places == [[(span[0], len(span)) for span in some] for some in spans if some]
        assert best == stretches.best_stretches(spans, looked_for.worths, *segment.data.pages(0), count)
