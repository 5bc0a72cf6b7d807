"""A result names the physical page, counted from 1, on which its passage stands: also among empty pages, after
merges and deletions, and where a document's pages are not numbered without gaps."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from libraries import library, put, record

from ingest.document import Page
from searchidx.index import update
from searchidx.library import Library

PAGES = {
    "plain": ["one w1", "two w2", "three w3"],
    "first empty": ["", "", "three w3", "four w4"],
    "last empty": ["one w1", "", ""],
    "between": ["one w1", "", "", "four w4", "", "six w6"],
    "blank": [" \n\t ", "two w2", "—…—", "four w4"],
    "only the last": ["", "", "", "four w4"],
    "long": [f"{'filler ' * (number % 5 * 100)}w{number}" for number in range(1, 60)],
}


@pytest.mark.parametrize("name", PAGES)
def test_every_word_is_found_on_its_page(tmp_path: Path, name: str) -> None:
    data_dir = tmp_path / "index_data"
    library(data_dir, {"a.pdf": record(*PAGES[name])})
    with Library.open(data_dir) as opened:
        for number, text in enumerate(PAGES[name], 1):
            word = f"w{number}"
            hits = opened.search(word).hits
            assert [hit.page for hit in hits] == ([number] if word in text.split() else [])
            for hit in hits:
                (snippet,) = hit.snippets
                assert [snippet.text[a:b] for a, b in snippet.highlights] == [word]


def test_page_tables_survive_merges_and_deletions(tmp_path: Path) -> None:
    data_dir = tmp_path / "index_data"
    rng = random.Random(2)
    expected = {}
    for commit in range(20):
        pages = ["", *(f"{'x ' * rng.randrange(40)}d{commit}p{n}" for n in range(2, rng.randint(3, 9)))]
        expected |= {f"d{commit}p{number}": number for number in range(2, len(pages) + 1)}
        put(data_dir, {f"{commit}.pdf": record(*pages)}, removed=[f"{commit - 2}.pdf"] if commit % 3 == 0 else ())
        if commit % 3 == 0:
            expected = {word: page for word, page in expected.items() if not word.startswith(f"d{commit - 2}p")}
        update(data_dir)
    with Library.open(data_dir) as opened:
        assert len(opened.snapshot.segments) < 15
        for word, page in expected.items():
            assert [hit.page for hit in opened.search(word)] == [page]
        assert opened.search("d1p2").total == 0


def test_pages_that_could_not_be_read_keep_the_numbers_of_the_others(tmp_path: Path) -> None:
    data_dir = tmp_path / "index_data"
    extraction = replace(record(), pages=(Page(2, "two alpha", label="ii"), Page(7, "seven beta", label="3")))
    library(data_dir, {"a.pdf": extraction})
    with Library.open(data_dir) as opened:
        (hit,) = opened.search("beta")
        assert (hit.page, hit.snippets[0].label) == (7, "3")
        (hit,) = opened.search("alpha")
        assert (hit.page, hit.snippets[0].label) == (2, "ii")


def test_a_web_page_has_headings_and_no_page_numbers(tmp_path: Path) -> None:
    data_dir = tmp_path / "index_data"
    pages = (Page(1, "intro"), Page(2, "beta text", label="Findings"))
    library(data_dir, {"a.html": replace(record(media_type="text/html"), pages=pages)})
    with Library.open(data_dir) as opened:
        (hit,) = opened.search("beta")
        assert hit.page is None
        assert hit.snippets[0].page is None
        assert hit.snippets[0].label == "Findings"


def test_a_match_in_the_title_alone_names_no_page(tmp_path: Path) -> None:
    data_dir = tmp_path / "index_data"
    library(
        data_dir, {"a.pdf": record("", "the text begins on the second page", title="Kilns", summary="A summary.")}
    )
    with Library.open(data_dir) as opened:
        (hit,) = opened.search("kiln")
        assert hit.page is None
        assert hit.snippet == "A summary."
        assert hit.title_highlights == ((0, 5),)
