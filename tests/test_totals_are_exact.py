"""The total counts every document that matches, whatever the limit, the segments and the deletions."""

from __future__ import annotations

from pathlib import Path

import pytest
from libraries import library, put, record

from ingest.errors import DossierError
from searchidx.grammar import MAX_CLAUSES
from searchidx.index import update
from searchidx.library import Library


def test_the_total_follows_what_is_added_changed_and_removed(tmp_path: Path) -> None:
    data_dir = tmp_path / "index_data"
    held: set[str] = set()
    for commit in range(12):
        added = {f"{commit}-{number}.pdf" for number in range(5)}
        removed = set(sorted(held)[: commit % 4])
        changed = sorted(held - removed)[:2]
        put(
            data_dir,
            {path: record("kiln", title=f"{path} {commit}") for path in [*added, *changed]},
            removed=sorted(removed),
        )
        held = held - removed | added
        done = update(data_dir)
        assert done.documents == len(held)
        with Library.open(data_dir) as opened:
            assert opened.snapshot.doc_count == len(held)
            for query in ("kiln", "", "-border", "kil*", "type:pdf", "kiln OR border"):
                for limit in (0, 1, 3, None):
                    result = opened.search(query, limit=limit, snippets=0)
                    assert result.total == len(held)
                    assert len(result.hits) == (len(held) if limit is None else min(limit, len(held)))


@pytest.mark.parametrize(
    "query", ["", "kiln", "-kiln", "kil*", '"a b"', "year:2000..", "region:*", "kiln~1", "path:x"]
)
def test_a_library_of_no_documents_answers_with_nothing(tmp_path: Path, query: str) -> None:
    data_dir = tmp_path / "index_data"
    library(data_dir, {})
    with Library.open(data_dir) as opened:
        for sort in ("relevance", "newest", "title"):
            result = opened.search(query, facets=True, sort=sort)
            assert (result.total, result.hits) == (0, ())
            assert all(values == () for values in result.facets.values())


def test_a_library_that_has_lost_all_its_documents(tmp_path: Path) -> None:
    data_dir = tmp_path / "index_data"
    library(data_dir, {"a.pdf": record("kiln"), "b.pdf": record("kiln", title="B")})
    put(data_dir, {}, removed=["a.pdf", "b.pdf"])
    done = update(data_dir)
    assert (done.documents, done.segments, done.removed) == (0, 0, 2)
    with Library.open(data_dir) as opened:
        assert opened.search("kiln").total == 0
        assert opened.search("").total == 0
    put(data_dir, {"c.pdf": record("kiln", title="C")})
    update(data_dir)
    with Library.open(data_dir) as opened:
        assert [hit.title for hit in opened.search("kiln")] == ["C"]


def test_documents_without_words_are_counted_too(tmp_path: Path) -> None:
    data_dir = tmp_path / "index_data"
    library(
        data_dir,
        {"a.pdf": record(title="—"), "b.pdf": record("", title="..."), "c.pdf": record("kiln", title="C")},
    )
    with Library.open(data_dir) as opened:
        assert opened.search("").total == 3
        assert opened.search("-kiln").total == 2
        assert opened.search("kiln").total == 1
        assert len(opened.search("", sort="title", limit=None).hits) == 3


def test_as_many_alternatives_as_a_query_may_have(tmp_path: Path) -> None:
    data_dir = tmp_path / "index_data"
    library(data_dir, {f"{n}.pdf": record(f"w{n}", title=f"T{n}") for n in range(40)})
    with Library.open(data_dir) as opened:
        assert opened.search(" OR ".join(f"w{n}" for n in range(MAX_CLAUSES))).total == 40
        with pytest.raises(DossierError, match="words"):
            opened.search(" OR ".join(f"w{n}" for n in range(MAX_CLAUSES + 1)))


def test_a_changed_document_is_found_by_its_new_words_only(tmp_path: Path) -> None:
    data_dir = tmp_path / "index_data"
    library(data_dir, {"a.pdf": record("old words", title="Old"), "b.pdf": record("old words", title="B")})
    put(data_dir, {"a.pdf": record("new words", title="New")})
    update(data_dir)
    with Library.open(data_dir) as opened:
        assert [hit.title for hit in opened.search("old")] == ["B"]
        assert [hit.title for hit in opened.search("new")] == ["New"]
        assert opened.search("words").total == 2
        assert opened.search("title:old").total == 0
