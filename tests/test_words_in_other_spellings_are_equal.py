"""Accents, case, vowel points, width, curly quotes and invisible characters make no difference to a search."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.text import fold


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Côte d’Ivoire", "cote d'ivoire"),
        ("Łódź", "lodz"),
        ("Ørsted, Đorđe, Þór, Æon, œuvre", "orsted, dorde, thor, aeon, oeuvre"),
        ("Straße", "STRASSE"),
        ("İstanbul, ılgın", "istanbul, ilgin"),
        ("Đặng Thị Hà", "dang thi ha"),
        ("ﬁnancing", "financing"),
        ("ＵＮＨＣＲ　２０２４", "unhcr 2024"),
        ("Ἀθῆναι", "αθηναι"),
        ("ёлка", "елка"),
        ("за\u0301мок", "замок"),
        ("إتجار، أطفال، آسيا", "اتجار، اطفال، اسيا"),
        ("مُحَمَّد", "محمد"),
        ("مدرسة", "مدرسه"),
        ("على", "علي"),
        ("لاجئـــين", "لاجئين"),
        ("ﻻﺟﺊ", "لاجئ"),
        ("کودکان ایران", "كودكان ايران"),
        ("٢٠٢٤ ۲۰۲۴ २०२४", "2024 2024 2024"),
        ("שָׁלוֹם", "שלום"),
        ("traf\u00adfick\u200bing", "trafficking"),
        ("می\u200cخواهم", "میخواهم"),
        ("“forced” ‘labour’", "\"forced\" 'labour'"),
        ("child\u2011labour – 2024", "child-labour - 2024"),
        ("ｶﾞｲﾄﾞ", "ガイド"),
    ],
)
def test_both_spellings_fold_to_the_same(written: str, typed: str) -> None:
    assert fold(written) == fold(typed)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("мой", "мои"),  # й is a letter, though Unicode can split it
        ("її", "іі"),
        ("हिन्दी", "हनद"),  # vowel signs are letters
        ("ไทย", "ไทยี"),
        ("が", "か"),
    ],
)
def test_marks_that_make_another_letter_are_kept(one: str, other: str) -> None:
    assert fold(one) != fold(other)
    assert unicodedata.normalize("NFC", one) == fold(unicodedata.normalize("NFD", one))


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_folding_twice_is_folding_once_for_every_character_there_is() -> None:
    characters = (chr(code) for code in range(0x30000) if not 0xD800 <= code < 0xE000)
    assert [c for c in characters if fold(fold(c)) != fold(c)] == []


@given(st.text())
def test_composed_and_decomposed_text_fold_alike(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))
