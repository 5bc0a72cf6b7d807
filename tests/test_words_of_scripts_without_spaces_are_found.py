"""Any piece of a Chinese, Japanese, Korean, Thai, Lao, Khmer or Burmese text finds it, down to one character."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ingest.text import fold
from searchidx.analysis import index_tokens, is_cjk_single, query_tokens

UNSPACED = st.text(alphabet="人口贩运儿童の子供カー々ไทยเด็กลาวខ្មែរမြန်မာ한국인", min_size=1, max_size=20)


def index_terms(text: str) -> list[str]:
    return [token.term for token in index_tokens(text)]


def query_terms(text: str) -> list[str]:
    return [token.term for token in query_tokens(text)]


def test_a_run_gives_pairs_and_its_last_character() -> None:
    assert index_terms("人口贩运") == ["人口", "口贩", "贩运", "运"]
    assert query_terms("人口贩运") == ["人口", "口贩", "贩运"]
    assert query_terms("贩") == ["贩"]
    assert is_cjk_single("贩")
    assert not is_cjk_single("a")
    assert not is_cjk_single("人口")


def test_numbers_and_latin_words_stand_apart_from_the_run() -> None:
    assert index_terms("2014年AI技术") == ["2014", "年", "ai", "技术", "术"]


def test_a_run_inside_a_query_has_ended_there() -> None:
    assert query_terms("技术 AI") == ["技术", "术", "ai"]


@pytest.mark.parametrize("text", ["เด็กหญิง", "ກະລຸນາ", "ស្ត្រី", "မြန်မာ", "子どもの権利", "인신매매 피해자", "ｶﾞｲﾄﾞ"])
def test_a_text_finds_itself(text: str) -> None:
    assert set(query_terms(text)) <= set(index_terms(text))


def begins_with_a_letter(text: str) -> bool:
    return not unicodedata.category(text[0]).startswith("M")


@given(UNSPACED, st.data())
def test_any_piece_of_a_run_is_found_as_neighbouring_terms(text: str, data: st.DataObject) -> None:
    run = fold(text)  # a piece that begins with a mark of half-width kana would not fold like the whole
    start = data.draw(st.integers(0, len(run) - 1))
    end = data.draw(st.integers(start + 1, len(run)))
    assume(begins_with_a_letter(run) and begins_with_a_letter(run[start:]))
    piece, have = query_terms(run[start:end]), index_terms(run)
    if end - start == 1:
        assert any(term.startswith(piece[0]) for term in have)
    else:
        assert any(have[i : i + len(piece)] == piece for i in range(len(have)))


@given(UNSPACED)
def test_every_character_starts_one_term(text: str) -> None:
    assume(begins_with_a_letter(text))
    assert "".join(term[0] for term in index_terms(text)) == fold(text)
