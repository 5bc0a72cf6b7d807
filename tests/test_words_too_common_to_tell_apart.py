"""Stop words are left out of a query only where they say nothing, in whatever language the library holds."""

from __future__ import annotations

import pytest

from ingest.text import fold
from searchidx.analysis import is_stop_word, query_tokens, stop_words
from searchidx.stopwords import _lists

LANGUAGES = ["en", "fr", "es", "pt", "de", "it", "nl", "ru", "ar", "sv", "da", "no", "zh"]


@pytest.mark.parametrize(
    ("word", "language"),
    [
        ("the", "en"),
        ("Of", "en"),
        ("été", "fr"),
        ("más", "es"),
        ("não", "pt"),
        ("für", "de"),
        ("و", "xx"),
        ("في", "ar"),
    ],
)
def test_function_words_are_stop_words_however_they_are_spelled(word: str, language: str) -> None:
    assert is_stop_word(word, [language]) == (language != "xx")


@pytest.mark.parametrize(
    "word",
    [
        "war",
        "men",
        "man",
        "state",
        "car",
        "non",
        "UN",
        "EU",
        "US",
        "us",
        "WHO",
        "own",
        "son",
        "child",
        "hat",
        "against",
    ],
)
def test_words_with_a_meaning_in_one_language_are_stop_words_in_none(word: str) -> None:
    assert not is_stop_word(word, LANGUAGES)


def test_who_is_a_stop_word_and_the_organisation_is_not() -> None:
    assert is_stop_word("who", ["en"])
    assert not is_stop_word("WHO", ["en"])


def test_without_a_language_english_is_meant() -> None:
    assert is_stop_word("the", [None])
    assert is_stop_word("the", [])
    assert not is_stop_word("les", [None])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lists_are_spelled_as_the_index_spells_words(language: str) -> None:
    words = stop_words(language)
    assert len(words) > (60 if language != "zh" else 10)  # pairs of characters: only those that ask
    assert {
        word for word in words if [t.term for t in query_tokens(word)] != [word] or fold(word) != word
    } == set()
    assert set(_lists()) == set(LANGUAGES)
