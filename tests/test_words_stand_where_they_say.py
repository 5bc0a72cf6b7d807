"""Every term points at the piece of text it was made from, so that snippets mark the right words."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.text import fold
from searchidx.analysis import Token, index_tokens, is_cjk_single, query_tokens
from searchidx.characters import FOOTNOTE_DIGITS, MARKS


def terms(text: str) -> list[str]:
    return [token.term for token in index_tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("supply-chain", ["supply", "chain"]),
        ("Directive 2014/36/EU, C-182", ["directive", "2014", "36", "eu", "c", "182"]),
        ("the U.N. and U.N.H.C.R.'s office, U.S.", ["the", "un", "and", "unhcr", "office", "us"]),
        ("The end.The start, i.e.this", ["the", "end", "the", "start", "ie", "this"]),
        ("children's victims’ rights", ["children", "victims", "rights"]),
        ("l'enfant d’Ivoire dell'uomo aujourd'hui", ["enfant", "ivoire", "uomo", "aujourdhui"]),
        ("don't, we’ve, O'Brien, Sana'a", ["dont", "we", "obrien", "sanaa"]),
        ("10,000 people, 3.5 %", ["10", "000", "people", "3", "5"]),
        ("**bold** _italic_ snake_case *const", ["bold", "italic", "snake", "case", "const"]),
        ("trafficking² and trafficking¹²", ["trafficking", "and", "trafficking"]),
        ("a x 1", ["a", "x", "1"]),
        ("हिन्दी की किताब", ["हिन्दी", "की", "किताब"]),
        ("Ребёнок, мой", ["ребенок", "мой"]),
        ("", []),
        ("… — “ ” ʼ ـ", []),
    ],
)
def test_how_a_text_falls_into_words(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


def test_a_term_covers_its_word_with_the_possessive_but_not_the_elided_article() -> None:
    text = "Children’s rights, l'enfant, U.N. staff"
    assert [(t.term, text[t.start : t.end]) for t in index_tokens(text)] == [
        ("children", "Children’s"),
        ("rights", "rights"),
        ("enfant", "enfant"),
        ("un", "U.N."),
        ("staff", "staff"),
    ]


def in_order(tokens: list[Token], text: str) -> None:
    previous = (0, 0)
    for token in tokens:
        assert 0 <= token.start < token.end <= len(text)
        assert (token.start, token.end) >= previous
        previous = (token.start, token.end)
        assert token.term == fold(token.term)
        assert token.term


@given(st.text())
def test_terms_are_in_order_and_inside_any_text(text: str) -> None:
    in_order(index_tokens(text), text)
    in_order(query_tokens(text), text)


LETTERS = st.text(alphabet="abcéèßłøЖйёبةأهहिन्दी0٣ﬁ\u00ad\u0301", min_size=1, max_size=8)


@given(st.lists(LETTERS, max_size=12), st.sampled_from([" ", "-", "/", ", ", "_", "*", "\n"]))
def test_the_text_under_a_term_folds_to_the_term(words: list[str], separator: str) -> None:
    text = separator.join(words)
    for token in index_tokens(text):
        assert fold(text[token.start : token.end]) == token.term


PIECES = st.text(alphabet=st.one_of(st.characters(), st.sampled_from("abcI.'’-_²人口のไทยU한국 \n")), max_size=40)


@given(PIECES)
def test_any_word_copied_out_of_a_text_finds_it(text: str) -> None:
    found = index_tokens(text)
    for word in text.split():
        wanted = [token.term for token in query_tokens(word)]
        assert any(
            all(
                have.term.startswith(want) if is_cjk_single(want) else have.term == want
                for have, want in zip(found[start : start + len(wanted)], wanted, strict=True)
            )
            for start in range(len(found) - len(wanted) + 1)
        ), word


def test_the_written_out_ranges_agree_with_the_unicode_tables() -> None:
    marks, numbers = re.compile(f"[{MARKS}]"), re.compile(f"[{FOOTNOTE_DIGITS}]")
    for code in range(0x80, 0x10000):
        character, category = chr(code), unicodedata.category(chr(code))
        if category in {"Mn", "Mc", "Me"} and code not in range(0xFE00, 0xFE10):
            assert marks.match(character), hex(code)
        if marks.match(character):
            assert category[0] in "MLNC", hex(code)
        if numbers.match(character):
            assert category in {"No", "Cn"}, hex(code)
