"""Words that stand together in a document as they do in the query bring it up; they decide nothing about matching."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from libraries import library, put, record

from searchidx.index import update
from searchidx.library import Library
from searchidx.matching import NEAR

FILLER = ["committee", "report", "north", "annual", "table", "village"]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder used by all examples, each of which replaces the documents."""
    return tmp_path_factory.mktemp("near") / "index_data"


def order(data_dir: Path, query: str, texts: dict[str, str]) -> list[str]:
    put(data_dir, {f"{name}.pdf": record(text, title="Same", language="en") for name, text in texts.items()})
    update(data_dir)
    with Library.open(data_dir) as opened:
        result = opened.search(query)
    names = [hit.path.rpartition("/")[2].removesuffix(".pdf") for hit in result]
    scores = [hit.score for hit in result]
    assert all(one > two for one, two in pairwise(scores))
    return names


@given(filler=st.lists(st.sampled_from(FILLER), min_size=20, max_size=60), gap=st.integers(1, NEAR - 2))
@settings(max_examples=40, deadline=None)
def test_side_by_side_before_near_before_far_apart(data_dir: Path, filler: list[str], gap: int) -> None:
    texts = {
        "beside": ["organ", "removal", *filler],
        "near": ["organ", *filler[:gap], "removal", *filler[gap:]],
        "far": ["organ", *filler, "removal"],
    }
    names = order(data_dir, "organ removal", {name: " ".join(words) for name, words in texts.items()})
    assert names == ["beside", "near", "far"]


@given(filler=st.lists(st.sampled_from(FILLER), min_size=20, max_size=60))
@settings(max_examples=20, deadline=None)
def test_the_order_of_the_query_counts(data_dir: Path, filler: list[str]) -> None:
    words = " ".join(filler)
    texts = {"beside": f"organ removal {words}", "near": f"removal organ {words}", "far": f"removal {words} organ"}
    assert order(data_dir, "organ removal", texts) == ["beside", "near", "far"]


def test_inflected_words_are_near_each_other_too(tmp_path: Path) -> None:
    filler = "report " * 20
    texts = {"beside": f"organ removals {filler}", "far": f"organ {filler} removals"}
    assert order(tmp_path / "index_data", "organ removal", texts) == ["beside", "far"]


def test_words_far_apart_still_match(tmp_path: Path) -> None:
    library(tmp_path / "index_data", {"a.pdf": record(f"organ {'report ' * 500} removal")})
    with Library.open(tmp_path / "index_data") as opened:
        assert opened.search("organ removal").total == 1


def test_pages_do_not_part_what_stands_together(tmp_path: Path) -> None:
    filler = "report " * 20
    documents = {
        "broken.pdf": record(f"{filler} organ", f"removal {filler}", title="Same"),
        "far.pdf": record(f"organ {filler}", f"{filler} removal", title="Same"),
    }
    library(tmp_path / "index_data", documents)
    with Library.open(tmp_path / "index_data") as opened:
        first, second = opened.search("organ removal")
    assert first.path.endswith("broken.pdf")
    assert first.score > second.score
