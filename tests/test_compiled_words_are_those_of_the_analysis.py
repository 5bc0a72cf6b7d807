"""The compiled table takes a text apart exactly as the analysis does, whatever characters stand in it."""

from __future__ import annotations

import random
from array import array

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from searchidx import analysis, build_terms, spelling, stemming
from searchidx.build_terms import CompiledLanguage, Languages

pytestmark = pytest.mark.skipif(build_terms.compiled is None, reason="not compiled")

_known = Languages()


def _words(text: str) -> list[str]:
    return [term for term, _ in _entries(text, "en")]


def _entries(text: str, language: str | None) -> list[tuple[str, str]]:
    """The words of a text and their stems, by the compiled table."""
    table = _known[language]
    assert isinstance(table, CompiledLanguage)
    keys = [_known.entries.key(number).decode().split("\0") for number in array("I", table.tokens(text))]
    return [(term, stem) for term, stem in keys]


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


def _pairs(text: str, language: str | None) -> list[tuple[str, str]]:
    terms = [token.term for token in analysis.index_tokens(text)]
    return [(term, stemming.stem(term, language)) for term in terms]


# Words that are made of what the rules of spelling and stemming look for, and of what is near it.
_BESIDE = [
    "",
    "a",
    "re",
    "un",
    "s",
    "men",
    "ifi",
    "cation",
    "s'",
    "_",
    "9",
    "Ü",
    "col",
    "organ",
    "travel",
    "centr",
]
_parts = st.sampled_from(
    [*_BESIDE, "Label", "IT", "benefit", "advis", "abridg", "synag", "labo", *spelling.WITHIN, *spelling.ENDINGS]
)
_special = st.sampled_from([*spelling.WORDS, *stemming.exceptions("en")[0], *stemming.exceptions("en")[1]])
_british = st.sampled_from([pattern for _, pattern, _ in spelling._RULES if "(?<" not in pattern]).flatmap(
    st.from_regex
)
_made = st.lists(_parts, max_size=4).map("".join) | _special | _british


@given(words=st.lists(_made, max_size=6), language=st.sampled_from(["en", None, "fr", "ru", "xx"]))
@example(
    words=["colour", "Organised", "paediatric", "specifications", "firemen", "I'll", "d'accord"], language="en"
)
@settings(max_examples=400, deadline=None)
def test_any_word_has_the_stem_it_has_for_a_query(words: list[str], language: str | None) -> None:
    text = " ".join(words)
    expected = _pairs(text, language)
    assert _entries(text, language) == expected  # learned
    assert (
        _entries(text.upper() if text.isascii() else text, language) == expected
    )  # other letters, the same words


@pytest.mark.parametrize("language", ["en", None, "es"])
def test_each_word_of_the_exceptions_has_its_stem(language: str | None) -> None:
    words, stems = stemming.exceptions("en")
    text = " ".join([*spelling.WORDS, *words, *words.values(), *stems, *stems.values()])
    assert _entries(text, language) == _pairs(text, language)
