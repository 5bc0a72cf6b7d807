"""The text of a document is one: a phrase that begins on one page and ends on the next is found."""

from __future__ import annotations

from pathlib import Path

from libraries import library, record

from searchidx.library import Library


def test_a_phrase_over_a_page_break_is_found_and_shown_where_it_begins(tmp_path: Path) -> None:
    data_dir = tmp_path / "index_data"
    ids = library(
        data_dir,
        {
            "crossing.pdf": record(
                "Nothing here.", "They were held in debt", "bondage for many years.", title="A"
            ),
            "empty between.pdf": record("held in debt", "", "", "bondage", title="B"),
            "apart.pdf": record("bondage", "debt", title="C"),
        },
    )
    with Library.open(data_dir) as opened:
        hits = {hit.id: hit for hit in opened.search('"debt bondage"')}
        assert set(hits) == {ids["crossing.pdf"], ids["empty between.pdf"]}
        crossing = hits[ids["crossing.pdf"]]
        (snippet,) = crossing.snippets
        assert (crossing.page, snippet.page) == (2, 2)
        assert [snippet.text[start:end] for start, end in snippet.highlights] == ["debt"]
        assert hits[ids["empty between.pdf"]].page == 1
        assert opened.search('"held bondage"~3').total == 2


def test_a_phrase_does_not_run_from_one_tag_into_the_next(tmp_path: Path) -> None:
    data_dir = tmp_path / "index_data"
    library(
        data_dir,
        {"a.pdf": record("text", tags=["Debt", "Bondage"]), "b.pdf": record("text", tags=["Debt bondage"])},
    )
    with Library.open(data_dir) as opened:
        assert [hit.tags for hit in opened.search('"debt bondage"')] == [("Debt bondage",)]


def test_a_phrase_does_not_run_from_one_document_or_field_into_the_next(tmp_path: Path) -> None:
    data_dir = tmp_path / "index_data"
    library(data_dir, {"a.pdf": record("bondage", title="Debt"), "b.pdf": record("x debt", title="y")})
    with Library.open(data_dir) as opened:
        assert opened.search('"debt bondage"').total == 0
