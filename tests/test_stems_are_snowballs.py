"""The stemmers look for endings by tables of our own, English ones in C, and find what Snowball's own search finds."""

from __future__ import annotations

import random
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx import stemming


def _class(language: str) -> Any:
    stemming._snowball(language)
    name = stemming._ALGORITHMS[language]
    return getattr(import_module(f"searchidx._snowball.{name}_stemmer"), f"{name.capitalize()}Stemmer")


@pytest.mark.parametrize("language", sorted(stemming._ALGORITHMS))
def test_words_made_of_endings_have_snowballs_stem(language: str) -> None:
    theirs = _class(language)
    strings = {entry.s for held in vars(theirs).values() if isinstance(held, list) for entry in held}
    letters = sorted({letter for string in strings for letter in string})
    ends = st.sampled_from(sorted(strings))

    @given(st.text(st.sampled_from(letters), max_size=6), st.lists(ends, max_size=3))
    @settings(max_examples=60, deadline=None)
    def check(beginning: str, endings: list[str]) -> None:
        word = beginning + "".join(endings)
        assert stemming._snowball(language)(word) == theirs().stemWord(word)

    check()


@pytest.mark.skipif(stemming.release() != stemming._COMPILED, reason="another release of the stemming library")
def test_compiled_english_is_snowballs() -> None:
    english_stem = pytest.importorskip("searchidx._inverter").english_stem
    theirs = _class("en")()
    rng = random.Random(6)
    endings = [entry.s for held in vars(type(theirs)).values() if isinstance(held, list) for entry in held]
    words = ["skies", "news", "y", "yes", "dying", "evening", "exceed", "yyyy", "'s", "adding", "hoping", "pasted"]
    for _ in range(20_000):
        beginning = "".join(rng.choices("abeilnorstuyw'Yxdg", k=rng.randint(0, 6)))
        words.append(beginning + "".join(rng.choices(endings, k=rng.randint(0, 3))))
    for word in words:
        assert english_stem(word) == theirs.stemWord(word), word
    assert english_stem("café") is None
    assert english_stem("a" * 101) is None
