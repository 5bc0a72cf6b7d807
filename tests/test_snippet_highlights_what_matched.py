"""What is highlighted is what matched: exactly the words, in any script, with a phrase as one range."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from libraries import library, put, record

from searchidx.analysis import index_tokens
from searchidx.index import update
from searchidx.library import Library
from searchidx.results import Snippet

# Words whose tokens are easily told apart, and what may stand between words: any white space, signs, scripts.
WORDS = ["kiln", "child", "debt", "Debt", "KILN's", "l’enfant", "maîtres", "U.N.", "عمل", "קשר", "人口贩运", "x"]
GAPS = [
    " ",
    "  ",
    "\n",
    "\n\n",
    " \t\r\n ",
    "\u00a0",
    "\u2003",
    ", ",
    ". ",
    "—",
    "…",
    " • ",
    "\u3000",
    ".\n\n\n",
    "\u200f ",
]


#: What is asked, and the terms that match.
QUERIES = {"debt": {"debt"}, '"maîtres" OR kiln': {"maitres", "kiln"}, "عمل": {"عمل"}, "enfant": {"enfant"}}


@st.composite
def _texts(draw: st.DrawFn) -> str:
    parts = draw(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(GAPS)), min_size=1, max_size=120))
    return draw(st.sampled_from(["", "\n ", "“"])) + "".join(word + gap for word, gap in parts)


def _marked(snippet: Snippet) -> list[str]:
    return [snippet.text[start:end] for start, end in snippet.highlights]


def _check_ranges(snippet: Snippet) -> None:
    place = 0
    for start, end in snippet.highlights:
        assert place <= start < end <= len(snippet.text)
        place = end
    assert snippet.text == " ".join(snippet.text.split())


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder used by all examples, each of which replaces the document."""
    return tmp_path_factory.mktemp("library") / "index_data"


@given(pages=st.lists(_texts(), min_size=1, max_size=3))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_highlights_cover_exactly_the_words_that_match(data_dir: Path, pages: list[str]) -> None:
    put(data_dir, {"a.pdf": record(*pages)})
    update(data_dir)
    with Library.open(data_dir) as opened:
        for query, terms in QUERIES.items():
            hits = opened.search(query, snippets=10).hits
            assert bool(hits) == any(token.term in terms for page in pages for token in index_tokens(page))
            for hit in hits:
                assert hit.snippets
                for snippet in hit.snippets:
                    _check_ranges(snippet)
                    inside = set(snippet.highlights)
                    matching = {(t.start, t.end) for t in index_tokens(snippet.text) if t.term in terms}
                    assert inside == matching
                    assert inside


@given(text=_texts())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_phrase_is_one_range(data_dir: Path, text: str) -> None:
    put(data_dir, {"a.pdf": record(text)})
    update(data_dir)
    with Library.open(data_dir) as opened:
        for hit in opened.search('"child debt kiln"', snippets=10):
            for snippet in hit.snippets:
                _check_ranges(snippet)
                for piece in _marked(snippet):
                    terms = [token.term for token in index_tokens(piece)]
                    # Phrases that follow each other are ranges of their own.
                    assert terms == ["child", "debt", "kiln"]


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("The trafficked and the trafficker", "trafficking", ["trafficked", "trafficker"]),
        ("State of the art; state art", '"state of the art"', ["State of the art"]),
        ("a supply-chain risk, supply, chain", "supply-chain", ["supply-chain", "supply, chain"]),
        ("debt is like bondage here", '"bondage debt"~3', ["debt", "bondage"]),
        ("Kilns, KILN and kiln's", "kiln", ["Kilns", "KILN", "kiln's"]),
        ("the ﬁnal oﬃce", "office", ["oﬃce"]),
        ("die Straße und STRASSE", "strasse", ["Straße", "STRASSE"]),
        ("Côte d’Ivoire", "cote d'ivoire", ["Côte", "Ivoire"]),
        ("打击人口贩运的法律", "人口贩运", ["人口贩运"]),
        ("打击人口贩运的法律", "人", ["人"]),
        ("child 人口", '"child 人"', ["child 人"]),
        ("打击人", "人", ["人"]),
        ("مكافحة الاتجار بالبشر في آسيا", "بالبشر", ["بالبشر"]),
        ("סחר בבני אדם", '"בבני אדם"', ["בבני אדם"]),
        ("under Directive 2011/36/EU of", "2011/36/EU", ["2011/36/EU"]),
        ("the U.N. and the UN", '"U.N."', ["U.N.", "UN"]),
        ("kiln", "k?ln", ["kiln"]),
        ("kilm", "kiln~1", ["kilm"]),
        ("kiln works", "kil*", ["kiln"]),
        ("slavery without kiln", "slavery -trade", ["slavery"]),
        ("soft\u00adhyphen", "softhyphen", ["soft\u00adhyphen"]),
        ("two\n\n  lines\tapart", '"two lines apart"', ["two lines apart"]),
        ("𝐤𝐢𝐥𝐧 and 😀 kiln", "kiln", ["𝐤𝐢𝐥𝐧", "kiln"]),
    ],
)
def test_what_is_marked(tmp_path: Path, text: str, query: str, marked: list[str]) -> None:
    library(tmp_path / "index_data", {"a.pdf": record(text)})
    with Library.open(tmp_path / "index_data") as opened:
        (hit,) = opened.search(query)
    (snippet,) = hit.snippets
    _check_ranges(snippet)
    assert _marked(snippet) == marked


def test_the_title_is_marked_in_the_same_way(tmp_path: Path) -> None:
    library(tmp_path / "index_data", {"a.pdf": record("x", title="Debt bondage: a study of bondage")})
    with Library.open(tmp_path / "index_data") as opened:
        (hit,) = opened.search('"debt bondage" studies')
    assert [hit.title[start:end] for start, end in hit.title_highlights] == ["Debt bondage", "study"]
