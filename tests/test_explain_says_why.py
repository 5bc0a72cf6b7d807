"""--explain shows the query as it was read, what each word stands for and is worth, and parts that sum to scores."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from brute_force import BruteForce
from command_line import run
from hypothesis import given, settings
from hypothesis import strategies as st
from libraries import library, record

from searchidx import query
from searchidx.grammar import parse
from searchidx.library import Library
from searchidx.results import SearchRequest, SearchResult

DOCUMENTS = {
    "a.pdf": record("debt bondage in brick kilns of Nepal; trafficked children", title="Kilns", language="en"),
    "b.pdf": record("bonded labour and the debts of children", title="Children in debt", language="en"),
    "c.pdf": record("trafficking in persons, human trafficking, traffickers", title="Trafficking", language="en"),
    "d.pdf": record("l'exploitation des enfants", title="Exploitation", language="fr"),
    "e.pdf": record("exploited; brick brick brick", "kilns children debt", title="Bricks", language="en"),
}
PARTS = [
    *("debt", "bondage", "children", "trafficking", "human", "kilns", "exploitation", "brick", "the", "=brick"),
    *('"debt bondage"', "traff*", "k?lns", "brik~", '"kiln brick"~4', "title:debt", "-nepal", "lang:en", "absent"),
]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documents above, indexed."""
    folder = tmp_path_factory.mktemp("explain") / "index_data"
    library(folder, DOCUMENTS)
    return folder


@pytest.fixture(scope="module")
def opened(data_dir: Path) -> Iterator[Library]:
    """The library, open."""
    with Library.open(data_dir) as found:
        yield found


@pytest.fixture(scope="module")
def brute(opened: Library) -> BruteForce:
    """The same documents, to be looked at one by one."""
    return BruteForce([d for hit in opened.search("*") if (d := opened.document(hit.id)) is not None])


def explained(opened: Library, text: str, **more: Any) -> tuple[SearchResult, dict[str, Any]]:
    result = opened.search(SearchRequest(query=text, explain=True, limit=None, **more))
    assert result.explanation is not None
    return result, result.explanation


@given(parts=st.lists(st.sampled_from(PARTS), min_size=1, max_size=7), any_word=st.booleans())
@settings(max_examples=100, deadline=None)
def test_the_parts_of_each_hit_sum_to_its_score(opened: Library, parts: list[str], any_word: bool) -> None:
    result, why = explained(opened, " ".join(parts), any_word=any_word)
    assert [(entry["rank"], entry["id"]) for entry in why["scores"]] == [(hit.rank, hit.id) for hit in result]
    for hit, entry in zip(result, why["scores"], strict=True):
        assert entry["score"] == pytest.approx(hit.score, abs=1e-5)
        assert sum(part["score"] for part in entry["parts"]) == pytest.approx(hit.score, abs=1e-3)
        assert all(part["score"] > 0 for part in entry["parts"])


@given(parts=st.lists(st.sampled_from(PARTS), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_the_query_shown_reads_as_the_query_typed(opened: Library, parts: list[str]) -> None:
    result, why = explained(opened, " ".join(parts))
    assert why["query"] == result.interpreted
    assert parse(str(why["query"])).tree == parse(" ".join(parts)).tree


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("trafficking", query.Word("trafficking")),
        ("=brick", query.Word("brick", None, True)),
        ("exploitation", query.Word("exploitation")),
        ('"debt bondage"', query.Phrase("debt bondage")),
        ("traff*", query.Prefix("traff")),
        ("k?lns", query.Wildcard("k?lns")),
        ("brik~", query.Fuzzy("brik", 1)),
        ("title:debt", query.Word("debt", "title")),
    ],
)
def test_document_frequencies_are_those_of_brute_force(
    opened: Library, brute: BruteForce, text: str, node: query.Node
) -> None:
    _, why = explained(opened, text, synonyms=False)
    (word,) = why["words"]
    assert word["documents"] == len(brute.match(node)) > 0


def test_stems_are_shown_with_their_languages_and_patterns_with_their_words(opened: Library) -> None:
    _, why = explained(opened, "exploitation children", synonyms=False)
    exploitation, children = why["words"]
    assert exploitation["typed"] == "exploitation"
    assert exploitation["stems"] is True
    assert {"exploit", "exploit/fr"} <= set(exploitation["terms"][0])
    assert "child" in children["terms"][0]
    _, why = explained(opened, "traff*")
    assert why["words"][0]["terms"] == [["trafficked", "traffickers", "trafficking"]]
    assert why["words"][0]["stems"] is False


def test_synonyms_are_shown_and_where_they_were_found(opened: Library) -> None:
    result, why = explained(opened, "human trafficking")
    (widened,) = why["synonyms"]
    assert widened["typed"] == "human trafficking"
    assert "trafficking in persons" in widened["also"]
    assert result.total == 1
    assert why["scores"][0]["parts"][0]["synonyms"]["trafficking in persons"] == {"text": 1}
    _, why = explained(opened, "human trafficking", synonyms=False)
    assert why["synonyms"] == []


def test_occurrences_are_counted_by_field(opened: Library) -> None:
    result, why = explained(opened, "brick")
    by_title = {hit.title: entry for hit, entry in zip(result, why["scores"], strict=True)}
    assert by_title["Bricks"]["parts"] == [
        {
            "word": "brick",
            "score": pytest.approx(by_title["Bricks"]["score"]),
            "occurrences": {"title": 1, "text": 3},
        }
    ]


def test_what_was_left_out_is_said(opened: Library) -> None:
    _, why = explained(opened, "the kilns of Nepal")
    assert why["left_out"] == ["left out as too common: the, of (quote a word to require it)"]


def test_a_query_without_results_is_explained_too(opened: Library) -> None:
    result, why = explained(opened, "kilns absent")
    assert result.total == 0
    assert [(word["typed"], word["documents"]) for word in why["words"]] == [("kilns", 2), ("absent", 0)]
    assert why["scores"] == []


def test_the_text_is_short_and_its_printed_parts_sum_to_the_printed_score(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = run(capsys, data_dir, "search", "children", "debt", "--explain", "--no-synonyms", "--limit", "1").out
    text = out[out.index("explanation") :]
    assert "\n  query: children AND debt\n" in text
    assert re.search(
        r"\n    - typed children, terms \(child, .*\), stems yes, documents \d, idf \d\.\d{4}\n", text
    )
    (score,) = re.findall(r"\n      score: ([\d.]+)", text)
    parts = re.findall(r"\n        - word [^,]+, score ([\d.]+), occurrences \(", text)
    assert len(parts) == 3  # two words, and their nearness
    assert sum(map(float, parts)) == pytest.approx(float(score), abs=1e-3)
    assert len(text.splitlines()) < 20
