"""The compiled table takes a text apart exactly as the analysis does, whatever characters stand in it."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from searchidx import analysis, build_terms
from searchidx.build_terms import CompiledLanguage, Entries

pytestmark = pytest.mark.skipif(build_terms.compiled is None, reason="not compiled")

_english = Entries()


def _words(text: str) -> list[str]:
    table = _english.language("en")
    assert isinstance(table, CompiledLanguage)
    return [_english.keys[number].partition(b"\0")[0].decode() for number in table.tokens(text)]


# What the patterns tell apart: letters, digits, points, apostrophes, underscores, marks, scripts without spaces.
_ascii = st.text(st.sampled_from("aBs1.'_ -"), max_size=14)
_mixed = st.text(st.sampled_from("aBs1.'’‘_ é²\u0301\u0663\u0e01\u200b人-—"), max_size=14)
_any = st.text(max_size=20)


@given(text=_ascii | _mixed | _any)
@example(text="U.N.'s U.S.A's a.b_c x.y.zz e.g. .a. a.b")
@example(text="U.N.’s don’t l’enfant rock'n’roll '' ’tis é.a.")
@example(text="word\U00020000word 𝔸 \U0001f600 a.b.")
@example(text="x" * 60 + " " + "é" * 60)
@settings(max_examples=400, deadline=None)
def test_any_text_has_the_same_words(text: str) -> None:
    assert _words(text) == [token.term for token in analysis.index_tokens(text)]


def test_each_character_alone_and_between_letters() -> None:
    codes = [code for code in range(0x10000) if not 0xD800 <= code < 0xE000 and (code < 0x3000 or code % 7 == 0)]
    for first in range(0, len(codes), 50):
        some = map(chr, codes[first : first + 50])
        text = " ".join(f"{char} a{char}b é{char}.b" for char in some)
        assert _words(text) == [token.term for token in analysis.index_tokens(text)], hex(codes[first])


def test_many_words_are_kept_apart() -> None:
    rng = random.Random(8)
    words = ["".join(rng.choices("abcdé", k=rng.randint(1, 7))) for _ in range(20_000)]
    text = " ".join(words)
    expected = [token.term for token in analysis.index_tokens(text)]
    assert _words(text) == expected  # learned
    assert _words(text) == expected  # looked up
