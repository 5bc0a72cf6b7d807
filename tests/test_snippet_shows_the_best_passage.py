"""A result shows the passage that holds most of what was asked, not the first mention; several passages do not
overlap; where the text holds nothing of the query, the summary or the beginning stands there."""

from __future__ import annotations

from pathlib import Path

import pytest
from libraries import library, record

from searchidx.library import Library
from searchidx.results import SearchResult

FILLER = "Lorem ipsum dolor sit amet consectetur. " * 30


def _search(tmp_path: Path, *pages: str, query: str, snippets: int = 1, **more: str) -> SearchResult:
    library(tmp_path / "index_data", {"a.pdf": record(*pages, **more), "b.pdf": record("kiln child rare " * 3)})
    with Library.open(tmp_path / "index_data") as opened:
        return opened.search(f"{query} path:a.pdf", snippets=snippets)


def test_the_best_passage_is_not_the_first_mention(tmp_path: Path) -> None:
    good = "Children worked beside the kilns under debt bondage."
    result = _search(
        tmp_path, f"The kilns. {FILLER} The children.", f"{FILLER} {good} {FILLER}", query="child kiln debt"
    )
    (hit,) = result.hits
    assert hit.page == 2
    assert good in hit.snippet


def test_a_rare_word_counts_more_than_a_common_one(tmp_path: Path) -> None:
    data_dir = tmp_path / "index_data"
    documents = {f"{n}.pdf": record("kiln kiln") for n in range(20)}
    library(data_dir, documents | {"a.pdf": record(f"kiln. {FILLER}", f"{FILLER} rarity here. {FILLER}")})
    with Library.open(data_dir) as opened:
        (hit,) = opened.search("kiln rarity")
        assert hit.page == 2


def test_several_passages_come_best_first_and_do_not_overlap(tmp_path: Path) -> None:
    page = f"kiln one. {FILLER} kiln two. {FILLER} kiln and child three. {FILLER}"
    (hit,) = _search(tmp_path, page, "kiln four", query="kiln child", snippets=10).hits
    assert len(hit.snippets) == 4
    assert "child" in hit.snippets[0].text
    for word in ("one", "two", "three", "four"):
        assert sum(f"{word}" in snippet.text.replace(".", " ").split() for snippet in hit.snippets) == 1


def test_no_passage_where_none_is_asked_for(tmp_path: Path) -> None:
    (hit,) = _search(tmp_path, "kiln", query="kiln", snippets=0).hits
    assert hit.snippets == ()
    assert hit.page is None


@pytest.mark.parametrize(
    ("pages", "more", "shown"),
    [
        (["The text."], {"summary": "What it\n is  about."}, "What it is about."),
        (["", "  \n", "The  first\nwords."], {}, "The first words."),
        ([], {}, ""),
        (["", " "], {}, ""),
        (["word " * 100], {}, ("word " * 48).strip()),
        (["字" * 1000], {}, "字" * 120),
    ],
)
def test_what_stands_there_when_nothing_in_the_text_matches(
    tmp_path: Path, pages: list[str], more: dict[str, str], shown: str
) -> None:
    (hit,) = _search(tmp_path, *pages, query="title:banner", title="Banner", **more).hits
    assert hit.snippet == shown
    assert all(snippet.highlights == () for snippet in hit.snippets)


def test_a_passage_begins_and_ends_with_sentences_where_these_are_near(tmp_path: Path) -> None:
    text = f"{FILLER} Before it. Children worked in the kilns of the north. After it. {FILLER}"
    (hit,) = _search(tmp_path, text, query="kiln child").hits
    assert hit.snippet.endswith(".")
    assert hit.snippet[0].isupper()
    assert len(hit.snippet) < 400


def test_text_without_sentences_is_cut_between_words(tmp_path: Path) -> None:
    text = f"{'word ' * 500}kiln{' other' * 500}"
    (hit,) = _search(tmp_path, text, query="kiln").hits
    assert set(hit.snippet.split()) == {"word", "kiln", "other"}
    assert 100 < len(hit.snippet) < 400


def test_a_match_is_shown_whatever_the_words_around_it_look_like(tmp_path: Path) -> None:
    text = f"{'x' * 5000} kiln {'y' * 5000}"
    (hit,) = _search(tmp_path, text, query="kiln").hits
    (snippet,) = hit.snippets
    assert [snippet.text[start:end] for start, end in snippet.highlights] == ["kiln"]
