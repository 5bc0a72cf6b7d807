"""A search for one form of a word finds its other forms and spellings, and not the words that only look alike."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from ingest.text import fold
from searchidx import stemming
from searchidx.analysis import query_stems, query_tokens, stem
from searchidx.datafile import data_lines

ROWS = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parent / "word_pairs.tsv").read_text(encoding="utf-8").splitlines()[1:]
]


def stems(text: str, language: str) -> list[str]:
    return [stem(token.term, language) for token in query_tokens(text)]


@pytest.mark.parametrize("language", sorted({row[3] for row in ROWS}))
def test_every_listed_pair_matches_or_stays_apart_as_listed(language: str) -> None:
    wrong = [
        (one, other, wanted, stems(one, language), stems(other, language))
        for one, other, wanted, row_language in ROWS
        if row_language == language and (stems(one, language) == stems(other, language)) != (wanted == "match")
    ]
    assert wrong == []


def test_the_list_is_long_enough_to_mean_something() -> None:
    by_language = Counter(row[3] for row in ROWS)
    assert len(set(ROWS)) == len(ROWS) >= 300
    assert by_language["en"] >= 220
    assert set(by_language) == {"en", "fr", "es", "pt", "de", "it", "nl", "ru", "ar"}
    assert {row[2] for row in ROWS} == {"match", "apart"}


@pytest.mark.parametrize(
    ("typed", "written"),
    [("refugie", "réfugiées"), ("explotacion", "explotación"), ("organizacao", "organizações")],
)
def test_a_query_without_accents_finds_accented_inflections(typed: str, written: str) -> None:
    language = {"refugie": "fr", "explotacion": "es", "organizacao": "pt"}[typed]
    assert stem(fold(typed), language) == stem(fold(written), language)


def test_an_english_word_in_a_report_of_another_script_is_stemmed_as_english() -> None:
    for language in ("ru", "ar", "zh", "th", "hi"):
        assert stem("trafficked", language) == stem("trafficking", "en")
    assert stem("женщинам", "en") == stem("женщины", "ru")
    assert stem("деца", "sr") != stem("деца", "ru")


def test_a_report_of_unknown_language_is_read_as_english() -> None:
    assert stem("children", None) == stem("child", "en")


def test_a_query_word_looks_for_its_stem_in_every_language_of_the_library() -> None:
    found = query_stems("exploitation", ["en", "fr", "sw", None])
    assert found == {stem("exploitation", "en"), stem("exploitee", "fr"), "exploitation/sw"}
    assert query_stems("exploitation", []) == {stem("exploitation", "en")}


def test_stems_of_one_language_are_not_taken_for_those_of_another() -> None:
    for word, other in (("policies", "police"), ("united", "unit"), ("parties", "part"), ("officer", "office")):
        assert stem(other, "en") not in query_stems(word, ["en", "fr", "es", "de", "sw"])


def test_numbers_and_pieces_of_unspaced_scripts_are_the_same_in_every_language() -> None:
    assert query_stems("2024", ["en", "fr", "ar"]) == {"2024"}
    assert query_stems("贩运", ["zh", "en", "ja"]) == {"贩运"}
    assert query_stems("ด็", ["th", "en"]) == {"ด็"}


def test_a_language_without_a_stemmer_keeps_its_words_whole() -> None:
    assert stem("watoto", "sw") == "watoto/sw"


def test_a_word_stands_on_one_line_of_the_exceptions_only() -> None:
    seen: Counter[tuple[str, str]] = Counter()
    language = ""
    for _, line in data_lines("stems.txt"):
        if line.startswith("["):
            language = line
            continue
        first, sign, *others = line.split()
        assert sign in {"=", "~"}, line
        if sign == "=":
            words = [first, *others]
            assert words == [fold(word) for word in words], line
            seen.update((language, word) for word in words)
        else:
            seen.update((language, f"~{other}") for other in others)
            assert others
            assert first not in others
    assert [word for word, count in seen.items() if count > 1] == []


def test_english_exceptions_are_spelled_the_american_way_they_are_looked_up() -> None:
    words, _ = stemming.exceptions("en")
    assert {word for word in words if stem(word, "en") != words[word]} == set()


def test_a_string_that_is_no_word_costs_no_time() -> None:
    assert stem("a" * 100_000, "en") == "a" * 100_000
