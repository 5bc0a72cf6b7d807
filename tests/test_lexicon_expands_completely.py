"""Prefix, wildcard and fuzzy look-ups find every word of the dictionary that fits, and no other."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator

import pytest
from brute_force import edit_distance
from hypothesis import example, given, settings
from hypothesis import strategies as st

from searchidx.lexicon import compile_pattern, matching, with_prefix, within_edits


class Dictionary:
    """Terms in memory with the interface of `segment.Terms`."""

    def __init__(self, words: Collection[str]) -> None:
        self._terms = sorted(word.encode() for word in set(words))

    def __len__(self) -> int:
        return len(self._terms)

    def __getitem__(self, ordinal: int) -> bytes:
        return self._terms[ordinal]

    def text(self, ordinal: int) -> str:
        return self._terms[ordinal].decode()

    def starting_with(self, prefix: bytes) -> range:
        return range(bisect_left(self._terms, prefix), bisect_left(self._terms, prefix + b"\xff"))

    def among(self, ordinals: range) -> Iterator[str]:
        return map(self.text, ordinals)

    def occurs(self, ordinal: int) -> bool:
        return True


# Few letters, so that words are near each other; of every length in UTF-8.
_LETTERS = "abcé人\U0001f600"
_word = st.text(st.sampled_from(_LETTERS), max_size=7)
_any_word = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
_words = st.lists(_word | _any_word, max_size=40)


@given(words=_words, prefix=_word | _any_word)
def test_prefix(words: list[str], prefix: str) -> None:
    assert list(with_prefix(Dictionary(words), prefix)) == sorted(w for w in set(words) if w.startswith(prefix))  # type: ignore[arg-type]


@given(words=_words, pattern=st.text(st.sampled_from(_LETTERS + "**??.[\\"), max_size=7))
@example(words=["a\nb"], pattern="a?b")
@example(words=["aXb", "a.b"], pattern="a.b")
@example(words=["", "a"], pattern="*")
def test_wildcard(words: list[str], pattern: str) -> None:
    expression = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    expected = sorted(word for word in set(words) if re.fullmatch(expression, word, re.DOTALL))
    assert list(matching(Dictionary(words), pattern)) == expected  # type: ignore[arg-type]


@given(words=_words, word=_word, edits=st.integers(0, 3))
@settings(max_examples=400, deadline=None)
@example(words=["ba"], word="ab", edits=1)
@example(words=["acb", "abc"], word="bac", edits=2)
@example(words=["", "a", "ab"], word="", edits=1)
def test_fuzzy(words: list[str], word: str, edits: int) -> None:
    expected = [(w, distance) for w in sorted(set(words)) if (distance := edit_distance(word, w)) <= edits]
    assert list(within_edits(Dictionary(words), word, edits)) == expected  # type: ignore[arg-type]


def test_fuzzy_looks_at_a_small_part_of_a_large_dictionary() -> None:
    looked = 0

    class Counting(Dictionary):
        def text(self, ordinal: int) -> str:
            nonlocal looked
            looked += 1
            return super().text(ordinal)

    words = [
        f"{a}{b}{c}{d}" for a in "abcdefghij" for b in "abcdefghij" for c in "abcdefghij" for d in "abcdefghij"
    ]
    found = list(within_edits(Counting(words), "abcd", 1))  # type: ignore[arg-type]
    assert len(found) == sum(edit_distance("abcd", word) <= 1 for word in words)
    assert looked < len(words) / 10


@pytest.mark.parametrize("pattern", ["*" * 50 + "x", "*a" * 25, "?*" * 25 + "x"])
def test_no_pattern_takes_forever(pattern: str) -> None:
    assert not compile_pattern(pattern).fullmatch("ab" * 20)
