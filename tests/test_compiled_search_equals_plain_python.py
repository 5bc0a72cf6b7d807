"""The compiled kernel and plain Python find the same documents, with the same scores to the last bit, in the same
order, and show the same passages: over random libraries of several segments with deletions, and random queries."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from libraries import put, record

from searchidx import rerank
from searchidx.index import update
from searchidx.kernel import SETTING
from searchidx.library import Library
from searchidx.results import SearchRequest, SearchResult

pytest.importorskip("searchidx._kernel", reason="the kernel was not compiled")

WORDS = ["debt", "debts", "debtor", "bond", "bonded", "bondage", "kiln", "Kilns", "the", "of", "child", "children"]
WORDS += ["l'enfant", "supply-chain", "2014/36/EU", "人身", "人", "торговля", "торговли", "trafficking", "human"]
_text = st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join)
_documents = st.lists(
    st.tuples(
        _text, st.sampled_from(WORDS), st.sampled_from(["en", "fr", "ru", None]), st.sampled_from(["A", "B", ""])
    ),
    min_size=1,
    max_size=8,
)
_word = st.sampled_from(
    [*WORDS, "bond*", "k?ln", "debt~1", '"debt of"', '"bond kiln"~3', "title:kiln", "=debts", "d*"]
)
_part = _word | st.sampled_from(
    ['"debt of" tag:A', '("kiln bond"~6 tag:B)', "(debt OR kiln)", "(bond -kiln)", "-debt"]
)
_query = st.sampled_from([" ", " OR ", " -"]).flatmap(
    lambda sign: st.lists(_word if sign == " -" else _part, min_size=1, max_size=7).map(sign.join)
)


def answer(data_dir: Path, request: SearchRequest, *, plain: bool) -> SearchResult:
    with pytest.MonkeyPatch.context() as patch:
        if plain:
            patch.setenv(SETTING, "python")
        with Library.open(data_dir) as library:
            assert library.snapshot.compiled is not plain
            return replace(library.search(request), took_ms=0.0)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    parts=st.lists(_documents, min_size=1, max_size=3),
    gone=st.sets(st.integers(0, 20), max_size=4),
    queries=st.lists(st.tuples(_query, st.booleans()), min_size=3, max_size=6),
    smallest=st.sampled_from([1, 100]),
)
def test_both_engines_agree(
    parts: list[list[tuple[str, str, str | None, str]]],
    gone: set[int],
    queries: list[tuple[str, bool]],
    smallest: int,
) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"{rerank.__name__}.SMALLEST", smallest)
        patch.setattr("searchidx.ranking.SMALLEST", smallest)
        data_dir = Path(folder)
        paths = []
        for number, documents in enumerate(parts):
            records = {}
            for place, (text, title, language, tag) in enumerate(documents):
                single = {"language": language} if language else {}
                path = f"{number}-{place}.pdf"
                records[path] = record(text[:40], text[40:], title=title, tags=[tag] if tag else [], **single)
            put(data_dir, records, removed=[paths[place] for place in gone if place < len(paths)])
            paths = [path for place, path in enumerate(paths) if place not in gone] + list(records)
            update(data_dir)
        for query, any_word in queries:
            for limit in (3, None):
                request = SearchRequest(query=query, any_word=any_word, limit=limit, facets=True, collapse=True)
                assert answer(data_dir, request, plain=False) == answer(data_dir, request, plain=True)


@pytest.mark.parametrize(
    "query", ["debt bond kiln", "debt OR bond OR kiln OR child OR human OR of", "b*", '"debt bond"']
)
def test_lists_of_many_blocks(tmp_path: Path, query: str) -> None:
    words = ["debt", "bond", "kiln", "child", "human"]
    documents = {
        f"{n}.pdf": record(" ".join(words[(n * k) % 5] for k in range(1, 4 + n % 60)), title=words[n % 5])
        for n in range(700)
    }
    put(tmp_path, documents)
    update(tmp_path)
    for limit in (10, 150, None):
        request = SearchRequest(query=query, limit=limit, snippets=0)
        found = answer(tmp_path, request, plain=False)
        assert found.total > 100
        assert found == answer(tmp_path, request, plain=True)


def test_a_closed_segment_is_not_read(tmp_path: Path) -> None:
    put(tmp_path, {"a.pdf": record("debt bond")})
    update(tmp_path)
    library = Library.open(tmp_path)
    kernel = library.snapshot.segments[0].kernel
    assert kernel is not None
    library.close()
    with pytest.raises(ValueError, match="closed"):
        kernel.stems(b"d")
