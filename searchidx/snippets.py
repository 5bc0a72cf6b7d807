"""Snippets: the passages of a document that show why it matches, with their page numbers.

Rule: passages are chosen from the positions of the matches (`searchidx.stretches`); only the pages they lie on,
and those of SPARE more candidates, are read, and cut as `searchidx.passage` says. Of passages that are nearly as
good, one in sentences is preferred to headings, tables of contents and lists of sources. Words and phrases are
found and cut out by the compiled kernel where there is one; near phrases and texts in other letters in Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from types import ModuleType
from typing import TYPE_CHECKING

from ingest.catalogue_read import CatalogueReader
from ingest.document import Document, Page
from searchidx import passage as text_of
from searchidx.analysis import index_tokens, is_cjk_single
from searchidx.fields import TEXT_FIELD_NUMBERS
from searchidx.kernel import kernel
from searchidx.leaf import MOST_POSITIONS, Leaf
from searchidx.matching import Text
from searchidx.results import Snippet
from searchidx.snapshot import OpenSegment
from searchidx.stretches import LIKELY, WINDOW, Span, Stretch, best_stretches

if TYPE_CHECKING:
    from searchidx._kernel import Word

#: So many more passages than are shown are compared.
SPARE = 2
#: What a passage that does not read as sentences is worth beside one that does.
_NO_PROSE = 0.75
_TEXT = TEXT_FIELD_NUMBERS["text"]


class LookedFor:
    """What a query looks for in texts: its words and phrases, with what an occurrence of each is worth (idf)."""

    def __init__(self, texts: Sequence[tuple[Text, float]]) -> None:
        self.leaves = [text.leaf for text, _ in texts]
        self.worths = tuple(worth for _, worth in texts)
        self._words: dict[OpenSegment, tuple[tuple[Word | None, ...], ...]] = {}

    @cached_property
    def singles(self) -> list[frozenset[str]]:
        """For each leaf its characters of unspaced scripts that stand alone."""
        return [frozenset(slot.typed for slot in leaf.slots if is_cjk_single(slot.typed)) for leaf in self.leaves]

    @cached_property
    def kernel(self) -> ModuleType | None:
        """The compiled kernel, where it is there and does for these leaves."""
        plain = all(leaf.window is None for leaf in self.leaves) and not any(self.singles)
        return kernel() if plain else None

    def words(self, segment: OpenSegment) -> tuple[tuple[Word | None, ...], ...]:
        """The leaves as the kernel knows them, equal words of a leaf as the same object."""
        found = self._words.get(segment)
        if found is None:
            found = self._words[segment] = tuple(_words(leaf, segment) for leaf in self.leaves)
        return found

    def spans(self, segment: OpenSegment, field: str, doc: int) -> list[list[Span]]:
        """Where each leaf occurs in one field of one document."""
        return [
            leaf.spans(segment, field, doc) if any(one.name == field for one in leaf.fields) else []
            for leaf in self.leaves
        ]

    def found(self, spans: Sequence[Sequence[Span]]) -> list[text_of.Found]:
        """All occurrences with the characters that they were found by alone."""
        return [(span, alone) for some, alone in zip(spans, self.singles, strict=True) for span in some]

    def marks(self, text: str, segment: OpenSegment, doc: int, field: str) -> text_of.Marks:
        """The character ranges of a short field (the title) that matched."""
        if self.kernel is not None and segment.kernel is not None:
            told = segment.kernel.spans(self.words(segment), TEXT_FIELD_NUMBERS[field], doc, MOST_POSITIONS)
            marks: text_of.Marks | None = self.kernel.marks(text, told, _start) if told else ()
            if marks is not None:
                return marks
        found = self.found(self.spans(segment, field, doc))
        return text_of.marks(text, found) if found else ()


class _Matches:
    """Where a document matches: its best stretches, and the passage around each."""

    def __init__(self, looked_for: LookedFor, segment: OpenSegment, doc: int, count: int) -> None:
        self._looked_for, self._segment, self._doc = looked_for, segment, doc
        self.stretches: Sequence[Stretch | tuple[float, int, int, int, int]]
        self._kernel = looked_for.kernel if segment.kernel is not None else None
        if self._kernel is not None and segment.kernel is not None:
            self._told, self.stretches = segment.kernel.stretches(
                looked_for.words(segment), looked_for.worths, _TEXT, doc, count, WINDOW, LIKELY, MOST_POSITIONS
            )
        else:
            self.stretches = best_stretches(self._spans, looked_for.worths, *segment.data.pages(doc), count)

    @cached_property
    def _spans(self) -> list[list[Span]]:
        return self._looked_for.spans(self._segment, "text", self._doc)

    def passage(self, text: str, start: int, first: int, last: int) -> tuple[str, text_of.Marks, bool]:
        """What `searchidx.passage.passage` says of a page's text."""
        if self._kernel is not None:
            how = (text_of.LENGTH, text_of.REACH, text_of.SHORT, text_of.SEPARATOR, _start)
            shown: tuple[str, text_of.Marks, bool] | None = self._kernel.passage(
                text, start, first, last, self._told, *how
            )
            if shown is not None:
                return shown
        return text_of.passage(text, start, first, last, self._looked_for.found(self._spans))


def snippets(
    looked_for: LookedFor,
    segment: OpenSegment,
    doc: int,
    document: Document,
    catalogue: CatalogueReader,
    count: int,
) -> tuple[Snippet, ...]:
    """Up to `count` passages, best first.

    Where nothing of the query stands in the text (a match in the title, an image-only document, filters alone)
    the one passage is the summary or the beginning of the text, without highlights.
    """
    if count < 1:
        return ()
    matches = _Matches(looked_for, segment, doc, count + SPARE)
    candidates: list[tuple[float, Snippet]] = []
    pages: dict[int, Page | None] = {}
    for worth, start, number, first, last in matches.stretches:
        if len(candidates) >= count and worth <= sorted(found for found, _ in candidates)[-count]:
            break  # nothing that follows could be better than what is there
        if number not in pages:
            pages[number] = catalogue.page(document.id, number)
        page = pages[number]
        if page is None:
            continue
        text, marks, prose = matches.passage(page.text, start, first, last)
        shown = Snippet(text, marks, _page_number(page, document), page.label)
        candidates.append((worth if prose else worth * _NO_PROSE, shown))
    candidates.sort(key=lambda item: -item[0])
    return tuple(snippet for _, snippet in candidates[:count]) or _opening(document, catalogue)


def _words(leaf: Leaf, segment: OpenSegment) -> tuple[Word | None, ...]:
    assert segment.kernel is not None
    words = leaf.words(segment, segment.kernel)
    if len(words) == 1:
        return words
    by_slot = dict(zip(leaf.slots, words, strict=True))
    return tuple(by_slot[slot] for slot in leaf.slots)


def _start(piece: str) -> int:
    """Where the word begins in a piece of text that is one word and what is joined to it."""
    return index_tokens(piece)[0].start


def _page_number(page: Page, document: Document) -> int | None:
    return page.number if document.media_type == "application/pdf" else None


def _opening(document: Document, catalogue: CatalogueReader) -> tuple[Snippet, ...]:
    if document.summary:
        return (Snippet(" ".join(document.summary.split())),)
    for page in catalogue.pages(document.id):
        if page.text.strip():
            return (Snippet(text_of.beginning(page.text), (), _page_number(page, document), page.label),)
    return ()
