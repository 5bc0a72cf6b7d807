"""A passage from anywhere in a document of thousands of pages costs one page read, and no more time than one from
a short document."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from libraries import library, record

from ingest.catalogue_read import CatalogueReader
from ingest.document import Page
from searchidx.library import Library

PAGES = 2000


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A long document with one rare word a page, and a short one."""
    data_dir = tmp_path_factory.mktemp("library") / "index_data"
    filler = "report of the committee on labour "
    library(
        data_dir,
        {
            "long.pdf": record(*(f"{filler * 20}rare{n} {filler}" for n in range(1, PAGES + 1)), title="Long"),
            "short.pdf": record(f"{filler * 20}brief {filler}", title="Short"),
        },
    )
    return data_dir


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The numbers of the pages that are read from the catalogue."""
    numbers: list[int] = []
    page, pages = CatalogueReader.page, CatalogueReader.pages

    def spy(self: CatalogueReader, document_id: str, number: int) -> Page | None:
        numbers.append(number)
        return page(self, document_id, number)

    def spy_all(self: CatalogueReader, document_id: str) -> Iterator[Page]:
        for item in pages(self, document_id):
            numbers.append(item.number)
            yield item

    monkeypatch.setattr(CatalogueReader, "page", spy)
    monkeypatch.setattr(CatalogueReader, "pages", spy_all)
    return numbers


@pytest.mark.parametrize("number", [1, 2, 999, 1999, 2000])
def test_one_page_is_read_wherever_the_match_stands(data_dir: Path, read: list[int], number: int) -> None:
    with Library.open(data_dir) as opened:
        (hit,) = opened.search(f"rare{number}")
    assert hit.page == number
    assert read == [number]


def test_as_many_pages_are_read_as_passages_are_shown(data_dir: Path, read: list[int]) -> None:
    with Library.open(data_dir) as opened:
        (hit,) = opened.search("title:long labour", snippets=3)
    assert len(hit.snippets) == 3
    assert len(read) <= 3


def test_one_page_is_read_where_nothing_in_the_text_matches(data_dir: Path, read: list[int]) -> None:
    with Library.open(data_dir) as opened:
        (hit,) = opened.search("title:long")
    assert hit.snippet.startswith("report of the committee")
    assert read == [1]


def test_time_does_not_grow_with_the_document(data_dir: Path) -> None:
    with Library.open(data_dir) as opened:

        def fastest(query: str) -> float:
            times = []
            for _ in range(7):
                started = time.perf_counter()
                assert opened.search(query).total == 1
                times.append(time.perf_counter() - started)
            return min(times)

        fastest("brief")
        # 2,000 pages against one: ten times leaves room for a busy machine, and reading all would take hundreds.
        assert fastest("rare1990") < 10 * fastest("brief") + 0.002
