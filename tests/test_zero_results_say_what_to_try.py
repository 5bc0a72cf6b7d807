"""Nothing found: the answer says which word or filter stands in the way and what would find how many documents."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from brute_force import BruteForce
from command_line import run
from hypothesis import given, settings
from hypothesis import strategies as st
from libraries import library, record

from searchidx import query
from searchidx.grammar import parse
from searchidx.library import Library
from searchidx.results import SearchRequest
from searchidx.suggest import EXAMINED, SPELLED

DOCUMENTS = {
    "a.pdf": record("brick kilns and debt bondage in Nepal", title="Kilns", tags=["labour"], regions=["Nepal"]),
    "b.pdf": record("children in brick kilns", title="Children", tags=["children"], regions=["India"]),
    "c.pdf": record("trafficking of women; women and debt", title="Women", published="2010"),
    "d.pdf": record("trafficking trends", title="Trends", published="2015", tags=["labour"]),
    "e.pdf": record("trafficked across the border", title="Borders", regions=["Kenya"]),
    "f.pdf": record("traffics and tariffs", title="Trade"),
}
PARTS = [
    *("brick", "kiln", "debt", "children", "women", "trafficking", "trends", "border", "unheard", "absentt"),
    *("tag:labour", "tag:children", "region:asia", "year:2010..2012", '"debt bondage"', '"bondage debt"'),
    *("-kilns", "-trafficking", "title:women", "traff*", "lang:fr"),
]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The documents above, indexed."""
    data_dir = tmp_path_factory.mktemp("zero") / "index_data"
    library(data_dir, DOCUMENTS)
    with Library.open(data_dir) as found:
        yield found


@pytest.fixture(scope="module")
def brute(opened: Library) -> BruteForce:
    """The same documents, to be looked at one by one."""
    ids = [hit.id for hit in opened.search("*", limit=None)]
    documents = [document for id_ in ids if (document := opened.document(id_)) is not None]
    assert len(documents) == len(DOCUMENTS)
    return BruteForce(documents)


def number(sentence: str) -> int:
    """The count at the end of a suggestion."""
    return int(sentence.rpartition(": ")[2].split()[0].replace(",", ""))


@given(parts=st.lists(st.sampled_from(PARTS), min_size=2, max_size=6, unique=True))
@settings(max_examples=150, deadline=None)
def test_every_number_is_that_of_a_search_without_the_part(
    opened: Library, brute: BruteForce, parts: list[str]
) -> None:
    result = opened.search(SearchRequest(query=" ".join(parts), synonyms=False))
    if result.total:
        assert result.suggestions == ()
        return
    tree = parse(" ".join(parts)).tree
    assert isinstance(tree, query.And)
    alone = {child: len(brute.match(child)) for child in tree.children}
    absent = {child for child, count in alone.items() if not count and not isinstance(child, query.Not)}
    named = {line for line in result.suggestions if line.startswith(("no document has", "nothing matches"))}
    assert len(named) == len(absent)
    helping = []
    for child in tree.children:
        rest = tuple(other for other in tree.children if other is not child)
        helping.append(len(brute.match(query.And(rest))))
    if len(absent) > 1:
        rest = tuple(child for child in tree.children if child not in absent)
        helping.append(len(brute.match(query.And(rest))) if rest else 0)
    said = [number(line) for line in result.suggestions if line.startswith("without ")]
    assert sorted(said) == sorted(count for count in helping if count)
    any_tree = parse(" ".join(parts), any_word=True).tree
    offered = [number(line) for line in result.suggestions if "--any" in line]
    expected = len(brute.match(any_tree)) if any_tree != tree else 0
    assert offered == ([expected] if expected else [])


def test_what_is_offered_is_what_one_then_finds(opened: Library) -> None:
    suggestions = opened.search("brick debt women").suggestions
    assert suggestions == (
        "without brick: 1 document",
        "without women: 1 document",
        "any of the words instead of all (--any): 3 documents",
    )
    assert opened.search("debt women").total == 1
    assert opened.search("brick debt").total == 1
    assert opened.search("brick debt women", any_word=True).total == 3


def test_a_filter_in_the_way_is_named_whether_typed_or_given(opened: Library) -> None:
    for result in (opened.search("trafficking region:asia"), opened.search("trafficking", region="asia")):
        assert result.suggestions == ("without trafficking: 2 documents", "without region:asia: 3 documents")


