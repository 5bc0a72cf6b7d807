"""Whatever is typed, a search either answers or says what is wrong with the query: from the text to the passages,
facets and explanation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from libraries import library, record

from ingest.errors import DossierError
from searchidx.library import Library
from searchidx.results import SearchRequest

PIECES = [
    "kiln", "children", "the", "AND", "OR", "NOT", "-", "(", ")", '"', "~", "~2", "*", "?", ":", "title:", "tag:", "region:",
    "region:=", "region~:", "year:", "2015", "..", ">=", "lang:", "type:", "path:", "id:", "publisher:", "Asia", "é", "人口",
    "人", "عمل", "\u202e", "\ud800", "\x00", "\n", "&", "'", "U.N.", "2014/36/EU", "state-of-the-art", "😀", "\\", "^2", "[", "{",
    "summary:", "labels:", "text:", '"debt bondage"', "kil*", "k?ln", "kinl~1", "+", "||", "!", "`", "…", "０１２",
]  # fmt: skip


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    data_dir: Path = tmp_path_factory.mktemp("library") / "index_data"
    library(
        data_dir,
        {
            "a.pdf": record("The children at the kiln", "", "debt bondage 人口贩运", title="Kilns", regions=["India"], tags=["x"]),
            "b.html": record("عمل قسري U.N. 2014/36/EU", title="é", media_type="text/html", published="2015"),
            "c.pdf": record("", title="—"),
        },
    )  # fmt: skip
    with Library.open(data_dir) as found:
        yield found


@given(
    query=st.one_of(
        st.lists(st.sampled_from(PIECES), max_size=9).map(" ".join),
        st.lists(st.sampled_from(PIECES), max_size=9).map("".join),
        st.text(max_size=20),
    ),
    value=st.one_of(st.just(""), st.sampled_from(PIECES), st.text(max_size=6)),
    any_word=st.booleans(),
    explain=st.booleans(),
)
@settings(max_examples=400, deadline=None)
def test_any_text(opened: Library, query: str, value: str, any_word: bool, explain: bool) -> None:
    values = (value,) if value else ()
    request = SearchRequest(
        query,
        any_word=any_word,
        regions=values if len(query) % 2 else (),
        tags=() if len(query) % 2 else values,
        facets=True,
        explain=explain,
        snippets=3,
    )
    try:
        result = opened.search(request)
    except DossierError as error:
        if "\n" in str(error):
            raise AssertionError(str(error)) from error
        return
    assert len(result.hits) == min(result.total, 10)
    for hit in result:
        for text, ranges in ((hit.title, hit.title_highlights), *((s.text, s.highlights) for s in hit.snippets)):
            place = 0
            for start, end in ranges:
                assert place <= start < end <= len(text)
                place = end
    json.dumps(result.explanation)
