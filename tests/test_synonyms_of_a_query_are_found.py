"""A search for human trafficking also finds trafficking in persons; a librarian edits the list in a text file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import SettingsError
from searchidx.analysis import index_tokens
from searchidx.synonyms import Synonyms

SYNONYMS = Synonyms.load()


def found(query: str) -> dict[str, set[str]]:
    words = query.split()
    return {
        " ".join(words[e.start : e.end]): {" ".join(alternative) for alternative in e.alternatives}
        for e in SYNONYMS.expansions(words)
    }


@pytest.mark.parametrize(
    ("query", "span", "alternative"),
    [
        ("human trafficking in Asia", "human trafficking", "trafficking in persons"),
        ("Trafficking in Human Beings", "Trafficking in Human Beings", "thb"),
        ("THB Nepal", "THB", "human trafficking"),
        ("thb", "thb", "human trafficking"),
        ("CSEC", "CSEC", "commercial sexual exploitation of children"),
        ("debt bondage kilns", "debt bondage", "bonded labour"),
        ("bonded labor", "bonded labor", "debt bondage"),
        ("debt-bondage", "debt-bondage", "bonded labour"),
        ("forced labour", "forced labour", "compulsory labour"),
        ("National Referral Mechanisms", "National Referral Mechanisms", "nrm"),
        ("police co-operation", "co-operation", "cooperation"),
        ("coordination", "coordination", "co ordination"),
        ("unhcr report", "unhcr", "united nations high commissioner for refugees"),
        ("U.N.H.C.R.", "U.N.H.C.R.", "un refugee agency"),
        ("victims of trafficking", "victims of trafficking", "trafficked person"),
    ],
)
def test_what_means_the_same_is_offered(query: str, span: str, alternative: str) -> None:
    assert alternative in found(query)[span]


def test_an_abbreviation_that_is_a_word_counts_only_in_capitals() -> None:
    assert found("the tip of who told us") == {}
    assert "human trafficking" in found("TIP report")["TIP"]
    assert "world health organization" in found("WHO guidelines")["WHO"]
    assert "united states" in found("US law")["US"]


def test_an_abbreviation_that_is_a_word_is_never_looked_for() -> None:
    assert "tip" not in found("human trafficking")["human trafficking"]
    assert found("World Health Organization") == {}


def test_the_longest_phrase_counts_and_spans_do_not_overlap() -> None:
    assert list(found("commercial sexual exploitation of children")) == [
        "commercial sexual exploitation of children"
    ]
    assert list(found("child trafficking in persons")) == ["trafficking in persons"]


def test_words_that_are_in_no_group_have_no_synonyms() -> None:
    assert SYNONYMS.expansions(["children", "in", "Nepal"]) == []
    assert SYNONYMS.expansions([]) == []
    assert SYNONYMS.expansions(["&", "THB"])[0].start == 1


@given(
    st.lists(
        st.sampled_from(
            ["human", "trafficking", "in", "persons", "child", "THB", "TIP", "tip", "debt-bondage", "&"]
        )
    )
)
def test_spans_are_in_order_apart_and_inside_the_query(words: list[str]) -> None:
    last = 0
    for start, end, alternatives in SYNONYMS.expansions(words):
        assert last <= start < end <= len(words)
        last = end
        assert alternatives
        for alternative in alternatives:
            assert tuple(token.term for token in index_tokens(" ".join(alternative))) == alternative


def load(tmp_path: Path, text: str) -> Synonyms:
    path = tmp_path / "synonyms.txt"
    path.write_text(text, encoding="utf-8")
    return Synonyms.load(path)


def test_a_list_of_ones_own_takes_the_place_of_the_packaged_one(tmp_path: Path) -> None:
    own = load(tmp_path, "\ufeff# ours\n\nkamaiya = kamlari\n")
    assert [e.alternatives for e in own.expansions(["Kamaiyas"])] == [(("kamlari",),)]
    assert own.expansions(["THB"]) == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a = b\nalone\n", "line 2: a group needs at least two phrases"),
        ("a = \n", "line 1: there is no word"),
        ("a = b\n\nB = c\n", "line 3: `b` stands in line 1 already"),
        ("tip! = hint\n", "line 1: `tip!`: only one word in capitals"),
        ("THE TIP! = hint\n", "line 1: `THE TIP!`: only one word in capitals"),
    ],
)
def test_a_mistake_in_the_list_is_named_with_its_line(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(SettingsError) as error:
        load(tmp_path, text)
    assert complaint in str(error.value)
    assert str(tmp_path / "synonyms.txt") in str(error.value)


def test_a_list_that_cannot_be_read_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        Synonyms.load(tmp_path / "none.txt")
    (tmp_path / "latin.txt").write_bytes("trata = esclavización".encode("latin-1"))
    with pytest.raises(SettingsError, match="not UTF-8"):
        Synonyms.load(tmp_path / "latin.txt")
