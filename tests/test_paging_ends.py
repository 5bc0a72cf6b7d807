"""Going through the results page by page shows each once, and beyond the end there is nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from libraries import put, record

from searchidx.index import update
from searchidx.library import Library


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """23 documents with kiln in three segments, many with the same score, and some without."""
    data_dir: Path = tmp_path_factory.mktemp("library") / "index_data"
    for commit in range(3):
        numbers = range(commit * 8, min(23, commit * 8 + 8))
        documents = {
            f"{n}.pdf": record("kiln " * (n % 3 + 1), title=f"T{n % 5}", published=str(2000 + n % 4))
            for n in numbers
        }
        put(data_dir, documents)
        put(data_dir, {f"other {commit}.pdf": record("border")})
        update(data_dir)
    with Library.open(data_dir) as library:
        yield library


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest", "title"])
@pytest.mark.parametrize("size", [1, 4, 10, 23, 50])
def test_pages_add_up_to_the_whole(opened: Library, sort: str, size: int) -> None:
    whole = [hit.id for hit in opened.search("kiln", limit=None, sort=sort, snippets=0)]
    assert len(set(whole)) == 23
    seen: list[str] = []
    for offset in range(0, 60, size):
        result = opened.search("kiln", limit=size, offset=offset, sort=sort, snippets=0)
        assert (result.total, result.offset) == (23, offset)
        assert [hit.rank for hit in result] == list(range(offset + 1, offset + 1 + len(result.hits)))
        seen += [hit.id for hit in result]
    assert seen == whole


def test_beyond_the_end_there_is_nothing(opened: Library) -> None:
    for offset in (23, 24, 1000, 1 << 40):
        result = opened.search("kiln", offset=offset)
        assert (result.hits, result.total) == ((), 23)


def test_a_limit_of_none_or_more_than_there_are(opened: Library) -> None:
    assert len(opened.search("kiln", limit=None).hits) == 23
    assert len(opened.search("kiln", limit=10**9).hits) == 23
    assert len(opened.search("kiln", limit=None, offset=20).hits) == 3
    result = opened.search("kiln", limit=0)
    assert (result.hits, result.total) == ((), 23)
