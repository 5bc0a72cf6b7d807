"""Two documents that differ in the form of one word alone: the one with the word as typed comes first."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from libraries import put, record

from ingest.document import Extraction
from searchidx.index import update
from searchidx.library import Library
from searchidx.results import SearchResult

#: A word, and another with the same stem.
FORMS = [
    ("trafficking", "trafficked"),
    ("trafficked", "trafficking"),
    ("child", "children"),
    ("children", "child"),
    ("slavery", "slave"),
    ("women", "woman"),
    ("migrants", "migration"),
    ("kiln", "kilns"),
    ("labor", "labour"),
    ("Prosecution", "prosecutor"),
]
FILLER = ["committee", "report", "north", "of", "the", "brick", "annual", "table", "village", "2014"]
_words = st.lists(st.sampled_from(FILLER), max_size=60)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder used by all examples, each of which replaces the documents."""
    return tmp_path_factory.mktemp("exact") / "index_data"


def search(data_dir: Path, query: str, documents: dict[str, Extraction], any_word: bool = False) -> SearchResult:
    put(data_dir, documents)
    update(data_dir)
    with Library.open(data_dir) as opened:
        return opened.search(query, any_word=any_word)


@given(forms=st.sampled_from(FORMS), before=_words, after=_words, other=st.sampled_from(["", "brick", "absent"]))
@settings(max_examples=60, deadline=None)
def test_the_form_that_was_typed_comes_first(
    data_dir: Path, forms: tuple[str, str], before: list[str], after: list[str], other: str
) -> None:
    documents = {
        path: record(" ".join([*before, form, *after, "brick"]), title="Same", language="en")
        for path, form in zip(("exact.pdf", "inflected.pdf"), forms, strict=True)
    }
    result = search(data_dir, f"{forms[0]} {other}", documents, any_word=True)
    assert [hit.path.rpartition("/")[2] for hit in result] == ["exact.pdf", "inflected.pdf"]
    assert result.hits[0].score > result.hits[1].score


@given(forms=st.sampled_from(FORMS), text=_words, before=_words.map(lambda words: words[:5]))
@settings(max_examples=40, deadline=None)
def test_in_the_title_too(data_dir: Path, forms: tuple[str, str], text: list[str], before: list[str]) -> None:
    documents = {
        path: record(" ".join(text), title=" ".join([*before, form]), language="en")
        for path, form in zip(("exact.pdf", "inflected.pdf"), forms, strict=True)
    }
    result = search(data_dir, forms[0], documents)
    assert [hit.path.rpartition("/")[2] for hit in result] == ["exact.pdf", "inflected.pdf"]
    assert result.hits[0].score > result.hits[1].score


@given(before=_words, after=_words, count=st.integers(1, 5))
@settings(max_examples=20, deadline=None)
def test_however_often_the_word_occurs(data_dir: Path, before: list[str], after: list[str], count: int) -> None:
    documents = {
        path: record(" ".join([*before, *[form] * count, *after]), title="Same", language="en")
        for path, form in (("exact.pdf", "trafficking"), ("inflected.pdf", "trafficked"))
    }
    result = search(data_dir, "trafficking", documents)
    assert [hit.path.rpartition("/")[2] for hit in result] == ["exact.pdf", "inflected.pdf"]


def test_without_inflections_in_play_a_tie_goes_by_id(data_dir: Path) -> None:
    documents = {path: record("kiln", title="Same", language="en") for path in ("exact.pdf", "inflected.pdf")}
    result = search(data_dir, "kiln", documents)
    assert result.hits[0].score == result.hits[1].score
    assert [hit.id for hit in result] == sorted(hit.id for hit in result)
