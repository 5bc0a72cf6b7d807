"""Where the words of a text stand, without their terms: what snippets need of a page.

Rule: word i here is token i of `searchidx.analysis.index_tokens`, at the same place. The compiled kernel finds
them in texts in Latin letters some forty times as fast; everything else is left to the analysis.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import NamedTuple

from searchidx.analysis import Token, index_tokens
from searchidx.kernel import word_bounds as compiled_bounds


class WordBounds(NamedTuple):
    """Where each word begins and ends, in characters; tokens: the same with their terms, None for
    a text in Latin letters."""

    starts: Sequence[int]
    ends: Sequence[int]
    tokens: list[Token] | None


def word_bounds(text: str) -> WordBounds:
    """The bounds of a text's words."""
    found = compiled_bounds(text)
    if found is None:
        tokens = index_tokens(text)
        return WordBounds([token.start for token in tokens], [token.end for token in tokens], tokens)
    both = array("I")
    both.frombytes(found[0])
    starts, ends = both[::2], both[1::2]
    for place in found[1]:  # an article that is no part of the word may come before its apostrophe
        starts[place] += index_tokens(text[starts[place] : ends[place]])[0].start
    return WordBounds(starts, ends, None)
