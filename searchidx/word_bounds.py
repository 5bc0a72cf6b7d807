"""Where the words of a text stand, without their terms: what snippets need of a page.

Rule: word i here is token i of `searchidx.analysis.index_tokens`, at the same place. The compiled kernel finds
them in most texts in Latin, Greek and Cyrillic letters, forty times as fast; all else is left to the analysis.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from searchidx.analysis import Token, index_tokens
from searchidx.kernel import word_bounds as compiled_bounds


class WordBounds:
    """The bounds of a text's words, in characters."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[Token] | None = None
        found = compiled_bounds(text)
        if found is None:
            self._tokens = index_tokens(text)
            self._bounds: Sequence[int] = [place for token in self._tokens for place in token[1:]]
            self._joined: list[int] = []
        else:
            self._bounds, self._joined = memoryview(found[0]).cast("I"), found[1]

    def __len__(self) -> int:
        return len(self._bounds) // 2

    def start(self, word: int) -> int:
        """Where a word begins."""
        begin = self._bounds[2 * word]
        if word in self._joined:  # an article that is no part of the word may come before its apostrophe
            begin += index_tokens(self._text[begin : self.end(word)])[0].start
        return begin

    def end(self, word: int) -> int:
        """Where a word ends."""
        return self._bounds[2 * word + 1]

    def term(self, word: int) -> str:
        """The term of a word in a text that is in other letters, else nothing."""
        return self._tokens[word].term if self._tokens is not None else ""

    def ending_by(self, place: int) -> int:
        """How many words end at or before a place."""
        return bisect_right(range(len(self)), place, key=self.end)