def test_several_words_that_no_document_has_are_left_out_together(opened: Library) -> None:
    suggestions = opened.search("kilns qqqqq brick wwwww").suggestions
    assert "no document has qqqqq" in suggestions
    assert "no document has wwwww" in suggestions
    assert "without qqqqq and wwwww: 2 documents" in suggestions


def test_an_exclusion_can_stand_in_the_way(opened: Library) -> None:
    assert "without NOT kilns: 2 documents" in opened.search("brick -kilns").suggestions


def test_a_phrase_is_offered_as_single_words(opened: Library) -> None:
    assert opened.search('"bondage debt"').suggestions == (
        'no document has "bondage debt"',
        "the words without the quotes, bondage AND debt: 1 document",
    )


def test_spellings_are_words_of_the_collection_the_most_frequent_first(opened: Library, tmp_path: Path) -> None:
    (sentence,) = opened.search("traficking").suggestions
    assert sentence == "no document has traficking: did you mean trafficking (2 documents)?"
    assert opened.search("xylophone").suggestions == ("no document has xylophone",)
    texts = ["the harbour", "forced labour", "child labour", "labour and labours"]
    library(tmp_path / "index_data", {f"{n}.pdf": record(text) for n, text in enumerate(texts)})
    with Library.open(tmp_path / "index_data") as other:
        (sentence,) = other.search("habour").suggestions
        assert sentence.endswith("did you mean labour (3 documents) or harbour (1 document)?")
        for word, count in re.findall(r"(\w+) \((\d+) documents?\)", sentence):
            assert other.search(f'"{word}"').total == int(count)


def test_a_spelling_is_looked_for_in_the_field_that_was_asked(opened: Library) -> None:
    assert opened.search("title:chidren").suggestions == (
        "no document has title:chidren: did you mean children (1 document)?",
    )
    assert opened.search("title:brik").suggestions == ("no document has title:brik",)


def test_a_value_of_a_filter_is_compared_with_those_in_use(opened: Library) -> None:
    assert opened.search("tag:childern").suggestions == ("no document has tag:childern: did you mean children?",)


def test_nothing_is_mixed_into_the_results(opened: Library) -> None:
    result = opened.search("traficking", facets=True)
    assert (result.total, result.hits) == (0, ())
    assert all(not values for values in result.facets.values())


def test_what_is_found_gets_no_suggestions(opened: Library) -> None:
    assert opened.search("brick").suggestions == ()
    assert opened.search("brick", offset=50).suggestions == ()


def test_a_tag_is_counted_by_all_its_names(tmp_path: Path) -> None:
    (tmp_path / "tags.toml").write_text('["forced labour"]\naliases = ["labour"]\n', encoding="utf-8")
    library(tmp_path / "index_data", DOCUMENTS)
    with Library.open(tmp_path / "index_data") as found:
        suggestions = found.search('qqqqq tag:"forced labour"').suggestions
    assert "without qqqqq: 2 documents" in suggestions


def test_a_query_of_hundreds_of_words_is_answered_soon_and_says_what_was_not_looked_at(opened: Library) -> None:
    known = ["brick", "kiln", "debt", "women", "border"] * 30
    words = known + [f"traffikin{n}" for n in range(150)]
    started = time.perf_counter()
    result = opened.search(" ".join(words))
    assert time.perf_counter() - started < 5
    assert result.total == 0
    absent = [line for line in result.suggestions if line.startswith("no document has")]
    assert len(absent) == EXAMINED
    assert sum("did you mean" in line for line in absent) <= SPELLED
    assert f"only {EXAMINED} of the 300 parts of the query were looked at one by one" in result.suggestions


def test_the_command_line_says_it_beside_the_results(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    library(tmp_path / "index_data", DOCUMENTS)
    text = run(capsys, tmp_path / "index_data", "search", "traficking")
    assert (text.status, text.out) == (1, "")
    assert "did you mean trafficking (2 documents)?" in text.err
    answer = json.loads(run(capsys, tmp_path / "index_data", "search", "traficking", "--format", "json").out)
    assert answer["hits"] == []
    assert answer["suggestions"] == ["no document has traficking: did you mean trafficking (2 documents)?"]
