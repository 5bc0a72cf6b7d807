"""Results sort by year or title as they do by relevance: completely, documents without a year last, equals in the
order of relevance."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from libraries import put, record

from ingest.errors import DossierError
from searchidx.index import update
from searchidx.library import Library


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    data_dir: Path = tmp_path_factory.mktemp("library") / "index_data"
    rows = [
        ("Zebra", "2003"),
        ("élan", "1999-05"),
        ("Apple", ""),
        ("apple pie", "2003-07-01"),
        ("Émile", ""),
        ("10", "2020"),
    ]
    for number, (title, published) in enumerate(rows):
        words = "kiln " * (number + 1) + "other " * (10 - number)
        put(
            data_dir,
            {f"{number}.pdf": record(words, title=title, **({"published": published} if published else {}))},
        )
        update(data_dir)
    with Library.open(data_dir) as library:
        assert len(library.snapshot.segments) > 1
        yield library


def _titles(library: Library, sort: str, **more: int) -> list[str]:
    return [hit.title for hit in library.search("kiln", sort=sort, **more)]  # type: ignore[arg-type]


def test_newest_and_oldest(opened: Library) -> None:
    assert _titles(opened, "newest") == ["10", "apple pie", "Zebra", "élan", "Émile", "Apple"]
    assert _titles(opened, "oldest") == ["élan", "apple pie", "Zebra", "10", "Émile", "Apple"]


def test_titles_sort_without_case_and_accents(opened: Library) -> None:
    assert _titles(opened, "title") == ["10", "Apple", "apple pie", "élan", "Émile", "Zebra"]


def test_the_limit_cuts_after_sorting(opened: Library) -> None:
    for sort in ("newest", "oldest", "title", "relevance"):
        assert _titles(opened, sort, limit=2) == _titles(opened, sort)[:2]
        assert _titles(opened, sort, limit=2, offset=3) == _titles(opened, sort)[3:5]


def test_scores_are_kept_whatever_the_order(opened: Library) -> None:
    scores = {hit.id: hit.score for hit in opened.search("kiln")}
    assert all(hit.score == scores[hit.id] for hit in opened.search("kiln", sort="newest"))


def test_an_unknown_order_is_refused_in_words(opened: Library) -> None:
    with pytest.raises(DossierError, match="cannot sort by 'size'"):
        opened.search("kiln", sort="size")
